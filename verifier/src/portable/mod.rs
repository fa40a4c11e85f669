//! Proof files: one verdict's evidence in one file, to be kept for thirty years and verified without any node. `docs/proofs.md` describes the format.
//!
//! A file is a small node. It holds what the nodes answered while a verdict was reached, and answers the same questions when the verdict is reached
//! again: verification is the same code as ever, over a [`Host`](crate::Host) whose nodes are the file. Trust starts from the reader's own checkpoint and
//! never from the file; what the file says is judged as a node's answers are.
//!
//! A [short proof](Short) is the record's own part of a file, small enough for a code. Nodes add the rest, and the whole file is verified as any other.

mod aside;
mod asked;
mod bytes;
mod entry;
mod format;
mod heads;
mod make;
mod offline;
mod path;
mod recorder;
mod short;
mod verify;

pub use aside::{Apart, Aside, Beside, beside};
pub use asked::Asked;
pub use format::{Logged, MAX_FILE, Portable, Shelf, Unreadable};
pub use make::{NotMade, check, complete, keep, make, renew, renew_without};
pub use recorder::Book;
pub use short::{MAX_SHORT, MOST_IN_CODE, Own, Short};
pub use verify::verify;

use alloc::{string::String, vec::Vec};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use records::codes::{self, Scanned};

/// How a file begins as text.
const BEGINNING: &str = "bGlhbnlhbg";

/// A file as text, where only texts get through: base64.
pub fn to_text(file: &[u8]) -> String {
    STANDARD.encode(file)
}

/// Whether a text begins as a file does.
pub fn is_text(text: &str) -> bool {
    text.starts_with(BEGINNING)
}

/// The file of a text, or the short proof that a link to its record brings where others bring openings; none where it is no such text. No opening begins as
/// a short proof does. Where a link came from, and which record it names, is dropped unread.
pub fn from_text(text: &str) -> Option<Vec<u8>> {
    if is_text(text) {
        return STANDARD.decode(text).ok();
    }
    match codes::read(text) {
        Scanned::Link(link) => Some(link.openings()?.to_vec()).filter(|file| Short::is(file)),
        _ => None,
    }
}
