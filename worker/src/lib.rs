//! The verifier, the keys and the scanner as web workers, and the messages they speak.
//!
//! Every message crosses `postMessage` as one text of canonical JSON; a picture for the scanner travels beside its message as the second
//! element of an array, an `ArrayBuffer` of RGBA bytes, so that it is handed over and not copied. The first message of each
//! worker is its `Ready`; the page posts nothing before that, since a worker that is still loading would lose it.
//!
//! Keys and network never meet: what the verifier proved goes to the keys as one text ([`records::Ground`] writes and reads it), and what the keys signed goes
//! to the verifier as an envelope. The page hands both over.

#[cfg(feature = "database")]
pub mod database;
#[cfg(feature = "keys")]
pub mod keys;
#[cfg(feature = "verify")]
pub mod pace;
pub mod scan;
#[cfg(feature = "verify")]
pub mod verify;
#[cfg(feature = "verify")]
pub mod watch;

#[cfg(feature = "keys")]
pub use crate::keys::{FromKeys, Held, Identity, ToKeys};
#[cfg(feature = "keys")]
pub use ::keys::{Action, Role};
pub use scan::{FromScanner, ToScanner};
#[cfg(feature = "verify")]
pub use verify::{Chain, FromVerifier, Member, ToVerifier};

use litemap::LiteMap;
use records::{canonical, shape::Shape};

/// The text of a message.
pub fn write<T: Shape>(message: &T) -> Option<String> {
    String::from_utf8(canonical::encode(message).ok()?).ok()
}

/// The message of a text.
pub fn read<T: Shape>(text: &str) -> Option<T> {
    canonical::decode(text.as_bytes()).ok()
}

/// Ties answers to the question they belong to; chosen by the page, never used twice in one visit.
pub type Id = u32;

/// Facts that a sentence is filled with.
pub type Facts = LiteMap<String, String>;

/// A record's name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RecordRef {
    /// Kind: `invoice`, `document`, `grant`, `vote`, `ballot`, `room`, …
    pub kind: String,
    /// Id.
    pub id: String,
}

records::shape!(RecordRef { kind, id });
