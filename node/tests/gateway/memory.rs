//! What its nodes can make it take.

use super::*;
use std::{
    fs,
    net::TcpListener,
    process::{Child, Command, Stdio},
};

/// Most memory that a gateway may have had, in kilobytes: 64 questions at once, and it may take two gigabytes.
const MOST: u64 = 128_000;

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// *Attack: a node answers with sixteen megabytes of small values, of which a tree is hundreds.*
#[test]
fn an_answer_of_many_small_values_takes_no_more_than_its_bytes() {
    let zeros = format!("[{}0]", "0,".repeat(7_500_000));
    let answer = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{zeros}}}"#);
    let router = Router::new().route("/", post(|| async { answer }));
    let node = serve_router(|_| router, MAX_CONNECTIONS, std::future::pending());
    let free = TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = free.local_addr().expect("bound");
    drop(free);
    let gateway = Command::new(env!("CARGO_BIN_EXE_lianyan-node"))
        .args(["gateway", "--quiet", "--node"])
        .arg(format!("http://{}", node.address))
        .args(["--listen", &address.to_string()])
        .stderr(Stdio::null())
        .spawn();
    let gateway = Running(gateway.expect("starts"));
    let deadline = Instant::now() + Duration::from_secs(10);
    while TcpStream::connect(address).is_err() {
        assert!(Instant::now() < deadline, "it does not listen");
        thread::sleep(Duration::from_millis(20));
    }
    let mut stream = TcpStream::connect(address).expect("connects");
    write!(
        stream,
        "GET /genesis HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n"
    )
    .expect("asks");
    let passed = std::io::copy(&mut stream, &mut std::io::sink()).expect("answers");
    assert!(passed as usize > zeros.len(), "{passed}");
    let status = fs::read_to_string(format!("/proc/{}/status", gateway.0.id())).expect("runs");
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let most = most.and_then(|most| most.trim().strip_suffix(" kB"));
    let most: u64 = most.expect("a figure").parse().expect("a number");
    assert!(most < MOST, "{most} kB");
}
