//! What it answers, and for how long that is good.

use super::*;
use axum::{body::Body, http::Request};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use node::rpc::Peer;
use std::{collections::BTreeSet, sync::Mutex};
use tower::Service;

#[test]
fn it_answers_what_the_node_answers() {
    let chain = Chain::new();
    chain.decide(vec![chain.admit("clinic")]);
    chain.decide(vec![]);
    chain.decide(vec![]);
    let node = chain.serve();
    let (gateway, _) = Setup::new([node.address]).serve();
    let key = hex::encode(tree_key("member", "clinic"));
    for path in [
        "/header?height=2",
        "/commit?height=2",
        "/validators?height=2&per_page=100",
        "/block_results?height=2",
        "/block?height=3",
        "/genesis",
        &format!("/abci_query?path=%22/head%22&data=0x{key}&height=2&prove=true"),
    ] {
        assert_eq!(gateway.result(path), node.result(path), "{path}");
    }
    let batch: Vec<Value> = (1..=3)
        .map(|height| json!({"jsonrpc": "2.0", "id": height, "method": "commit", "params": {"height": height.to_string()}}))
        .chain([json!({"jsonrpc": "2.0", "id": "late", "method": "header", "params": {"height": "99"}})])
        .collect();
    assert_eq!(gateway.call(&json!(batch)), node.call(&json!(batch)));
}

#[test]
fn what_cannot_change_is_answered_without_a_node() {
    let chain = Chain::new();
    chain.decide(vec![]);
    chain.decide(vec![]);
    let node = chain.serve();
    let (gateway, metrics) = Setup::new([node.address]).serve();
    let old = gateway.result("/commit?height=1");
    let newest = gateway.result("/commit?height=2");
    assert_eq!(newest["canonical"], false);
    let kept = "cache-control: public, max-age=3600, immutable\r\n";
    assert!(head(&gateway, "/commit?height=1", "").contains(kept));
    assert!(head(&gateway, "/commit?height=2", "").contains("cache-control: no-cache"));
    drop(node);
    // Longer than what is repeated for a moment.
    thread::sleep(Duration::from_millis(700));
    let posted = json!({"jsonrpc": "2.0", "id": 1, "method": "commit", "params": ["1"]});
    assert_eq!(gateway.call(&posted)["result"], old);
    let (status, body) = gateway.get("/commit?height=2");
    assert_eq!(status, 502, "{body}");
    assert!(body.contains("no node answers"));
    let text = metrics.text();
    assert!(
        text.contains(r#"calls_total{method="commit",from="memory"} 3"#),
        "{text}"
    );
    assert!(text.contains("node_failures_total 1"), "{text}");
}

#[test]
fn a_browser_that_has_an_answer_is_not_sent_it_again() {
    let chain = Chain::new();
    chain.decide(vec![]);
    chain.decide(vec![]);
    let node = chain.serve();
    let (gateway, _) = Setup::new([node.address]).serve();
    let first = head(&gateway, "/header?height=1", "");
    let tag = first
        .split("etag: ")
        .nth(1)
        .and_then(|rest| rest.lines().next());
    let tag = tag.expect("a tag");
    let again = format!("if-none-match: {tag}\r\n");
    assert!(head(&gateway, "/header?height=1", &again).starts_with("http/1.1 304"));
    assert!(head(&gateway, "/header?height=2", &again).starts_with("http/1.1 200"));
}

#[test]
fn a_refusal_is_not_kept() {
    let refusal = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32603, "message": "Internal error", "data": "height 9 is not available"}});
    let (node, asked) = stub(Duration::ZERO, StatusCode::OK, &refusal);
    let (gateway, _) = Setup::new([node.address]).serve();
    for times in 1..=2 {
        let (status, body) = gateway.get("/header?height=9");
        assert!(
            status == 500 && body.contains("height 9 is not available"),
            "{body}"
        );
        assert_eq!(asked.load(Ordering::SeqCst), times);
        thread::sleep(Duration::from_millis(700));
    }
}

/// Who hands a blob in again finds it as soon as a node has it.
#[test]
fn a_blob_is_kept_for_a_while_and_its_lack_is_not() {
    for (code, times_asked) in [(5, 2), (0, 1)] {
        let answer = ok(json!({ "response": { "code": code, "value": "AA==", "height": "9" } }));
        let (node, asked) = stub(Duration::ZERO, StatusCode::OK, &answer);
        let (gateway, _) = Setup::new([node.address]).serve();
        for _ in 0..2 {
            let answer = gateway.result("/abci_query?path=%22/blob%22&data=0x00");
            assert_eq!(answer["response"]["code"], code);
            thread::sleep(Duration::from_millis(700));
        }
        assert_eq!(asked.load(Ordering::SeqCst), times_asked, "code {code}");
    }
}

#[test]
fn the_answers_to_one_batch_are_bounded() {
    let large = "x".repeat(5_000_000);
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!(large)));
    let (gateway, _) = Setup::new([node.address]).serve();
    let call = |height| json!({"jsonrpc": "2.0", "id": height, "method": "block", "params": {"height": height}});
    let batch: Vec<Value> = (1..=5).map(call).collect();
    let answers = gateway.call(&json!(batch));
    let answers = answers.as_array().expect("a list");
    let ids: Vec<&Value> = answers.iter().map(|answer| &answer["id"]).collect();
    assert_eq!(json!(ids), json!([1, 2, 3, 4, 5]));
    let whole = answers.iter().filter(|answer| answer["result"] == large);
    assert_eq!(whole.count(), 3);
    let refused = answers.iter().filter(|answer| {
        let why = answer["error"]["data"].as_str().unwrap_or_default();
        why.contains("over 16 MB")
    });
    assert_eq!(refused.count(), 2);
}

/// *Attack: a stranger with a thousand connections asks for one large answer in each, and reads a byte now and then.*
#[test]
fn what_many_take_slowly_is_in_memory_once() {
    let large = json!("x".repeat(1_000_000));
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(large.clone()));
    let mut gateway = Setup::new([node.address]).router();
    let block = json!({"jsonrpc": "2.0", "id": 1, "method": "block", "params": ["1"]});
    let posts = [block.clone(), json!([block, block])].map(|body| ("POST", "/", body.to_string()));
    let runtime = tokio::runtime::Runtime::new().expect("starts");
    runtime.block_on(async {
        let mut places = BTreeSet::new();
        for (method, path, body) in [("GET", "/block?height=1", String::new())]
            .into_iter()
            .chain(posts)
        {
            let request = Request::builder().method(method).uri(path);
            let request = request.extension(Peer(([127, 0, 0, 1], 1).into()));
            let request = request.body(Body::from(body)).expect("a request");
            let answer = gateway.call(request).await.expect("answered");
            let mut body = answer.into_body();
            let (length, mut text) = (body.size_hint().exact(), Vec::new());
            while let Some(frame) = body.frame().await {
                let piece = frame.expect("whole").into_data().expect("bytes");
                if piece.len() > 100_000 {
                    places.insert(piece.as_ptr() as usize);
                }
                text.extend_from_slice(&piece);
            }
            assert_eq!(length, Some(text.len() as u64));
            let answer: Value = serde_json::from_slice(&text).expect("JSON");
            assert_eq!(
                *answer
                    .pointer("/result")
                    .or(answer.pointer("/1/result"))
                    .expect("a result"),
                large
            );
        }
        assert_eq!(places.len(), 1);
    });
}

/// *Mistake: the founders begin again, and a gateway that nobody restarted goes on telling of the first chain's blocks.*
#[test]
fn a_chain_that_is_founded_anew_is_not_answered_with_the_old_ones_blocks() {
    let chain = Arc::new(Mutex::new("jiangbin-1"));
    let now = chain.clone();
    let handler = move |body: String| async move {
        let chain = *now.lock().expect("a chain");
        let answer = match body.contains("status") {
            true => json!({ "node_info": { "network": chain } }),
            false => json!({ "header": { "height": "1", "chain_id": chain } }),
        };
        ok(answer).to_string()
    };
    let router = Router::new().route("/", post(handler));
    let node = serve_router(|_| router, MAX_CONNECTIONS, std::future::pending());
    let (gateway, _) = Setup::new([node.address]).serve();
    let first = || gateway.result("/header?height=1")["header"]["chain_id"].clone();
    gateway.result("/status");
    assert_eq!(first(), "jiangbin-1");
    *chain.lock().expect("a chain") = "jiangbin-2";
    assert_eq!(first(), "jiangbin-1", "which never changes");
    // Longer than what is repeated for a moment.
    thread::sleep(Duration::from_millis(700));
    gateway.result("/status");
    assert_eq!(first(), "jiangbin-2");
}

#[test]
fn what_is_under_way_at_the_end_is_answered() {
    let (node, asked) = stub(
        Duration::from_millis(600),
        StatusCode::OK,
        &ok(json!({"at": 1})),
    );
    let (stop, stopped) = oneshot::channel::<()>();
    let (gateway, _) = Setup::new([node.address]).serve_until(async {
        let _ = stopped.await;
    });
    let gateway = Arc::new(gateway);
    let (told, answer) = mpsc::channel();
    let visitor = gateway.clone();
    thread::spawn(move || told.send(visitor.get("/status")));
    while asked.load(Ordering::SeqCst) == 0 {
        thread::sleep(Duration::from_millis(5));
    }
    stop.send(()).expect("serves");
    let (status, body) = answer
        .recv_timeout(Duration::from_secs(20))
        .expect("answered");
    assert!(status == 200 && body.contains(r#""at":1"#), "{body}");
    assert!(
        TcpStream::connect(gateway.address).is_err(),
        "takes no more"
    );
}
