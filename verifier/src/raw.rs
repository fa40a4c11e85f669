//! The raw material of a verdict, for those who want to check by other means.

use crate::{host::Host, session::Session, trust::Anchored};
use alloc::string::{String, ToString};
use records::RecordName;
use serde_json::{Map, Value, json};

/// The node's own answers, as JSON: the commit, and the proof of each record's head.
pub fn text<H: Host>(anchored: &Anchored, session: &Session<'_, H>, name: &RecordName) -> String {
    let proofs: Map<String, Value> = session
        .proofs()
        .map(|(name, proof)| (name.to_string(), result(proof.raw())))
        .collect();
    let value = json!({
        "record": name.to_string(),
        "tree_key": hex::encode(name.tree_key()),
        "commit": result(&anchored.raw),
        "heads": proofs,
    });
    value.to_string()
}

fn result(answer: &Value) -> Value {
    answer.get("result").unwrap_or(answer).clone()
}
