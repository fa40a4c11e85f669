//! Block headers and their hash.

use alloc::string::String;
use alloc::vec::Vec;

use crate::merkle::{self, Hash};
use crate::proto::Writer;
use crate::time::Time;

/// A validator's or proposer's address.
pub type Address = [u8; 20];

/// The block protocol that this crate speaks; every CometBFT from v0.34 to v0.40 has it.
pub const BLOCK_PROTOCOL: u64 = 11;

/// A chain id has at most this many bytes.
pub const MAX_CHAIN_ID_LENGTH: usize = 50;

/// Names a block: hash of its header, and root of the parts in which it was gossiped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockId {
    /// Hash of the header; none in the first header's `last_block_id`.
    pub hash: Option<Hash>,
    /// Number of parts.
    pub parts_total: u32,
    /// Merkle root of the parts.
    pub parts_hash: Option<Hash>,
}

impl BlockId {
    /// `BlockID` and `CanonicalBlockID`: hash = 1, part set header = 2, which is always there (its fields are total = 1, hash = 2).
    pub(crate) fn encode(&self) -> Vec<u8> {
        let parts = Writer::default()
            .uint(1, self.parts_total.into())
            .bytes(2, bytes_of(&self.parts_hash));
        Writer::default()
            .bytes(1, bytes_of(&self.hash))
            .message(2, &parts.finish())
            .finish()
    }
}

/// A block header, field by field as the chain's members signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Version of the block protocol, [`BLOCK_PROTOCOL`].
    pub block_version: u64,
    /// Version of the application.
    pub app_version: u64,
    /// Name of the chain, at most 50 bytes.
    pub chain_id: String,
    /// Height of the block, from 1.
    pub height: u64,
    /// Median time of the votes for the block before.
    pub time: Time,
    /// The block before.
    pub last_block_id: BlockId,
    /// Root of the commit for the block before.
    pub last_commit_hash: Option<Hash>,
    /// Root of the transactions.
    pub data_hash: Option<Hash>,
    /// Hash of the validators that sign this block.
    pub validators_hash: Hash,
    /// Hash of the validators that sign the next block.
    pub next_validators_hash: Option<Hash>,
    /// Hash of the consensus parameters.
    pub consensus_hash: Option<Hash>,
    /// The application's state after the block **before** this one.
    pub app_hash: Vec<u8>,
    /// Root of the results of the transactions in the block **before** this one.
    pub last_results_hash: Option<Hash>,
    /// Root of the evidence of misbehaviour.
    pub evidence_hash: Option<Hash>,
    /// Who proposed the block.
    pub proposer_address: Address,
}

impl Header {
    /// The block hash: RFC 6962 root over the fourteen fields in this order (CometBFT `types/block.go`, `Header.Hash`).
    pub fn hash(&self) -> Hash {
        let version = Writer::default()
            .uint(1, self.block_version)
            .uint(2, self.app_version);
        merkle::root(&[
            version.finish(),
            wrapped(self.chain_id.as_bytes()),
            Writer::default().uint(1, self.height).finish(),
            encode_time(&self.time),
            self.last_block_id.encode(),
            wrapped(bytes_of(&self.last_commit_hash)),
            wrapped(bytes_of(&self.data_hash)),
            wrapped(&self.validators_hash),
            wrapped(bytes_of(&self.next_validators_hash)),
            wrapped(bytes_of(&self.consensus_hash)),
            wrapped(&self.app_hash),
            wrapped(bytes_of(&self.last_results_hash)),
            wrapped(bytes_of(&self.evidence_hash)),
            wrapped(&self.proposer_address),
        ])
    }
}

/// `google.protobuf.{String,Bytes}Value`; an empty value is an empty leaf.
fn wrapped(value: &[u8]) -> Vec<u8> {
    Writer::default().bytes(1, value).finish()
}

/// `google.protobuf.Timestamp`.
pub(crate) fn encode_time(time: &Time) -> Vec<u8> {
    Writer::default()
        .int(1, time.seconds())
        .uint(2, time.nanos().into())
        .finish()
}

pub(crate) fn bytes_of(hash: &Option<Hash>) -> &[u8] {
    hash.as_ref().map_or(&[], |hash| hash)
}
