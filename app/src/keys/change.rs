//! Another key is to come in the place of a patient's or an owner's: said wherever that person looks, with the way to object while there is one.

use crate::draw::prelude::*;
use crate::i18n::{Lang, Text, member, small, time, ward, words};
use crate::medical::state::{Document, field, title};
use crate::shell::use_page;
use crate::vote::{Ballot, Room};
use crate::widget::{
    Card, Doing, Subject, act_view, authors, block_time, proven, use_card, use_last,
};
use verifier::verdict::Verdict;
use worker::{Action, RecordRef};

/// It waits, and can be vetoed.
const OPEN: &str = "open";
/// It waits, and ends where the owner votes before.
const VOTE: &str = "vote";
/// It waits; after one veto there is no second.
const LAST: &str = "last";
/// It waits, and the new key is this person's.
const OWN: &str = "own";
/// The new key counts.
const DONE: &str = "done";

/// The events that begin a replacement.
const BEGUN_BY: [&str; 2] = ["room.bind", "document.recover"];

/// A replacement, as the record has it.
struct Change {
    stage: &'static str,
    /// What the key is for.
    title: String,
    /// From when the new key counts, Unix nanoseconds as decimal text.
    from: String,
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

/// The replacement of the key with which this person acts on a document, a room or a ballot, or the one that brings this person's; none where nobody's.
fn change(lang: Lang, own: &str, verdict: &Verdict) -> Option<Change> {
    let at = block_time(verdict);
    let room = |stage, title: &str, from: String| Change {
        stage,
        title: title.to_owned(),
        from,
        third: small(lang, "regulator"),
        meanwhile: words::KEY_VOTES,
    };
    match &*verdict.kind {
        "room" => {
            let Room {
                key,
                pending,
                vetoes,
            } = proven(verdict)?;
            // Another key's replacement is another one's business.
            let from = pending.filter(|_| key.as_deref() == Some(own))?.from;
            let stage = stage(&from, vetoes > 0, at)?;
            Some(room(stage, verdict.id.rsplit('.').next()?, from))
        }
        "ballot" => {
            let Ballot { key, pending, .. } = proven(verdict)?;
            // A key that desks bound stands in its room, too, and is vetoed there; one that the roster alone has is defended by voting.
            let pending = pending.filter(|pending| key.is_none() && pending.key != own)?;
            let stage = match stage(&pending.from, false, at)? {
                OPEN => VOTE,
                other => other,
            };
            Some(room(stage, field(verdict, "rooms")?, pending.from))
        }
        _ => {
            let Document {
                patient,
                guardian,
                recovery,
                vetoed,
                hospital,
                ..
            } = proven(verdict)?;
            let recovery = recovery?;
            let stage = match stage(&recovery.from, vetoed.is_some(), at)? {
                DONE => DONE,
                _ if recovery.key == own => OWN,
                _ if patient != own && guardian.as_deref() != Some(own) => return None,
                other => other,
            };
            Some(Change {
                stage,
                title: title(&verdict.id, verdict),
                from: recovery.from,
                third: member(lang, &hospital),
                meanwhile: words::KEY_REVOKES,
            })
        }
    }
}

/// What is going on, who vouches for it, and what the person can do about it.
/// `own` is the key with which the person acts here.
pub fn notice(
    lang: Lang,
    own: &str,
    verdict: &Verdict,
    (doing, act): (&Doing, &Callback<Action>),
) -> Html {
    let Some(change) = change(lang, own, verdict) else {
        return Html::default();
    };
    let left = ward(lang, &change.from);
    let left = left.map(|left| lang.fill(words::MED_LEFT, &[("time", &left)]));
    let facts = [
        ("title", &*change.title),
        ("time", &*time(&change.from)),
        ("left", &*left.unwrap_or_default()),
        ("names", &*vouching(lang, verdict)),
        ("third", &*change.third),
        ("meanwhile", lang.t(change.meanwhile)),
        (
            "object",
            lang.t(match change.stage {
                VOTE => words::KEY_BY_VOTE,
                _ => words::KEY_BY_VETO,
            }),
        ),
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
        VOTE => (words::KEY_COMING_SAY, Html::default()),
        LAST => (words::KEY_LAST, Html::default()),
        OWN => (words::KEY_OWN, Html::default()),
        _ => (words::KEY_DONE, Html::default()),
    };
    html! {
        <div class="note warn stack" role="alert" data-testid="recovery" data-stage={change.stage} data-id={verdict.id.clone()}>
            if ![OWN, DONE].contains(&change.stage) { <b>{ lang.fill(words::KEY_COMING, &facts) }</b> }<p>{ lang.fill(say, &facts) }</p>{ rest }
        </div>
    }
}

/// Who answers for the new key, as the log says.
fn vouching(lang: Lang, verdict: &Verdict) -> String {
    let mut history = verdict.history.iter().rev();
    let entry = history.find(|entry| BEGUN_BY.contains(&&*entry.event));
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
    let own = page.known.acting(&subject.identity, &subject.id);
    let notice = last.map(|verdict| notice(lang, own, &verdict, (&doing, &act)));
    html! { <>{ notice }{ act_view(lang, &doing) }</> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::sample;
    use verifier::verdict::{Backing, Field, HistoryEntry, Outcome};
    use worker::Facts;

    #[test]
    fn a_replacement_can_be_vetoed_once_and_until_its_time() {
        assert_eq!(stage("100", false, 99), Some(OPEN));
        assert_eq!(stage("100", true, 99), Some(LAST));
        for vetoed in [false, true] {
            assert_eq!(stage("100", vetoed, 100), Some(DONE));
        }
    }

    const MINE: &str = "ed25519:aa";
    const OTHER: &str = "ed25519:bb";

    /// How who acts with the key `MINE` is told of what a record's state says; the sample's header is of time 0.
    fn told(kind: &str, state: String) -> Option<&'static str> {
        let rooms = Field {
            name: "rooms".into(),
            value: "6-1203".into(),
            backing: Backing::Proven,
        };
        let verdict = Verdict {
            state,
            id: "garden.6-1203".into(),
            fields: vec![rooms],
            ..sample::verdict(kind, Outcome::Verified, "record-in-force")
        };
        let change = change(Lang::Zh, MINE, &verdict)?;
        assert!(kind == "document" || change.title == "6-1203");
        Some(change.stage)
    }

    fn told_of_room(key: &str, vetoes: u64, pending: &str) -> Option<&'static str> {
        let state =
            format!(r#"{{"bindings":2,"entered":0,"key":"{key}"{pending},"vetoes":{vetoes}}}"#);
        told("room", state)
    }

    #[test]
    fn an_owner_is_told_of_what_comes_in_the_place_of_her_own_key_alone() {
        let coming = format!(r#","pending":{{"from":"9","key":"{OTHER}"}}"#);
        assert_eq!(told_of_room(MINE, 0, &coming), Some(OPEN));
        assert_eq!(told_of_room(MINE, 1, &coming), Some(LAST));
        assert_eq!(told_of_room(MINE, 0, &coming.replace('9', "0")), Some(DONE));
        assert_eq!(told_of_room(MINE, 1, ""), None);
        assert_eq!(told_of_room(OTHER, 0, &coming), None);
    }

    /// *Attack: desks put a key in the place of one that the roster alone has, which has no room to veto in.*
    #[test]
    fn an_owner_whose_key_the_roster_has_is_told_to_vote_before_another_key_counts() {
        let ballot = |key: &str, from: &str, new: &str| {
            told(
                "ballot",
                format!(r#"{{{key}"pending":{{"from":"{from}","key":"{new}"}}}}"#),
            )
        };
        assert_eq!(ballot("", "9", OTHER), Some(VOTE));
        assert_eq!(ballot("", "0", OTHER), Some(DONE));
        assert_eq!(ballot("", "9", MINE), None);
        assert_eq!(ballot(&format!(r#""key":"{MINE}","#), "9", OTHER), None);
    }

    #[test]
    fn who_gets_a_new_key_is_told_of_it_and_not_asked_to_veto_it() {
        let document = |patient: &str, from: &str, new: &str| {
            let recovery = format!(r#"{{"from":"{from}","key":"{new}","lost":"{patient}"}}"#);
            told(
                "document",
                format!(
                    r#"{{"denied":[],"grants":[],"hospital":"h","open_reviews":0,"patient":"{patient}","recovery":{recovery},"status":"shared"}}"#
                ),
            )
        };
        assert_eq!(document(MINE, "9", OTHER), Some(OPEN));
        assert_eq!(document(OTHER, "9", MINE), Some(OWN));
        assert_eq!(document(OTHER, "0", MINE), Some(DONE));
        // What becomes of a key that is neither is another one's business.
        assert_eq!(document(OTHER, "9", "ed25519:cc"), None);
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
        let said = vouching(Lang::En, &verdict);
        assert_eq!(said, "notary-office, street-office");
        assert_eq!(authors(Lang::Zh, &verdict.history[0]), ["患者"]);
    }
}
