//! Everything outside of the verifier, in one small interface: the network, the clock, randomness, and the person who waits.

use crate::{
    portable::Aside,
    stages::Stage,
    verdict::{Check, Signer},
};
use alloc::{string::String, vec::Vec};
use core::future::Future;
use light_client::client::Unreachable;
use litemap::LiteMap;

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
