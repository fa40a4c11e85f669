//! Proof files: made, kept, and verified without any node; and what a forger makes of them.

#[path = "../common/mod.rs"]
mod common;

mod address;
mod attacks;
mod bent;
mod coded;
mod kept;
mod mixed;
mod renewed;
mod short;

use common::{INVOICE, Lie, Net, TestChain, chain, json, link, now};
use records::{
    kinds::invoice::Lock,
    testing::{SECOND, key},
};
use std::rc::Rc;
use verifier::{
    chains::{self, Chain},
    portable::{self, Asked, NotMade, Portable},
    verdict::Verdict,
};

const NODES: [(&str, &str); 3] = [
    ("http://a", "tax"),
    ("http://b", "notary"),
    ("http://c", "regulator"),
];

/// The reader's `chains.json`, trusting this chain from this height on.
fn reader(chain: &TestChain, checkpoint: u64) -> Vec<Chain> {
    reader_of(chain, checkpoint, records::testing::CHAIN)
}

fn reader_of(chain: &TestChain, checkpoint: u64, id: &str) -> Vec<Chain> {
    let nodes = NODES.map(|(url, member)| serde_json::json!({ "url": url, "member": member }));
    let file = serde_json::json!({ "chains": [{
        "id": id, "name": "测试链", "name_en": "test chain", "dev": true,
        "checkpoint": { "height": checkpoint, "hash": hex::encode(chain.header(checkpoint).hash()) },
        "nodes": nodes,
    }]});
    chains::read(&file.to_string()).expect("reads")
}

/// Every node of the chain, three seconds after its newest block.
fn net(chain: &Rc<TestChain>) -> Net {
    let net = Net::at(chain.time() + 3 * SECOND);
    NODES
        .iter()
        .fold(net, |net, (url, _)| net.with(url, chain, Lie::None))
}

fn make(chain: &Rc<TestChain>, asked: Asked) -> Result<(Vec<u8>, Verdict), NotMade> {
    now(portable::make(
        &portable::beside(&net(chain)),
        &reader(chain, 1)[0],
        asked,
    ))
}

/// A file about the invoice with all its openings.
fn made(chain: &Rc<TestChain>) -> Vec<u8> {
    make(chain, Asked::text(&link())).expect("made").0
}

/// Verifies where there is no network, this long after the chain's newest block.
fn verify_after(chain: &TestChain, readers: &[Chain], file: &[u8], seconds: i64) -> Verdict {
    let alone = Net::at(chain.time() + seconds * SECOND);
    let verdict =
        now(portable::verify(&portable::beside(&alone), readers, file)).expect("a proof file");
    assert!(alone.calls.borrow().is_empty(), "nobody was asked");
    verdict
}

fn verify(chain: &TestChain, file: &[u8]) -> Verdict {
    verify_after(chain, &reader(chain, 1), file, 3600)
}

/// Verifies a file whose parts were exchanged.
fn verify_changed(chain: &TestChain, file: &[u8], change: impl FnOnce(&mut Portable)) -> Verdict {
    let mut proof = Portable::decode(file).expect("a proof file");
    change(&mut proof);
    verify(chain, &proof.encode().expect("encodes"))
}

fn reason<'a>(verdict: &'a Verdict, check: &str) -> Option<&'a str> {
    let of = |id| serde_json::to_value(id).expect("encodes") == check;
    let mut checks = verdict.checks.iter();
    Some(&checks.find(|one| of(one.id))?.reason)
}

/// The chain goes on: a company claims the invoice, and so many later blocks are empty.
fn claimed(blocks: usize) -> TestChain {
    let mut chain = chain();
    let lock = Lock {
        buyer: None,
        by: "firm".into(),
        claim: "c1".into(),
    };
    chain.submit(
        "invoice.lock",
        ("invoice", INVOICE),
        json(&lock),
        &[&key("firm")],
    );
    (0..blocks).for_each(|_| chain.empty());
    chain
}

fn record() -> Asked {
    Asked::Record {
        kind: "invoice".into(),
        id: INVOICE.into(),
        opening: None,
    }
}
