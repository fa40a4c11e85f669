//! The Merkle tree of RFC 6962: roots, inclusion and consistency proofs.
//!
//! Leaf hash = SHA-256(0x00 ‖ leaf), inner hash = SHA-256(0x01 ‖ left ‖ right); the empty tree's root is SHA-256 of nothing.
//! CometBFT hashes headers, validator sets, transactions and results this way; the record logs use the same tree.

use alloc::vec::Vec;

use sha2::{Digest, Sha256};
use thiserror::Error;

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Why a Merkle proof does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MerkleError {
    /// The leaf's position is outside of the tree.
    #[error("leaf {index} is not in a tree of {size}")]
    IndexOutOfRange {
        /// Position of the leaf, from 0.
        index: u64,
        /// Number of leaves in the tree.
        size: u64,
    },
    /// The older tree is larger than the newer one.
    #[error("a tree of {old} leaves cannot have grown into one of {new}")]
    Shrunk {
        /// Leaves in the older tree.
        old: u64,
        /// Leaves in the newer tree.
        new: u64,
    },
    /// Every tree begins with the empty one; a proof of it would prove nothing.
    #[error("every tree begins with the empty one")]
    NothingToProve,
    /// A tree of this size needs another number of hashes.
    #[error("the proof has {got} hashes, which is not what the tree's size asks for")]
    WrongLength {
        /// Hashes in the proof.
        got: usize,
    },
    /// The leaf is not the one that the proof speaks of.
    #[error("the proof is for another leaf")]
    WrongLeaf,
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    WrongRoot,
}

/// SHA-256 over the concatenation of the parts.
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// Hash of a leaf, RFC 6962 §2.1.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    sha256(&[&[0], leaf])
}

/// Hash of an inner node, RFC 6962 §2.1.
pub fn inner_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// Root of the tree over these leaves.
pub fn root<L: AsRef<[u8]>>(leaves: &[L]) -> Hash {
    root_of_hashes(leaves.iter().map(|leaf| leaf_hash(leaf.as_ref())).collect())
}

/// Root of the tree whose leaf hashes are these.
///
/// Level by level, an odd node moving up unchanged: the same tree as splitting at the largest power of two below n.
pub fn root_of_hashes(mut level: Vec<Hash>) -> Hash {
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => inner_hash(left, right),
                odd => odd.first().copied().unwrap_or_default(),
            })
            .collect();
    }
    level.first().copied().unwrap_or_else(|| sha256(&[]))
}

/// Checks that `leaf` (its hash) stands at `index` in the tree of `size` leaves with this root (RFC 9162 §2.1.3.2).
///
/// # Errors
/// `IndexOutOfRange`, `WrongLength` or `WrongRoot`: nothing is proven then, least of all that the leaf is not in the tree.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), MerkleError> {
    if index >= size {
        return Err(MerkleError::IndexOutOfRange { index, size });
    }
    let wrong_length = MerkleError::WrongLength { got: path.len() };
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            hash = inner_hash(sibling, &hash);
            // A node without a right sibling moves up until it is one.
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = inner_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(wrong_length);
    }
    if hash == *root {
        Ok(())
    } else {
        Err(MerkleError::WrongRoot)
    }
}

/// Checks that the tree of `new` leaves begins with the tree of `old` leaves (RFC 9162 §2.1.4.2).
///
/// # Errors
/// `Shrunk`, `NothingToProve`, `WrongLength` or `WrongRoot`: nothing is proven then.
pub fn verify_consistency(
    old: u64,
    new: u64,
    path: &[Hash],
    old_root: &Hash,
    new_root: &Hash,
) -> Result<(), MerkleError> {
    if old > new {
        return Err(MerkleError::Shrunk { old, new });
    }
    let wrong_length = MerkleError::WrongLength { got: path.len() };
    if old == 0 {
        return Err(MerkleError::NothingToProve);
    }
    if old == new {
        return match (path.is_empty(), old_root == new_root) {
            (false, _) => Err(wrong_length),
            (true, false) => Err(MerkleError::WrongRoot),
            (true, true) => Ok(()),
        };
    }
    // An old tree that is a full subtree of the new one is itself the first hash of the path.
    let (first, path) = match (old.is_power_of_two(), path.split_first()) {
        (true, _) => (old_root, path),
        (false, Some((first, rest))) => (first, rest),
        (false, None) => return Err(wrong_length),
    };
    let skip = (old - 1).trailing_ones();
    let mut node = (old - 1).checked_shr(skip).unwrap_or(0);
    let mut last = (new - 1).checked_shr(skip).unwrap_or(0);
    let (mut from_old, mut from_new) = (*first, *first);
    for sibling in path {
        if last == 0 {
            return Err(wrong_length);
        }
        if node & 1 == 1 || node == last {
            from_old = inner_hash(sibling, &from_old);
            from_new = inner_hash(sibling, &from_new);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            from_new = inner_hash(&from_new, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    if last != 0 {
        return Err(wrong_length);
    }
    if from_old == *old_root && from_new == *new_root {
        Ok(())
    } else {
        Err(MerkleError::WrongRoot)
    }
}

/// An inclusion proof as CometBFT writes it (`crypto/merkle.Proof`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    /// Number of leaves in the tree.
    pub total: u64,
    /// Position of the leaf, from 0.
    pub index: u64,
    /// Hash of the leaf.
    pub leaf_hash: Hash,
    /// Siblings from the leaf up to the root.
    pub aunts: Vec<Hash>,
}

impl InclusionProof {
    /// Checks that `leaf` (its bytes) is in the tree with this root, at the proof's position.
    ///
    /// # Errors
    /// As [`verify_inclusion`]; `WrongLeaf` where the proof is of another leaf.
    pub fn verify(&self, leaf: &[u8], root: &Hash) -> Result<(), MerkleError> {
        if self.leaf_hash != leaf_hash(leaf) {
            return Err(MerkleError::WrongLeaf);
        }
        verify_inclusion(&self.leaf_hash, self.index, self.total, &self.aunts, root)
    }
}
