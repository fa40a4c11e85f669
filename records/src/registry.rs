//! The registry of kinds: which events there are, which records each touches, and who judges them.

use crate::{
    canonical::{self, Value},
    context::Context,
    event::{Event, Payload},
    kinds,
    name::RecordName,
    refusal::{Refusal, Stop},
    shape::Shape,
};

/// Newest version of the rules that this program knows.
pub const RULES_VERSION: u64 = 1;
/// Most records that one event may touch.
pub const MAX_TOUCHES: usize = 64;
/// The role of an event's subject.
pub const SUBJECT: &str = "subject";

/// One record that an event concerns, and as what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touch {
    /// The record.
    pub record: RecordName,
    /// Its role in the event; [`SUBJECT`] for the first.
    pub role: &'static str,
}

/// An event type: `<kind>.<verb>`, and the records besides its subject that it concerns, computed from the payload alone.
#[derive(Clone, Copy)]
pub struct EventType {
    /// Full name, e.g. `invoice.issue`.
    pub name: &'static str,
    /// Version of the rules that brought it: before that version is in force, a program that has it judges it like one that has it not.
    pub since: u64,
    /// The records that join, in order, the subject left out; refused where the body does not even name them.
    pub joins: fn(&Payload) -> Result<Vec<Touch>, Refusal>,
}

impl EventType {
    /// A type of the first rules that concerns its subject alone.
    pub const fn alone(name: &'static str) -> Self {
        Self {
            name,
            since: 1,
            joins: |_| Ok(Vec::new()),
        }
    }
}

/// A record kind: a pure function, and the types of the events whose subject it is.
pub struct Kind {
    /// Its name.
    pub name: &'static str,
    /// Events whose subject is a record of this kind.
    pub events: &'static [EventType],
    /// `apply(case) -> state or refusal`, a pure function. It must refuse every (type, role) that it does not expect.
    pub apply: fn(&Case<'_>) -> Result<Value, Stop>,
}

/// What one record is asked to judge.
#[derive(Clone, Copy)]
pub struct Case<'a> {
    /// The record.
    pub record: &'a RecordName,
    /// Its data before the event; none where it does not exist yet.
    pub state: Option<&'a Value>,
    /// Its role in the event.
    pub role: &'a str,
    /// The event.
    pub event: &'a Event,
    /// The surroundings.
    pub context: &'a Context<'a>,
}

impl<'a> Case<'a> {
    /// Event type and role, to match on.
    pub fn what(&self) -> (&'a str, &'a str) {
        (&self.event.payload().event_type, self.role)
    }

    /// The event's body.
    pub fn body<T: Shape>(&self) -> Result<T, Refusal> {
        self.event.payload().body()
    }

    /// The refusal of a (type, role) that the kind does not expect.
    pub fn unexpected(&self) -> Stop {
        let (event_type, role) = self.what();
        Refusal::new("unexpected-event")
            .with("type", event_type)
            .with("role", role)
            .into()
    }

    /// The kind's own struct; refused where the record does not exist yet.
    pub fn existing<T: Shape>(&self) -> Result<T, Stop> {
        let state = self
            .state
            .ok_or_else(|| Refusal::new("no-such-record").with("record", self.record))?;
        Ok(canonical::from_value(state)?)
    }

    /// Refuses where the record exists already.
    pub fn require_new(&self) -> Result<(), Stop> {
        if self.state.is_some() {
            Err(Refusal::new("record-exists")
                .with("record", self.record)
                .into())
        } else {
            Ok(())
        }
    }
}

/// Every kind. Adding one is one line here and one file in `kinds/`.
pub static KINDS: &[&Kind] = &[
    &kinds::consortium::KIND,
    &kinds::member::KIND,
    &kinds::rules::KIND,
    &kinds::proposal::KIND,
    &kinds::misbehaviour::KIND,
    &kinds::vote::KIND,
    &kinds::ballot::KIND,
    &kinds::room::KIND,
    &kinds::consent::document::KIND,
    &kinds::consent::grant::KIND,
    &kinds::consent::read::KIND,
    &kinds::invoice::KIND,
    &kinds::quota::KIND,
    &kinds::quota::FISCAL,
    &kinds::portal::KIND,
];

/// The kind of this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name).copied()
}

/// Refuses an event type that the rules of this version do not have.
pub fn require_known(payload: &Payload, rules_version: u64) -> Result<(), Refusal> {
    event_type(KINDS, payload, rules_version).map(|_| ())
}

fn event_type<'k>(
    kinds: &'k [&Kind],
    payload: &Payload,
    rules_version: u64,
) -> Result<&'k EventType, Refusal> {
    let kind = kinds
        .iter()
        .find(|kind| kind.name == payload.subject.kind());
    kind.into_iter()
        .flat_map(|kind| kind.events)
        .find(|event| event.name == payload.event_type && event.since <= rules_version)
        .ok_or_else(|| Refusal::new("unknown-event-type").with("type", &payload.event_type))
}

/// The exact, ordered list of records that this payload touches, by the newest rules that this program knows; the subject first.
pub fn touches(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    let event_type = event_type(KINDS, payload, RULES_VERSION)?;
    let mut touches = vec![Touch {
        record: payload.subject.clone(),
        role: SUBJECT,
    }];
    touches.extend((event_type.joins)(payload)?);
    let mut names: Vec<&RecordName> = touches.iter().map(|touch| &touch.record).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() != touches.len() || touches.len() > MAX_TOUCHES {
        return Err(Refusal::new("bad-touches"));
    }
    Ok(touches)
}

/// A record that joins an event, for `joins` functions.
pub fn join(kind: &str, id: &str, role: &'static str) -> Result<Touch, Refusal> {
    let record = RecordName::new(kind, id)
        .ok_or_else(|| Refusal::new("malformed-body").because(format_args!("{kind} id")))?;
    Ok(Touch { record, role })
}

/// A kind's struct as its new state.
pub fn updated<T: Shape>(state: &T) -> Result<Value, Stop> {
    Ok(canonical::to_value(state)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_known_from_its_version_on() {
        static KIND: Kind = Kind {
            name: "room",
            events: &[
                EventType::alone("room.old"),
                EventType {
                    since: 2,
                    ..EventType::alone("room.new")
                },
            ],
            apply: |case| Err(case.unexpected()),
        };
        let known = |event_type: &str, rules_version| {
            let payload = Payload {
                body: Value::Array(Vec::new()),
                chain: "dev-test-0001".into(),
                seq: 0,
                subject: RecordName::new("room", "1").expect("a name"),
                event_type: event_type.into(),
                until: 0,
            };
            super::event_type(&[&KIND], &payload, rules_version).is_ok()
        };
        assert!(known("room.old", 1) && known("room.old", 2));
        assert!(!known("room.new", 1) && known("room.new", 2));
        assert!(!known("room.none", 2));
    }
}
