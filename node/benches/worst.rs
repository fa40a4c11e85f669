//! What a block costs that a lying proposer makes as dear as it can, within 4 MiB: until a validator has judged it, has executed it, and has it on disk.

#[path = "../tests/common/mod.rs"]
mod common;

use common::{GENESIS, approve, begun, follow, key, open, payload, time_at};
use node::{
    application::{Application, FinalizeBlockRequest, ProcessProposalRequest, Proposal},
    merkle::sha256,
    store::Changes,
};
use records::{
    RecordName, SecretKey,
    canonical::Value,
    kinds::proposal::{Act, Approve},
};
use std::time::Instant;

/// Bytes of a block's transactions.
const BLOCK: usize = 4 * 1024 * 1024 - 64 * 1024;
const HEIGHT: u64 = 3;

fn main() {
    println!("\nblocks of {} KiB, in seconds\n", BLOCK >> 10);
    println!("| block | events | judged | executed | committed |");
    println!("|---|---:|---:|---:|---:|");
    let stranger = [key("stranger")];
    measure("small events of strangers", |number| {
        asking(&stranger, "consortium", "main", number)
    });
    let strangers: Vec<SecretKey> = (0..16).map(|number| key(&format!("{number}"))).collect();
    measure("sixteen signatures each", |number| {
        asking(&strangers, "consortium", "main", number)
    });
    measure("as many values as fit", |number| {
        signed(&stranger, ("proposal", "p"), &deep(1_600 + number % 2))
    });
    let id = big_act().proposal().expect("an id");
    measure("about one large record", |number| {
        asking(&stranger, "proposal", &id, number)
    });
}

/// Lists of one number, as deep as they may be.
fn deep(lists: usize) -> Value {
    let list = (0..12).fold(Value::Integer(0), |inner, _| Value::Array(vec![inner]));
    Value::Array(vec![list; lists])
}

fn big_act() -> Act {
    Act {
        body: deep(1_600),
        seq: 0,
        subject: RecordName::new("consortium", "main").expect("a name"),
        event_type: "consortium.seat".into(),
    }
}

/// An approval that no rule accepts.
fn asking(keys: &[SecretKey], kind: &str, id: &str, number: usize) -> Vec<u8> {
    let by = format!("{number}");
    signed(keys, (kind, id), &Approve { by })
}

fn signed<T: records::shape::Shape>(
    keys: &[SecretKey],
    subject: (&str, &str),
    body: &T,
) -> Vec<u8> {
    let event_type = match subject.0 {
        "proposal" => "proposal.approve",
        _ => "consortium.seat",
    };
    let payload = payload(event_type, subject, 0, body, time_at(HEIGHT));
    let keys: Vec<&SecretKey> = keys.iter().collect();
    payload.sign(&keys).expect("signs").encode()
}

fn measure(name: &str, event: impl Fn(usize) -> Vec<u8>) {
    let (mut txs, mut bytes) = (Vec::new(), 0);
    while bytes < BLOCK {
        let tx = event(txs.len());
        bytes += tx.len();
        txs.push(tx);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let application = begun(open(&folder.path().join("db")));
    let proposed = approve(&big_act(), 0, 0, GENESIS);
    let made = follow(&application, 1, &[proposed]).expect("follows");
    assert_eq!(made.tx_results[0].code, 0, "{:?}", made.tx_results);
    follow(&application, 2, &[]).expect("follows");
    let (refused, [judged, executed, committed]) = times(&application, &txs);
    let refused = if refused { ", refused" } else { "" };
    println!(
        "| {name} | {} | {judged:.2}{refused} | {executed:.2} | {committed:.2} |",
        txs.len()
    );
}

/// Whether nobody votes for it, and what it costs all the same.
fn times(application: &Application, txs: &[Vec<u8>]) -> (bool, [f64; 3]) {
    let began = Instant::now();
    let judgement = application.process_proposal(&ProcessProposalRequest { txs });
    let judged = began.elapsed();
    let refused = judgement.expect("answers") != Proposal::Accept;
    let answer = application.finalize_block(&FinalizeBlockRequest {
        txs,
        misbehaviour: &[],
        hash: sha256(b"block"),
        height: HEIGHT,
        time: time_at(HEIGHT),
    });
    let answer = answer.expect("executes");
    assert!(answer.tx_results.iter().all(|result| result.code != 0));
    let executed = began.elapsed() - judged;
    application.commit(Changes::default()).expect("commits");
    let committed = began.elapsed() - judged - executed;
    let times = [judged, executed, committed];
    (refused, times.map(|time| time.as_secs_f64()))
}
