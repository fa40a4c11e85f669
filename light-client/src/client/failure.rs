//! Why a client has no header to give.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use thiserror::Error;

use crate::client::attack::Attack;
use crate::client::report::{Followed, Standing};
use crate::codes::codes;
use crate::time::Time;

/// What ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    /// The signature budget.
    Signatures,
    /// The number of headers.
    Headers,
    /// The number of bytes.
    Bytes,
    /// The time.
    Time,
}

/// Why a client has no header to give. None of these means that something was forged, except [`Failure::Attack`] and [`Failure::Halted`].
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Failure {
    /// The store is empty: a client starts from a checkpoint.
    #[error("nothing is trusted yet")]
    NoTrust,
    /// The trusting period of all that is trusted is over. Never passes by itself: someone must bring newer trust.
    #[error("trust in the header of {since} has expired{}", explained(.behind))]
    TrustExpired {
        /// Time of the newest header that was trusted.
        since: Time,
        /// How far the newest block of all nodes lies behind the device's clock, where enough members answered and by that block's time trust would hold.
        /// Then the clock is ahead, or the chain stands still, or they all hide what is newer: what they say does not tell which, and is no ground for trust.
        behind: Option<Duration>,
    },
    /// No node gave blocks that lead there.
    #[error("no node leads to that height")]
    NoWay(Vec<Standing>),
    /// The header was verified, but too few other members' nodes hold the same.
    #[error("too few other nodes hold the same header")]
    NotWitnessed(Box<Followed>),
    /// Two headers of one height are both signed.
    #[error("the chain has forked at height {}", .0.ours.height())]
    Attack(Box<Attack>),
    /// An attack was found before, and nobody has re-established trust since.
    #[error("stopped since the chain forked at height {}", .0.ours.height())]
    Halted(Box<Attack>),
    /// Enough members' newest headers, and all that were shown, are further in the future than clocks may differ.
    #[error("this device's clock is at least {by:?} behind")]
    ClockBehind {
        /// At least by how much.
        by: Duration,
    },
    /// A limit was reached.
    #[error("{0:?} ran out")]
    OutOf(Resource),
    /// What was kept could not be read or written.
    #[error("the store failed: {0}")]
    Store(String),
}

codes!(Failure {
    Failure::NoTrust => "no-trust" "nothing is trusted yet",
    Failure::TrustExpired { .. } => "trust-expired" "the trusting period of all that is trusted is over",
    Failure::NoWay(_) => "no-way" "no node leads to that height",
    Failure::NotWitnessed(_) => "not-witnessed" "too few other nodes hold the same header",
    Failure::Attack(_) => "attack" "two headers of one height are both signed: the chain has forked",
    Failure::Halted(_) => "halted" "a fork was found before, and nobody has established trust anew",
    Failure::ClockBehind { .. } => "clock-behind" "this device's clock is behind",
    Failure::OutOf(Resource::Signatures) => "out-of-signatures" "it takes more signatures than one call may check",
    Failure::OutOf(Resource::Headers) => "out-of-headers" "it takes more headers than one call may fetch",
    Failure::OutOf(Resource::Bytes) => "out-of-bytes" "it takes more bytes than one call may fetch",
    Failure::OutOf(Resource::Time) => "out-of-time" "it takes longer than one call may",
    Failure::Store(_) => "store-failed" "what was kept could not be read or written",
});

fn explained(behind: &Option<Duration>) -> String {
    let said = |by: &Duration| {
        let by = by.as_secs();
        format!(
            "; the nodes' newest block is {by} s behind this device's clock: it is ahead, or the chain stands still"
        )
    };
    behind.as_ref().map(said).unwrap_or_default()
}

impl From<Resource> for Failure {
    fn from(resource: Resource) -> Failure {
        Failure::OutOf(resource)
    }
}
