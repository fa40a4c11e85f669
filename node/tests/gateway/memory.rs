//! What its nodes can make it take.

use super::*;
use std::{
    fs,
    net::TcpListener,
    process::{Child, Command, Stdio},
};

/// Most memory that a gateway may have had, in kilobytes: 64 questions at once, and it may take two gigabytes.
const MOST: u64 = 128_000;
/// The same for what strangers hand in: all of it that is under way, and the tree of the one that is just being read.
const MOST_AT_ONCE: u64 = 400_000;

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Running {
    /// A gateway before this node, which listens at the address.
    fn start(node: &Server) -> (Self, SocketAddr) {
        let free = TcpListener::bind("127.0.0.1:0").expect("binds");
        let address = free.local_addr().expect("bound");
        drop(free);
        let gateway = Command::new(env!("CARGO_BIN_EXE_lianyan-node"))
            .args(["gateway", "--quiet", "--node"])
            .arg(format!("http://{}", node.address))
            .args(["--listen", &address.to_string()])
            .stderr(Stdio::null())
            .spawn();
        let gateway = Self(gateway.expect("starts"));
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(address).is_err() {
            assert!(Instant::now() < deadline, "it does not listen");
            thread::sleep(Duration::from_millis(20));
        }
        (gateway, address)
    }

    /// Most memory that it has had, in kilobytes.
    fn most(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).expect("runs");
        let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let most = most.and_then(|most| most.trim().strip_suffix(" kB"));
        most.expect("a figure").parse().expect("a number")
    }
}

/// *Attack: a node answers with sixteen megabytes of small values, of which a tree is hundreds.*
#[test]
fn an_answer_of_many_small_values_takes_no_more_than_its_bytes() {
    let zeros = format!("[{}0]", "0,".repeat(7_500_000));
    let answer = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{zeros}}}"#);
    let router = Router::new().route("/", post(|| async { answer }));
    let node = serve_router(|_| router, MAX_CONNECTIONS, std::future::pending());
    let (gateway, address) = Running::start(&node);
    let mut stream = TcpStream::connect(address).expect("connects");
    write!(
        stream,
        "GET /genesis HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    )
    .expect("asks");
    let passed = std::io::copy(&mut stream, &mut std::io::sink()).expect("answers");
    assert!(passed as usize > zeros.len(), "{passed}");
    let most = gateway.most();
    assert!(most < MOST, "{most} kB");
}

/// *Attack: a stranger hands in evidence that is a megabyte of small objects, fifty times at once. A tree of each is many times as large, and all are held
/// for as long as the node takes: the gateway has no memory left, again every ten seconds.*
#[test]
fn evidence_of_many_small_values_takes_no_more_than_its_bytes_while_a_node_is_asked() {
    // So few that a slow machine has asked them all before the first is given up.
    const TIMES: usize = 8;
    let (node, asked) = stub(Duration::from_secs(60), StatusCode::OK, &ok(json!({})));
    let (gateway, address) = Running::start(&node);
    let objects = format!("[{}0]", r#"{"":0},"#.repeat(140_000));
    let body = format!(
        r#"{{"jsonrpc":"2.0","id":1,"method":"broadcast_evidence","params":{{"evidence":{objects}}}}}"#
    );
    let mut waiting = Vec::new();
    for times in 1..=TIMES {
        let mut stream = TcpStream::connect(address).expect("connects");
        write!(
            stream,
            "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .expect("asks");
        waiting.push(stream);
        let deadline = Instant::now() + Duration::from_secs(30);
        while asked.load(Ordering::SeqCst) < times {
            assert!(Instant::now() < deadline, "the node is not asked");
            thread::sleep(Duration::from_millis(2));
        }
    }
    let most = gateway.most();
    assert!(most < MOST_AT_ONCE, "{most} kB");
}
