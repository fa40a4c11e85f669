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
