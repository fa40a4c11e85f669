//! What is not a proper request gets CometBFT's error shapes, and hurts nobody else.

mod common;

use common::{Chain, Server, admit_as, document};
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

fn served() -> (Chain, Server) {
    let chain = Chain::new();
    for _ in 0..20 {
        chain.decide(Vec::new());
    }
    let server = chain.serve();
    (chain, server)
}

fn post(server: &Server, body: &str) -> Value {
    let (_, answer) = server.post("/", body.as_bytes());
    serde_json::from_str(&answer).unwrap_or_else(|_| panic!("not JSON: {answer}"))
}

fn error(answer: &Value) -> (i64, &str) {
    let error = &answer["error"];
    (
        error["code"].as_i64().unwrap_or(0),
        error["data"].as_str().unwrap_or(""),
    )
}

#[test]
fn what_is_not_a_request_is_told_so() {
    let (_chain, server) = served();
    for garbage in ["{", "nonsense", "\u{0}\u{1}", "[1,2", "7", "\"text\""] {
        assert_eq!(error(&post(&server, garbage)).0, -32700, "{garbage}");
    }
    let cases = [
        (json!({ "id": 1, "method": 5 }), -32600),
        (json!({ "id": { "a": 1 }, "method": "status" }), -32600),
        (json!([1]), -32600),
        (
            json!({ "jsonrpc": "2.0", "id": 1, "method": "no_such_method" }),
            -32601,
        ),
        (
            json!({ "jsonrpc": "2.0", "id": 1, "method": "block", "params": { "height": "x" } }),
            -32602,
        ),
        (
            json!({ "jsonrpc": "2.0", "id": 1, "method": "block", "params": { "height": [1] } }),
            -32602,
        ),
        (
            json!({ "jsonrpc": "2.0", "id": 1, "method": "block", "params": [1, 2, 3] }),
            -32602,
        ),
        (
            json!({ "jsonrpc": "2.0", "id": 1, "method": "block", "params": "x" }),
            -32602,
        ),
        (
            json!({ "jsonrpc": "2.0", "id": 1, "method": "abci_query", "params": { "data": "zz" } }),
            -32602,
        ),
        (
            json!({ "jsonrpc": "2.0", "id": 1, "method": "broadcast_tx_sync", "params": { "tx": "%%" } }),
            -32602,
        ),
    ];
    for (request, code) in cases {
        assert_eq!(
            error(&post(&server, &request.to_string())).0,
            code,
            "{request}"
        );
    }
}

#[test]
fn heights_out_of_range_are_named_as_cometbft_names_them() {
    let (_chain, server) = served();
    for method in ["block", "header", "commit", "block_results"] {
        let (status, body) = server.get(&format!("/{method}?height=999"));
        assert_eq!(status, 500);
        let answer: Value = serde_json::from_str(&body).expect("JSON");
        let expected = "height 999 must be less than or equal to the current blockchain height 20";
        assert_eq!(error(&answer), (-32603, expected), "{method}");
        assert_eq!(answer["error"]["message"], "Internal error");
        let (_, body) = server.get(&format!("/{method}?height=0"));
        assert!(
            body.contains("height must be greater than 0, but got 0"),
            "{body}"
        );
        let (_, body) = server.get(&format!("/{method}?height=99999999999999999999"));
        assert!(body.contains("-32602"), "{body}");
    }
}

#[test]
fn ranges_and_heights_that_cannot_be_are_told_so() {
    let (_chain, server) = served();
    for (path, expected) in [
        (
            "/blockchain?minHeight=9&maxHeight=3",
            "min height 9 can't be greater than max height 3",
        ),
        (
            "/blockchain?minHeight=-1&maxHeight=3",
            "heights must be non-negative",
        ),
        (
            "/blockchain?minHeight=1&maxHeight=-3",
            "heights must be non-negative",
        ),
        (
            "/validators?height=999",
            "height 999 must be less than or equal to the current blockchain height 21",
        ),
        (
            "/consensus_params?height=999",
            "height 999 must be less than or equal to the current blockchain height 21",
        ),
        (
            "/abci_query?path=%22/head%22&data=0x00&height=-1",
            "height must be non-negative",
        ),
        (
            "/tx_search?query=%22tx.hash%3D%27zz%27%22",
            "expected a hash in hex",
        ),
        ("/tx_search?query=%22tx.height%3Dx%22", "expected a height"),
    ] {
        let (status, body) = server.get(path);
        let answer: Value = serde_json::from_str(&body).expect("JSON");
        assert_eq!(
            (status, error(&answer)),
            (500, (-32603, expected)),
            "{path}"
        );
        assert_eq!(answer["error"]["message"], "Internal error");
    }
}

#[test]
fn searches_and_hashes_that_lead_nowhere_find_nothing() {
    let (_chain, server) = served();
    let search = |condition: &str| format!("/tx_search?query=%22{condition}%22");
    assert_eq!(
        server.result(&search("tx.height%3D18446744073709551615"))["total_count"],
        "0"
    );
    assert_eq!(
        server.result(&search("tx.hash%3D%2700%27"))["total_count"],
        "0"
    );
    assert_eq!(server.get(&search("transfer.sender%3D%27x%27")).0, 500);
    assert_eq!(
        server.result("/block_by_hash?hash=0x00")["block"],
        Value::Null
    );
    assert_eq!(
        server.result("/header_by_hash?hash=0x00")["header"],
        Value::Null
    );
    let hash = server.result("/header?height=7")["header"]["last_block_id"]["hash"].clone();
    let request = json!({ "jsonrpc": "2.0", "id": 1, "method": "header_by_hash", "params": { "hash": hash } });
    let found = post(&server, &request.to_string());
    assert_eq!(found["result"]["header"]["height"], "6", "{found}");
    assert!(server.get("/tx?hash=0x00").1.contains("tx (00) not found"));
}

#[test]
fn a_batch_is_answered_in_order_and_a_long_one_is_not() {
    let (_chain, server) = served();
    let request = |id: usize| json!({ "jsonrpc": "2.0", "id": id, "method": "header", "params": { "height": (id + 1).to_string() } });
    let batch: Vec<Value> = (0..10).map(request).collect();
    let answers = post(&server, &json!(batch).to_string());
    for (id, answer) in answers.as_array().expect("a list").iter().enumerate() {
        assert_eq!(answer["id"], id);
        assert_eq!(answer["result"]["header"]["height"], (id + 1).to_string());
    }
    let batch: Vec<Value> = (0..11).map(request).collect();
    assert_eq!(error(&post(&server, &json!(batch).to_string())).0, -32600);
    let notification = json!({ "jsonrpc": "2.0", "method": "status" }).to_string();
    assert_eq!(
        server.post("/", notification.as_bytes()),
        (200, String::new())
    );
}

#[test]
fn an_oversized_body_is_refused() {
    let (_chain, server) = served();
    let (status, answer) = server.post("/", &vec![b' '; 1_100_000]);
    assert_eq!(status, 400, "{answer}");
    assert!(answer.contains("-32600"), "{answer}");
    assert_eq!(server.get("/status").0, 200);
}

#[test]
fn garbage_transactions_are_checked_and_not_taken() {
    let (_chain, server) = served();
    for garbage in ["0x", "0xffff", "%22%7B%7D%22"] {
        let answer = server.result(&format!("/broadcast_tx_sync?tx={garbage}"));
        assert_eq!(answer["code"], 2, "{answer}");
    }
    assert_eq!(server.result("/num_unconfirmed_txs")["total"], "0");
}

#[test]
fn a_blob_comes_back_by_its_hash_once_a_record_names_it() {
    use base64::Engine;
    let (chain, server) = served();
    let ask = |path: &str, data: &[u8]| {
        let params = json!({ "path": path, "data": hex::encode(data) });
        let request =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "abci_query", "params": params });
        server.call(&request)["result"]["response"].clone()
    };
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let hash = node::merkle::sha256(b"sealed");
    assert_eq!(ask("/blob", &hash)["code"], 5);
    assert_eq!(ask("/blob/keep", b"sealed")["value"], base64(&hash));
    assert_eq!(ask("/blob", &hash)["code"], 5);
    chain.decide(vec![admit_as("hospital", "hospital", chain.time())]);
    chain.decide(vec![document("d", b"sealed", chain.time())]);
    assert_eq!(ask("/blob", &hash)["value"], base64(b"sealed"));
    for bad in [&[][..], &[0; 256 * 1024 + 1]] {
        assert_eq!(ask("/blob/keep", bad)["code"], 3, "{} bytes", bad.len());
    }
    let most = vec![1; 256 * 1024];
    let kept = base64(&node::merkle::sha256(&most));
    assert_eq!(ask("/blob/keep", &most)["value"], kept);
}

#[test]
fn the_mempool_is_bounded_and_says_so() {
    use node::consortium::{Full, Mempool};
    let mempool = Mempool::default();
    for i in 0..5_000u32 {
        mempool.add(i.to_be_bytes().to_vec()).expect("taken");
    }
    assert_eq!(mempool.add(0u32.to_be_bytes().to_vec()), Err(Full::Known));
    assert!(matches!(mempool.add(vec![9]), Err(Full::Mempool { .. })));
    mempool.retain(|_, _| false);
    assert_eq!(mempool.size(), (0, 0));
    mempool.add(vec![9]).expect("taken");
}

#[test]
fn who_sends_to_a_full_mempool_is_told_as_cometbft_tells_it() {
    let (chain, server) = served();
    for i in 0..5_000u32 {
        let waits = i.to_be_bytes().to_vec();
        server.mempool.add(waits).expect("taken");
    }
    let shown = server.result("/unconfirmed_txs?limit=2");
    let count = |name: &str| shown[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        (count("n_txs"), count("total")),
        ("2".into(), "5000".into())
    );
    assert_eq!(count("total_bytes"), "20000");
    assert_eq!(shown["txs"], json!(["AAAAAA==", "AAAAAQ=="]));
    let tx = format!("0x{}", hex::encode(chain.admit("x")));
    for method in ["broadcast_tx_sync", "broadcast_tx_commit"] {
        let (status, body) = server.get(&format!("/{method}?tx={tx}"));
        let answer: Value = serde_json::from_str(&body).expect("JSON");
        let full =
            "mempool is full: number of txs 5000 (max: 5000), total bytes 20000 (max: 67108864)";
        assert_eq!((status, error(&answer)), (500, (-32603, full)), "{method}");
        assert_eq!(answer["error"]["message"], "Internal error");
    }
    let answer = server.result(&format!("/broadcast_tx_async?tx={tx}"));
    assert_eq!(answer["code"], 0, "it says nothing, as in CometBFT");
}

#[test]
fn clients_that_stall_do_not_hold_up_the_others() {
    let (_chain, server) = served();
    let mut stalled: Vec<TcpStream> = (0..200)
        .map(|_| TcpStream::connect(server.address).expect("connects"))
        .collect();
    for (index, stream) in stalled.iter_mut().enumerate() {
        let part: &[u8] = match index % 3 {
            0 => b"",
            1 => b"GET /status HT",
            _ => b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 900000\r\n\r\n{",
        };
        stream.write_all(part).expect("writes");
    }
    let start = Instant::now();
    for _ in 0..20 {
        assert_eq!(server.get("/status").0, 200);
    }
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    // Headers that never end are given up.
    let mut slow = stalled.swap_remove(1);
    slow.set_read_timeout(Some(Duration::from_secs(20)))
        .expect("sets");
    let mut rest = Vec::new();
    let ended = slow.read_to_end(&mut rest);
    assert!(ended.is_ok(), "the server closed the connection: {ended:?}");
}

#[test]
fn any_origin_may_ask() {
    let (_chain, server) = served();
    let preflight = b"OPTIONS / HTTP/1.1\r\nhost: x\r\norigin: https://portal.example\r\naccess-control-request-method: POST\r\naccess-control-request-headers: content-type\r\nconnection: close\r\n\r\n";
    let mut stream = TcpStream::connect(server.address).expect("connects");
    stream.write_all(preflight).expect("writes");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("reads");
    let answer = answer.to_lowercase();
    assert!(
        answer.contains("access-control-allow-origin: *"),
        "{answer}"
    );
    assert!(
        answer.contains("access-control-allow-headers: *"),
        "{answer}"
    );
}
