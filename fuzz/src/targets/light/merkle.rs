//! RFC 6962 proofs against trees that are known: only what stands there is proven.

use crate::input::Input;
use light_client::{Hash, leaf_hash, root_of_hashes, verify_consistency, verify_inclusion};

fn leaves(size: u8) -> Vec<Hash> {
    (0..size).map(|leaf| leaf_hash(&[leaf])).collect()
}

const INCLUSION: u8 = 0;
const CONSISTENCY: u8 = 1;

/// The audit path of RFC 6962 §2.1.1.
fn path(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut below, sibling) = if index < left.len() {
        (path(left, index), right)
    } else {
        (path(right, index - left.len()), left)
    };
    below.push(root_of_hashes(sibling.to_vec()));
    below
}

/// The consistency proof of RFC 6962 §2.1.2.
fn growth(leaves: &[Hash], old: usize, whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole {
            Vec::new()
        } else {
            vec![root_of_hashes(leaves.to_vec())]
        };
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut below, sibling) = if old <= left.len() {
        (growth(left, old, whole), right)
    } else {
        (growth(right, old - left.len(), false), left)
    };
    below.push(root_of_hashes(sibling.to_vec()));
    below
}

pub fn seeds() -> Vec<Vec<u8>> {
    let inclusion = [(1, 0), (2, 1), (7, 3), (8, 5), (13, 12), (64, 31)].map(|(size, index)| {
        let path = path(&leaves(size), usize::from(index)).concat();
        [
            &[INCLUSION, size, index, 0, 0, 0, 0, 0, 0, 0, index, 0],
            path.as_slice(),
        ]
        .concat()
    });
    let consistency = [(1, 2), (3, 7), (4, 8), (6, 8), (5, 13), (33, 64)].map(|(old, size)| {
        let leaves = leaves(size);
        let before = root_of_hashes(leaves[..usize::from(old)].to_vec());
        let path = growth(&leaves, usize::from(old), true).concat();
        [&[CONSISTENCY, size, old], &before[..], path.as_slice()].concat()
    });
    inclusion.into_iter().chain(consistency).collect()
}

/// Kind, size, what is claimed, the path.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let (kind, size, claim) = (input.byte(), input.byte() % 80, input.byte());
    let leaves = leaves(size);
    let root = root_of_hashes(leaves.clone());
    if kind % 2 == INCLUSION {
        let index = input.long();
        let total = u64::from(size).wrapping_add(u64::from(input.byte()) << 56);
        let path: Vec<Hash> = input.0.as_chunks().0.to_vec();
        let claimed = leaf_hash(&[claim]);
        let true_there =
            usize::try_from(index).is_ok_and(|index| leaves.get(index) == Some(&claimed));
        let proven = verify_inclusion(&claimed, index, total, &path, &root).is_ok();
        assert!(
            !proven || total != u64::from(size) || true_there,
            "a leaf is proven where it is not"
        );
        // Sizes and positions of any magnitude must do no more than fail.
        let _ = verify_inclusion(&claimed, index, input.long(), &path, &root);
    } else {
        let old = claim % 80;
        let old_root = input.take(32).try_into().unwrap_or([0; 32]);
        let path: Vec<Hash> = input.0.as_chunks().0.to_vec();
        let proven = verify_consistency(old.into(), size.into(), &path, &old_root, &root).is_ok();
        let truth = root_of_hashes(leaves.into_iter().take(usize::from(old)).collect());
        assert!(!proven || old_root == truth, "another beginning is proven");
        let _ = verify_consistency(input.long(), u64::MAX, &path, &old_root, &root);
    }
}
