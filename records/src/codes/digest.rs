//! A digest of all that a printed code declares, to compare a code with the chain.
//!
//! A record may store the digests of its printed forms. They reveal nothing only while the code has
//! a part that cannot be guessed (20 digits of check code, about 66 bits; a hash of at least 64 hex
//! digits); codes without one (专票, 数电票, fiscal e-bills with 6 characters) have no digest, since
//! amounts and dates could be tried one by one.

use super::{Blockchain, Classic, Date, Scanned};
use sha2::{Digest, Sha256};

const DOMAIN: &str = "lianyan/print/1";

/// The digest of a printed code, or `None` where it would give a guessable code away.
///
/// SHA-256 over `lianyan/print/1`, then the form (`classic`, `comma` or `portal`), invoice type,
/// code, number, seller's id, amount in fen as decimal, date as yyyyMMdd, and check code or hash;
/// each of the nine texts as UTF-8 behind its length in bytes (u32, big-endian), the empty text
/// where a form lacks it. Thus `100` and `100.00` agree, no declared fact can be changed under one
/// digest, and the two forms of a blockchain invoice, which carry different facts, have different
/// digests.
pub fn print_digest(scanned: &Scanned) -> Option<[u8; 32]> {
    match scanned {
        Scanned::Classic(code) => classic(code),
        Scanned::Blockchain(Blockchain::Comma(code)) => Some(hash([
            "comma",
            &code.invoice_type,
            &code.code,
            &code.number,
            &code.seller,
            &code.fen.to_string(),
            &code.date.compact(),
            &code.hash,
        ])),
        Scanned::Blockchain(Blockchain::Portal(code)) => {
            let fen = code.total_fen.to_string();
            Some(hash([
                "portal",
                "",
                "",
                &code.number,
                "",
                &fen,
                "",
                &code.hash,
            ]))
        }
        Scanned::Digital(_) | Scanned::Fiscal(_) | Scanned::Link(_) | Scanned::Text(_) => None,
    }
}

fn classic(code: &Classic) -> Option<[u8; 32]> {
    let check_code = code.check_code.as_deref().filter(|c| is_unguessable(c))?;
    let fen = code.fen.map(|fen| fen.to_string()).unwrap_or_default();
    let date = code.date.map(Date::compact).unwrap_or_default();
    Some(hash([
        "classic",
        &code.invoice_type,
        &code.code,
        &code.number,
        "",
        &fen,
        &date,
        check_code,
    ]))
}

/// Twenty digits; a run of one digit is a filler, not a check code.
fn is_unguessable(check_code: &str) -> bool {
    let mut bytes = check_code.bytes();
    let first = bytes.next();
    super::comma::is_digits(check_code, &[20]) && bytes.any(|b| Some(b) != first)
}

fn hash(fields: [&str; 8]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for field in [DOMAIN].into_iter().chain(fields) {
        // Every field was read from a text of at most 4096 characters.
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        hasher.update(length.to_be_bytes());
        hasher.update(field);
    }
    hasher.finalize().into()
}
