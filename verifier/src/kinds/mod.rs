//! What a proven state means, kind by kind.

mod consent;
mod governing;
mod invoice;
mod key;
mod quota;
pub mod vote;

pub use key::replacement;

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
        "member" => governing::member(data),
        "proposal" => governing::proposal(data, time),
        // Nothing ends these: a room keeps its log, of whose key `replacement` speaks, and a portal's address stands for its invoice.
        "consortium" | "misbehaviour" | "portal" | "room" | "rules" => {
            Some(Life::new(reasons::RECORD_IN_FORCE))
        }
        _ => None,
    }
}

/// What no proof about this kind can say.
pub fn outside(kind: &str) -> Reason {
    match kind {
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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// The code of a state, and whether nothing can change it any more.
    fn code(kind: &str, state: serde_json::Value) -> (&'static str, bool) {
        let data = canonical::decode_value(state.to_string().as_bytes()).expect("canonical");
        let life = life(kind, &data, 1_000).expect("a life");
        (life.reason.code, life.last)
    }

    fn with(state: &serde_json::Value, name: &str, value: serde_json::Value) -> serde_json::Value {
        let mut state = state.clone();
        state[name] = value;
        state
    }

    #[test]
    fn an_invoice_that_is_out_of_force_says_why() {
        let root = "00".repeat(32);
        let issued = json!({ "issued": "1", "issuer": "shop", "prints": [], "red": [], "root": root, "status": "issued", "tax": "normal" });
        let claimed = |outcome: &str| {
            let claim = json!({ "as": outcome, "by": "acme", "claim": "c" });
            with(&with(&issued, "claim", claim), "status", "closed".into())
        };
        for (outcome, expected) in [
            ("reimbursed", "invoice-reimbursed"),
            ("entered", "invoice-entered"),
            ("declared", "invoice-declared"),
        ] {
            assert_eq!(code("invoice", claimed(outcome)), (expected, true));
        }
        let locked = json!({ "by": "acme", "claim": "c" });
        let locked = with(&with(&issued, "claim", locked), "status", "locked".into());
        assert_eq!(code("invoice", locked), ("invoice-locked", false));
        for (tax, expected, is_last) in [
            ("void", "invoice-void", true),
            ("red-full", "invoice-red-flushed", true),
            ("red", "invoice-is-red", true),
            ("red-part", "invoice-red-part", false),
            ("normal", "invoice-unclaimed", false),
        ] {
            let state = with(&issued, "tax", tax.into());
            assert_eq!(code("invoice", state), (expected, is_last));
        }
        // Whoever claimed it: what the tax bureau's side says comes first.
        let void = with(&claimed("entered"), "tax", "void".into());
        assert_eq!(code("invoice", void), ("invoice-void", true));
    }

    #[test]
    fn documents_and_readings_say_where_they_stand() {
        let key = format!("ed25519:{}", "01".repeat(32));
        let document = json!({ "content": "00".repeat(32), "denied": [], "emergencies": 0, "grants": [], "hospital": "h", "open_reviews": 0, "patient": key, "reads": 0, "root": "00".repeat(32), "status": "proposed" });
        for (status, expected, is_last) in [
            ("proposed", "document-proposed", false),
            ("shared", "document-shared", false),
            ("rejected", "document-rejected", true),
            ("erased", "document-erased", true),
        ] {
            let state = with(&document, "status", status.into());
            assert_eq!(code("document", state), (expected, is_last));
        }
        for (basis, expected, is_last) in [
            (json!({ "grant": "g", "kind": "grant" }), "read-done", true),
            (json!({ "kind": "emergency" }), "read-open", false),
            (
                json!({ "finding": "justified", "kind": "reviewed" }),
                "read-reviewed",
                true,
            ),
            // *Attack: a reading that was found to have no reason is shown with a tick.*
            (
                json!({ "by": "r", "finding": "unjustified", "kind": "reviewed" }),
                "read-unjustified",
                true,
            ),
        ] {
            let read = json!({ "basis": basis, "by": "doctor", "document": "d" });
            assert_eq!(code("read", read), (expected, is_last));
        }
    }

    #[test]
    fn a_grant_says_how_it_ended() {
        let key = format!("ed25519:{}", "01".repeat(32));
        let grant = json!({ "by": key, "documents": ["d"], "reads": 0, "root": "00".repeat(32), "status": "active", "to": "doctor", "until": "2000" });
        for (status, until, expected, is_last) in [
            ("active", "2000", "grant-active", false),
            ("active", "999", "grant-expired", true),
            ("revoked", "2000", "grant-revoked", true),
            ("superseded", "2000", "grant-superseded", true),
        ] {
            let state = with(&grant, "status", status.into());
            let state = with(&state, "until", until.into());
            assert_eq!(code("grant", state), (expected, is_last));
        }
    }

    #[test]
    fn a_record_without_a_life_of_its_own_stands_as_it_is() {
        for kind in ["consortium", "misbehaviour", "portal", "room", "rules"] {
            assert_eq!(code(kind, json!({})), ("record-in-force", false));
        }
    }

    /// *Attack: a kind comes with new rules, and whoever writes this program forgets to say how its records end.*
    #[test]
    fn every_kind_says_by_itself_how_its_records_end_and_no_other_is_in_force() {
        let source = include_str!("mod.rs");
        let (_, table) = source.split_once("match kind {").expect("the table");
        let (table, _) = table.split_once("\n    }").expect("its end");
        for kind in records::registry::KINDS {
            assert!(table.contains(&format!("{:?}", kind.name)), "{}", kind.name);
        }
        let data = canonical::decode_value(b"{}").expect("canonical");
        assert!(life("lease", &data, 0).is_none());
    }
}
