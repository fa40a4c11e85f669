//! CometBFT's data structures: their hashes and sign bytes, over the protocol buffers of block protocol 11.
//!
//! The plain protocol-buffer structs are used as they are; fields that Go never leaves out are always `Some`.

mod block;
mod header;
mod params;
mod results;
mod time;
mod validators;
mod vote;

pub use block::{
    block_id, block_size, data_hash, empty_commit, make_block, part_set_header, tx_hash,
};
pub use header::{commit_hash, header_hash};
pub use params::{ConsensusParams, consensus_hash, key_name};
pub use results::results_hash;
pub use tendermint_proto::{
    google::protobuf::Timestamp,
    v0_38::{
        abci::{Event, EventAttribute, ExecTxResult},
        types::{Block, BlockId, BlockIdFlag, BlockMeta, Commit, CommitSig, Header, PartSetHeader},
    },
};
pub use time::{from_rfc3339, median_time, nanos, rfc3339, timestamp, zero_timestamp};
pub use validators::{Address, Validator, ValidatorSet, address_of};
pub use vote::precommit_sign_bytes;

/// Block protocol version of CometBFT v0.38 and v0.40.
pub const BLOCK_PROTOCOL: u64 = 11;
