//! The raw material of a verdict, for those who want to check by other means.

use crate::{host::Host, session::Session, trust::Anchored};
use alloc::{
    format,
    string::{String, ToString},
};
use light_client::json::write;
use records::RecordName;
use serde_json::{Map, Value};

/// As JSON, the header that was verified and the votes that made it so, written as nodes write them; and the nodes' own answers with the proof of each
/// record's head.
pub fn text<H: Host>(anchored: &Anchored, session: &Session<'_, H>, name: &RecordName) -> String {
    let proofs: Map<String, Value> = session
        .proofs()
        .map(|(name, proof)| (name.to_string(), result(proof.raw())))
        .collect();
    let header = write::header(anchored.header.header());
    let commit = anchored.commit.as_ref().map(write::commit);
    format!(
        r#"{{"commit":{{"signed_header":{{"header":{header},"commit":{}}}}},"heads":{},"record":{},"tree_key":"{}"}}"#,
        commit.as_deref().unwrap_or("null"),
        Value::from(proofs),
        Value::from(name.to_string()),
        hex::encode(name.tree_key()),
    )
}

fn result(answer: &Value) -> Value {
    answer.get("result").unwrap_or(answer).clone()
}
