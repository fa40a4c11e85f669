//! Members' names as the chain proves them, so that a sentence can name who did something.

use super::Lang;
use std::cell::RefCell;
use worker::Member;

thread_local! {
    static NAMES: RefCell<Vec<Member>> = const { RefCell::new(Vec::new()) };
}

/// Takes over the proven members.
pub fn tell(members: &[Member]) {
    NAMES.with_borrow_mut(|names| *names = members.to_vec());
}

/// A member's name; its id where the list of members is not proven, or does not have it.
pub fn member(lang: Lang, id: &str) -> String {
    NAMES.with_borrow(|names| {
        let known = names.iter().find(|member| member.id == id);
        known
            .map_or(id, |member| lang.pick(&member.name, &member.name_en))
            .to_owned()
    })
}
