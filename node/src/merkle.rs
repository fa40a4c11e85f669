//! RFC 6962 Merkle trees over a list that is in memory, as CometBFT hashes headers, validators, commits, transactions and results.
//! The trees of records' logs, which are not in memory, are in [`crate::store`].

use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// `H(0x00 ‖ leaf)` (RFC 6962 §2.1).
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(leaf);
    hasher.finalize().into()
}

/// `H(0x01 ‖ left ‖ right)`.
pub fn inner_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left);
    hasher.update(right);
    hasher.finalize().into()
}

/// Root of the empty tree: `H("")`.
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// Largest power of two below `n`, for `n` ≥ 2.
pub fn split_point(n: u64) -> u64 {
    1 << (u64::BITS - 1 - (n - 1).leading_zeros())
}

/// Root over leaves given as bytes.
pub fn root<T: AsRef<[u8]>>(leaves: &[T]) -> Hash {
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf.as_ref())).collect();
    root_of_hashes(&hashes)
}

fn root_of_hashes(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split_point(leaves.len() as u64) as usize);
            inner_hash(&root_of_hashes(left), &root_of_hashes(right))
        }
    }
}

/// Audit path of leaf `index`, from the leaf up: CometBFT's "aunts".
pub fn audit_path<T: AsRef<[u8]>>(leaves: &[T], index: usize) -> Vec<Hash> {
    let hashes: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf.as_ref())).collect();
    let mut path = Vec::new();
    collect_path(&hashes, index, &mut path);
    path
}

fn collect_path(leaves: &[Hash], index: usize, path: &mut Vec<Hash>) {
    if leaves.len() < 2 {
        return;
    }
    let split = split_point(leaves.len() as u64) as usize;
    let (left, right) = leaves.split_at(split);
    if index < split {
        collect_path(left, index, path);
        path.push(root_of_hashes(right));
    } else {
        collect_path(right, index - split, path);
        path.push(root_of_hashes(left));
    }
}
