//! Everything outside of the verifier, in one small interface: the network, the clock, randomness, and the person who waits.

use crate::{
    portable::Aside,
    stages::Stage,
    verdict::{Check, Signer},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::future::Future;
use litemap::LiteMap;

/// Why a node did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
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

impl Unreachable {
    /// Of an HTTP status that is no success, and what `Retry-After` says (RFC 9110 §10.2.3; a date there counts as nothing said).
    pub fn by_status(status: u16, retry_after: Option<&str>) -> Self {
        match status {
            429 | 503 => Self::Busy(retry_after.and_then(|text| text.trim().parse().ok())),
            other => Self::Status(other),
        }
    }

    /// The one whose text this is; where it is none's, there was no connection.
    pub(crate) fn by_text(text: &str) -> Self {
        let mut known = [Self::TimedOut, Self::TooLong].into_iter();
        let found = known.find(|one| one.to_string() == text);
        found.unwrap_or(Self::NoConnection)
    }

    /// Its code, for the page's table of words.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoConnection => "no-connection",
            Self::TimedOut => "timed-out",
            Self::TooLong => "too-long",
            Self::Busy(_) => "busy",
            Self::Status(_) => "http-status",
        }
    }
}

/// How long a node may take and how much it may answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Milliseconds from the question to the end of the answer.
    pub millis: u32,
    /// Bytes of the answer.
    pub bytes: usize,
}

/// What the person who waits may be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// What is being waited for, and amounts.
    Waiting(Stage, LiteMap<String, String>),
    /// A check of the coming verdict has ended.
    Checked(Check),
    /// The header is signed by these.
    Signing(Vec<Signer>, u64),
    /// An event was signed and handed in: its identity, and until when it may be written, Unix nanoseconds.
    Sent(String, i64),
}

/// The world outside.
///
/// An abandoned question is one whose future is dropped; nothing else needs to be told.
pub trait Host {
    /// Posts a JSON text to an address. Whatever happens there, the answer keeps the limits.
    fn post(
        &self,
        url: &str,
        body: Vec<u8>,
        limits: Limits,
    ) -> impl Future<Output = Result<Vec<u8>, Unreachable>>;

    /// A proof file that is being made or verified, where one is. What nodes answer goes into it, or it answers in their place.
    fn aside(&self) -> Option<&Aside> {
        None
    }

    /// The device's clock, Unix nanoseconds.
    fn now(&self) -> i64;

    /// 32 unpredictable bytes.
    fn random(&self) -> [u8; 32];

    /// Tells the person who waits.
    fn tell(&self, news: News);

    /// Waits, and lets others run; with 0, as short as possible.
    fn pause(&self, millis: u32) -> impl Future<Output = ()>;
}
