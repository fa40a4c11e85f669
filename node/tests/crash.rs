//! A process that is killed at any moment has everything that it answered as committed.

mod common;

use common::{CHAIN, admit, genesis, serve, signers};
use node::{
    chain::FullNode,
    consortium::{Mempool, Pace, Producer, catch_up, now},
};
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::{Duration, Instant},
};

const FOLDER: &str = "LIANYAN_CRASH_FOLDER";
const ROUNDS: usize = 6;
const CLIENTS: usize = 4;

fn database(folder: &Path) -> PathBuf {
    folder.join("node.redb")
}

/// The process that is killed: a consortium whose RPC it announces on standard output.
#[test]
#[ignore = "the process that the other test starts and kills"]
fn consortium_until_killed() {
    let folder = PathBuf::from(std::env::var(FOLDER).expect("started by the other test"));
    let node = Arc::new(FullNode::open(&database(&folder), genesis(), 1_000).expect("opens"));
    let mempool = Arc::new(Mempool::default());
    let pace = Pace {
        idle: Duration::from_millis(50),
        busy: Duration::from_millis(1),
    };
    let producer = Producer::start(node.clone(), signers(), mempool.clone(), pace);
    let server = serve(node, mempool);
    println!("\nlistening {}", server.address.port());
    while !producer.has_ended() {
        thread::sleep(Duration::from_millis(50));
    }
    producer.stop().expect("decides blocks");
}

fn start(folder: &Path) -> (Child, u16) {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "consortium_until_killed",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("starts");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let port = output
        .lines()
        .map_while(Result::ok)
        .find_map(|line| {
            line.strip_prefix("listening ")
                .and_then(|port| port.parse().ok())
        })
        .expect("it listens");
    (child, port)
}

/// One request; none where the process went away meanwhile.
fn call(port: u16, method: &str, params: &Value) -> Option<Value> {
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string();
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let head = format!(
        "POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (_, body) = answer.split_once("\r\n\r\n")?;
    serde_json::from_str::<Value>(body)
        .ok()?
        .get("result")
        .cloned()
}

/// Sends events until the process is gone; notes what it said was committed.
fn client(port: u16, name: &str, committed: &Mutex<Vec<Value>>) {
    use base64::Engine;
    for i in 0.. {
        let event = admit(&format!("{name}-{i}"), now());
        let tx = base64::engine::general_purpose::STANDARD.encode(event);
        let Some(answer) = call(port, "broadcast_tx_commit", &json!([tx])) else {
            return;
        };
        if answer["height"] != "0" {
            committed.lock().expect("no panic").push(answer);
        }
    }
}

#[test]
fn what_was_answered_as_committed_survives_a_kill() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut committed: Vec<Value> = Vec::new();
    for round in 0..ROUNDS {
        let (mut child, port) = start(folder.path());
        for answer in &committed {
            let hash = hex::decode(answer["hash"].as_str().expect("a hash")).expect("hex");
            let params = json!({ "hash": base64::Engine::encode(&base64::engine::general_purpose::STANDARD, hash) });
            let found =
                call(port, "tx", &params).unwrap_or_else(|| panic!("round {round}: lost {answer}"));
            assert_eq!(found["height"], answer["height"], "round {round}");
            assert_eq!(found["tx_result"], answer["tx_result"], "round {round}");
        }
        let answers = Arc::new(Mutex::new(Vec::new()));
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client_number| {
                let (answers, name) = (answers.clone(), format!("m-{round}-{client_number}"));
                thread::spawn(move || client(port, &name, &answers))
            })
            .collect();
        let mut random = [0; 2];
        getrandom::fill(&mut random).expect("random");
        let pause = Duration::from_millis(300 + u64::from(u16::from_be_bytes(random)) % 900);
        thread::sleep(pause);
        let deadline = Instant::now() + Duration::from_secs(20);
        while answers.lock().expect("no panic").len() < 3 && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
        child.kill().expect("killed");
        child.wait().expect("ended");
        for client in clients {
            client.join().expect("no panic");
        }
        let answers = answers.lock().expect("no panic");
        assert!(
            answers.len() >= 3,
            "round {round}: only {} events in {pause:?}",
            answers.len()
        );
        committed.extend(answers.iter().cloned());
    }
    let node = FullNode::open(&database(folder.path()), genesis(), 1_000).expect("opens");
    let replica =
        FullNode::open(&folder.path().join("replica.redb"), genesis(), 1_000).expect("opens");
    catch_up(&replica, &node).expect("the whole chain is there and follows");
    assert_eq!(replica.state().app_hash, node.state().app_hash);
    assert_eq!(node.state().chain_id, CHAIN);
}
