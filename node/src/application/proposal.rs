//! Making and judging proposals.

use super::{Application, PrepareProposalRequest, ProcessProposalRequest, Proposal};
use crate::error::Result;
use std::collections::HashSet;

/// A block whose time is further behind the proposer's clock carries no events: the time of an event is only known to lie between its block's
/// and the next one's, and that interval must stay narrow.
const MAX_LAG: i64 = 30 * 1_000_000_000;
/// What a transaction costs in a block besides its bytes: tag and length.
pub const TX_OVERHEAD: usize = 6;

impl Application {
    /// `PrepareProposal`: the transactions for a block, in order; malformed, expired and repeated ones are left out.
    pub fn prepare_proposal(&self, request: PrepareProposalRequest) -> Result<Vec<Vec<u8>>> {
        let chain_id = self.ready()?.chain_id;
        if request.local_time.saturating_sub(request.time) > MAX_LAG {
            return Ok(Vec::new());
        }
        let mut left = request.max_tx_bytes;
        let mut seen = HashSet::new();
        let mut txs = Vec::new();
        let opened = self.open_all(&chain_id, &request.txs);
        for (tx, event) in request.txs.into_iter().zip(opened) {
            let Ok(event) = event else {
                continue;
            };
            let cost = tx.len() + TX_OVERHEAD;
            if cost > left || event.payload().until < request.time || !seen.insert(*event.id()) {
                continue;
            }
            left -= cost;
            txs.push(tx);
        }
        Ok(txs)
    }

    /// `ProcessProposal`: refuses a block with anything malformed, oversized, badly signed or twice in it. Never judges the clock.
    pub fn process_proposal(&self, request: &ProcessProposalRequest<'_>) -> Result<Proposal> {
        let chain_id = self.ready()?.chain_id;
        let mut seen = HashSet::new();
        let opened = self.open_all(&chain_id, request.txs);
        for (position, event) in opened.into_iter().enumerate() {
            match event {
                Err(why) => return Ok(Proposal::Reject(format!("transaction {position}: {why}"))),
                Ok(event) if !seen.insert(*event.id()) => {
                    return Ok(Proposal::Reject(format!(
                        "transaction {position}: the event is in this block already"
                    )));
                }
                Ok(_) => {}
            }
        }
        Ok(Proposal::Accept)
    }
}
