//! Nodes, as a client sees them.

use alloc::string::String;
use core::future::Future;
use core::time::Duration;

use thiserror::Error;

use crate::client::evidence::AttackEvidence;
use crate::codes::codes;
use crate::header::Header;
use crate::reason::Reason;
use crate::time::Time;
use crate::trust::LightBlock;

/// A node that is asked. Nothing that it says is believed: chain, heights, hashes and signatures are checked where they matter, not here.
///
/// Two things only a provider can do, and each call must: **end** after some seconds whatever the node does ([`Unreachable::TimedOut`]; a limit on each read
/// alone is none), and stop reading after some megabytes ([`Unreachable::TooLong`]). [`Limits`](crate::client::Limits) bound what is asked next, not an answer
/// on its way.
///
/// # Errors
/// Each call tells at what the node failed, and that decides what becomes of it. [`Fault::Unreachable`] but for `TooLong` is tried again, as often as
/// [`Settings::tries`](crate::client::Settings::tries) says. [`Fault::NotThere`] is for a height that the node lacks, which an error of CometBFT's RPC about a
/// height mostly means. [`Fault::Garbage`] leaves the node out for the rest of the call. [`Fault::WrongChain`] and [`Fault::Refuted`] leave it out for good: say so only
/// of what was proven.
pub trait Provider {
    /// What people know it by, for instance its address.
    fn name(&self) -> &str;

    /// The member that runs it. Two nodes of one member are one witness.
    fn member(&self) -> &str;

    /// The newest block that it claims to have (`/status`).
    fn latest(&self) -> impl Future<Output = Result<Latest, Fault>>;

    /// Header, commit and validators of a height (`/commit`, and all pages of `/validators`); `next_validators` may be left out. Up to four heights are asked
    /// for at the same time.
    fn light_block(&self, height: u64)
    -> impl Future<Output = Result<Received<LightBlock>, Fault>>;

    /// The header of a height (`/header`, or the one in `/commit`). Up to ten heights are asked for at the same time.
    fn header(&self, height: u64) -> impl Future<Output = Result<Received<Header>, Fault>>;

    /// Hands over evidence of an attack (`/broadcast_evidence`, which takes what [`json::write::attack_evidence`](crate::json::write::attack_evidence) writes).
    /// An error: the node did not take it.
    fn report(&self, evidence: &AttackEvidence) -> impl Future<Output = Result<(), Fault>>;
}

/// What a node says of its newest block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latest {
    /// The chain that it is on.
    pub chain_id: String,
    /// Height of its newest block.
    pub height: u64,
    /// Time of its newest block.
    pub time: Time,
}

/// An answer, and what it weighed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received<T> {
    /// The answer.
    pub value: T,
    /// Bytes that were transferred for it, all parts together; they count against [`Limits::bytes`](crate::client::Limits).
    pub bytes: u64,
}

/// Why a node did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unreachable {
    /// No connection, or it was cut.
    #[error("no connection")]
    NoConnection,
    /// It took longer than it may.
    #[error("no answer in time")]
    TimedOut,
    /// It answered more than it may: an answer without end looks like this.
    #[error("the answer is too long")]
    TooLong,
    /// It has too many questions (HTTP 429, or 503), and wants none for so many seconds, where it says so.
    #[error("busy")]
    Busy(Option<u32>),
    /// Another HTTP status that is no success.
    #[error("HTTP status {0}")]
    Status(u16),
}

codes!(Unreachable {
    Unreachable::NoConnection => "no-connection" "there is no connection, or it was cut",
    Unreachable::TimedOut => "timed-out" "it took longer than it may",
    Unreachable::TooLong => "too-long" "it answered more than it may",
    Unreachable::Busy(_) => "busy" "it asks to be left alone for a while",
    Unreachable::Status(_) => "http-status" "it answered another HTTP status than success",
});

impl Unreachable {
    /// Of an HTTP status that is no success, and what `Retry-After` says (RFC 9110 §10.2.3; a date there counts as nothing said).
    pub fn by_status(status: u16, retry_after: Option<&str>) -> Unreachable {
        match status {
            429 | 503 => Unreachable::Busy(retry_after.and_then(|text| text.trim().parse().ok())),
            other => Unreachable::Status(other),
        }
    }
}

/// At what a node failed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// It did not answer. It may the next time.
    #[error("no answer: {0}")]
    Unreachable(#[from] Unreachable),
    /// It does not have that height: not yet, or no longer.
    #[error("it does not have that height")]
    NotThere,
    /// It refuses for a reason of its own.
    #[error("it refuses: {0}")]
    Refused(String),
    /// Its answer cannot be read.
    #[error("its answer cannot be read: {0}")]
    Garbage(String),
    /// It is on another chain.
    #[error("it is on chain {0}")]
    WrongChain(String),
    /// What it said was proven wrong.
    #[error("proven wrong: {0}")]
    Refuted(Reason),
}

codes!(Fault {
    Fault::Unreachable(Unreachable::Busy(_)) => "busy" "it asks to be left alone for a while",
    Fault::Unreachable(_) => "unreachable" "it did not answer, or not in time",
    Fault::NotThere => "not-there" "it does not have that height",
    Fault::Refused(_) => "refused" "it refuses",
    Fault::Garbage(_) => "garbage" "its answer cannot be read",
    Fault::WrongChain(_) => "wrong-chain" "it is on another chain",
    Fault::Refuted(_) => "refuted" "what it said was proven wrong",
});

impl Fault {
    /// Whether asking again may help.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Fault::Unreachable(why) if *why != Unreachable::TooLong)
    }

    /// The pause that it wants before that, where it says so.
    pub(crate) fn pause(&self) -> Option<Duration> {
        match self {
            Fault::Unreachable(Unreachable::Busy(Some(seconds))) => {
                Some(Duration::from_secs((*seconds).into()))
            }
            _ => None,
        }
    }

    /// Whether much may have been transferred for it; a status or a refusal is short.
    pub(crate) fn may_weigh(&self) -> bool {
        use Unreachable::{NoConnection, TimedOut, TooLong};
        matches!(
            self,
            Fault::Garbage(_) | Fault::Unreachable(NoConnection | TimedOut | TooLong)
        )
    }

    /// Whether the node is not asked again in the same call.
    pub(crate) fn disqualifies(&self) -> bool {
        self.is_final() || matches!(self, Fault::Garbage(_))
    }

    /// Whether it is not asked again at all: it serves another chain, or was proven wrong by something that neither a clock explains nor a forged header
    /// from which the hash chain leads down. Garbage may come from a network in between.
    pub(crate) fn is_final(&self) -> bool {
        use Reason::{FromFuture, NotTheHeaderBefore, TrustExpired};
        match self {
            Fault::Refuted(reason) => !matches!(
                reason,
                FromFuture { .. } | TrustExpired { .. } | NotTheHeaderBefore { .. }
            ),
            fault => matches!(fault, Fault::WrongChain(_)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_clock_or_a_forged_header_explains_puts_no_node_out_for_good() {
        let (now, found) = (Time::UNIX_EPOCH, Time::UNIX_EPOCH);
        let explained = [
            Reason::FromFuture { now, found },
            Reason::TrustExpired {
                trusted: found,
                now,
            },
            Reason::NotTheHeaderBefore {
                expected: None,
                found: [0; 32],
            },
        ];
        for reason in explained {
            assert!(!Fault::Refuted(reason.clone()).is_final(), "{reason}");
        }
        let lies = [
            Fault::Refuted(Reason::ChainIdTooLong),
            Fault::WrongChain("other".into()),
        ];
        assert!(lies.iter().all(Fault::is_final));
        let passing = [
            Fault::NotThere,
            Fault::Garbage("<html>".into()),
            Fault::Refused("no".into()),
            Fault::Unreachable(Unreachable::TooLong),
        ];
        assert!(!passing.iter().any(Fault::is_final));
    }
}
