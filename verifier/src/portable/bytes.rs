//! The few shapes of which a proof file is made: numbers, byte strings and hashes, each within its limit.

use alloc::vec::Vec;
use light_client::Hash;

/// The bytes do not have this shape, or pass a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Torn;

/// Writes.
#[derive(Default)]
pub struct Out(pub Vec<u8>);

impl Out {
    /// A base-128 varint.
    pub fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push((number & 0x7f) as u8 | 0x80);
            number >>= 7;
        }
        self.0.push((number & 0x7f) as u8);
    }

    /// How many follow.
    pub fn count(&mut self, count: usize) {
        self.number(u64::try_from(count).unwrap_or(u64::MAX));
    }

    /// A byte string behind its length.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.count(bytes.len());
        self.0.extend_from_slice(bytes);
    }

    /// Hashes behind their number.
    pub fn hashes(&mut self, hashes: &[Hash]) {
        self.count(hashes.len());
        self.0.extend_from_slice(hashes.as_flattened());
    }
}

/// Reads what is left.
pub struct In<'a>(pub &'a [u8]);

impl<'a> In<'a> {
    pub fn number(&mut self) -> Result<u64, Torn> {
        let mut number = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(Torn)
    }

    pub fn byte(&mut self) -> Result<u8, Torn> {
        let (byte, rest) = self.0.split_first().ok_or(Torn)?;
        self.0 = rest;
        Ok(*byte)
    }

    /// A number of at most `most`.
    pub fn count(&mut self, most: usize) -> Result<usize, Torn> {
        let count = usize::try_from(self.number()?).map_err(|_| Torn)?;
        if count > most { Err(Torn) } else { Ok(count) }
    }

    pub fn bytes(&mut self, most: usize) -> Result<&'a [u8], Torn> {
        let length = self.count(most)?;
        let (bytes, rest) = self.0.split_at_checked(length).ok_or(Torn)?;
        self.0 = rest;
        Ok(bytes)
    }

    pub fn text(&mut self, most: usize) -> Result<&'a str, Torn> {
        core::str::from_utf8(self.bytes(most)?).map_err(|_| Torn)
    }

    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Torn> {
        let (array, rest) = self.0.split_first_chunk().ok_or(Torn)?;
        self.0 = rest;
        Ok(*array)
    }

    /// As many as their number says, at most `most`. Room is made as they come: a number alone takes none.
    pub fn list<T>(
        &mut self,
        most: usize,
        mut one: impl FnMut(&mut Self) -> Result<T, Torn>,
    ) -> Result<Vec<T>, Torn> {
        let count = self.count(most)?;
        let mut list = Vec::new();
        for _ in 0..count {
            list.push(one(self)?);
        }
        Ok(list)
    }

    pub fn hashes(&mut self, most: usize) -> Result<Vec<Hash>, Torn> {
        self.list(most, Self::array)
    }
}
