//! The embedded consortium: one process that holds several validators' keys and decides blocks with them.
//!
//! Nothing of the outside can tell it from a network of CometBFT processes: votes are signed over the canonical sign bytes, block time is the
//! median of the votes', proposers rotate, and now and then a validator is absent. Only the messages between validators are missing.

mod follower;
mod history;
mod mempool;
mod producer;
mod signing;

pub use follower::{Follower, catch_up};
pub use history::{PastBlock, Written, write_history};
pub use mempool::{Full, MAX_BYTES, MAX_TXS, Mempool};
pub use producer::{Pace, Producer, decide};
pub use signing::Signers;

use std::time::{SystemTime, UNIX_EPOCH};

/// Now, Unix nanoseconds.
pub fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_nanos()).unwrap_or(i64::MAX)
}
