//! Why the glass was broken: the chain holds a commitment alone, and the hospital hands what opens it, as a link, to the patient.

use super::state::field;
use crate::draw::prelude::*;
use crate::engine::{Question, use_inquiry};
use crate::i18n::{Lang, words};
use crate::shell::use_page;
use crate::widget;
use verifier::verdict::Verdict;
use worker::{Identity, RecordRef};

/// The reason of an emergency reading, for who reviews it.
#[derive(PartialEq)]
pub struct Reason {
    /// The reading's record id.
    pub read: String,
}

part!(Reason, use_reason);

/// From the identity's own file, else from the link that was handed over.
#[hook]
fn use_reason(props: &Reason) -> Html {
    let page = use_page();
    let lang = page.lang;
    let link = use_state(String::new);
    let question = if link.is_empty() {
        Question::Record(RecordRef {
            kind: "read".into(),
            id: props.read.clone(),
        })
    } else {
        Question::Text((*link).clone())
    };
    let inquiry = use_inquiry(&page.engine, Some(question), 0);
    let told = inquiry.verdict.as_deref();
    if let Some(verdict) = told.filter(|verdict| tells(verdict, &props.read)) {
        return html! { <div data-testid="reason">{ widget::fields(lang, &verdict.fields) }</div> };
    }
    let take = Callback::from(move |event: Event| {
        link.set(widget::entered(&event).unwrap_or_default());
    });
    html! {
        <label class="field"><span>{ lang.t(words::MED_REASON) }</span><input class="input" autocomplete="off" onchange={take} data-testid="reason-link" /></label>
    }
}

/// Whether a verdict shows the reason of this reading, as it was committed to or not.
fn tells(verdict: &Verdict, read: &str) -> bool {
    verdict.kind == "read" && verdict.id == read && field(verdict, "reason").is_some()
}

/// What a hospital hands over for its own readings, the newest first.
pub fn handed(lang: Lang, hospital: &Identity) -> Html {
    let links: Vec<String> = links(hospital);
    if links.is_empty() {
        return Html::default();
    }
    let copies = links.into_iter().map(|link| {
        widget::copy(
            [widget::place(), link].concat(),
            lang.t(words::MED_HAND),
            "hand-reason",
        )
    });
    html! { <section class="card stack"><p class="small">{ lang.t(words::MED_HAND_SAY) }</p>{ for copies }</section> }
}

fn links(hospital: &Identity) -> Vec<String> {
    let reads = hospital.records.iter().rev();
    reads
        .filter(|held| held.kind == "read" && !held.opening.is_empty())
        .map(|held| ["#/r/read/", &held.id, "/", &held.opening].concat())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::verdict::{Backing, Field, Outcome};
    use worker::{Held, Role};

    #[test]
    fn only_a_verdict_on_this_very_reading_tells_its_reason() {
        let told = |kind: &str, name: &str| Verdict {
            fields: vec![Field {
                name: name.into(),
                value: "昏迷".into(),
                backing: Backing::Proven,
            }],
            ..widget::sample::verdict(kind, Outcome::Verified, "read-open")
        };
        assert!(tells(&told("read", "reason"), "1"));
        assert!(!tells(&told("read", "reason"), "2"));
        assert!(!tells(&told("grant", "reason"), "1"));
        assert!(!tells(&told("read", "note"), "1"));
    }

    #[test]
    fn a_hospital_hands_over_a_link_for_each_reading_that_it_can_open() {
        let held = |kind: &str, id: &str, opening: &str| Held {
            kind: kind.into(),
            id: id.into(),
            key: String::new(),
            opening: opening.into(),
            seat: String::new(),
        };
        let hospital = Identity {
            key: String::new(),
            name: String::new(),
            role: Role::Member,
            exported: true,
            stored: false,
            member: "renji".into(),
            records: vec![
                held("document", "d", "AQ"),
                held("read", "a", "AQ"),
                held("read", "b", ""),
                held("read", "c", "Ag"),
            ],
            pending: String::new(),
        };
        assert_eq!(links(&hospital), ["#/r/read/c/Ag", "#/r/read/a/AQ"]);
    }
}
