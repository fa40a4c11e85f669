//! A question under way: what was heard so far, and the verdict in the end.

use super::{Engine, Known, Ticket, halt::halted};
use crate::draw::prelude::*;
use std::rc::Rc;
use verifier::verdict::{Check, Outcome, Signer, Verdict};
use worker::{Facts, FromVerifier, RecordRef, ToVerifier};

/// Its header is too old to say what is so now: told of an answer, it stands no more.
const STALE: &str = "life-cycle-stale";

/// What can be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// What a text says: scanned, typed, pasted or from a link.
    Text(String),
    /// A record by its id.
    Record(RecordRef),
    /// The ballot of the identity with this key in this vote.
    Ballot(String, String),
    /// The count of a vote; a sample of this many ballots, or all for 0.
    Recount(String, u32),
}

impl Question {
    /// As the worker hears it, with what an identity of this browser keeps for the record.
    pub fn message(self, known: &Known, id: worker::Id) -> ToVerifier {
        match self {
            Self::Text(text) => ToVerifier::Check { id, text },
            Self::Record(record) => ToVerifier::Record {
                id,
                openings: known.opening(&record),
                record,
            },
            Self::Ballot(key, vote) => ToVerifier::Ballot {
                id,
                seat: known.seat(&key, &vote),
            },
            Self::Recount(vote, sample) => ToVerifier::Recount { id, vote, sample },
        }
    }

    /// The same question as a text, where it can be one.
    pub fn text(&self, known: &Known) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Record(record) => {
                let openings = match known.opening(record) {
                    opening if opening.is_empty() => opening,
                    opening => ["/", &opening].concat(),
                };
                Some(["#/r/", &record.kind, "/", &record.id, &openings].concat())
            }
            _ => None,
        }
    }
}

/// What was heard so far.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inquiry {
    /// What is being waited for, with its facts.
    pub waiting: Option<(String, Facts)>,
    /// Checks that ended.
    pub checks: Vec<Check>,
    /// Signatures checked so far.
    pub signers: Vec<Signer>,
    /// Total voting power.
    pub total_power: u64,
    /// The answer.
    pub verdict: Option<Rc<Verdict>>,
    /// Why there is none.
    pub failed: Option<(String, Facts)>,
    /// The event that happened while an earlier answer stood here; an empty name where the history does not show it.
    pub changed: Option<String>,
}

impl Inquiry {
    fn heard(&self, message: FromVerifier) -> Self {
        let mut next = self.clone();
        next.hear(message);
        next
    }

    fn hear(&mut self, message: FromVerifier) {
        let answered = self.verdict.is_some();
        match message {
            FromVerifier::Verdict { verdict, .. } => {
                let before = self.verdict.as_deref();
                self.changed = before.and_then(|before| since(before, &verdict));
                self.waiting = None;
                self.checks.clone_from(&verdict.checks);
                self.verdict = Some(Rc::from(verdict));
            }
            FromVerifier::Checked { check, .. } if answered && check.reason == STALE => {
                if let Some(verdict) = &self.verdict {
                    let verdict = halted(verdict, check);
                    self.checks.clone_from(&verdict.checks);
                    self.verdict = Some(Rc::new(verdict));
                }
            }
            // An answer stands until the next one is there.
            _ if answered => {}
            FromVerifier::Waiting { step, facts, .. } => self.waiting = Some((step, facts)),
            FromVerifier::Checked { check, .. } => {
                self.checks.retain(|old| old.id != check.id);
                self.checks.push(check);
                self.checks.sort_by_key(|check| check.id);
            }
            FromVerifier::Signing {
                signers,
                total_power,
                ..
            } => {
                self.signers = signers;
                self.total_power = total_power;
            }
            FromVerifier::Failed { reason, facts, .. } => {
                self.waiting = None;
                self.failed = Some((reason, facts));
            }
            _ => {}
        }
    }
}

/// What happened to a record since `before` was proven. That it could not be proven again is no event.
fn since(before: &Verdict, now: &Verdict) -> Option<String> {
    let proven =
        |verdict: &Verdict| !verdict.state.is_empty() || verdict.outcome == Outcome::Absent;
    let new = now.history.get(before.history.len()..).unwrap_or_default();
    let event = new.last().map(|entry| entry.event.clone());
    let event = event.or_else(|| (before.state != now.state).then(String::new));
    event.filter(|_| proven(before) && proven(now))
}

/// An inquiry and what it is about.
#[derive(Default, PartialEq)]
struct Asked {
    question: Option<Question>,
    again: u32,
    /// How often the record has changed since.
    changes: u32,
    inquiry: Rc<Inquiry>,
}

impl Asked {
    fn heard(&self, message: FromVerifier) -> Self {
        let changed = matches!(message, FromVerifier::Changed { .. });
        Self {
            question: self.question.clone(),
            again: self.again,
            changes: self.changes + u32::from(changed),
            inquiry: Rc::new(self.inquiry.heard(message)),
        }
    }

    fn is_about(&self, question: &Option<Question>, again: u32) -> bool {
        self.question == *question && self.again == again
    }
}

/// Asks `question` and follows it; asks anew when it changes, when `again` does, or when the record that it is about has changed. What was
/// heard about one question never stands as the answer to another, and nothing stands once the chain has forked.
#[hook]
pub fn use_inquiry(engine: &Engine, question: Option<Question>, again: u32) -> Rc<Inquiry> {
    let asked = use_state(Asked::default);
    let setter = asked.setter();
    let known = engine.known();
    let engine = engine.clone();
    let current = asked.is_about(&question, again);
    let changes = if current { asked.changes } else { 0 };
    let asking = (question.clone(), again, changes);
    use_effect_with(asking, move |(question, again, changes)| {
        if *changes == 0 {
            setter.set(Asked {
                question: question.clone(),
                again: *again,
                ..Asked::default()
            });
        }
        let ticket: Option<Ticket> = question.clone().map(|question| {
            engine.ask(
                |id| question.message(&engine.known(), id),
                Callback::from(move |message| setter.change(|asked| asked.heard(message))),
            )
        });
        move || drop(ticket)
    });
    if current {
        known.shown_inquiry(&asked.inquiry)
    } else {
        Rc::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widget::sample;
    use verifier::verdict::{CheckId, Status};

    fn checked(id: CheckId, reason: &str) -> FromVerifier {
        let (status, reason) = (Status::NotEstablished, reason.into());
        let facts = Facts::new();
        FromVerifier::Checked {
            id: 1,
            check: Check {
                id,
                status,
                reason,
                facts,
            },
        }
    }

    #[test]
    fn an_answer_stands_while_it_is_proven_anew_and_falls_once_its_header_is_too_old() {
        let mut inquiry = Inquiry::default();
        let verdict = Box::new(sample::verdict("vote", Outcome::Verified, "vote-passed"));
        inquiry.hear(FromVerifier::Verdict { id: 1, verdict });
        let outcome = |inquiry: &Inquiry| inquiry.verdict.as_ref().map(|verdict| verdict.outcome);
        inquiry.hear(checked(CheckId::NodesAgree, "other-nodes-silent"));
        assert_eq!(outcome(&inquiry), Some(Outcome::Verified));
        inquiry.hear(checked(CheckId::LifeCycle, STALE));
        assert_eq!(outcome(&inquiry), Some(Outcome::NotEstablished));
        assert_eq!(inquiry.checks, inquiry.verdict.expect("it stays").checks);
    }
}
