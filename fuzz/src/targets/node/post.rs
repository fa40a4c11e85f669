//! Bodies of JSON-RPC POSTs: each gets an answer that is JSON, or none where only notifications came.

use super::WORLD;
use crate::targets::records::story;
use serde_json::{Value, json};

/// It waits ten seconds for a block that never comes here.
const WAITS: &[u8] = b"broadcast_tx_commit";

/// Whether something in a request may wait for a block.
pub fn waits(bytes: &[u8]) -> bool {
    bytes.windows(WAITS.len()).any(|part| part == WAITS)
}

/// Calls with parameters that have answers.
pub fn calls() -> Vec<(&'static str, Value)> {
    let key = records::RecordName::new("invoice", story::INVOICE)
        .expect("a name")
        .tree_key();
    let log = [&key[..], &[0; 11], &[9]].concat();
    let query = |path: &str, data: &[u8]| json!({ "path": path, "data": hex::encode(data), "height": "0", "prove": true });
    vec![
        ("status", json!({})),
        ("genesis", json!({})),
        ("header", json!({ "height": "5" })),
        ("block", json!([7])),
        ("block_results", json!({ "height": 3 })),
        ("commit", json!({ "height": "4" })),
        (
            "validators",
            json!({ "height": "4", "page": "1", "per_page": "100" }),
        ),
        ("blockchain", json!({ "minHeight": "1", "maxHeight": "20" })),
        ("consensus_params", json!({ "height": "2" })),
        ("tx", json!({ "hash": "AAAA", "prove": true })),
        (
            "tx_search",
            json!({ "query": "tx.hash='00'", "prove": true, "page": "1" }),
        ),
        ("block_by_hash", json!({ "hash": "AAAA" })),
        ("broadcast_tx_sync", json!({ "tx": "AAAA" })),
        ("abci_query", query("/head", &key)),
        ("abci_query", query("/state", &key)),
        ("abci_query", query("/log", &log)),
        (
            "abci_query",
            query("/log/inclusion", &[&key[..], &[0; 15], &[3]].concat()),
        ),
        (
            "abci_query",
            query(
                "/log/consistency",
                &[&key[..], &[0; 7], &[1], &[0; 7], &[3]].concat(),
            ),
        ),
        ("abci_query", query("/blob", &key)),
    ]
}

pub fn seeds() -> Vec<Vec<u8>> {
    let requests: Vec<Value> = calls().into_iter().map(|(method, params)| json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })).collect();
    let batch = Value::Array(requests.iter().take(10).cloned().collect());
    requests
        .into_iter()
        .chain([batch])
        .map(|request| request.to_string().into_bytes())
        .collect()
}

pub fn run(bytes: &[u8]) {
    if waits(bytes) {
        return;
    }
    let (status, body) = WORLD.runtime.block_on(WORLD.post(bytes.to_vec()));
    assert!(status != 503, "no answer in time");
    assert!(
        body.is_empty() || serde_json::from_slice::<Value>(&body).is_ok(),
        "an answer that is no JSON"
    );
}
