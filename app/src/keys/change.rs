//! Another key is to come in the place of a patient's or an owner's: said wherever that person looks, with the way to object while there is one.

use crate::draw::prelude::*;
use crate::i18n::{Lang, Text, member, small, time, ward, words};
use crate::medical::state::{Document, title};
use crate::shell::use_page;
use crate::vote::Room;
use crate::widget::{
    Card, Doing, Subject, act_view, authors, block_time, proven, use_card, use_last,
};
use verifier::verdict::Verdict;
use worker::{Action, RecordRef};

/// It waits, and can be vetoed.
const OPEN: &str = "open";
/// It waits; after one veto there is no second.
const LAST: &str = "last";
/// The new key counts.
const DONE: &str = "done";

/// A replacement, as the record has it.
struct Change {
    stage: &'static str,
    /// What the key is for.
    title: String,
    /// From when the new key counts, Unix nanoseconds as decimal text.
    from: String,
    /// The event that began it.
    event: &'static str,
    /// Who answers for a further one, besides the two desks.
    third: String,
    /// What the key of today is good for until then.
    meanwhile: Text,
}

/// How far a replacement is at a block time.
fn stage(from: &str, vetoed: bool, at: i64) -> Option<&'static str> {
    let from = from.parse::<i64>().ok()?;
    Some(match vetoed {
        _ if from <= at => DONE,
        false => OPEN,
        true => LAST,
    })
}

/// Whether a replacement of a document's key waits at a block time.
pub fn waits(document: &Document, at: i64) -> bool {
    let recovery = document.recovery.as_ref();
    let stage = recovery.and_then(|recovery| stage(&recovery.from, false, at));
    stage.is_some_and(|stage| stage != DONE)
}

/// The replacement of the key with which this person acts on a document or a room; none where nobody replaces it.
fn change(lang: Lang, subject: &Subject, verdict: &Verdict) -> Option<Change> {
    let at = block_time(verdict);
    if verdict.kind == "room" {
        let room: Room = proven(verdict)?;
        // Another key's replacement is another one's business.
        let pending = room
            .pending
            .filter(|_| room.key.as_ref() == Some(&subject.identity))?;
        return Some(Change {
            stage: stage(&pending.from, room.vetoes > 0, at)?,
            title: subject.id.rsplit('.').next()?.to_owned(),
            from: pending.from,
            event: "room.bind",
            third: small(lang, "regulator"),
            meanwhile: words::KEY_VOTES,
        });
    }
    let document: Document = proven(verdict)?;
    let from = document.recovery?.from;
    Some(Change {
        stage: stage(&from, document.vetoed.is_some(), at)?,
        title: title(&subject.id, verdict).to_owned(),
        from,
        event: "document.recover",
        third: member(lang, &document.hospital),
        meanwhile: words::KEY_REVOKES,
    })
}

/// What is going on, who vouches for it, and what the person can do about it.
pub fn notice(
    lang: Lang,
    subject: &Subject,
    verdict: &Verdict,
    (doing, act): (&Doing, &Callback<Action>),
) -> Html {
    let Some(change) = change(lang, subject, verdict) else {
        return Html::default();
    };
    let left = ward(lang, &change.from);
    let left = left.map(|left| lang.fill(words::MED_LEFT, &[("time", &left)]));
    let facts = [
        ("title", &*change.title),
        ("time", &*time(&change.from)),
        ("left", &*left.unwrap_or_default()),
        ("names", &*vouching(lang, change.event, verdict)),
        ("third", &*change.third),
        ("meanwhile", lang.t(change.meanwhile)),
    ];
    let (say, rest) = match change.stage {
        OPEN => (
            words::KEY_COMING_SAY,
            object(
                lang,
                &lang.fill(words::KEY_VETO_SAY, &facts),
                verdict,
                (doing, act),
            ),
        ),
        LAST => (words::KEY_LAST, Html::default()),
        _ => (words::KEY_DONE, Html::default()),
    };
    html! {
        <div class="note warn stack" role="alert" data-testid="recovery" data-stage={change.stage} data-id={subject.id.clone()}>
            if change.stage != DONE { <b>{ lang.fill(words::KEY_COMING, &facts) }</b> }<p>{ lang.fill(say, &facts) }</p>{ rest }
        </div>
    }
}

/// Who answers for the new key, as the log says.
fn vouching(lang: Lang, event: &str, verdict: &Verdict) -> String {
    let mut history = verdict.history.iter().rev();
    let entry = history.find(|entry| entry.event == event);
    entry.map_or_else(|| "—".into(), |entry| lang.list(&authors(lang, entry)))
}

/// The veto, in two steps: there is one only.
fn object(
    lang: Lang,
    say: &str,
    verdict: &Verdict,
    (doing, act): (&Doing, &Callback<Action>),
) -> Html {
    let act = act.clone();
    let action = Action::Veto {
        kind: verdict.kind.clone(),
        id: verdict.id.clone(),
    };
    let veto = Callback::from(move |_| act.emit(action.clone()));
    html! {
        <details><summary class="btn slim" data-testid="veto">{ lang.t(words::KEY_VETO) }</summary>
            <div class="stack" style="padding-top:8px"><p>{ say }</p>
            <button type="button" class="btn primary" onclick={veto} disabled={doing.busy()} data-testid="veto-sure">{ lang.t(words::SIGN_DO) }</button></div></details>
    }
}

/// Watches over the keys of a person's records, documents or rooms, and shows nothing while nobody replaces them.
pub fn watch(identity: &str, records: Vec<RecordRef>) -> Html {
    let watch = |record: RecordRef| {
        let id = record.id.clone();
        let identity = identity.to_owned();
        keyed(&id, KeyWatch { record, identity })
    };
    html! { <>{ for records.into_iter().map(watch) }</> }
}

#[derive(PartialEq)]
struct KeyWatch {
    record: RecordRef,
    /// Key of the person's identity.
    identity: String,
}

part!(KeyWatch, use_key_watch);

#[hook]
fn use_key_watch(props: &KeyWatch) -> Html {
    let page = use_page();
    let lang = page.lang;
    let again = use_state(|| 0u32);
    let changed = again.setter();
    let subject = Subject {
        id: props.record.id.clone(),
        identity: props.identity.clone(),
        again: *again,
        changed: Callback::from(move |()| changed.change(|again| again + 1)),
    };
    let Card {
        inquiry,
        doing,
        act,
        ..
    } = use_card(&props.record.kind, &subject);
    let last = use_last(&page.known, &inquiry);
    let notice = last.map(|verdict| notice(lang, &subject, &verdict, (&doing, &act)));
    html! { <>{ notice }{ act_view(lang, &doing) }</> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::sample;
    use verifier::verdict::{HistoryEntry, Outcome};
    use worker::Facts;

    #[test]
    fn a_replacement_can_be_vetoed_once_and_until_its_time() {
        assert_eq!(stage("100", false, 99), Some(OPEN));
        assert_eq!(stage("100", true, 99), Some(LAST));
        for vetoed in [false, true] {
            assert_eq!(stage("100", vetoed, 100), Some(DONE));
        }
    }

    const OWN: &str = "ed25519:aa";
    const OTHER: &str = "ed25519:bb";

    /// How the owner of the key `OWN` is told of what a room's state says; the sample's header is of time 0.
    fn told(key: &str, vetoes: u64, pending: &str) -> Option<&'static str> {
        let verdict = Verdict {
            state: format!(
                r#"{{"bindings":2,"entered":0,"key":"{key}"{pending},"vetoes":{vetoes}}}"#
            ),
            ..sample::verdict("room", Outcome::Verified, "record-in-force")
        };
        let subject = Subject {
            id: "garden.6-1203".into(),
            identity: OWN.into(),
            again: 0,
            changed: Callback::noop(),
        };
        let change = change(Lang::Zh, &subject, &verdict)?;
        assert_eq!(change.title, "6-1203");
        Some(change.stage)
    }

    #[test]
    fn an_owner_is_told_of_what_comes_in_the_place_of_her_own_key_alone() {
        let coming = format!(r#","pending":{{"from":"9","key":"{OTHER}"}}"#);
        assert_eq!(told(OWN, 0, &coming), Some(OPEN));
        assert_eq!(told(OWN, 1, &coming), Some(LAST));
        assert_eq!(told(OWN, 0, &coming.replace('9', "0")), Some(DONE));
        assert_eq!(told(OWN, 1, ""), None);
        assert_eq!(told(OTHER, 0, &coming), None);
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
        let recover = "document.recover";
        let verdict = Verdict {
            history: vec![
                entry("document.confirm", &["patient"]),
                entry(recover, &["notary-office", "street-office", "patient"]),
            ],
            ..sample::verdict("document", Outcome::Verified, "document-shared")
        };
        let said = vouching(Lang::En, recover, &verdict);
        assert_eq!(said, "notary-office, street-office");
        assert_eq!(authors(Lang::Zh, &verdict.history[0]), ["患者"]);
    }
}
