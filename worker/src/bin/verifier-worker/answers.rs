//! Answering the page's questions.

use crate::{
    browser::{Browser, failed, post},
    keyring::Keyring,
};
use std::collections::BTreeMap;
use verifier::{Look, Question, Unsent, Verifier, Written, acts, chains};
use worker::{Action, Chain, FromVerifier, Id, Member, RecordRef, ToVerifier};

/// The number of a question that the verifier answers.
pub fn number(message: &ToVerifier) -> Option<Id> {
    match message {
        ToVerifier::Check { id, .. }
        | ToVerifier::Record { id, .. }
        | ToVerifier::Recount { id, .. }
        | ToVerifier::Ballot { id, .. }
        | ToVerifier::Act { id, .. } => Some(*id),
        _ => None,
    }
}

/// Looks for a newer header and tells the page.
pub async fn look(verifier: &mut Verifier) {
    let look = verifier.look(&Browser { id: None }).await;
    let chain = Box::new(describe(verifier.chain(), look));
    post(&FromVerifier::Chain { chain });
}

/// Answers one question.
pub async fn answer(verifier: &mut Verifier, keys: &mut Keyring, message: ToVerifier, id: Id) {
    let host = Browser { id: Some(id) };
    let question = match message {
        ToVerifier::Check { text, .. } => Question::text(&text),
        ToVerifier::Record {
            record, openings, ..
        } => match about(keys, &record, &openings) {
            Some(question) => question,
            None => return failed(id, "not-a-record-name", BTreeMap::new()),
        },
        ToVerifier::Recount { vote, sample, .. } => match Question::recount(&vote, sample) {
            Some(question) => question,
            None => return failed(id, "not-a-record-name", BTreeMap::new()),
        },
        ToVerifier::Ballot { key, vote, .. } => match ballot(keys, &key, &vote) {
            Ok(question) => question,
            Err(unsent) => return failed(id, &unsent.reason, unsent.facts),
        },
        ToVerifier::Act { key, action, .. } => {
            return act(verifier, keys, &host, id, &key, action).await;
        }
        _ => return,
    };
    let verdict = Box::new(verifier.check(&host, &question).await);
    post(&FromVerifier::Verdict { id, verdict });
}

/// A question about a record, with openings from the link or from an identity of this browser.
fn about(keys: &Keyring, record: &RecordRef, openings: &str) -> Option<Question> {
    let text = match openings {
        "" => keys.opening(&record.kind, &record.id),
        text => Some(text),
    };
    let opening = match text {
        None => None,
        Some(text) => Some(Question::opening_from_text(text)?),
    };
    Question::record(&record.kind, &record.id, opening)
}

/// A question about the ballot of an identity's seat.
fn ballot(keys: &mut Keyring, key: &str, vote: &str) -> Result<Question, Unsent> {
    let who = keys
        .get_mut(key)
        .ok_or_else(|| Unsent::new("no-such-identity"))?;
    Question::ballot(acts::seat(who, vote)?).ok_or_else(|| Unsent::new("not-a-record-name"))
}

async fn act(
    verifier: &mut Verifier,
    keys: &mut Keyring,
    host: &Browser,
    id: Id,
    key: &str,
    action: Action,
) {
    let Some(who) = keys.get_mut(key) else {
        return failed(id, "no-such-identity", BTreeMap::new());
    };
    let reading = match &action {
        Action::Read { document, grant } => Some((document.clone(), grant.clone())),
        _ => None,
    };
    let knows_more = matches!(action, Action::Give { .. });
    let result = carry_out(verifier, host, who, action).await;
    match result {
        Ok(written) => {
            tell(id, written);
            if let Some((document, grant)) = reading {
                match acts::content(verifier, host, who, &document, &grant).await {
                    Ok(text) => post(&FromVerifier::Content { id, document, text }),
                    Err(Unsent { reason, facts }) => failed(id, &reason, facts),
                }
            }
        }
        Err(Unsent { reason, facts }) => failed(id, &reason, facts),
    }
    if knows_more {
        keys.list(id);
    }
}

async fn carry_out(
    verifier: &mut Verifier,
    host: &Browser,
    who: &mut verifier::Identity,
    action: Action,
) -> Result<Written, Unsent> {
    match action {
        Action::Cast { vote, choice } => acts::cast(verifier, host, who, &vote, &choice).await,
        Action::Give {
            documents,
            to,
            purpose,
            until,
            note,
        } => {
            let terms = acts::Terms {
                documents: &documents,
                to: &to,
                purpose: &purpose,
                until: until.parse().map_err(|_| Unsent::new("malformed-time"))?,
                note: &note,
            };
            acts::give(verifier, host, who, terms).await
        }
        Action::Revoke { grant } => acts::revoke(verifier, host, who, &grant).await,
        Action::Deny { documents, member } => {
            acts::deny(verifier, host, who, &documents, &member, true).await
        }
        Action::Allow { documents, member } => {
            acts::deny(verifier, host, who, &documents, &member, false).await
        }
        Action::Confirm { document } => acts::confirm(verifier, host, who, &document, true).await,
        Action::Reject { document } => acts::confirm(verifier, host, who, &document, false).await,
        Action::Read { document, grant } => {
            acts::read(verifier, host, who, &document, &grant).await
        }
        Action::Emergency { document, reason } => {
            acts::emergency(verifier, host, who, &document, &reason).await
        }
        Action::Review { read, justified } => {
            acts::review(verifier, host, who, &read, justified).await
        }
    }
}

fn tell(id: Id, written: Written) {
    post(&FromVerifier::Written {
        id,
        event_id: written.event_id,
        record: RecordRef {
            kind: written.record.kind().into(),
            id: written.record.id().into(),
        },
        height: written.height,
        time: written.time.to_string(),
    });
}

fn describe(chain: &chains::Chain, look: Look) -> Chain {
    let member = |member: records::kinds::member::Member| Member {
        id: member.id,
        name: member.name,
        name_en: member.name_en,
        org: member.org,
        roles: member.roles,
    };
    Chain {
        id: chain.id.clone(),
        name: chain.name.clone(),
        name_en: chain.name_en.clone(),
        dev: chain.dev,
        checkpoint_height: chain.checkpoint_height,
        checkpoint_hash: hex::encode(chain.checkpoint_hash),
        anchor: look.anchor,
        reason: look.reason,
        facts: look.facts,
        nodes: look.nodes,
        members: look.members.into_iter().map(member).collect(),
    }
}
