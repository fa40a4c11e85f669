//! The program itself: what it writes down, what it shows, and how it ends.

use crate::{ok, stub};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::atomic::Ordering,
    thread,
    time::Duration,
};

/// What a visitor asks about, and the address that a proxy wrote down for it.
const LOOKED_UP: &str = "00ff5e";
const VISITOR: &str = "192.0.2.77";
/// All that a line of the log may tell.
const TOLD: [&str; 5] = ["calls", "from_memory", "micros", "status", "unix_ms"];

struct Program {
    child: Child,
    serves: SocketAddr,
    shows: SocketAddr,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

fn start(node: SocketAddr) -> Program {
    let free = || TcpListener::bind("127.0.0.1:0").expect("a port");
    let [serves, shows] = [free(), free()].map(|one| one.local_addr().expect("bound"));
    let child = Command::new(env!("CARGO_BIN_EXE_lianyan-node"))
        .args([
            "gateway",
            "--behind-proxy",
            "--node",
            &format!("http://{node}"),
        ])
        .args([
            "--listen",
            &serves.to_string(),
            "--metrics",
            &shows.to_string(),
        ])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    while TcpStream::connect(shows).is_err() {
        thread::sleep(Duration::from_millis(20));
    }
    Program {
        child,
        serves,
        shows,
    }
}

fn get(server: SocketAddr, path: &str) -> String {
    let mut stream = TcpStream::connect(server).expect("listens");
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: x\r\nx-forwarded-for: {VISITOR}\r\nconnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).expect("sends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("answers");
    answer
}

#[test]
fn it_writes_down_nothing_of_a_person_shows_its_figures_and_answers_what_is_under_way_at_its_end() {
    let slow = Duration::from_millis(600);
    let (node, asked) = stub(slow, StatusCode::OK, &ok(json!({"at": 1})));
    let mut program = start(node.address);
    let question = format!("/abci_query?path=%22/head%22&data=0x{LOOKED_UP}");
    assert!(get(program.serves, &question).starts_with("HTTP/1.1 200"));
    let figures = get(program.shows, "/metrics");
    let [calls, requests] = [
        r#"calls_total{method="abci_query",from="node"} 1"#,
        r#"requests_total{status="200"} 1"#,
    ];
    assert!(
        figures.contains(calls) && figures.contains(requests),
        "{figures}"
    );
    assert!(
        !get(program.serves, "/metrics").contains(calls),
        "the public sees none"
    );

    let (before, serves) = (asked.load(Ordering::SeqCst), program.serves);
    let last = thread::spawn(move || get(serves, "/status"));
    while asked.load(Ordering::SeqCst) == before {
        thread::sleep(Duration::from_millis(5));
    }
    let end = ["-TERM", &program.child.id().to_string()];
    assert!(
        Command::new("kill")
            .args(end)
            .status()
            .expect("runs")
            .success()
    );
    assert!(last.join().expect("no panic").contains(r#""at":1"#));
    assert!(program.child.wait().expect("ends").success());

    let (mut log, mut said) = (String::new(), String::new());
    program
        .child
        .stdout
        .take()
        .expect("piped")
        .read_to_string(&mut log)
        .expect("text");
    program
        .child
        .stderr
        .take()
        .expect("piped")
        .read_to_string(&mut said)
        .expect("text");
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).expect("a line of JSON");
        let words: Vec<&String> = line.as_object().expect("an object").keys().collect();
        assert_eq!(words, TOLD);
    }
    assert!(log.lines().count() >= 2, "{log}");
    for personal in [LOOKED_UP, VISITOR, "abci_query"] {
        assert!(
            !log.contains(personal) && !said.contains(personal),
            "{log}{said}"
        );
    }
}
