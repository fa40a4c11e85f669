//! Hashes of headers and commits.

use super::{Commit, CommitSig, Header};
use crate::merkle::{self, Hash};
use prost::Message;

/// Hash of a header: the RFC 6962 root over its fourteen fields in struct order (types/block.go `Header.Hash`).
pub fn header_hash(header: &Header) -> Hash {
    let leaves: [Vec<u8>; 14] = [
        encode(&header.version),
        header.chain_id.encode_to_vec(),
        header.height.encode_to_vec(),
        encode(&header.time),
        encode(&header.last_block_id),
        bytes(&header.last_commit_hash),
        bytes(&header.data_hash),
        bytes(&header.validators_hash),
        bytes(&header.next_validators_hash),
        bytes(&header.consensus_hash),
        bytes(&header.app_hash),
        bytes(&header.last_results_hash),
        bytes(&header.evidence_hash),
        bytes(&header.proposer_address),
    ];
    merkle::root(&leaves)
}

/// The next header's `last_commit_hash`: the root over the signatures of a commit.
pub fn commit_hash(commit: &Commit) -> Hash {
    let leaves: Vec<Vec<u8>> = commit
        .signatures
        .iter()
        .map(CommitSig::encode_to_vec)
        .collect();
    merkle::root(&leaves)
}

fn encode<M: Message>(field: &Option<M>) -> Vec<u8> {
    field.as_ref().map(M::encode_to_vec).unwrap_or_default()
}

/// `google.protobuf.BytesValue`, which prost implements for `Vec<u8>`.
fn bytes(field: &Vec<u8>) -> Vec<u8> {
    field.encode_to_vec()
}
