//! The bytes that a validator signs when it votes for a block.

use alloc::vec::Vec;

use crate::commit::Commit;
use crate::header::encode_time;
use crate::proto::{Writer, push_delimited};
use crate::time::Time;

const PRECOMMIT: u64 = 2;

/// The `CanonicalVote`s of one commit. They differ in nothing but the timestamp, so the rest is encoded once.
pub(crate) struct SignBytes {
    before_time: Vec<u8>,
    after_time: Vec<u8>,
}

impl SignBytes {
    /// For votes for `commit.block_id`; votes for no block sign something else and are never counted.
    pub(crate) fn new(commit: &Commit, chain_id: &str) -> SignBytes {
        let before_time = Writer::default()
            .uint(1, PRECOMMIT)
            .fixed64(2, commit.height)
            .fixed64(3, commit.round.into())
            .message(4, &commit.block_id.encode());
        let after_time = Writer::default().bytes(6, chain_id.as_bytes());
        SignBytes {
            before_time: before_time.finish(),
            after_time: after_time.finish(),
        }
    }

    /// What the validator whose vote has this timestamp signed.
    pub(crate) fn at(&self, timestamp: &Time) -> Vec<u8> {
        let time = Writer::default()
            .message(5, &encode_time(timestamp))
            .finish();
        let vote = [&self.before_time[..], &time, &self.after_time].concat();
        let mut delimited = Vec::with_capacity(vote.len() + 2);
        push_delimited(&mut delimited, &vote);
        delimited
    }
}
