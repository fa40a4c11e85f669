//! As many random bytes as an act needs, from 32 unpredictable ones: SHA-256 in counter mode.

use core::convert::Infallible;
use rand_core::{TryCryptoRng, TryRng};
use records::{Hash, hash::sha256};

/// The stream.
pub struct Stream {
    seed: [u8; 32],
    counter: u64,
}

impl Stream {
    /// Begins from 32 unpredictable bytes.
    pub fn new(seed: [u8; 32]) -> Self {
        Self { seed, counter: 0 }
    }

    /// The next 32 bytes.
    pub fn block(&mut self) -> Hash {
        self.counter = self.counter.wrapping_add(1);
        sha256(&[b"lianyan/random/1", &self.seed, &self.counter.to_be_bytes()])
    }
}

impl TryRng for Stream {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let [a, b, c, d, ..] = self.block();
        Ok(u32::from_be_bytes([a, b, c, d]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let [a, b, c, d, e, f, g, h, ..] = self.block();
        Ok(u64::from_be_bytes([a, b, c, d, e, f, g, h]))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(32) {
            let block = self.block();
            for (byte, random) in chunk.iter_mut().zip(block) {
                *byte = random;
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for Stream {}
