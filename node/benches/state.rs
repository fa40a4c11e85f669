//! The node's figures: events per second, and how writing and proving grow with the number of records.

#[path = "../tests/common/mod.rs"]
mod common;

use common::{Chain, founder_key, key, payload};
use ics23_prost::Message;
use node::{
    merkle::{Hash, sha256},
    store::{Changes, Store, StoredRecord, TreeView, UpperNodes},
};
use records::kinds::member::Rekey;
use records::{Head, SecretKey};
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

/// Record counts at which proofs are timed.
const SIZES: [u64; 3] = [10_000, 100_000, 1_000_000];
/// Records written by one block of the store's measurement.
const PER_BLOCK: u64 = 10_000;
/// Proofs timed at each size, half of presence and half of absence.
const PROOFS: u64 = 2_000;
/// Events of the execution's measurement, and how many of them stand in one block.
const EVENTS: usize = 4_000;
const EVENTS_PER_BLOCK: usize = 500;

fn main() {
    events();
    records();
}

fn events() {
    println!(
        "\nexecuting events: signatures, rules, logs, state tree, one durable transaction per block of {EVENTS_PER_BLOCK}\n"
    );
    println!("| event | signatures | events/s | relative |");
    println!("|---|---:|---:|---:|");
    let chain = Chain::new();
    let founders: Vec<SecretKey> = (0..3).map(founder_key).collect();
    let quorum: Vec<&SecretKey> = founders.iter().collect();
    let time = chain.time();
    let admissions = (0..EVENTS).map(|i| {
        let id = format!("m-{i}");
        let body = common::member(&id);
        let admit = payload("member.admit", ("member", &id), 0, &body, time);
        admit.sign(&quorum).expect("signs").encode()
    });
    let admitted = timed(&chain, admissions.collect());
    let renewals = (0..EVENTS).map(|i| {
        let id = format!("m-{i}");
        let (old, new) = (key(&id), key(&format!("new {id}")));
        let body = Rekey {
            add: vec![new.public()],
            end: vec![old.public()],
            seal_key: None,
        };
        let rekey = payload("member.rekey", ("member", &id), 1, &body, time);
        rekey.sign(&[&old, &new]).expect("signs").encode()
    });
    let renewed = timed(&chain, renewals.collect());
    println!("| member.admit | 3 | {admitted:.0} | 1.00 |");
    println!(
        "| member.rekey | 2 | {renewed:.0} | {:.2} |",
        renewed / admitted
    );
}

fn timed(chain: &Chain, events: Vec<Vec<u8>>) -> f64 {
    let start = Instant::now();
    for block in events.chunks(EVENTS_PER_BLOCK) {
        let height = chain.node.height() + 1;
        chain.decide(block.to_vec());
        let results = chain.node.snapshot().results(height);
        let results = results.expect("reads").expect("is there");
        assert_eq!(results.tx_results.len(), block.len());
        assert!(results.tx_results.iter().all(|result| result.code == 0));
    }
    events.len() as f64 / start.elapsed().as_secs_f64()
}

fn record_key(i: u64) -> Hash {
    sha256(&i.to_be_bytes())
}

fn records() {
    println!("\nstate tree: {PER_BLOCK} new records a block\n");
    println!(
        "| records | records/s written | proof, median | 99 % | median to the size before | proof, mean | file | memory |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|");
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("store.redb");
    let store = Store::open(&file).expect("opens");
    let upper = Arc::new(UpperNodes::default());
    let (mut written, mut version) = (0, 0);
    let mut before: Option<Duration> = None;
    for size in SIZES {
        let (start, first) = (Instant::now(), written);
        while written < size {
            write_block(&store, &upper, written, version);
            written += PER_BLOCK;
            version += 1;
        }
        let rate = (size - first) as f64 / start.elapsed().as_secs_f64();
        let (times, bytes) = proofs(&store, &upper, size, version - 1);
        let (median, late) = (times[times.len() / 2], times[times.len() * 99 / 100]);
        let ratio = before.map_or("—".into(), |before| {
            format!("{:.2}", median.as_secs_f64() / before.as_secs_f64())
        });
        let megabytes = std::fs::metadata(&file).expect("is there").len() / 1_000_000;
        println!(
            "| {size} | {rate:.0} | {:.0} µs | {:.0} µs | {ratio} | {bytes} bytes | {megabytes} MB | {} MB |",
            median.as_secs_f64() * 1e6,
            late.as_secs_f64() * 1e6,
            memory()
        );
        before = Some(median);
    }
}

fn write_block(store: &Store, upper: &Arc<UpperNodes>, first: u64, version: u64) {
    let snapshot = store.snapshot();
    let mut changes = Changes::default();
    let heads: Vec<(Hash, Head)> = (first..first + PER_BLOCK)
        .map(|i| {
            let key = record_key(i);
            let head = Head {
                state: sha256(&key),
                log_size: 1,
                log_root: key,
            };
            let state = vec![b'x'; 400];
            changes.put_record(&key, version, &StoredRecord { head, state }, None);
            (key, head)
        })
        .collect();
    TreeView::new(&snapshot, upper.clone())
        .update(heads, version, &mut changes)
        .expect("updates");
    store.commit(changes).expect("writes");
}

/// Times of single proofs, sorted, and their mean size in bytes.
fn proofs(store: &Store, upper: &Arc<UpperNodes>, size: u64, version: u64) -> (Vec<Duration>, u64) {
    let snapshot = store.snapshot();
    let tree = TreeView::new(&snapshot, upper.clone());
    let mut bytes = 0;
    let mut times: Vec<Duration> = (0..PROOFS)
        .map(|i| {
            let present = i % 2 == 0;
            let index =
                u64::from_be_bytes(sha256(&i.to_be_bytes())[..8].try_into().expect("8 bytes"));
            let key = record_key(if present { index % size } else { size + 1 + i });
            let start = Instant::now();
            let (value, proof) = tree.prove(&key, version).expect("proves");
            let time = start.elapsed();
            bytes += proof.encoded_len() as u64;
            assert_eq!(value.is_some(), present);
            time
        })
        .collect();
    times.sort();
    (times, bytes / PROOFS)
}

/// Resident memory of this process, MB.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or_default() / 1_000
}
