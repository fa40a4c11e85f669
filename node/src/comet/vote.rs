//! What a validator signs.

use super::{BlockId, Timestamp};
use prost::Message;
use tendermint_proto::v0_38::types::{
    CanonicalBlockId, CanonicalPartSetHeader, CanonicalVote, SignedMsgType,
};

/// Sign bytes of a precommit for a block: the length-prefixed `CanonicalVote` (types/canonical.go, types/vote.go).
pub fn precommit_sign_bytes(
    chain_id: &str,
    height: i64,
    round: i32,
    block_id: &BlockId,
    time: &Timestamp,
) -> Vec<u8> {
    let parts = block_id.part_set_header.clone().unwrap_or_default();
    CanonicalVote {
        r#type: SignedMsgType::Precommit as i32,
        height,
        round: i64::from(round),
        block_id: Some(CanonicalBlockId {
            hash: block_id.hash.clone(),
            part_set_header: Some(CanonicalPartSetHeader {
                total: parts.total,
                hash: parts.hash,
            }),
        }),
        timestamp: Some(*time),
        chain_id: chain_id.to_owned(),
    }
    .encode_length_delimited_to_vec()
}
