//! From values to bytes.

use super::{Error, MAX_DEPTH, MAX_INTEGER, Map, Value, must_escape, short_escape};

/// Appends the encoding of a value that stands so deep.
pub(super) fn write(value: &Value, depth: usize, out: &mut Vec<u8>) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(Error::TooDeep);
    }
    match value {
        Value::String(text) => write_string(text, out),
        Value::Integer(number) => {
            if number.unsigned_abs() > MAX_INTEGER.unsigned_abs() {
                return Err(Error::Forbidden);
            }
            out.extend_from_slice(number.to_string().as_bytes());
        }
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
    }
    Ok(())
}

fn write_object(map: &Map, depth: usize, out: &mut Vec<u8>) -> Result<(), Error> {
    out.push(b'{');
    for (i, (name, value)) in map.iter().enumerate() {
        if i > 0 {
            out.push(b',');
        }
        write_string(name, out);
        out.push(b':');
        write(value, depth + 1, out)?;
    }
    out.push(b'}');
    Ok(())
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

fn write_escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match short_escape(byte) {
        Some(short) => out.extend_from_slice(&[b'\\', short]),
        None => {
            out.extend_from_slice(b"\\u00");
            out.extend(HEX.get(usize::from(byte >> 4)));
            out.extend(HEX.get(usize::from(byte & 15)));
        }
    }
}
