//! A question under way: what was heard so far, and the verdict in the end.

use super::{Engine, Known, Ticket};
use crate::draw::prelude::*;
use std::rc::Rc;
use verifier::verdict::{Check, Signer, Verdict};
use worker::{Facts, FromVerifier, RecordRef, ToVerifier};

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
}

impl Inquiry {
    fn heard(&self, message: FromVerifier) -> Self {
        let mut next = self.clone();
        next.hear(message);
        next
    }

    fn hear(&mut self, message: FromVerifier) {
        match message {
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
            FromVerifier::Verdict { verdict, .. } => {
                self.waiting = None;
                self.checks.clone_from(&verdict.checks);
                self.verdict = Some(Rc::from(verdict));
            }
            FromVerifier::Failed { reason, facts, .. } => {
                self.waiting = None;
                self.failed = Some((reason, facts));
            }
            _ => {}
        }
    }
}

/// An inquiry and what it is about.
#[derive(Default, PartialEq)]
struct Asked {
    question: Option<Question>,
    again: u32,
    inquiry: Rc<Inquiry>,
}

impl Asked {
    fn heard(&self, message: FromVerifier) -> Self {
        Self {
            question: self.question.clone(),
            again: self.again,
            inquiry: Rc::new(self.inquiry.heard(message)),
        }
    }
}

/// Asks `question` and follows it; asks anew when it changes, or when `again` does. What was heard about one question never stands as
/// the answer to another.
#[hook]
pub fn use_inquiry(engine: &Engine, question: Option<Question>, again: u32) -> Rc<Inquiry> {
    let asked = use_state(Asked::default);
    let setter = asked.setter();
    let engine = engine.clone();
    use_effect_with((question.clone(), again), move |(question, again)| {
        setter.set(Asked {
            question: question.clone(),
            again: *again,
            inquiry: Rc::default(),
        });
        let ticket: Option<Ticket> = question.clone().map(|question| {
            engine.ask(
                |id| question.message(&engine.known(), id),
                Callback::from(move |message| setter.change(|asked| asked.heard(message))),
            )
        });
        move || drop(ticket)
    });
    if asked.question == question && asked.again == again {
        asked.inquiry.clone()
    } else {
        Rc::default()
    }
}
