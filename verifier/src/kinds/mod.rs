//! What a proven state means, kind by kind.

mod consent;
mod invoice;
mod quota;
pub mod vote;

use crate::{
    reasons::{self, Reason},
    trust::facts,
};
use alloc::string::{String, ToString};
use litemap::LiteMap;
use records::{
    Event,
    canonical::{self, Map, Value},
    fields::Schema,
};

/// Where a record is in its life.
#[derive(Clone, Debug)]
pub struct Life {
    /// The reason of the life-cycle check.
    pub reason: Reason,
    /// Its facts.
    pub facts: LiteMap<String, String>,
    /// Whether nothing can change it any more: then an old header establishes it as well as a new one.
    pub last: bool,
}

impl Life {
    fn new(reason: Reason) -> Self {
        Self {
            reason,
            facts: LiteMap::new(),
            last: false,
        }
    }

    fn last(reason: Reason) -> Self {
        Self {
            last: true,
            ..Self::new(reason)
        }
    }

    fn with<const N: usize>(self, pairs: [(&str, String); N]) -> Self {
        Self {
            facts: facts(pairs),
            ..self
        }
    }
}

/// The life of a record whose state is proven under a header of this time, Unix nanoseconds. None where this program cannot read the state.
pub fn life(kind: &str, data: &Value, time: i64) -> Option<Life> {
    match kind {
        "invoice" => invoice::life(data),
        "document" => consent::document(data),
        "grant" => consent::grant(data, time),
        "read" => consent::read(data),
        "vote" => vote::vote(data, time),
        "ballot" => vote::ballot(data),
        "quota" | "fiscal-quota" => quota::quota(data),
        _ => Some(Life::new(reasons::RECORD_IN_FORCE)),
    }
}

/// What no proof about this kind can say.
pub fn outside(kind: &str) -> Reason {
    match kind {
        "vote" => reasons::ELECTORATE_AS_STATED,
        "document" | "grant" | "read" => reasons::READS_OUTSIDE_CHAIN,
        _ => reasons::TRUTH_OUTSIDE_PROOF,
    }
}

/// The committed fields of a kind.
pub fn schema(kind: &str) -> Option<&'static Schema> {
    match kind {
        "invoice" => Some(&records::kinds::invoice::SCHEMA),
        "document" => Some(&records::kinds::consent::DOCUMENT_FIELDS),
        "grant" => Some(&records::kinds::consent::GRANT_FIELDS),
        "read" => Some(&records::kinds::consent::READ_FIELDS),
        _ => None,
    }
}

/// Whose key it is that signed an event of this kind and is no member's.
pub fn person(kind: &str) -> &'static str {
    match kind {
        "document" | "grant" | "read" => "patient",
        "vote" | "ballot" | "room" => "owner",
        _ => "holder",
    }
}

/// The body of an event, flat: nested values as canonical JSON.
pub fn event_facts(event: &Event) -> LiteMap<String, String> {
    let text = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => canonical::encode_value(other)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok())
            .unwrap_or_default(),
    };
    let body = event.payload().body.as_object();
    let fields = body.into_iter().flat_map(Map::iter);
    let fields = fields.map(|(name, value)| (name.to_string(), text(value)));
    let subject = event.payload().subject.id().into();
    fields.chain([("subject".into(), subject)]).collect()
}
