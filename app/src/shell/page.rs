//! What every part may use of the page, in one place; a part that uses it is drawn again when it changes. Yew's own contexts do the same with
//! a second component, and with it a second copy of all that a component is.

use super::prefs::Prefs;
use crate::draw::Setter;
use crate::draw::prelude::*;
use crate::engine::{Engine, Known, Scanner};
use crate::i18n::Lang;
use std::{cell::RefCell, rc::Rc};

/// What every part of the page may use.
pub struct Page {
    /// Language.
    pub lang: Lang,
    /// Choices, and the way to change them.
    pub prefs: Prefs,
    /// Changes the choices.
    pub set_prefs: Callback<Prefs>,
    /// The verifier.
    pub engine: Engine,
    /// The scanner.
    pub scanner: Scanner,
    /// What is known of verifier, chain and identities.
    pub known: Known,
    /// What was scanned last; never kept beyond this visit.
    pub scanned: Rc<str>,
    /// Checks a text: goes to its result.
    pub check: Callback<String>,
    /// The chain's id, where its keys are for development.
    pub dev: Option<Rc<str>>,
    /// WeChat's signed configuration, where the site has one.
    pub wechat: Option<Rc<str>>,
}

/// The page now, and the parts that use it.
#[derive(Default)]
struct Told {
    page: Option<Rc<Page>>,
    /// How often it has changed.
    changes: u32,
    parts: Vec<(u32, Setter<u32>)>,
    next: u32,
}

thread_local! {
    static TOLD: RefCell<Told> = RefCell::default();
}

/// Tells every part what the page is now.
pub fn tell(page: Rc<Page>) {
    let (_before, changes, parts) = TOLD.with_borrow_mut(|told| {
        told.changes += 1;
        (told.page.replace(page), told.changes, told.parts.clone())
    });
    for (_, part) in parts {
        part.set(changes);
    }
}

/// The page, from within any of its parts.
#[hook]
pub fn use_page() -> Rc<Page> {
    let seen = use_state(changes);
    let part = seen.setter();
    use_effect_with((), move |()| {
        let id = join(part);
        move || drop(leave(id))
    });
    TOLD.with_borrow(|told| told.page.clone())
        .expect("every part stands inside the shell")
}

fn changes() -> u32 {
    TOLD.with_borrow(|told| told.changes)
}

/// Counts a part in, which may have missed a change since it was drawn.
fn join(part: Setter<u32>) -> u32 {
    part.set(changes());
    TOLD.with_borrow_mut(|told| {
        told.next += 1;
        told.parts.push((told.next, part));
        told.next
    })
}

/// Counts it out; what it held falls away once nobody is being told.
fn leave(id: u32) -> Option<(u32, Setter<u32>)> {
    TOLD.with_borrow_mut(|told| {
        let at = told.parts.iter().position(|(known, _)| *known == id)?;
        Some(told.parts.swap_remove(at))
    })
}
