//! Members' names as the chain proves them, so that a sentence can name who did something. A member that is named for the first time
//! is asked for: its own record proves its name.

use super::Lang;
use records::canonical;
use std::cell::RefCell;
use verifier::verdict::{Outcome, Verdict};
use worker::Member;
use yew::Callback;

#[derive(Default)]
struct Names {
    known: Vec<Member>,
    asked: Vec<String>,
    ask: Option<Callback<String>>,
}

thread_local! {
    static NAMES: RefCell<Names> = RefCell::default();
}

/// What is read of a member's own record.
struct Named {
    id: String,
    name: String,
    name_en: String,
    org: String,
    roles: Vec<String>,
}

records::shape!(Named {
    id,
    name,
    name_en,
    org,
    roles,
    ..
});

/// Takes over proven members.
pub fn tell(members: &[Member]) {
    NAMES.with_borrow_mut(|names| {
        for member in members {
            names.known.retain(|known| known.id != member.id);
            names.known.push(member.clone());
        }
    });
}

/// Takes over the member that a verdict on its record proves; whether there is one.
pub fn learn(verdict: &Verdict) -> bool {
    let state = verdict.state.as_bytes();
    // One that has left is named all the same for what it did.
    let proven = matches!(verdict.outcome, Outcome::Verified | Outcome::OutOfForce)
        && verdict.kind == "member";
    let Ok(named) = canonical::decode::<Named>(state) else {
        return false;
    };
    if proven {
        tell(&[Member {
            id: named.id,
            name: named.name,
            name_en: named.name_en,
            org: named.org,
            roles: named.roles,
        }]);
    }
    proven
}

/// `ask` hears each id once that has no name yet.
pub fn ask_for(ask: Callback<String>) {
    NAMES.with_borrow_mut(|names| names.ask = Some(ask));
}

/// The members known so far.
pub fn known() -> Vec<Member> {
    NAMES.with_borrow(|names| names.known.clone())
}

/// A member's name; its id until the chain has proven it.
pub fn member(lang: Lang, id: &str) -> String {
    if let Some(name) = name(lang, id) {
        return name;
    }
    let ask = NAMES.with_borrow_mut(|names| {
        let new = is_id(id) && !names.asked.iter().any(|asked| asked == id);
        let ask = names.ask.clone().filter(|_| new)?;
        names.asked.push(id.to_owned());
        Some(ask)
    });
    if let Some(ask) = ask {
        ask.emit(id.to_owned());
    }
    id.to_owned()
}

/// A proven member's name in this language; `id` may also be its Chinese name, as facts carry it.
fn name(lang: Lang, id: &str) -> Option<String> {
    NAMES.with_borrow(|names| {
        let mut known = names.known.iter();
        let member = known.find(|member| member.id == id || member.name == id)?;
        Some(lang.pick(&member.name, &member.name_en).to_owned())
    })
}

fn is_id(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    text.contains('-') && text.len() <= 64 && text.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::rc::Rc;

    #[test]
    fn an_unknown_member_is_asked_for_once_and_then_named() {
        let asked = Rc::new(RefCell::new(Vec::new()));
        let heard = asked.clone();
        ask_for(Callback::from(move |id| heard.borrow_mut().push(id)));
        assert_eq!(member(Lang::En, "city-hospital"), "city-hospital");
        assert_eq!(member(Lang::En, "city-hospital"), "city-hospital");
        assert_eq!(
            member(Lang::En, "ed25519:00"),
            "ed25519:00",
            "a key is nobody's id"
        );
        assert_eq!(*asked.borrow(), ["city-hospital"]);
        tell(&[Member {
            id: "city-hospital".into(),
            name: "市医院".into(),
            name_en: "City Hospital".into(),
            org: "city".into(),
            roles: Vec::new(),
        }]);
        assert_eq!(member(Lang::Zh, "city-hospital"), "市医院");
        assert_eq!(member(Lang::En, "市医院"), "City Hospital");
    }
}
