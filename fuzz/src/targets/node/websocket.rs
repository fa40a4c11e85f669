//! Messages on one websocket, a line each: each gets an answer, or none where it has no id.

use super::{WORLD, post};
use node::rpc;
use serde_json::{Value, json};

pub fn seeds() -> Vec<Vec<u8>> {
    let query = |query: &str| json!({ "query": query });
    let calls = [
        ("subscribe", query("tm.event='NewBlockHeader'")),
        ("subscribe", query("tm.event = 'Tx' AND tx.height = 5")),
        ("subscribe", query("tm.event='NewBlock' AND record.id='a'")),
        ("unsubscribe", query("tm.event='NewBlockHeader'")),
        ("unsubscribe_all", json!({})),
    ];
    let written = |(method, params): (&str, Value)| {
        json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string()
    };
    let subscriptions: Vec<String> = calls.into_iter().map(written).collect();
    let others: Vec<String> = post::calls().into_iter().take(4).map(written).collect();
    vec![subscriptions.join("\n").into(), others.join("\n").into()]
}

pub fn run(bytes: &[u8]) {
    if post::waits(bytes) {
        return;
    }
    let messages = bytes.split(|byte| *byte == b'\n');
    let count = messages.clone().count();
    let answers = rpc::converse(WORLD.rpc.clone(), messages);
    let answers = WORLD.runtime.block_on(answers);
    assert!(answers.len() <= count, "an answer that nobody asked for");
    let whole = |answer: &Value| answer.get("error").is_some() != answer.get("result").is_some();
    assert!(answers.iter().all(whole), "neither an answer nor an error");
}
