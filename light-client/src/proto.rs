//! The few protobuf encodings that hashes, votes and proofs need.

use alloc::vec::Vec;

const VARINT: u64 = 0;
const FIXED64: u64 = 1;
const LENGTH_DELIMITED: u64 = 2;

/// Writes the fields of a message in the order of its calls.
#[derive(Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn finish(self) -> Vec<u8> {
        self.0
    }

    fn tag(&mut self, field: u32, wire_type: u64) {
        push_varint(&mut self.0, (u64::from(field) << 3) | wire_type);
    }

    /// A varint field; zero is left out.
    pub(crate) fn uint(mut self, field: u32, value: u64) -> Writer {
        if value != 0 {
            self.tag(field, VARINT);
            push_varint(&mut self.0, value);
        }
        self
    }

    /// An int64 varint field (two's complement, so ten bytes when negative); zero is left out.
    pub(crate) fn int(self, field: u32, value: i64) -> Writer {
        self.uint(field, value.cast_unsigned())
    }

    /// A little-endian fixed-size field; zero is left out.
    pub(crate) fn fixed64(mut self, field: u32, value: u64) -> Writer {
        if value != 0 {
            self.tag(field, FIXED64);
            self.0.extend_from_slice(&value.to_le_bytes());
        }
        self
    }

    /// A bytes or string field; empty is left out.
    pub(crate) fn bytes(self, field: u32, value: &[u8]) -> Writer {
        if value.is_empty() {
            self
        } else {
            self.message(field, value)
        }
    }

    /// An embedded message that is there even when empty.
    pub(crate) fn message(mut self, field: u32, value: &[u8]) -> Writer {
        self.tag(field, LENGTH_DELIMITED);
        push_delimited(&mut self.0, value);
        self
    }
}

/// Appends a base-128 varint.
pub(crate) fn push_varint(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// Appends the length as a varint, then the bytes.
pub(crate) fn push_delimited(out: &mut Vec<u8>, value: &[u8]) {
    push_varint(out, value.len() as u64);
    out.extend_from_slice(value);
}
/// Splits a varint off the front; refuses more than ten bytes, overflow, and needless trailing zero groups.
pub(crate) fn take_varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0u64;
    for (position, &byte) in bytes.iter().enumerate().take(10) {
        let group = u64::from(byte & 0x7f);
        if position == 9 && group > 1 {
            return None;
        }
        value |= group << (7 * position);
        if byte & 0x80 == 0 {
            let minimal = byte != 0 || position == 0;
            return minimal.then_some((value, bytes.get(position + 1..)?));
        }
    }
    None
}

/// What a field holds, as far as ICS-23 proofs use it.
pub(crate) enum Field<'a> {
    Varint(u64),
    Bytes(&'a [u8]),
}

/// Reads a message field by field. Stricter than protobuf asks for: no other wire types, no group, no padding in varints.
pub(crate) struct Reader<'a>(pub(crate) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next field's number and content; `Ok(None)` at the end.
    pub(crate) fn next(&mut self) -> Result<Option<(u64, Field<'a>)>, Malformed> {
        if self.0.is_empty() {
            return Ok(None);
        }
        let (tag, rest) = take_varint(self.0).ok_or(Malformed)?;
        let (value, rest) = take_varint(rest).ok_or(Malformed)?;
        let (field, rest) = match tag & 7 {
            VARINT => (Field::Varint(value), rest),
            LENGTH_DELIMITED => {
                let length = usize::try_from(value).map_err(|_| Malformed)?;
                let (content, rest) = rest.split_at_checked(length).ok_or(Malformed)?;
                (Field::Bytes(content), rest)
            }
            _ => return Err(Malformed),
        };
        self.0 = rest;
        Ok(Some((tag >> 3, field)))
    }
}

/// The bytes are not the message they should be.
#[derive(Debug)]
pub(crate) struct Malformed;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varints_survive_the_round_trip() {
        for value in [
            0,
            1,
            127,
            128,
            300,
            u64::from(u32::MAX),
            u64::MAX - 1,
            u64::MAX,
        ] {
            let mut bytes = Vec::new();
            push_varint(&mut bytes, value);
            bytes.push(7);
            assert_eq!(take_varint(&bytes), Some((value, &[7u8][..])));
        }
    }

    #[test]
    fn overlong_padded_and_cut_varints_are_refused() {
        for bytes in [
            &[][..],
            &[0x80],
            &[0x80, 0],
            &[0xff; 11],
            &[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 2],
        ] {
            assert_eq!(take_varint(bytes), None, "{bytes:?}");
        }
    }
}
