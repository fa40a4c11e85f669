//! Those who ask: each gets its share, and who may read is chosen.

use super::*;
use socket2::{Domain, Socket, Type};
use std::io::Read;
use tungstenite::{Message, protocol::frame::coding::CloseCode};

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

/// The page subscribes to events at each node, and its browser would write into the console what is refused.
#[test]
fn a_websocket_is_closed_in_order_and_counts_as_a_call() {
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let mut setup = Setup::new([node.address]);
    setup.burst = 2;
    let (gateway, _) = setup.serve();
    let open = || {
        let stream = TcpStream::connect(gateway.address).expect("connects");
        let patience = Some(Duration::from_secs(30));
        stream.set_read_timeout(patience).expect("sets");
        let address = format!("ws://{}/websocket", gateway.address);
        tungstenite::client(address, stream).map_err(|why| why.to_string())
    };
    for _ in 0..2 {
        let (mut socket, _) = open().expect("opens");
        let subscribes = json!({"jsonrpc": "2.0", "id": 1, "method": "subscribe", "params": {}});
        let _ = socket.send(Message::text(subscribes.to_string()));
        let Ok(Message::Close(Some(why))) = socket.read() else {
            panic!("it is not closed");
        };
        assert_eq!(why.code, CloseCode::Normal);
        let end = socket.read().expect_err("an end");
        assert!(matches!(end, tungstenite::Error::ConnectionClosed), "{end}");
    }
    let refused = open().expect_err("too many calls");
    assert!(refused.contains("429"), "{refused}");
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

/// *Attack: one large answer from memory, asked for as often as calls are allowed, takes the gateway's cores for copying and compressing.*
#[test]
fn a_large_answer_costs_as_many_calls_as_it_is_large() {
    let large = ok(json!("x".repeat(5_000_000)));
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &large);
    let served = || {
        let mut setup = Setup::new([node.address]);
        setup.burst = 30;
        setup.serve().0
    };
    let gateway = served();
    assert!(head(&gateway, "/block?height=1", "").starts_with("http/1.1 200"));
    assert!(head(&gateway, "/health", "").starts_with("http/1.1 429"));
    let gateway = served();
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "block", "params": {"height": 1}});
    let call = call.to_string();
    assert_eq!(gateway.post("/", call.as_bytes()).0, 200);
    assert_eq!(gateway.post("/", call.as_bytes()).0, 429);
}

#[test]
fn a_request_that_is_refused_is_paid_for() {
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let mut setup = Setup::new([node.address]);
    setup.burst = 3;
    let (gateway, _) = setup.serve();
    let many = json!(vec![json!({}); 51]).to_string();
    assert_eq!(gateway.post("/", b"{").0, 500);
    assert_eq!(gateway.post("/", many.as_bytes()).0, 200);
    assert_eq!(gateway.post("/", &vec![b' '; 1_000_001]).0, 400);
    assert_eq!(gateway.post("/", b"{").0, 429);
}

#[test]
fn one_network_cannot_hold_every_connection() {
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let mut setup = Setup::new([node.address]);
    setup.connections_of_one = 3;
    let (gateway, _) = setup.serve();
    let held: Vec<TcpStream> = (0..3)
        .map(|_| connection(&gateway, [127, 0, 0, 1]))
        .collect();
    assert!(!is_answered(connection(&gateway, [127, 0, 0, 1])));
    assert!(is_answered(connection(&gateway, [127, 0, 0, 2])));
    drop(held);
    let deadline = Instant::now() + Duration::from_secs(10);
    while !is_answered(connection(&gateway, [127, 0, 0, 1])) {
        assert!(Instant::now() < deadline, "its places are not given back");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A connection from this address.
fn connection(server: &Server, from: [u8; 4]) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    let from = SocketAddr::from((from, 0));
    socket.bind(&from.into()).expect("binds");
    socket.connect(&server.address.into()).expect("connects");
    socket.into()
}

fn is_answered(mut stream: TcpStream) -> bool {
    let request = b"GET /health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    let mut answer = String::new();
    // Who is refused may see the connection end before all is sent.
    let _ = stream.write_all(request);
    let _ = stream.read_to_string(&mut answer);
    answer.starts_with("HTTP/1.1 200")
}

/// It promises a body, and holds the connection with it.
#[test]
fn a_request_that_never_ends_is_given_up() {
    let (node, _) = stub(Duration::ZERO, StatusCode::OK, &ok(json!({})));
    let (gateway, _) = Setup::new([node.address]).serve();
    let begun = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{";
    assert_eq!(gateway.send(begun).0, 503);
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
    let waits = "access-control-expose-headers: retry-after";
    assert!(
        head.contains(waits),
        "it cannot see how long to wait: {head}"
    );
}
