//! The gateway: what it answers is what its nodes answer, and it asks them as little as it may.

mod common;

use axum::{
    Router,
    http::{HeaderValue, StatusCode},
    response::IntoResponse,
    routing::post,
};
use common::{Chain, Server, serve_router, tree_key};
use node::gateway::{Gateway, Limits, Metrics, Page, Quota, Upstream, router};
use serde_json::{Value, json};
use std::{
    net::SocketAddr,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

struct Setup {
    nodes: Vec<SocketAddr>,
    origins: Vec<HeaderValue>,
    page: Option<Router>,
    burst: u32,
}

impl Setup {
    fn new(nodes: impl IntoIterator<Item = SocketAddr>) -> Self {
        Self {
            nodes: nodes.into_iter().collect(),
            origins: Vec::new(),
            page: None,
            burst: 1_000,
        }
    }

    fn serve(self) -> (Server, Arc<Metrics>) {
        self.serve_until(std::future::pending())
    }

    fn serve_until(
        self,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> (Server, Arc<Metrics>) {
        let metrics = Arc::new(Metrics::default());
        let nodes = self.nodes.iter().map(|node| format!("http://{node}"));
        let nodes = nodes.map(|node| node.parse().expect("an address"));
        let upstream = Upstream::new(nodes.collect(), metrics.clone()).expect("starts");
        let limits = Limits::new(Quota {
            second: NonZeroU32::MIN,
            burst: NonZeroU32::new(self.burst).expect("some"),
        });
        let gateway = Gateway::new(upstream, 10_000_000, limits, metrics.clone(), false, false);
        let router = router(Arc::new(gateway), &self.origins, self.page);
        (serve_router(|_| router, stopped), metrics)
    }
}

/// A node that counts what it is asked, takes its time, and answers with this.
fn stub(wait: Duration, status: StatusCode, answer: &Value) -> (Server, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, answer) = (asked.clone(), answer.to_string());
    let handler = move || async move {
        count.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(wait).await;
        (status, answer).into_response()
    };
    let router = Router::new().route("/", post(handler));
    (serve_router(|_| router, std::future::pending()), asked)
}

fn ok(result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "result": result })
}

fn head(server: &Server, path: &str, headers: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{headers}connection: close\r\n\r\n");
    server.exchange(request.as_bytes()).0.to_lowercase()
}

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
    assert!(head(&gateway, "/commit?height=1", "").contains("immutable"));
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

/// A node may have forgotten what the next one still has, or be a block behind it.
#[test]
fn what_one_node_lacks_the_others_are_asked_for_once() {
    let lacks = json!({"jsonrpc": "2.0", "id": 1, "error": {"code": -32603, "message": "Internal error", "data": "height 9 is not available"}});
    let (short, asked_short) = stub(Duration::ZERO, StatusCode::OK, &lacks);
    let (long, asked_long) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({"at": 9})));
    let asked = || {
        let count = |asked: &AtomicUsize| asked.load(Ordering::SeqCst);
        (count(&asked_short), count(&asked_long))
    };
    let (gateway, _) = Setup::new([short.address, long.address]).serve();
    assert_eq!(gateway.result("/header?height=9"), json!({"at": 9}));
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

#[test]
fn one_client_cannot_take_everything() {
    let (node, asked) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let mut setup = Setup::new([node.address]);
    setup.burst = 12;
    let (gateway, _) = setup.serve();
    let call = |height| json!({"jsonrpc": "2.0", "id": height, "method": "header", "params": {"height": height}});
    let ten: Vec<Value> = (1..=10).map(call).collect();
    assert_eq!(gateway.call(&json!(ten)).as_array().map(Vec::len), Some(10));
    assert!(head(&gateway, "/health", "").starts_with("http/1.1 200"));
    let tx =
        json!({"jsonrpc": "2.0", "id": 1, "method": "broadcast_tx_sync", "params": {"tx": "AA=="}});
    let request = tx.to_string();
    let (status, body) = gateway.post("/", request.as_bytes());
    assert!(status == 429 && body.contains("too many calls"), "{body}");
    assert_eq!(asked.load(Ordering::SeqCst), 11);
}

#[test]
fn bad_requests_are_answered_as_a_node_answers_them() {
    let (node, asked) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let (gateway, _) = Setup::new([node.address]).serve();
    let call = |id| json!({"jsonrpc": "2.0", "id": id, "method": "net_info"});
    assert_eq!(gateway.call(&call(7))["error"]["code"], -32601);
    let many: Vec<Value> = (0..51).map(call).collect();
    let refused = gateway.call(&json!(many));
    assert_eq!(refused["error"]["code"], -32600, "{refused}");
    assert_eq!(gateway.post("/", b"{").0, 500);
    assert_eq!(gateway.post("/", &vec![b' '; 1_000_001]).0, 400);
    assert_eq!(gateway.get("/net_info").0, 404);
    assert!(gateway.get("/header?height=x").1.contains("-32602"));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[test]
fn only_chosen_sites_may_read_where_sites_are_chosen() {
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let mut setup = Setup::new([node.address]);
    setup.origins = vec![HeaderValue::from_static("https://portal.example")];
    let (gateway, _) = setup.serve();
    let allows = |origin: &str| {
        head(&gateway, "/health", &format!("origin: {origin}\r\n")).contains("allow-origin")
    };
    assert!(allows("https://portal.example"));
    assert!(!allows("https://other.example"));
    let (open, _) = Setup::new([node.address]).serve();
    let head = head(&open, "/health", "origin: https://other.example\r\n");
    assert!(head.contains("access-control-allow-origin: *"), "{head}");
}

#[test]
fn the_page_is_served_packed_typed_and_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path().join(name), bytes).expect("writes");
    };
    write("index.html", "<!doctype html>链验".repeat(50).as_bytes());
    write("app-3dba6b7640b103d4_bg.wasm", &[0; 4_000]);
    write("chains.json", b"[]");
    let chains = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(chains.path(), b"[1]").expect("writes");
    let page = Page::open(folder.path().into(), Some(chains.path().into())).expect("reads");
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let mut setup = Setup::new([node.address]);
    setup.page = Some(page.router());
    let (gateway, _) = setup.serve();
    let (status, body) = gateway.get("/");
    assert!(status == 200 && body.starts_with("<!doctype html>链验"));
    assert_eq!(gateway.get("/chains.json"), (200, "[1]".into()));
    assert_eq!(gateway.get("/../Cargo.toml").0, 404);
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "health"});
    assert_eq!(gateway.call(&call)["result"], json!({}));
    let page = head(&gateway, "/", "accept-encoding: gzip, br\r\n");
    for line in [
        "content-encoding: br",
        "content-type: text/html",
        "cache-control: no-cache",
        "content-security-policy: frame-ancestors 'none'",
        "x-content-type-options: nosniff",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    let wasm = head(
        &gateway,
        "/app-3dba6b7640b103d4_bg.wasm",
        "accept-encoding: gzip\r\n",
    );
    for line in [
        "content-encoding: gzip",
        "content-type: application/wasm",
        "immutable",
    ] {
        assert!(wasm.contains(line), "{line}: {wasm}");
    }
}

/// `chains.json` is renewed every week, and the page with each version, while visitors come.
#[test]
fn a_page_that_changes_on_the_disk_is_shown_whole_and_without_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).expect("writes");
    };
    let (old, new) = ("app-3dba6b7640b103d4.js", "app-0123456789abcdef.js");
    write("index.html", old);
    write(old, "old");
    write("chains.json", "[1]");
    let page = Page::open(
        folder.path().into(),
        Some(folder.path().join("chains.json")),
    );
    let page = page.expect("reads");
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let mut setup = Setup::new([node.address]);
    setup.page = Some(page.router());
    let (gateway, _) = setup.serve();
    thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().expect("starts");
        runtime.block_on(page.follow());
    });
    let shows = |path: &str, text: &str| {
        let deadline = Instant::now() + Duration::from_secs(30);
        while gateway.get(path).1 != text {
            assert!(Instant::now() < deadline, "{path} is not {text}");
            thread::sleep(Duration::from_millis(100));
        }
    };
    write("chains.json", "[2]");
    shows("/chains.json", "[2]");
    // Half written, it is not shown; nor is anything else until it is whole.
    write("chains.json", "[2,");
    std::fs::remove_file(folder.path().join(old)).expect("removes");
    write(new, "new");
    write("index.html", new);
    thread::sleep(Duration::from_secs(6));
    assert_eq!(gateway.get("/"), (200, old.into()));
    assert_eq!(gateway.get("/chains.json"), (200, "[2]".into()));
    write("chains.json", "[3, 3]");
    shows("/", new);
    assert_eq!(gateway.get("/chains.json"), (200, "[3, 3]".into()));
    assert_eq!(gateway.get(&format!("/{new}")), (200, "new".into()));
    let still = gateway.get(&format!("/{old}"));
    assert_eq!(still, (200, "old".into()), "for who has the old page open");
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
        std::net::TcpStream::connect(gateway.address).is_err(),
        "takes no more"
    );
}
