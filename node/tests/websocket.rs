//! The websocket: events in CometBFT's shapes, its limits, and bad input.

mod common;

use common::{Chain, Server, kind, vectors};
use node::merkle::sha256;
use serde_json::{Value, json};
use socket2::{Domain, Socket, Type};
use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};
use tungstenite::{Message, WebSocket};

type Line = WebSocket<TcpStream>;

/// A chain with a block that carries votes.
fn begun() -> Chain {
    let chain = Chain::new();
    for _ in 0..2 {
        chain.decide(Vec::new());
    }
    chain
}

fn open(server: &Server) -> Line {
    upgrade(
        server,
        TcpStream::connect(server.address).expect("connects"),
    )
}

/// A line that holds next to nothing which its client has not read.
fn open_narrow(server: &Server) -> Line {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.set_recv_buffer_size(4096).expect("sets");
    socket.connect(&server.address.into()).expect("connects");
    upgrade(server, socket.into())
}

fn upgrade(server: &Server, stream: TcpStream) -> Line {
    let patience = Some(Duration::from_secs(20));
    stream.set_read_timeout(patience).expect("sets");
    let address = format!("ws://{}/websocket", server.address);
    tungstenite::client(address, stream).expect("a websocket").0
}

fn send(line: &mut Line, text: &str) {
    line.send(Message::text(text)).expect("sends");
}

fn receive(line: &mut Line) -> Value {
    loop {
        if let Message::Text(text) = line.read().expect("an answer") {
            return serde_json::from_str(&text).expect("JSON");
        }
    }
}

fn request(id: u32, method: &str, params: Value) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }).to_string()
}

fn call(line: &mut Line, id: u32, method: &str, params: Value) -> Value {
    send(line, &request(id, method, params));
    receive(line)
}

fn subscribe(line: &mut Line, id: u32, query: &str) -> Value {
    call(line, id, "subscribe", json!({ "query": query }))
}

fn refusal(answer: &Value) -> &str {
    answer["error"]["data"].as_str().unwrap_or_default()
}

#[test]
fn every_new_header_is_told_once_and_in_order() {
    let chain = begun();
    let server = chain.serve();
    let mut line = open(&server);
    let query = "tm.event='NewBlockHeader'";
    let answer = subscribe(&mut line, 7, query);
    assert_eq!(answer, json!({ "jsonrpc": "2.0", "id": 7, "result": {} }));
    for _ in 0..3 {
        chain.decide(Vec::new());
    }
    let newest = chain.node.height();
    for height in newest - 2..=newest {
        let event = receive(&mut line);
        assert_eq!(event["id"], 7, "the subscription's own");
        let result = &event["result"];
        assert_eq!(result["query"], query, "as it was asked");
        assert_eq!(result["events"], json!({ "tm.event": ["NewBlockHeader"] }));
        assert_eq!(result["data"]["type"], "tendermint/event/NewBlockHeader");
        let header = server.result(&format!("/header?height={height}"))["header"].clone();
        assert_eq!(result["data"]["value"], json!({ "header": header }));
    }
}

#[test]
fn blocks_and_transactions_have_the_shapes_of_recorded_events() {
    let Some(folder) = vectors("rpc-v0.38") else {
        return;
    };
    let recorded = |name: &str| -> Value {
        let text = std::fs::read(folder.join(name)).expect("recorded");
        let whole: Value = serde_json::from_slice(&text).expect("JSON");
        whole["result"].clone()
    };
    let chain = begun();
    let server = chain.serve();
    let mut line = open(&server);
    subscribe(&mut line, 1, "tm.event = 'NewBlock'");
    chain.decide(Vec::new());
    let ours = receive(&mut line)["result"].clone();
    same_shape("block", &recorded("subscribe_newblock_0.json"), &ours);
    call(&mut line, 2, "unsubscribe_all", json!({}));
    subscribe(&mut line, 3, "tm.event = 'Tx'");
    let tx = chain.admit("shape");
    chain.decide(vec![tx]);
    let ours = receive(&mut line)["result"].clone();
    let theirs = recorded("subscribe_txs_0.json");
    for part in ["query", "data", "events"] {
        assert!(ours[part].is_string() || ours[part].is_object(), "{part}");
    }
    assert_eq!(ours["query"], "tm.event = 'Tx'");
    assert_eq!(ours["data"]["type"], theirs["data"]["type"]);
    let (theirs, result) = (
        &theirs["data"]["value"]["TxResult"],
        &ours["data"]["value"]["TxResult"],
    );
    for (name, value) in theirs.as_object().expect("an object") {
        assert_eq!(kind(&result[name]), kind(value), "{name}");
    }
    let hash = &ours["events"]["tx.hash"][0];
    let found = server.result(&format!("/tx?hash=0x{}", hash.as_str().expect("a hash")));
    assert_eq!(
        (&found["tx"], &found["height"]),
        (&result["tx"], &result["height"])
    );
}

/// The same names with the same types; of lists, the first entry.
fn same_shape(path: &str, theirs: &Value, ours: &Value) {
    assert_eq!(kind(theirs), kind(ours), "{path}");
    match (theirs, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let names = |map: &serde_json::Map<String, Value>| -> Vec<String> {
                map.keys().cloned().collect()
            };
            assert_eq!(names(a), names(b), "{path}");
            for (name, value) in a {
                same_shape(&format!("{path}.{name}"), value, &b[name]);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            if let (Some(a), Some(b)) = (a.first(), b.first()) {
                same_shape(&format!("{path}[]"), a, b);
            }
        }
        _ => {}
    }
}

#[test]
fn one_transaction_can_be_waited_for_by_its_hash() {
    let chain = begun();
    let server = chain.serve();
    let mut line = open(&server);
    let (other, awaited) = (chain.admit("other"), chain.admit("awaited"));
    let hash = hex::encode_upper(sha256(&awaited));
    let query = format!("tm.event='Tx' AND tx.hash='{hash}'");
    assert_eq!(subscribe(&mut line, 1, &query)["result"], json!({}));
    chain.decide(vec![other, awaited]);
    chain.decide(Vec::new());
    let event = receive(&mut line)["result"].clone();
    assert_eq!(event["query"], query);
    assert_eq!(event["events"]["tx.hash"], json!([hash]));
    assert_eq!(event["data"]["value"]["TxResult"]["index"], 1);
    // Nothing else was told: the next message is the answer to the next request.
    assert_eq!(call(&mut line, 2, "health", json!({}))["id"], 2);
}

#[test]
fn a_client_has_five_subscriptions_and_who_ends_one_may_begin_another() {
    let chain = begun();
    let server = chain.serve();
    let mut line = open(&server);
    let query = |height: u32| format!("tm.event = 'Tx' AND tx.height = {height}");
    for height in 1..=5 {
        assert_eq!(
            subscribe(&mut line, height, &query(height))["result"],
            json!({})
        );
    }
    let refused = subscribe(&mut line, 6, &query(6));
    assert_eq!(refused["error"]["code"], -32603);
    assert_eq!(refusal(&refused), "max_subscriptions_per_client 5 reached");
    call(&mut line, 7, "unsubscribe", json!({ "query": query(3) }));
    assert_eq!(subscribe(&mut line, 8, &query(6))["result"], json!({}));
}

#[test]
fn limits_and_mistakes_are_answered_as_cometbft_answers_them() {
    let chain = begun();
    let server = chain.serve();
    let mut line = open(&server);
    let header = "tm.event = 'NewBlockHeader'";
    assert_eq!(subscribe(&mut line, 1, header)["result"], json!({}));
    assert_eq!(
        refusal(&subscribe(&mut line, 2, header)),
        "already subscribed"
    );
    let malformed = subscribe(&mut line, 3, "malformed query");
    assert_eq!(malformed["error"]["code"], -32603);
    assert!(refusal(&malformed).starts_with("failed to parse query"));
    let long = subscribe(&mut line, 4, &"x".repeat(600));
    assert_eq!(refusal(&long), "maximum query length exceeded");
    let never = call(
        &mut line,
        5,
        "unsubscribe",
        json!({ "query": "tm.event='Tx'" }),
    );
    assert_eq!(refusal(&never), "subscription not found");
    let ended = call(&mut line, 6, "unsubscribe", json!([header]));
    assert_eq!(ended["result"], json!({}));
    let none = call(&mut line, 7, "unsubscribe_all", json!({}));
    assert_eq!(refusal(&none), "subscription not found");
    for params in [
        json!({}),
        json!([]),
        json!({ "query": 5 }),
        json!([header, 1]),
    ] {
        let answer = call(&mut line, 8, "subscribe", params);
        assert_eq!(answer["error"]["code"], -32602);
    }
    // Every other method is there too, and what is no request is told so.
    let status = call(&mut line, 9, "status", json!({}));
    assert!(status["result"]["sync_info"].is_object());
    assert_eq!(
        call(&mut line, 10, "none", json!({}))["error"]["code"],
        -32601
    );
    for bad in ["", "{", "[]", "5", r#"{"id":{}}"#, r#"{"id":1}"#] {
        send(&mut line, bad);
        assert!(receive(&mut line)["error"]["code"].is_i64(), "{bad}");
    }
    // After all that it still works.
    assert_eq!(subscribe(&mut line, 11, header)["result"], json!({}));
}

#[test]
fn a_hundred_clients_may_subscribe_and_who_leaves_makes_room() {
    let chain = begun();
    let server = chain.serve();
    let header = "tm.event = 'NewBlockHeader'";
    let mut lines: Vec<Line> = (0..100).map(|_| open(&server)).collect();
    for line in &mut lines {
        assert_eq!(subscribe(line, 1, header)["result"], json!({}));
    }
    let mut late = open(&server);
    let refused = subscribe(&mut late, 1, header);
    assert_eq!(refusal(&refused), "max_subscription_clients 100 reached");
    let first = lines.first_mut().expect("a hundred");
    call(first, 2, "unsubscribe_all", json!({}));
    assert_eq!(subscribe(&mut late, 2, header)["result"], json!({}));
}

#[test]
fn a_message_that_is_too_long_ends_the_line_and_nothing_else() {
    let chain = begun();
    let server = chain.serve();
    let mut line = open(&server);
    let _ = line.send(Message::text("x".repeat(1_100_000)));
    assert!(line.read().is_err() || matches!(line.read(), Err(_) | Ok(Message::Close(_))));
    let mut other = open(&server);
    assert!(call(&mut other, 1, "health", json!({}))["result"].is_object());
}

/// *Attack: a client begins a message of sixteen million bytes on every line there may be, and ends none of them.*
#[test]
fn a_message_that_is_too_long_is_not_heaped_up_before_it_ends() {
    let chain = begun();
    let server = chain.serve();
    let mut line = open(&server);
    let stream = line.get_mut();
    // A whole text in one frame of two million bytes, masked with zeros; all of it but the last.
    let length: u64 = 2_000_000;
    let head = [&[0x81, 0x80 | 127][..], &length.to_be_bytes(), &[0; 4]].concat();
    stream.write_all(&head).expect("sends");
    // The line may be closed before all of it is taken.
    let _ = stream.write_all(&vec![b' '; length as usize - 1]);
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("sets");
    let ended = match stream.read(&mut [0; 64]) {
        Ok(read) => read < 64,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    };
    assert!(ended, "it waits for the rest");
}

#[test]
fn who_reads_too_slowly_loses_its_subscriptions_and_nobody_waits_for_it() {
    let chain = begun();
    let server = chain.serve();
    let header = "tm.event = 'NewBlockHeader'";
    let (mut slow, mut prompt) = (open_narrow(&server), open(&server));
    for line in [&mut slow, &mut prompt] {
        subscribe(line, 1, header);
    }
    // More answers than the server's buffer holds, so that the line stands still.
    for id in 2..3000 {
        send(&mut slow, &request(id, "genesis", json!({})));
    }
    for _ in 0..500 {
        chain.decide(Vec::new());
        assert_eq!(receive(&mut prompt)["id"], 1);
    }
    let lost = loop {
        let answer = receive(&mut slow);
        if answer["id"] == 1 && answer["error"].is_object() {
            break answer;
        }
    };
    assert_eq!(lost["error"]["code"], -32000);
    assert!(refusal(&lost).starts_with("subscription was canceled"));
    let again = loop {
        let answer = call(&mut slow, 3000, "unsubscribe_all", json!({}));
        if answer["id"] == 3000 {
            break answer;
        }
    };
    assert_eq!(refusal(&again), "subscription not found");
}

#[test]
fn a_client_that_says_goodbye_is_answered() {
    let chain = begun();
    let server = chain.serve();
    // Often, for an event that is due at that very moment must not take the answer's place.
    for _ in 0..50 {
        let mut line = open(&server);
        subscribe(&mut line, 1, "tm.event='NewBlockHeader'");
        std::thread::scope(|side| {
            side.spawn(|| line.close(None).expect("says it"));
            for _ in 0..3 {
                chain.decide(Vec::new());
            }
        });
        // Without an answer some clients believe that the line broke, and connect again.
        let end = loop {
            match line.read() {
                Ok(_) => {}
                Err(end) => break end,
            }
        };
        assert!(
            matches!(end, tungstenite::Error::ConnectionClosed),
            "{end:?}"
        );
    }
}
