//! Canonical JSON: one encoding for events and states (RFC 8785 profile, integers and strings only).
//!
//! The reader accepts that encoding alone, so duplicate keys, white space, floats and other spellings of the same value are all refused.

mod read;
#[cfg(test)]
mod tests;
mod value;
mod write;

pub use value::{Map, Value};

use crate::shape::{Reader, Shape};
use core::cmp::Ordering;

/// Largest integer that every JSON reader keeps exactly: 2⁵³ − 1 (RFC 8259 §6).
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;
const MAX_DEPTH: usize = 16;

/// Why bytes or a value are not canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not JSON, or not in its one encoding.
    #[error("not canonical JSON")]
    NotCanonical,
    /// An integer past 2⁵³−1 has no encoding.
    #[error("only integers up to 2^53-1 can be written")]
    Forbidden,
    /// Nested deeper than 16.
    #[error("nested too deeply")]
    TooDeep,
    /// Canonical, but not of the shape that was expected; the text names the field.
    #[error("unexpected shape: {0}")]
    Shape(String),
}

/// Encodes a value.
pub fn encode_value(value: &Value) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    write::write(value, 0, &mut out)?;
    Ok(out)
}

/// Encodes a value as the member of an object, and appends it; so deep as it would be there.
pub(crate) fn append_member(value: &Value, out: &mut Vec<u8>) -> Result<(), Error> {
    write::write(value, 1, out)
}

/// Encodes anything that has a shape.
pub fn encode<T: Shape>(value: &T) -> Result<Vec<u8>, Error> {
    encode_value(&to_value(value)?)
}

/// Decodes bytes that must be in the one encoding.
pub fn decode_value(bytes: &[u8]) -> Result<Value, Error> {
    read::read(bytes)
}

/// Decodes bytes in the one encoding into a type.
pub fn decode<T: Shape>(bytes: &[u8]) -> Result<T, Error> {
    from_value(&decode_value(bytes)?)
}

/// A type's value.
pub fn to_value<T: Shape>(value: &T) -> Result<Value, Error> {
    value
        .write()
        .ok_or_else(|| Error::Shape("nothing to write".into()))
}

/// A value's type.
pub fn from_value<T: Shape>(value: &Value) -> Result<T, Error> {
    let mut reader = Reader::default();
    let read = T::read(Some(value), &mut reader);
    reader.finish()?;
    Ok(read)
}

/// Order of names in RFC 8785: by UTF-16 code units, which for ASCII is the order of bytes.
fn by_utf16(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        a.cmp(b)
    } else {
        a.encode_utf16().cmp(b.encode_utf16())
    }
}

fn must_escape(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

/// Characters with an escape of two bytes, and its second byte.
const SHORT_ESCAPES: [(u8, u8); 7] = [
    (b'"', b'"'),
    (b'\\', b'\\'),
    (0x08, b'b'),
    (0x0c, b'f'),
    (b'\n', b'n'),
    (b'\r', b'r'),
    (b'\t', b't'),
];

fn short_escape(byte: u8) -> Option<u8> {
    let found = SHORT_ESCAPES.iter().find(|(plain, _)| *plain == byte)?;
    Some(found.1)
}

fn unescaped(short: u8) -> Option<u8> {
    let found = SHORT_ESCAPES.iter().find(|(_, escape)| *escape == short)?;
    Some(found.0)
}
