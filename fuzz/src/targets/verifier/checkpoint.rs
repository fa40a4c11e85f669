//! Checkpoints that members sign, and what is kept of who signed: only what enough listed members have signed begins trust, and nobody else is named.

use super::lookup;
use crate::{input::Input, targets::node};
use records::{
    Digest, Envelope, SecretKey, canonical,
    testing::{CHAIN, SECOND, key},
};
use std::sync::LazyLock;
use verifier::{
    Checkpoint, Shelf, StoreError, Verifier, Vouched,
    chains::{Chain, CheckpointKey},
};

/// The bytes are a file.
const FILE: u8 = 0;
/// Who signs, and the payload.
const SIGNED: u8 = 1;
/// The bytes are what was kept of who signed.
const KEPT: u8 = 2;

const PAYLOAD_TYPE: &str = "application/vnd.lianyan.checkpoint+json";
const HOUR: i64 = 3600 * SECOND;

/// Members and keys; one has two, the last two are not listed. A signer is a bit of one byte.
const SIGNERS: [(&str, &str); 7] = [
    ("tax", "tax"),
    ("tax", "tax, the second"),
    ("notary", "notary"),
    ("housing", "housing"),
    ("renji", "renji"),
    ("", "somebody"),
    ("", "somebody else"),
];

fn key_of(name: &str) -> SecretKey {
    key(&format!("checkpoints of {name}"))
}

/// Four members, of whom three are needed.
static WORLD: LazyLock<Chain> = LazyLock::new(|| {
    let listed = SIGNERS.iter().filter(|(member, _)| !member.is_empty());
    let keys = listed.map(|(member, name)| CheckpointKey {
        member: (*member).into(),
        key: key_of(name).public(),
    });
    Chain {
        checkpoint_keys: keys.collect(),
        checkpoint_threshold: 3,
        ..lookup::chain()
    }
});

/// What is true of the newest block.
fn truth() -> Checkpoint {
    let hash = node::WORLD
        .hashes
        .last()
        .and_then(|hash| records::hash::parse_hash(hash));
    Checkpoint {
        chain: CHAIN.into(),
        hash: Digest(hash.expect("a hash")),
        height: node::WORLD.hashes.len() as u64,
        time: node::WORLD.now - HOUR,
    }
}

fn sign(payload: &[u8], by: u8) -> Vec<u8> {
    let keys: Vec<SecretKey> = SIGNERS
        .iter()
        .enumerate()
        .filter(|(at, _)| by >> at & 1 == 1)
        .map(|(_, (_, name))| key_of(name))
        .collect();
    let keys: Vec<&SecretKey> = keys.iter().collect();
    Envelope::sign_as(PAYLOAD_TYPE, payload.to_vec(), &keys).encode()
}

/// The listed members among these signers, each once, in order.
fn listed(by: u8) -> Vec<&'static str> {
    let mut members: Vec<&str> = SIGNERS
        .iter()
        .enumerate()
        .filter(|(at, (member, _))| by >> at & 1 == 1 && !member.is_empty())
        .map(|(_, (member, _))| *member)
        .collect();
    members.sort_unstable();
    members.dedup();
    members
}

pub fn seeds() -> Vec<Vec<u8>> {
    let payload = canonical::encode(&truth()).expect("encodes");
    let signers = [0b1_1101, 0b1_1111, 0b1011, 0b110_0001, 0b111_1111, 0];
    let files = signers.map(|by| [&[FILE], &sign(&payload, by)[..]].concat());
    let payloads = signers.map(|by| [&[SIGNED, by], &payload[..]].concat());
    let kept: [&[u8]; 4] = [
        b"4\ntax\nnotary\nrenji",
        b"4\nnobody\ntax",
        b"\n",
        b"18446744073709551616\ntax",
    ];
    let kept = kept.map(|kept| [&[KEPT], kept].concat());
    [&files[..], &payloads, &kept].concat()
}

pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    match input.byte() % 3 {
        FILE => {
            if let Some(vouched) = open(input.0) {
                assert_eq!(vouched.checkpoint, truth(), "nobody signed this");
            }
        }
        SIGNED => {
            let by = input.byte();
            if let Some(vouched) = open(&sign(input.0, by)) {
                assert_eq!(vouched.members, listed(by), "others have signed");
            }
        }
        _ => recall(input.0),
    }
}

fn open(file: &[u8]) -> Option<Vouched> {
    let (checkpoint, envelope) = Checkpoint::read(file)?;
    assert_eq!(envelope.encode(), file, "one encoding");
    let payload = canonical::encode(&checkpoint);
    assert_eq!(payload.as_deref(), Ok(envelope.payload()), "one encoding");
    let vouched = Vouched::open(&WORLD, file, node::WORLD.now).ok()?;
    assert_eq!(vouched.checkpoint, checkpoint);
    assert_eq!(checkpoint.chain, WORLD.id, "a checkpoint of another chain");
    assert!(
        vouched.members.len() >= WORLD.checkpoint_threshold,
        "too few have signed"
    );
    Some(vouched)
}

fn recall(kept: &[u8]) {
    let mut verifier = Verifier::new(WORLD.clone());
    node::WORLD
        .runtime
        .block_on(verifier.recall_signers(&Kept(kept)));
    let is_listed = |name: &String| WORLD.checkpoint_keys.iter().any(|key| key.member == *name);
    assert!(
        verifier.vouched().iter().all(is_listed),
        "a stranger is named"
    );
}

/// A shelf on which these bytes lie under every name.
struct Kept<'a>(&'a [u8]);

impl Shelf for Kept<'_> {
    async fn names(&self, _: &str) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }

    async fn get(&self, _: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(Some(self.0.to_vec()))
    }

    async fn put(&self, _: &str, _: &[u8]) -> Result<(), StoreError> {
        Ok(())
    }

    async fn remove(&self, _: &[String]) -> Result<(), StoreError> {
        Ok(())
    }
}
