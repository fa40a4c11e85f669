//! Our answers have the keys and the JSON types of recorded CometBFT answers.

mod common;

use common::{Chain, Server, kind, tree_key, vectors};
use node::consortium::{Pace, Producer, now};
use serde_json::{Value, json};
use std::{sync::Arc, thread, time::Duration};

/// What differs, and why.
const DIFFERENT: [(&str, &str); 6] = [
    (
        "genesis.genesis.app_state",
        "the recorded chain had no application state in its genesis",
    ),
    (
        "abci_query.response.proofOps",
        "the recorded application proves nothing",
    ),
    (
        "abci_query.response.value",
        "the recorded application answered absence with null as we do",
    ),
    (
        "block_results.app_hash",
        "the recorded alpha version left it out",
    ),
    ("broadcast_tx_sync.data", "a hex text in both"),
    (
        "net_info.listeners",
        "the embedded consortium has no peers to listen for",
    ),
];

fn compare(path: &str, theirs: &Value, ours: &Value, found: &mut Vec<String>) {
    if DIFFERENT.iter().any(|(known, _)| *known == path) {
        return;
    }
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => {
            for key in a.keys().chain(b.keys().filter(|key| !a.contains_key(*key))) {
                let path = format!("{path}.{key}");
                match (a.get(key), b.get(key)) {
                    (Some(a), Some(b)) => compare(&path, a, b, found),
                    _ if DIFFERENT.iter().any(|(known, _)| *known == path) => {}
                    (Some(_), None) => found.push(format!("{path} is missing")),
                    _ => found.push(format!("{path} is ours alone")),
                }
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            if let (Some(a), Some(b)) = (a.first(), b.first()) {
                compare(&format!("{path}[]"), a, b, found);
            }
        }
        // Lists that were never filled, and data that is empty, are null.
        (Value::Null, Value::Array(_) | Value::String(_))
        | (Value::Array(_) | Value::String(_), Value::Null) => {}
        (a, b) if kind(a) == kind(b) => {
            let numeric = |value: &Value| {
                value
                    .as_str()
                    .is_some_and(|text| text.parse::<i64>().is_ok())
            };
            let name = path.rsplit('.').next().unwrap_or_default();
            let counts = [
                "height",
                "power",
                "total",
                "size",
                "gas_used",
                "gas_wanted",
                "count",
                "index",
            ];
            if counts.iter().any(|count| name.ends_with(count)) && numeric(a) != numeric(b) {
                found.push(format!("{path}: {a} and {b}"));
            }
        }
        (a, b) => found.push(format!("{path} is {} there and {} here", kind(a), kind(b))),
    }
}

/// A chain with blocks, events and a refusal, whose consortium goes on deciding.
fn running() -> (Chain, Server, Producer) {
    let chain = Chain::new();
    for height in 0..12 {
        let txs = if height % 2 == 0 {
            vec![chain.admit(&format!("m-{height}"))]
        } else {
            Vec::new()
        };
        chain.decide(txs);
    }
    let server = chain.serve();
    let pace = Pace {
        idle: Duration::from_millis(300),
        busy: Duration::from_millis(20),
    };
    let producer = Producer::start(
        chain.node.clone(),
        common::signers(),
        Arc::clone(&server.mempool),
        pace,
    );
    // The chain's blocks so far lie in the past; events are signed for today.
    while now() - chain.time() > 10 * common::SECOND {
        std::thread::sleep(Duration::from_millis(10));
    }
    (chain, server, producer)
}

fn recorded(name: &str) -> Option<Value> {
    let file = vectors("rpc-v0.38")?.join(format!("{name}.json"));
    let answer: Value = serde_json::from_slice(&std::fs::read(file).expect("reads")).expect("JSON");
    Some(answer["result"].clone())
}

#[test]
fn every_answer_has_the_shape_of_a_recorded_one() {
    use base64::Engine;
    let (_chain, server, producer) = running();
    let key = hex::encode(tree_key("member", "m-0"));
    let absent = hex::encode(tree_key("member", "nobody"));
    let query =
        |path: &str, data: &str| format!("/abci_query?path=%22{path}%22&data=0x{data}&prove=true");
    let hash = server.result("/block?height=3")["block_id"]["hash"]
        .as_str()
        .expect("a hash")
        .to_owned();
    let tx = server.result("/block?height=3")["block"]["data"]["txs"][0]
        .as_str()
        .expect("a tx")
        .to_owned();
    let tx_bytes = base64::engine::general_purpose::STANDARD
        .decode(&tx)
        .expect("base64");
    let tx_hash = hex::encode_upper(node::comet::tx_hash(&tx_bytes));
    let search = |prove| format!("/tx_search?query=%22tx.hash%3D%27{tx_hash}%27%22&prove={prove}");
    let pairs = [
        ("status", "status", "/status".to_owned()),
        ("genesis", "genesis", "/genesis".to_owned()),
        ("net_info", "net_info", "/net_info".to_owned()),
        ("abci_info", "abci_info", "/abci_info".to_owned()),
        (
            "abci_query",
            "abci_query_with_existing_key",
            query("/head", &key),
        ),
        (
            "abci_query",
            "abci_query_with_non_existent_key",
            query("/head", &absent),
        ),
        ("block", "block_at_height_1", "/block?height=1".to_owned()),
        ("block", "block_at_height_10", "/block?height=10".to_owned()),
        (
            "block_by_hash",
            "block_by_hash",
            format!("/block_by_hash?hash=0x{hash}"),
        ),
        (
            "block_results",
            "block_results_at_height_10",
            "/block_results?height=10".to_owned(),
        ),
        (
            "blockchain",
            "blockchain_from_1_to_10",
            "/blockchain?minHeight=1&maxHeight=10".to_owned(),
        ),
        (
            "commit",
            "commit_at_height_10",
            "/commit?height=10".to_owned(),
        ),
        (
            "consensus_params",
            "consensus_params",
            "/consensus_params?height=10".to_owned(),
        ),
        ("tx_search", "tx_search_no_prove", search(false)),
        ("tx_search", "tx_search_with_prove", search(true)),
    ];
    let mut found = Vec::new();
    for (path, name, request) in pairs {
        let Some(theirs) = recorded(name) else { return };
        compare(path, &theirs, &server.result(&request), &mut found);
    }
    for method in [
        "broadcast_tx_async",
        "broadcast_tx_sync",
        "broadcast_tx_commit",
    ] {
        let Some(theirs) = recorded(method) else {
            return;
        };
        let event = common::admit(method.replace('_', "-").as_str(), now());
        let tx = base64::engine::general_purpose::STANDARD.encode(event);
        let ours = server
            .call(&json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": { "tx": tx } }));
        assert_eq!(ours["id"], 7);
        compare(method, &theirs, &ours["result"], &mut found);
    }
    assert!(found.is_empty(), "{found:#?}");
    producer.stop().expect("stops");
}

#[test]
fn a_transaction_is_found_and_proven_once_it_is_decided() {
    use base64::Engine;
    let base64 = base64::engine::general_purpose::STANDARD;
    let (_chain, server, producer) = running();
    let event = common::admit("found-and-proven", now());
    let tx = base64.encode(&event);
    let sent = server.call(
        &json!({ "jsonrpc": "2.0", "id": 1, "method": "broadcast_tx_commit", "params": [tx] }),
    );
    assert_eq!(sent["result"]["tx_result"]["code"], 0, "{sent}");
    let hash = sent["result"]["hash"].as_str().expect("a hash");
    let found = server.result(&format!("/tx?hash=0x{hash}&prove=true"));
    assert_eq!(found["tx"], tx);
    assert_eq!(found["height"], sent["result"]["height"]);
    let height = found["height"].as_str().expect("a height");
    let header = server.result(&format!("/header?height={height}"));
    assert_eq!(found["proof"]["root_hash"], header["header"]["data_hash"]);
    let again = server
        .call(&json!({ "jsonrpc": "2.0", "id": 2, "method": "broadcast_tx_sync", "params": [tx] }));
    assert_eq!(again["error"]["data"], "tx already exists in cache");
    producer.stop().expect("stops");
}

#[test]
fn validators_are_paged_and_the_default_is_the_next_block() {
    let (_chain, server, producer) = running();
    producer.stop().expect("stops");
    let latest = server.result("/status")["sync_info"]["latest_block_height"]
        .as_str()
        .expect("text")
        .to_owned();
    let next: u64 = latest.parse::<u64>().expect("a number") + 1;
    let all = server.result("/validators");
    assert_eq!(all["block_height"], next.to_string());
    assert_eq!((&all["count"], &all["total"]), (&json!("4"), &json!("4")));
    let second = server.result("/validators?page=2&per_page=3&height=5");
    assert_eq!(
        (&second["count"], &second["total"]),
        (&json!("1"), &json!("4"))
    );
    let (_, beyond) = server.get("/validators?page=3&per_page=3");
    assert!(
        beyond.contains("page should be within [1, 2] range, given 3"),
        "{beyond}"
    );
}

/// What is signed until ten minutes after the time that it tells would be refused as too late.
#[test]
fn a_status_is_of_one_block_also_while_the_next_comes() {
    let chain = Chain::new();
    chain.decide(vec![]);
    let node = chain.serve();
    thread::scope(|scope| {
        let asks = scope.spawn(|| {
            for _ in 0..200 {
                let newest = node.result("/status")["sync_info"].take();
                assert_ne!(newest["latest_block_hash"], "", "{newest}");
            }
        });
        while !asks.is_finished() {
            chain.decide(vec![]);
        }
    });
}
