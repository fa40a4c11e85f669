//! Another key is to come in the place of a patient's: said wherever the patient looks, with the way to object while there is one.

use super::{
    card::{Card, Subject, use_card},
    document::title,
    state::{Document, block_time, proven, use_last},
};
use crate::draw::prelude::*;
use crate::i18n::{Lang, member, time, ward, words};
use crate::shell::use_page;
use crate::widget::{Doing, RECOVER, act_view, authors};
use verifier::verdict::Verdict;
use worker::Action;

/// It waits, and can be vetoed.
const OPEN: &str = "open";
/// It waits; after one veto there is no second.
const LAST: &str = "last";
/// The new key counts.
const DONE: &str = "done";

/// How far a replacement is at a block time; none where nobody replaces anything.
fn stage(document: &Document, at: i64) -> Option<&'static str> {
    let from = document.recovery.as_ref()?.from.parse::<i64>().ok()?;
    Some(match document.vetoed {
        _ if from <= at => DONE,
        None => OPEN,
        Some(_) => LAST,
    })
}

/// Whether a replacement waits at a block time.
pub fn pending(document: &Document, at: i64) -> bool {
    stage(document, at).is_some_and(|stage| stage != DONE)
}

/// What is going on, who vouches for it, and what the patient can do about it.
pub fn notice(
    lang: Lang,
    subject: &Subject,
    document: &Document,
    verdict: &Verdict,
    (doing, act): (&Doing, &Callback<Action>),
) -> Html {
    let stage = stage(document, block_time(verdict));
    let Some((stage, recovery)) = stage.zip(document.recovery.as_ref()) else {
        return Html::default();
    };
    let left = ward(lang, &recovery.from);
    let left = left.map(|left| lang.fill(words::MED_LEFT, &[("time", &left)]));
    let facts = [
        ("title", title(&subject.id, verdict)),
        ("time", &*time(&recovery.from)),
        ("left", &*left.unwrap_or_default()),
        ("names", &*vouching(lang, verdict)),
        ("hospital", &*member(lang, &document.hospital)),
    ];
    let (say, rest) = match stage {
        OPEN => (words::KEY_COMING_SAY, object(lang, subject, doing, act)),
        LAST => (words::KEY_LAST, Html::default()),
        _ => (words::KEY_DONE, Html::default()),
    };
    html! {
        <div class="note warn stack" role="alert" data-testid="recovery" data-stage={stage}>
            if stage != DONE { <b>{ lang.fill(words::KEY_COMING, &facts) }</b> }<p>{ lang.fill(say, &facts) }</p>{ rest }
        </div>
    }
}

/// Who answers for the new key, as the log says.
fn vouching(lang: Lang, verdict: &Verdict) -> String {
    let mut history = verdict.history.iter().rev();
    let entry = history.find(|entry| entry.event == RECOVER);
    entry.map_or_else(|| "—".into(), |entry| lang.list(&authors(lang, entry)))
}

/// The veto, in two steps: there is one only.
fn object(lang: Lang, subject: &Subject, doing: &Doing, act: &Callback<Action>) -> Html {
    let (act, document) = (act.clone(), subject.id.clone());
    let veto = Callback::from(move |_| {
        act.emit(Action::Veto {
            document: document.clone(),
        });
    });
    html! {
        <details><summary class="btn slim" data-testid="veto">{ lang.t(words::KEY_VETO) }</summary>
            <div class="stack" style="padding-top:8px"><p>{ lang.t(words::KEY_VETO_SAY) }</p>
            <button type="button" class="btn primary" onclick={veto} disabled={doing.busy()} data-testid="veto-sure">{ lang.t(words::SIGN_DO) }</button></div></details>
    }
}

/// Watches over the key of one document, and shows nothing while nobody replaces it.
#[derive(PartialEq)]
pub struct KeyWatch {
    /// Whose.
    pub subject: Subject,
}

part!(KeyWatch, use_key_watch);

#[hook]
fn use_key_watch(props: &KeyWatch) -> Html {
    let page = use_page();
    let lang = page.lang;
    let subject = &props.subject;
    let Card {
        inquiry,
        doing,
        act,
        ..
    } = use_card("document", subject);
    let last = use_last(&page.known, &inquiry);
    let shown = last.and_then(|verdict| Some((proven::<Document>(&verdict)?, verdict)));
    let notice =
        shown.map(|(document, verdict)| notice(lang, subject, &document, &verdict, (&doing, &act)));
    html! { <>{ notice }{ act_view(lang, &doing) }</> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::medical::state::Recovery;
    use crate::widget::sample;
    use verifier::verdict::{HistoryEntry, Outcome};
    use worker::Facts;

    fn document(vetoed: Option<&str>) -> Document {
        Document {
            denied: Vec::new(),
            grants: Vec::new(),
            status: "shared".into(),
            hospital: "renji".into(),
            open_reviews: 0,
            recovery: Some(Recovery { from: "100".into() }),
            vetoed: vetoed.map(String::from),
        }
    }

    #[test]
    fn a_replacement_can_be_vetoed_once_and_until_its_time() {
        assert_eq!(stage(&document(None), 99), Some(OPEN));
        assert_eq!(stage(&document(Some("5")), 99), Some(LAST));
        for vetoed in [None, Some("5")] {
            assert_eq!(stage(&document(vetoed), 100), Some(DONE));
        }
        let quiet = Document {
            recovery: None,
            ..document(Some("5"))
        };
        assert_eq!(stage(&quiet, 99), None);
    }

    /// *Attack: the new key signs its own coming, and the history says that the patient did.*
    #[test]
    fn nobody_but_the_desks_is_said_to_vouch_for_the_new_key() {
        let entry = |event: &str, by: &[&str]| HistoryEntry {
            height: 7,
            time: "0".into(),
            until_time: String::new(),
            event: event.into(),
            event_id: String::new(),
            by: by.iter().map(|by| (*by).to_owned()).collect(),
            by_names: Vec::new(),
            facts: Facts::new(),
        };
        let verdict = Verdict {
            history: vec![
                entry("document.confirm", &["patient"]),
                entry(RECOVER, &["notary-office", "street-office", "patient"]),
            ],
            ..sample::verdict("document", Outcome::Verified, "document-shared")
        };
        assert_eq!(vouching(Lang::En, &verdict), "notary-office, street-office");
        assert_eq!(authors(Lang::Zh, &verdict.history[0]), ["患者"]);
    }
}
