//! What a snapshot consists of.

use crate::merkle::{Hash, sha256};

/// The one format so far, see docs/node.md.
pub const FORMAT: u32 = 1;
/// Longest chunk, bytes; CometBFT carries 16 MB at most.
pub const MAX_CHUNK: usize = 4 * 1024 * 1024;
/// Most chunks: CometBFT's own bound, 400 GB.
pub const MAX_CHUNKS: usize = 100_000;

/// A snapshot's height and the hashes of its chunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Height of the block after which the state was so. It carried events.
    pub height: u64,
    /// SHA-256 of each chunk, in order.
    pub chunks: Vec<Hash>,
}

impl Manifest {
    /// The reverse of [`Manifest::metadata`]; none where there is no chunk, or more than [`MAX_CHUNKS`].
    pub fn read(height: u64, metadata: &[u8]) -> Option<Self> {
        let (chunks, rest) = metadata.as_chunks();
        let fits = rest.is_empty() && (1..=MAX_CHUNKS).contains(&chunks.len());
        fits.then(|| Self {
            height,
            chunks: chunks.to_vec(),
        })
    }

    /// The hashes of the chunks, one after the other.
    pub fn metadata(&self) -> Vec<u8> {
        self.chunks.concat()
    }

    /// By what the snapshot is known: it is the same at every node that took it.
    pub fn hash(&self) -> Hash {
        sha256(&[&self.height.to_be_bytes()[..], &self.metadata()].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_of_any_other_size_is_refused() {
        let manifest = Manifest {
            height: 7,
            chunks: vec![[1; 32], [2; 32]],
        };
        let metadata = manifest.metadata();
        assert_eq!(Manifest::read(7, &metadata), Some(manifest));
        let beyond = vec![0; (MAX_CHUNKS + 1) * 32];
        for wrong in [&[][..], &metadata[1..], &beyond] {
            assert_eq!(Manifest::read(7, wrong), None, "{} bytes", wrong.len());
        }
    }

    #[test]
    fn the_hash_tells_heights_and_chunks_apart() {
        let of = |height, chunk| {
            let chunks = vec![[chunk; 32]];
            Manifest { height, chunks }.hash()
        };
        assert_ne!(of(7, 1), of(8, 1));
        assert_ne!(of(7, 1), of(7, 2));
    }
}
