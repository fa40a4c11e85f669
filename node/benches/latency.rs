//! How long a proof takes while events are being committed, beside a node at rest: over RPC, as a visitor asks.

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Chain, Server, key, payload, tree_key};
use records::kinds::member::Rekey;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

/// Records in the state.
const RECORDS: usize = 10_000;
/// Every record is written so often under load.
const ROUNDS: usize = 3;
const PER_BLOCK: usize = 250;
/// Proofs asked for at rest.
const PROOFS: usize = 5_000;
/// Between an answer and the next question.
const PAUSE: Duration = Duration::from_micros(500);

fn main() {
    println!(
        "\nproofs over RPC, {RECORDS} records, one connection, blocks of {PER_BLOCK} events one after the other\n"
    );
    println!("| node | proofs | p50 | p95 | p99 | p99 to rest |");
    println!("|---|---:|---:|---:|---:|---:|");
    let chain = Chain::new();
    let admissions = (0..RECORDS).map(|number| chain.admit(&id(number)));
    write(&chain, admissions.collect());
    let load: Vec<Vec<Vec<u8>>> = (0..ROUNDS).map(|round| rekeys(&chain, round)).collect();
    let server = chain.serve();
    let rest = ask(server.address, &AtomicBool::new(false), PROOFS);
    row("at rest", &rest, &rest);
    let (busy, rate) = under(&chain, &server, load);
    row(
        &format!("committing {rate:.0} events a second"),
        &busy,
        &rest,
    );
}

fn id(number: usize) -> String {
    format!("m-{number}")
}

/// Every record's next event.
fn rekeys(chain: &Chain, round: usize) -> Vec<Vec<u8>> {
    let of = |number: usize, round: usize| match round {
        0 => key(&id(number)),
        _ => key(&format!("{} {round}", id(number))),
    };
    let rekey = |number| {
        let (old, new) = (of(number, round), of(number, round + 1));
        let body = Rekey {
            add: vec![new.public()],
            end: vec![old.public()],
            seal_key: None,
        };
        let subject = ("member", &*id(number));
        let payload = payload(
            "member.rekey",
            subject,
            1 + round as u64,
            &body,
            chain.time(),
        );
        payload.sign(&[&old, &new]).expect("signs").encode()
    };
    (0..RECORDS).map(rekey).collect()
}

fn write(chain: &Chain, events: Vec<Vec<u8>>) {
    for block in events.chunks(PER_BLOCK) {
        let height = chain.node.height() + 1;
        chain.decide(block.to_vec());
        let results = chain.node.snapshot().results(height);
        let results = results.expect("reads").expect("is there");
        assert!(results.tx_results.iter().all(|result| result.code == 0));
    }
}

/// Times of the proofs asked for while all this is written, and events a second.
fn under(chain: &Chain, server: &Server, load: Vec<Vec<Vec<u8>>>) -> (Vec<Duration>, f64) {
    let (address, stop) = (server.address, AtomicBool::new(false));
    thread::scope(|scope| {
        let asking = scope.spawn(|| ask(address, &stop, usize::MAX));
        let start = Instant::now();
        load.into_iter().for_each(|events| write(chain, events));
        let rate = (ROUNDS * RECORDS) as f64 / start.elapsed().as_secs_f64();
        stop.store(true, Ordering::Relaxed);
        (asking.join().expect("answers"), rate)
    })
}

/// Sorted times of as many proofs, or of those until told to stop.
fn ask(address: SocketAddr, stop: &AtomicBool, count: usize) -> Vec<Duration> {
    let stream = TcpStream::connect(address).expect("connects");
    stream.set_nodelay(true).expect("sets");
    let mut connection = BufReader::new(stream);
    let mut times = Vec::new();
    while times.len() < count && !stop.load(Ordering::Relaxed) {
        // A step that visits every record, and no neighbour after the other.
        let record = tree_key("member", &id(times.len() * 7_919 % RECORDS));
        let start = Instant::now();
        let answer = prove(&mut connection, &record);
        times.push(start.elapsed());
        let response = &answer["result"]["response"];
        assert_eq!(response["code"], 0, "{answer}");
        assert!(
            response["proofOps"]["ops"][0]["data"].is_string(),
            "{answer}"
        );
        thread::sleep(PAUSE);
    }
    times.sort();
    times
}

fn prove(connection: &mut BufReader<TcpStream>, record: &[u8; 32]) -> Value {
    let params = json!({ "path": "/head", "data": hex::encode(record), "prove": true });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "abci_query", "params": params });
    let body = call.to_string();
    let request = format!(
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let sent = connection.get_mut().write_all(request.as_bytes());
    sent.expect("sends");
    let mut length = 0;
    loop {
        let mut line = String::new();
        connection.read_line(&mut line).expect("answers");
        let line = line.trim_end().to_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a length");
        }
    }
    let mut answer = vec![0; length];
    connection.read_exact(&mut answer).expect("answers");
    serde_json::from_slice(&answer).expect("JSON")
}

fn row(what: &str, times: &[Duration], rest: &[Duration]) {
    let at = |times: &[Duration], percent: usize| times[times.len() * percent / 100].as_secs_f64();
    println!(
        "| {what} | {} | {:.2} ms | {:.2} ms | {:.2} ms | {:.1} |",
        times.len(),
        at(times, 50) * 1e3,
        at(times, 95) * 1e3,
        at(times, 99) * 1e3,
        at(times, 99) / at(rest, 99)
    );
}
