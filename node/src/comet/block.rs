//! Blocks, their parts and their identity.

use super::{Block, BlockId, Commit, Header, PartSetHeader};
use crate::merkle::{self, Hash, sha256};
use prost::Message;
use tendermint_proto::v0_38::types::{Data, EvidenceList};

/// A block travels in parts of this size (types/params.go `BlockPartSizeBytes`).
const PART_SIZE: usize = 64 * 1024;

/// A block without evidence.
pub fn make_block(header: Header, txs: Vec<Vec<u8>>, last_commit: Commit) -> Block {
    Block {
        header: Some(header),
        data: Some(Data { txs }),
        evidence: Some(EvidenceList::default()),
        last_commit: Some(last_commit),
    }
}

/// The commit that the first block carries.
pub fn empty_commit() -> Commit {
    Commit {
        block_id: Some(BlockId {
            hash: Vec::new(),
            part_set_header: Some(PartSetHeader::default()),
        }),
        ..Commit::default()
    }
}

/// Number and root of the parts that a block's bytes are cut into.
pub fn part_set_header(block: &Block) -> PartSetHeader {
    let bytes = block.encode_to_vec();
    let parts: Vec<&[u8]> = bytes.chunks(PART_SIZE).collect();
    PartSetHeader {
        total: parts.len() as u32,
        hash: merkle::root(&parts).to_vec(),
    }
}

/// A block's identity.
pub fn block_id(block: &Block) -> BlockId {
    let hash = block.header.as_ref().map(super::header_hash);
    BlockId {
        hash: hash.map(|hash| hash.to_vec()).unwrap_or_default(),
        part_set_header: Some(part_set_header(block)),
    }
}

/// A block's size in bytes.
pub fn block_size(block: &Block) -> usize {
    block.encoded_len()
}

/// A transaction's hash.
pub fn tx_hash(tx: &[u8]) -> Hash {
    sha256(tx)
}

/// The header's `data_hash`: leaves are the transactions' hashes (types/tx.go `Txs.Hash`).
pub fn data_hash(txs: &[Vec<u8>]) -> Hash {
    let hashes: Vec<Hash> = txs.iter().map(|tx| tx_hash(tx)).collect();
    merkle::root(&hashes)
}
