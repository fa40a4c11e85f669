//! The nodes behind it: asked little, and left where they fail.

use super::*;

#[test]
fn many_who_ask_the_same_at_once_are_one_question_to_the_node() {
    let (node, asked) = stub(
        Duration::from_millis(300),
        StatusCode::OK,
        &ok(json!({"at": 1})),
    );
    let (gateway, _) = Setup::new([node.address]).serve();
    let gateway = Arc::new(gateway);
    let visitors = (0..20).map(|_| {
        let gateway = gateway.clone();
        thread::spawn(move || gateway.result("/status"))
    });
    for visitor in visitors.collect::<Vec<_>>() {
        assert_eq!(visitor.join().expect("answered"), json!({"at": 1}));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[test]
fn where_a_node_fails_the_next_is_asked_but_nothing_is_handed_in_twice() {
    let (bad, asked_bad) = stub(Duration::ZERO, StatusCode::OK, &json!("garbage"));
    let (good, asked_good) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({"at": 1})));
    let tx =
        json!({"jsonrpc": "2.0", "id": 1, "method": "broadcast_tx_sync", "params": {"tx": "AA=="}});
    let (gateway, _) = Setup::new([bad.address, good.address]).serve();
    let answer = gateway.call(&tx);
    assert_eq!(answer["error"]["data"], "no node answers", "{answer}");
    assert_eq!(asked_good.load(Ordering::SeqCst), 0);
    // The one that failed is now the last.
    assert_eq!(gateway.result("/status"), json!({"at": 1}));
    assert_eq!(gateway.call(&tx)["result"], json!({"at": 1}));
    assert_eq!(asked_bad.load(Ordering::SeqCst), 1);
}

/// A node may have forgotten what the next one still has, or be a block behind it.
#[test]
fn what_one_node_lacks_the_others_are_asked_for_once() {
    let lacks = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32603, "message": "Internal error", "data": "height 9 is not available"}});
    let (short, asked_short) = stub(Duration::ZERO, StatusCode::OK, &lacks);
    let header = json!({"header": {"height": "9"}});
    let (long, asked_long) = stub(Duration::ZERO, StatusCode::OK, &ok(header.clone()));
    let asked = || {
        let count = |asked: &AtomicUsize| asked.load(Ordering::SeqCst);
        (count(&asked_short), count(&asked_long))
    };
    let (gateway, _) = Setup::new([short.address, long.address]).serve();
    assert_eq!(gateway.result("/header?height=9"), header);
    assert_eq!(asked(), (1, 1));
    // What is about now is the first node's to answer.
    assert_eq!(gateway.get("/status").0, 500);
    assert_eq!(asked(), (2, 1));
    let (lonely, _) = Setup::new([short.address, short.address]).serve();
    let (status, body) = lonely.get("/header?height=9");
    assert!(
        status == 500 && body.contains("height 9 is not available"),
        "{body}"
    );
    assert_eq!(asked(), (4, 1));
}

/// A node whose genesis and results are over 16 MB, and which answers everything else.
fn verbose() -> Server {
    let handler = |body: String| async move {
        let is_long = body.contains("genesis") || body.contains("block_results");
        let answer = if is_long {
            "x".repeat(16_000_000)
        } else {
            "short".into()
        };
        ok(json!(answer)).to_string()
    };
    let router = Router::new().route("/", post(handler));
    serve_router(|_| router, MAX_CONNECTIONS, std::future::pending())
}

#[test]
fn an_answer_that_is_too_long_is_refused_and_the_node_stays() {
    let node = verbose();
    let results = json!({"height": "9"});
    let (other, asked) = stub(Duration::ZERO, StatusCode::OK, &ok(results.clone()));
    let (gateway, metrics) = Setup::new([node.address, other.address]).serve();
    let (status, body) = gateway.get("/genesis");
    assert!(status == 500 && body.contains("over 16 MB"), "{body}");
    let call = |id, method| json!({"jsonrpc": "2.0", "id": id, "method": method});
    let answers = gateway.call(&json!([call(1, "genesis"), call(2, "status")]));
    let why = &answers[0]["error"];
    assert_eq!(why["code"], -32603, "{answers}");
    assert!(
        why["data"]
            .as_str()
            .is_some_and(|why| why.contains("over 16 MB"))
    );
    assert_eq!(answers[1]["result"], "short");
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    // Of what never changes another node may have a shorter answer.
    assert_eq!(gateway.result("/block_results?height=9"), results);
    assert_eq!(gateway.result("/health"), "short");
    assert!(metrics.text().contains("node_failures_total 0"));
}

/// It takes what it is asked and says nothing: every question that it is asked costs the asker two seconds.
#[test]
fn a_silent_node_is_tried_once_and_then_left_out() {
    let lacks = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32603, "message": "Internal error", "data": "height 9 is not available"}});
    let (short, _) = stub(Duration::ZERO, StatusCode::OK, &lacks);
    let (silent, asked) = stub(Duration::from_secs(60), StatusCode::OK, &lacks);
    let (gateway, _) = Setup::new([short.address, silent.address]).serve();
    let began = Instant::now();
    for height in 1..=5 {
        assert_eq!(gateway.get(&format!("/header?height={height}")).0, 500);
    }
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

/// As many questions as are asked at once, in two batches of headers from this height on.
fn all_places(gateway: &Server, from: u64) -> [String; 2] {
    let call = |height| json!({"jsonrpc": "2.0", "id": height, "method": "header", "params": {"height": height}});
    [from..from + 50, from + 50..from + 64].map(|heights| {
        let body = json!(heights.map(call).collect::<Vec<_>>()).to_string();
        let (to, length) = (gateway.address, body.len());
        format!("POST / HTTP/1.1\r\nhost: {to}\r\ncontent-length: {length}\r\n\r\n{body}")
    })
}

#[test]
fn who_cannot_be_asked_for_soon_is_told_to_wait() {
    let (slow, asked) = stub(Duration::from_secs(8), StatusCode::OK, &ok(json!({})));
    let (gateway, _) = Setup::new([slow.address]).serve();
    let _visitors = ask_and_stay(&gateway, &all_places(&gateway, 1), &asked);
    let began = Instant::now();
    let refused = head(&gateway, "/header?height=1000", "");
    assert!(refused.starts_with("http/1.1 503"), "{refused}");
    assert!(refused.contains("retry-after: 1"), "{refused}");
    let batch = json!({"jsonrpc": "2.0", "id": 1, "method": "header", "params": {"height": 1000}});
    assert_eq!(gateway.post("/", batch.to_string().as_bytes()).0, 503);
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(asked.load(Ordering::SeqCst), 64);
}

#[test]
fn nothing_is_asked_for_a_client_that_has_gone() {
    let (slow, asked) = stub(Duration::from_secs(4), StatusCode::OK, &ok(json!({})));
    let (gateway, _) = Setup::new([slow.address]).serve();
    drop(ask_and_stay(&gateway, &all_places(&gateway, 1), &asked));
    let began = Instant::now();
    assert_eq!(gateway.get("/header?height=1000").0, 200);
    // It had its place at once, and did not wait for those that nobody waits for.
    assert!(began.elapsed() < Duration::from_secs(6));
}

/// Connections on which these were sent, once the node has been asked for all of them.
fn ask_and_stay(server: &Server, requests: &[String], asked: &AtomicUsize) -> Vec<TcpStream> {
    let send = |request: &String| {
        let mut stream = TcpStream::connect(server.address).expect("connects");
        stream.write_all(request.as_bytes()).expect("sends");
        stream
    };
    let streams = requests.iter().map(send).collect();
    let deadline = Instant::now() + Duration::from_secs(10);
    while asked.load(Ordering::SeqCst) < 64 {
        assert!(Instant::now() < deadline, "not all are asked");
        thread::sleep(Duration::from_millis(5));
    }
    streams
}
