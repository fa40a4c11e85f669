//! What the light client takes from nodes.

pub mod answers;
pub mod bisection;
pub mod evidence;
pub mod ics23;
pub mod merkle;
pub mod packed;
pub mod step;
pub mod stored;
pub mod transaction;
pub mod wire;

use crate::{edit::edit, input::Input, vectors};
use light_client::{LightBlock, Time, TrustedState, json};
use serde_json::Value;
use std::sync::LazyLock;

/// Recorded chains whose blocks are short enough to be changed thousands of times a second, and one with every type of key.
const CHAINS: [&str; 4] = [
    "v0.38-ed25519",
    "v0.40-ed25519",
    "v0.40-moving-to-secp256k1",
    "v0.40-mixed-keys",
];
/// Blocks taken of each.
const BLOCKS: usize = 8;

/// A genuine block, as nodes write it and as it reads.
struct Genuine {
    document: Value,
    block: LightBlock,
}

/// Some genuine blocks of each chain, in order of height.
static GENUINE: LazyLock<Vec<Vec<Genuine>>> = LazyLock::new(|| CHAINS.map(genuine).into());

fn genuine(chain: &str) -> Vec<Genuine> {
    let documents = vectors::documents(vectors::recorded(&format!("{chain}/light")));
    let read = documents.into_iter().take(BLOCKS).map(|document| Genuine {
        block: json::light_block(&document).expect("a recorded block"),
        document,
    });
    read.collect()
}

fn trust(block: &LightBlock) -> TrustedState {
    let hash = block.signed_header.header.hash();
    TrustedState::from_checkpoint(block, &hash).expect("a recorded block")
}

/// A moment an hour after the newest block.
fn later(blocks: &[Genuine]) -> Time {
    let newest = blocks.last().map_or(Time::UNIX_EPOCH, |last| {
        last.block.signed_header.header.time
    });
    Time::from_unix_nanos(newest.unix_nanos() + 3_600_000_000_000).unwrap_or(newest)
}

/// A genuine block after the input's changes; none where it does not read any more.
fn changed(blocks: &[Genuine], input: &mut Input<'_>) -> Option<LightBlock> {
    let mut document = input.pick(blocks)?.document.clone();
    edit(&mut document, input);
    json::light_block(&document).ok()
}

/// Whether the header is one that the chain has.
fn is_genuine(blocks: &[Genuine], hash: &[u8; 32]) -> bool {
    blocks
        .iter()
        .any(|genuine| genuine.block.signed_header.header.hash() == *hash)
}
