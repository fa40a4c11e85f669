//! A roster as it is published: blobs of leaves, and one blob that lists their hashes.

use super::{Error, Leaf, Roster};
use crate::{
    canonical,
    digest::Digest,
    hash::{Hash, sha256},
};

/// Longest blob that a node keeps, bytes.
pub const MAX_BLOB: usize = 256 * 1024;

/// A roster cut into blobs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Canonical JSON array of the chunks' hashes, hex; its hash stands in the vote.
    pub list: Vec<u8>,
    /// Canonical JSON arrays of leaves, in order.
    pub chunks: Vec<Vec<u8>>,
}

impl Published {
    /// Hash of the list: what the vote states.
    pub fn digest(&self) -> Digest {
        Digest(sha256(&[&self.list]))
    }
}

impl Roster {
    /// Cuts the roster into blobs of at most 256 KiB.
    pub fn publish(&self) -> Result<Published, canonical::Error> {
        let mut chunks = Vec::new();
        let mut chunk = Vec::new();
        for leaf in self.leaves() {
            let leaf = canonical::encode(leaf)?;
            if chunk.len() + leaf.len() + 2 > MAX_BLOB {
                chunk.push(b']');
                chunks.push(core::mem::take(&mut chunk));
            }
            chunk.push(if chunk.is_empty() { b'[' } else { b',' });
            chunk.extend_from_slice(&leaf);
        }
        chunk.push(b']');
        chunks.push(chunk);
        let hashes: Vec<Digest> = chunks
            .iter()
            .map(|chunk| Digest(sha256(&[chunk])))
            .collect();
        Ok(Published {
            list: canonical::encode(&hashes)?,
            chunks,
        })
    }
}

/// The roster from its published blobs; `blob` gives the blob of a hash. Every blob is checked against its hash.
pub fn from_blobs(
    list: &Digest,
    mut blob: impl FnMut(&Hash) -> Option<Vec<u8>>,
) -> Result<Roster, Error> {
    let mut checked = |hash: &Hash| {
        blob(hash)
            .filter(|bytes| sha256(&[bytes]) == *hash)
            .ok_or(Error::Published)
    };
    let hashes: Vec<Digest> = decode(&checked(&list.0)?)?;
    let mut leaves: Vec<Leaf> = Vec::new();
    for hash in hashes {
        leaves.extend(decode::<Vec<Leaf>>(&checked(&hash.0)?)?);
    }
    Roster::new(leaves)
}

fn decode<T: crate::shape::Shape>(bytes: &[u8]) -> Result<T, Error> {
    canonical::decode(bytes).map_err(|_| Error::Published)
}
