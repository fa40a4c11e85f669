//! Those who ask: each gets its share, and who may read is chosen.

use super::*;

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

/// HAProxy adds a header line where nginx adds to the client's own.
#[test]
fn a_client_cannot_pass_for_others_above_the_line_that_the_proxy_adds() {
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let mut setup = Setup::new([node.address]);
    (setup.behind_proxy, setup.burst) = (true, 3);
    let (gateway, _) = setup.serve();
    let asks_as = |written: &str, seen: &str| {
        let lines = format!("x-forwarded-for: {written}\r\nX-Forwarded-For: {seen}\r\n");
        head(&gateway, "/health", &lines)
    };
    for pretended in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
        assert!(asks_as(pretended, "198.51.100.1").starts_with("http/1.1 200"));
    }
    let one_more = asks_as("192.0.2.4", "198.51.100.1");
    assert!(one_more.starts_with("http/1.1 429"), "{one_more}");
    assert!(asks_as("192.0.2.4", "198.51.100.2").starts_with("http/1.1 200"));
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
