//! Repeatable randomness: the whole demo follows from one seed, so that two runs make the same bytes.

use rand_core::{TryCryptoRng, TryRng};
use records::hash::sha256;
use std::convert::Infallible;

const SEED: &[u8] = b"lianyan/demo/1";

/// 32 bytes that follow from a name; seeds of all keys in the demo.
pub fn seed(parts: &[&str]) -> [u8; 32] {
    let mut input = vec![SEED, &[0]];
    for part in parts {
        input.extend([part.as_bytes(), &[0]]);
    }
    sha256(&input)
}

/// A stream of bytes: SHA-256 over a seed and a counter.
pub struct Random {
    seed: [u8; 32],
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl Random {
    /// The stream of this name.
    pub fn new(parts: &[&str]) -> Self {
        Self {
            seed: seed(parts),
            counter: 0,
            block: [0; 32],
            used: 32,
        }
    }

    fn fill(&mut self, out: &mut [u8]) {
        for byte in out {
            if self.used == self.block.len() {
                self.block = sha256(&[&self.seed, &self.counter.to_be_bytes()]);
                (self.counter, self.used) = (self.counter + 1, 0);
            }
            *byte = self.block[self.used];
            self.used += 1;
        }
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut out = [0; N];
        self.fill(&mut out);
        out
    }

    /// A number below `n`. The bias of the remainder does not matter to made-up data.
    pub fn below(&mut self, n: u64) -> u64 {
        u64::from_be_bytes(self.bytes()) % n
    }

    /// An index below `n`.
    pub fn index(&mut self, n: usize) -> usize {
        self.below(n as u64) as usize
    }

    /// A number from `low` up to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1) as u64) as i64
    }

    /// Whether one of a hundred equal chances below `percent` came.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    /// One of these.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.index(from.len())]
    }

    /// Puts a list into a random order.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.index(last + 1));
        }
    }

    /// Decimal digits.
    pub fn digits(&mut self, count: usize) -> String {
        (0..count)
            .map(|_| char::from(b'0' + self.below(10) as u8))
            .collect()
    }

    /// An id of 16 random bytes in hex, as documents, grants and reads have.
    pub fn id(&mut self) -> String {
        hex::encode(self.bytes::<16>())
    }
}

impl TryRng for Random {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_be_bytes(self.bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_be_bytes(self.bytes()))
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        self.fill(out);
        Ok(())
    }
}

/// Sealing asks for a generator fit for cryptography; here what is sealed is made up and must be repeatable.
impl TryCryptoRng for Random {}
