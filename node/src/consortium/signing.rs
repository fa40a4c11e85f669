//! The validators' votes.

use crate::{
    chain::ChainState,
    comet::{self, BlockId, BlockIdFlag, Commit, CommitSig},
    merkle::sha256,
};
use ed25519_dalek::{Signer, SigningKey};
use std::collections::HashMap;

/// A vote's time is at least this much later than its block's (CometBFT `timeIota`).
const MIN_STEP: i64 = 1_000_000;
/// In this many of 256 blocks one validator's vote comes too late for the commit.
const ABSENT_OF_256: u8 = 12;

/// The keys of the consortium's validators.
pub struct Signers {
    keys: HashMap<[u8; 32], SigningKey>,
}

impl Signers {
    /// From the seeds of the keys.
    pub fn new(seeds: impl IntoIterator<Item = [u8; 32]>) -> Self {
        let keys = seeds.into_iter().map(|seed| {
            let key = SigningKey::from_bytes(&seed);
            (key.verifying_key().to_bytes(), key)
        });
        Self {
            keys: keys.collect(),
        }
    }

    /// The commit for a block: every validator's precommit in round 0, but for one that is absent now and then.
    pub fn commit(
        &self,
        state: &ChainState,
        id: &BlockId,
        block_time: i64,
        vote_time: &dyn Fn() -> i64,
    ) -> Commit {
        let height = state.height + 1;
        let absent = absent_at(state, height);
        let votes = state
            .validators
            .iter()
            .enumerate()
            .map(|(index, validator)| match self.keys.get(&validator.key) {
                Some(key) if absent != Some(index) => {
                    let time = comet::timestamp(vote_time().max(block_time + MIN_STEP));
                    let bytes = comet::precommit_sign_bytes(&state.chain_id, height, 0, id, &time);
                    CommitSig {
                        block_id_flag: BlockIdFlag::Commit as i32,
                        validator_address: validator.address().to_vec(),
                        timestamp: Some(time),
                        signature: key.sign(&bytes).to_vec(),
                    }
                }
                _ => CommitSig {
                    block_id_flag: BlockIdFlag::Absent as i32,
                    timestamp: Some(comet::zero_timestamp()),
                    ..CommitSig::default()
                },
            });
        Commit {
            height,
            round: 0,
            block_id: Some(id.clone()),
            signatures: votes.collect(),
        }
    }
}

/// Who is absent at a height: follows from chain id and height, and never leaves two thirds of the power or less.
fn absent_at(state: &ChainState, height: i64) -> Option<usize> {
    let dice = sha256(format!("absent/{}/{height}", state.chain_id).as_bytes());
    let count = state.validators.len();
    if dice[0] >= ABSENT_OF_256 || count == 0 {
        return None;
    }
    let index = usize::from(dice[1]) % count;
    let power = state.validators.iter().nth(index)?.power;
    let total = state.validators.total_power();
    ((total - power) * 3 > total * 2).then_some(index)
}
