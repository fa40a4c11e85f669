//! Writing a history: blocks whose times lie before now, for demo data and measurements.

use super::{Follower, Signers, decide};
use crate::{
    application::{TX_OVERHEAD, code},
    chain::FullNode,
    error::Result,
};
use std::sync::Arc;

/// After a block with events an empty one follows this much later, so that the time of the events is known that closely.
const STEP: i64 = 3_000_000_000;
/// Between the parts of one time's events.
const SPLIT: i64 = 1_000_000;
/// Without fear of a crash, every so many blocks are made durable together.
const DURABLE_EVERY: u64 = 128;

/// A block of a history.
pub struct PastBlock {
    /// Its time, Unix ns; later than the one's before.
    pub time: i64,
    /// Its events, in order.
    pub events: Vec<Vec<u8>>,
}

/// How writing a history went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Events that were accepted.
    pub accepted: usize,
    /// Events that a rule refused.
    pub refused: usize,
}

/// Decides a block with these events at each time, while the other nodes follow. Until it returns a crash may lose all of it.
pub fn write_history(
    nodes: &[Arc<FullNode>],
    signers: &Signers,
    blocks: impl Iterator<Item = PastBlock>,
    mut progress: impl FnMut(Written),
) -> Result<Written> {
    let Some((node, others)) = nodes.split_first() else {
        return Ok(Written::default());
    };
    for node in nodes {
        node.application.store().set_durable_every(DURABLE_EVERY);
    }
    let followers: Vec<Follower> = others
        .iter()
        .map(|other| Follower::start(other.clone(), node.clone()))
        .collect();
    let mut written = Written::default();
    let mut blocks = blocks.peekable();
    while let Some(block) = blocks.next() {
        let next = blocks
            .peek()
            .map_or(block.time + 2 * STEP, |next| next.time);
        write_block(node, signers, block, next, &mut written)?;
        progress(written);
    }
    for follower in followers {
        follower.stop()?;
    }
    for node in nodes {
        node.application.store().set_durable_every(1);
    }
    // The next commit, an empty block's, makes everything durable.
    let end = node.state().time + STEP;
    decide(node, signers, Vec::new(), end, &|| end)?;
    for other in others {
        super::catch_up(other, node)?;
    }
    Ok(written)
}

/// One time's events; what does not fit into one block goes into a further one. The votes' times make the next block's.
fn write_block(
    node: &FullNode,
    signers: &Signers,
    block: PastBlock,
    next: i64,
    written: &mut Written,
) -> Result<()> {
    let mut parts = split(block.events, node.state().params.max_tx_bytes())
        .into_iter()
        .peekable();
    let mut time = block.time;
    while let Some(events) = parts.next() {
        let wide = parts.peek().is_none() && next - time >= 2 * STEP;
        let votes = match parts.peek() {
            Some(_) => time + SPLIT,
            None if wide => time + STEP,
            None => next,
        };
        decide(node, signers, events, time, &|| votes)?;
        let results = node.snapshot().results(node.height())?.unwrap_or_default();
        let refused = results
            .tx_results
            .iter()
            .filter(|result| result.code != code::OK);
        let refused = refused.count();
        written.refused += refused;
        written.accepted += results.tx_results.len() - refused;
        if wide {
            decide(node, signers, Vec::new(), votes, &|| next)?;
        }
        time = votes;
    }
    Ok(())
}

/// Parts of at most this many bytes each, in order.
fn split(events: Vec<Vec<u8>>, max_bytes: usize) -> Vec<Vec<Vec<u8>>> {
    let mut parts: Vec<Vec<Vec<u8>>> = Vec::new();
    let mut left = 0;
    for event in events {
        let cost = event.len() + TX_OVERHEAD;
        if cost > left {
            parts.push(Vec::new());
            left = max_bytes;
        }
        left = left.saturating_sub(cost);
        if let Some(part) = parts.last_mut() {
            part.push(event);
        }
    }
    parts
}
