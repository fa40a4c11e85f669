//! A question under way: what was heard so far, and the verdict in the end.

use super::{Engine, Ticket};
use std::rc::Rc;
use verifier::verdict::{Check, Signer, Verdict};
use worker::{FromVerifier, RecordRef, ToVerifier, verify::Facts};
use yew::prelude::*;

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
    fn message(self, id: worker::Id) -> ToVerifier {
        match self {
            Self::Text(text) => ToVerifier::Check { id, text },
            Self::Record(record) => ToVerifier::Record {
                id,
                record,
                openings: String::new(),
            },
            Self::Ballot(key, vote) => ToVerifier::Ballot { id, key, vote },
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

/// What happens to an inquiry.
pub enum Step {
    /// A new question: forget the last one.
    Begin,
    /// A message of the worker.
    Heard(FromVerifier),
}

impl Reducible for Inquiry {
    type Action = Step;

    fn reduce(self: Rc<Self>, step: Step) -> Rc<Self> {
        let mut next = (*self).clone();
        match step {
            Step::Begin => next = Self::default(),
            Step::Heard(message) => next.hear(message),
        }
        Rc::new(next)
    }
}

impl Inquiry {
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

/// Asks `question` and follows it; asks anew when it changes, or when `again` does.
#[hook]
pub fn use_inquiry(engine: &Engine, question: Option<Question>, again: u32) -> Rc<Inquiry> {
    let inquiry = use_reducer(Inquiry::default);
    let dispatch = inquiry.dispatcher();
    let engine = engine.clone();
    use_effect_with((question, again), move |(question, _)| {
        dispatch.dispatch(Step::Begin);
        let ticket: Option<Ticket> = question.clone().map(|question| {
            engine.ask(
                |id| question.message(id),
                Callback::from(move |message| dispatch.dispatch(Step::Heard(message))),
            )
        });
        move || drop(ticket)
    });
    Rc::new((*inquiry).clone())
}
