//! Canonical JSON: one encoding for events and states (RFC 8785 profile, integers and strings only).
//!
//! Decoding encodes again and compares, so duplicate keys, white space, floats and other spellings of the same value are all refused.

use core::cmp::Ordering;
use serde::{Serialize, de::DeserializeOwned};
pub use serde_json::{Map, Value};

/// Largest integer that every JSON reader keeps exactly: 2⁵³ − 1 (RFC 8259 §6).
pub const MAX_INTEGER: i64 = 9_007_199_254_740_991;
const MAX_DEPTH: usize = 16;

/// Why bytes or a value are not canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not JSON at all.
    #[error("not JSON")]
    NotJson,
    /// JSON, but not in its one encoding.
    #[error("not canonical JSON")]
    NotCanonical,
    /// A float, an integer past 2⁵³−1, `true`, `false` or `null`.
    #[error("only integers up to 2^53-1 and strings are allowed")]
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
    write(value, 0, &mut out)?;
    Ok(out)
}

/// Encodes a value as the member of an object, and appends it; so deep as it would be there.
pub(crate) fn append_member(value: &Value, out: &mut Vec<u8>) -> Result<(), Error> {
    write(value, 1, out)
}

/// Encodes anything serialisable; structs become objects with sorted keys.
pub fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    encode_value(&to_value(value)?)
}

/// Decodes bytes that must be in the one encoding.
pub fn decode_value(bytes: &[u8]) -> Result<Value, Error> {
    let value: Value = serde_json::from_slice(bytes).map_err(|_| Error::NotJson)?;
    if encode_value(&value)? == bytes {
        Ok(value)
    } else {
        Err(Error::NotCanonical)
    }
}

/// Decodes bytes in the one encoding into a type.
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Error> {
    let value = decode_value(bytes)?;
    serde_json::from_value(value).map_err(|e| Error::Shape(e.to_string()))
}

/// A type's value.
pub fn to_value<T: Serialize>(value: &T) -> Result<Value, Error> {
    serde_json::to_value(value).map_err(|e| Error::Shape(e.to_string()))
}

/// A value's type.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Error> {
    T::deserialize(value).map_err(|e| Error::Shape(e.to_string()))
}

fn write(value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::TooDeep);
    }
    match value {
        Value::String(text) => write_string(text, out),
        Value::Number(number) => match number.as_i64() {
            Some(n) if n.unsigned_abs() <= MAX_INTEGER.unsigned_abs() => {
                out.extend_from_slice(n.to_string().as_bytes())
            }
            _ => return Err(Error::Forbidden),
        },
        Value::Array(items) => {
            out.push(b'[');
            for (i, item) in items.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                write(item, depth + 1, out)?;
            }
            out.push(b']');
        }
        Value::Object(map) => write_object(map, depth, out)?,
        Value::Bool(_) | Value::Null => return Err(Error::Forbidden),
    }
    Ok(())
}

fn write_object(map: &Map<String, Value>, depth: usize, out: &mut Vec<u8>) -> Result<(), Error> {
    // Sorted here rather than by the map: another crate may switch serde_json to keep insertion order.
    let mut entries: Vec<_> = map.iter().collect();
    entries.sort_by(|a, b| by_utf16(a.0, b.0));
    out.push(b'{');
    for (i, (key, item)) in entries.into_iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write_string(key, out);
        out.push(b':');
        write(item, depth + 1, out)?;
    }
    out.push(b'}');
    Ok(())
}

/// Order of keys in RFC 8785: by UTF-16 code units, which for ASCII is the order of bytes.
fn by_utf16(a: &str, b: &str) -> Ordering {
    if a.is_ascii() && b.is_ascii() {
        a.cmp(b)
    } else {
        a.encode_utf16().cmp(b.encode_utf16())
    }
}

fn write_string(text: &str, out: &mut Vec<u8>) {
    out.push(b'"');
    for run in text.as_bytes().split_inclusive(|byte| must_escape(*byte)) {
        match run.split_last() {
            Some((last, plain)) if must_escape(*last) => {
                out.extend_from_slice(plain);
                write_escape(*last, out);
            }
            _ => out.extend_from_slice(run),
        }
    }
    out.push(b'"');
}

fn must_escape(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..0x20)
}

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let short = match byte {
        b'"' | b'\\' => byte,
        0x08 => b'b',
        0x0c => b'f',
        b'\n' => b'n',
        b'\r' => b'r',
        b'\t' => b't',
        _ => {
            out.extend_from_slice(b"\\u00");
            out.extend(HEX.get(usize::from(byte >> 4)));
            out.extend(HEX.get(usize::from(byte & 15)));
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_other_spelling_is_refused() {
        assert!(decode_value(br#"{"a":1,"b":["x",-2]}"#).is_ok());
        for (bytes, why) in [
            (&br#"{"b":1,"a":1}"#[..], "unsorted"),
            (br#"{"a":1,"a":1}"#, "duplicate key"),
            (br#"{"a": 1}"#, "white space"),
            (br#"{"a":1.0}"#, "float"),
            (br#"{"a":1e2}"#, "exponent"),
            (br#"{"a":-0}"#, "negative zero"),
            (br#"{"a":01}"#, "leading zero"),
            (br#"{"a":true}"#, "boolean"),
            (br#"{"a":null}"#, "null"),
            (br#"{"a":9007199254740992}"#, "past 2^53-1"),
            (br#"{"a":"\u0041"}"#, "long escape"),
            (br#"{"a":"\/"}"#, "needless escape"),
            (b"{\"a\":1}\n", "trailing newline"),
            (b"{\"a\":1}x", "trailing garbage"),
            (b"", "empty"),
            (b"\xff", "not UTF-8"),
        ] {
            assert!(decode_value(bytes).is_err(), "{why}");
        }
        assert!(decode_value("[".repeat(5000).as_bytes()).is_err());
    }

    #[test]
    fn every_character_has_its_shortest_escape() {
        let all: String = (0u8..=0x7f)
            .map(char::from)
            .chain("é汉😀".chars())
            .collect();
        let ours = encode_value(&Value::String(all.clone())).expect("encodes");
        // serde_json writes the same escapes (RFC 8785 §3.2.2.2), by code of its own.
        assert_eq!(ours, serde_json::to_vec(&all).expect("encodes"));
    }

    #[test]
    fn keys_sort_by_utf16_code_units() {
        let value: Value = serde_json::from_str("{\"\u{1f600}\":1,\"\u{e000}\":2}").expect("json");
        assert_eq!(
            encode_value(&value).expect("encodes"),
            "{\"\u{1f600}\":1,\"\u{e000}\":2}".as_bytes()
        );
    }
}
