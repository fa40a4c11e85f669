//! The verifier and the scanner as web workers, and the messages they speak.
//!
//! Every message crosses `postMessage` as one text of canonical JSON; a picture for the scanner travels beside its message as the second
//! element of an array, an `ArrayBuffer` of RGBA bytes, so that it is handed over and not copied. The first message of each
//! worker is its `Ready`; the page posts nothing before that, since a worker that is still loading would lose it.

use records::{canonical, shape::Shape};

pub mod scan;
pub mod verify;

pub use scan::{FromScanner, ToScanner};
pub use verify::{Action, Chain, FromVerifier, Identity, Member, RecordRef, Role, ToVerifier};

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
