//! Blobs that a record names come from other nodes, whatever else these give.

mod common;

use axum::{Json, Router};
use common::{Chain, Server, admit_as, document, erase, serve_router};
use hyper::Uri;
use node::{
    application::{QueryRequest, code},
    chain::FullNode,
    consortium::catch_up,
    fetch::Fetch,
    merkle::sha256,
    rpc::MAX_CONNECTIONS,
};
use serde_json::{Value, json};
use std::{
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};
use tokio::runtime::Runtime;

/// Whose hash lets three others be asked in the order in which they are named.
const SEALED: &[u8] = b"sealed 2";

fn url(server: &Server) -> Uri {
    format!("http://{}", server.address).parse().expect("a URL")
}

/// A chain on which documents name [`SEALED`] and another blob that is erased; its node had both. And a node that had neither.
fn nodes() -> (Chain, FullNode) {
    let chain = Chain::new();
    chain.decide(vec![admit_as("hospital", "hospital", chain.time())]);
    let documents = [
        document("d", SEALED, chain.time()),
        document("e", b"erased", chain.time()),
    ];
    chain.decide(documents.into());
    for blob in [SEALED, b"erased"] {
        assert_eq!(chain.query("/blob/keep", blob, 0).code, code::OK);
    }
    chain.decide(vec![erase("e", chain.time())]);
    let other = chain.replica("other");
    catch_up(&other, &chain.node).expect("follows");
    (chain, other)
}

fn has(node: &FullNode, blob: &[u8]) -> bool {
    let request = QueryRequest {
        path: "/blob".into(),
        data: sha256(blob).to_vec(),
        height: 0,
        prove: false,
    };
    node.application.query(&request).expect("answers").value == blob
}

/// Fetches for a node, on threads of its own.
struct Fetching(Runtime, Fetch);

impl Fetching {
    fn new(node: &FullNode, from: impl IntoIterator<Item = Uri>) -> Self {
        let fetch = Fetch::new(node.application.clone(), from).expect("begins");
        Self(Runtime::new().expect("starts"), fetch)
    }

    /// How many blobs one round keeps.
    fn round(&mut self) -> usize {
        self.0.block_on(self.1.round()).expect("works")
    }
}

/// Somebody who answers every question in the same way, and counts them.
fn peer(response: Value) -> (Server, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let counter = asked.clone();
    let answer = move || async move {
        counter.fetch_add(1, Ordering::Relaxed);
        Json(json!({ "jsonrpc": "2.0", "id": 0, "result": { "response": response } }))
    };
    let router = |_| Router::new().fallback(answer);
    let server = serve_router(router, MAX_CONNECTIONS, std::future::pending());
    (server, asked)
}

#[test]
fn a_node_fetches_what_a_record_names_and_nothing_that_was_erased() {
    let (chain, other) = nodes();
    assert_eq!(other.application.wanted_count().expect("reads"), 1);
    let server = chain.serve();
    let mut fetch = Fetching::new(&other, [url(&server)]);
    assert_eq!(fetch.round(), 1);
    assert!(has(&other, SEALED) && !has(&other, b"erased"));
    assert_eq!(other.application.wanted_count().expect("reads"), 0);
    assert_eq!(fetch.round(), 0);
}

/// One gives other bytes, one gives no answer at all: the third is asked.
#[test]
fn who_lies_and_who_hangs_keep_no_blob_away() {
    let (chain, other) = nodes();
    assert_eq!(sha256(SEALED)[0] % 3, 0);
    let (liar, asked) = peer(json!({ "code": 0, "value": "bGll" }));
    let listener = TcpListener::bind("127.0.0.1:0").expect("listens");
    let silent = listener.local_addr().expect("an address");
    let silent = format!("http://{silent}").parse().expect("a URL");
    let honest = chain.serve();
    let mut alone = Fetching::new(&other, [url(&liar)]);
    for _ in 0..2 {
        assert_eq!(alone.round(), 0);
    }
    assert!(!has(&other, SEALED));
    assert_eq!(asked.load(Ordering::Relaxed), 1, "it rests");
    let mut fetch = Fetching::new(&other, [url(&liar), silent, url(&honest)]);
    let began = Instant::now();
    assert_eq!(fetch.round(), 1);
    let took = began.elapsed().as_secs();
    assert!(took >= 9, "the silent one was given time: {took} s");
    assert_eq!(asked.load(Ordering::Relaxed), 2);
    assert!(has(&other, SEALED));
}

#[test]
fn what_nobody_has_is_not_asked_for_all_the_time() {
    let (_chain, other) = nodes();
    let (poor, asked) = peer(json!({ "code": code::NO_SUCH_BLOB, "value": null }));
    let mut fetch = Fetching::new(&other, [url(&poor)]);
    for _ in 0..3 {
        assert_eq!(fetch.round(), 0);
    }
    assert_eq!(asked.load(Ordering::Relaxed), 1);
}

#[test]
fn an_answer_that_is_none_or_too_long_does_no_harm() {
    let (_chain, other) = nodes();
    let long = "A".repeat(600_000);
    for response in [
        Value::Null,
        json!({ "code": -1 }),
        json!({ "code": 0, "value": 7 }),
        json!({ "code": 0, "value": long }),
    ] {
        let (bad, asked) = peer(response);
        let mut fetch = Fetching::new(&other, [url(&bad)]);
        assert_eq!(fetch.round(), 0);
        assert_eq!(asked.load(Ordering::Relaxed), 1);
    }
    assert_eq!(other.application.wanted_count().expect("reads"), 1);
}
