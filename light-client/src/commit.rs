//! Commits: the precommits that made a block final.

use alloc::vec::Vec;

use crate::header::{Address, BlockId, encode_time};
use crate::merkle::{self, Hash};
use crate::proto::Writer;
use crate::time::Time;
use crate::vote::SignBytes;

/// The precommits of one round, at the positions of the validators that gave them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Height of the block.
    pub height: u64,
    /// The consensus round that decided it, from 0.
    pub round: u32,
    /// The block that was decided on.
    pub block_id: BlockId,
    /// One entry for each validator, in the validator set's order.
    pub signatures: Vec<CommitSig>,
}

/// How a validator voted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockIdFlag {
    /// No vote arrived.
    Absent = 1,
    /// For the block.
    Commit = 2,
    /// For no block.
    Nil = 3,
}

/// One validator's place in a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitSig {
    /// How it voted.
    pub flag: BlockIdFlag,
    /// Who voted; none when absent.
    pub address: Option<Address>,
    /// The voter's own clock, part of what it signed.
    pub timestamp: Time,
    /// The signature over the canonical vote; empty when absent.
    pub signature: Vec<u8>,
}

impl Commit {
    /// What the validator at this position signed if it voted for the block; none where it did not.
    pub fn vote_sign_bytes(&self, chain_id: &str, index: usize) -> Option<Vec<u8>> {
        let entry = self
            .signatures
            .get(index)
            .filter(|entry| entry.flag == BlockIdFlag::Commit)?;
        Some(SignBytes::new(self, chain_id).at(&entry.timestamp))
    }

    /// What the next header carries as `last_commit_hash`: the root over the protobuf form of the entries.
    pub fn hash(&self) -> Hash {
        let leaves: Vec<Vec<u8>> = self.signatures.iter().map(CommitSig::encode).collect();
        merkle::root(&leaves)
    }
}

impl CommitSig {
    /// The entry of a validator whose vote did not arrive.
    pub(crate) fn absent() -> CommitSig {
        CommitSig {
            flag: BlockIdFlag::Absent,
            address: None,
            timestamp: Time::GO_ZERO,
            signature: Vec::new(),
        }
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let address = self.address.as_ref().map_or(&[][..], |address| address);
        Writer::default()
            .uint(1, self.flag as u64)
            .bytes(2, address)
            .message(3, &encode_time(&self.timestamp))
            .bytes(4, &self.signature)
            .finish()
    }
}
