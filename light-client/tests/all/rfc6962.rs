//! Inclusion and consistency cases of transparency-dev/merkle, and CometBFT's form of the proof.

use std::path::{Path, PathBuf};

use crate::common::{public_vectors, read};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use light_client::json::Value;
use light_client::{
    Hash, InclusionProof, MerkleError, inner_hash, leaf_hash, root, root_of_hashes, sha256,
    verify_consistency, verify_inclusion,
};

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            if path.is_dir() {
                all_files(&path)
            } else {
                vec![path]
            }
        })
        .collect()
}

/// Nothing is no hash. Where a case does not care for a root it has text in its place; a hash of the text stands in for it.
fn hash(value: &Value) -> Option<Hash> {
    let bytes = STANDARD.decode(value.as_str().unwrap_or_default()).unwrap();
    let stand_in = (!bytes.is_empty()).then(|| sha256(&[b"stand-in", &bytes]));
    Hash::try_from(bytes).ok().or(stand_in)
}

fn path_of(case: &Value) -> Option<Vec<Hash>> {
    case["proof"]
        .as_array()
        .map_or(Some(Vec::new()), |proof| proof.iter().map(hash).collect())
}

fn run(folder: &str, count: usize, verify: impl Fn(&Value) -> Option<()>) {
    let Some(folder) = public_vectors("rfc6962").map(|path| path.join(folder)) else {
        return;
    };
    let files = all_files(&folder);
    for path in &files {
        let case = read(path);
        let refused = verify(&case).is_none();
        assert_eq!(
            refused,
            case["wantErr"].as_bool().unwrap(),
            "{}",
            path.display()
        );
    }
    assert_eq!(files.len(), count);
}

#[test]
fn inclusion_cases_are_judged_as_published() {
    run("inclusion", 98, |case| {
        let (index, size) = (case["leafIdx"].as_u64()?, case["treeSize"].as_u64()?);
        let path = path_of(case)?;
        verify_inclusion(
            &hash(&case["leafHash"])?,
            index,
            size,
            &path,
            &hash(&case["root"])?,
        )
        .ok()
    });
}

#[test]
fn consistency_cases_are_judged_as_published() {
    run("consistency", 98, |case| {
        let (old, new) = (case["size1"].as_u64()?, case["size2"].as_u64()?);
        let path = path_of(case)?;
        verify_consistency(
            old,
            new,
            &path,
            &hash(&case["root1"])?,
            &hash(&case["root2"])?,
        )
        .ok()
    });
}

/// RFC 6962 §2.1, word by word.
fn tree(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => sha256(&[]),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            inner_hash(&tree(left), &tree(right))
        }
    }
}

fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// RFC 6962 §2.1.1.
fn audit_path(leaves: &[Hash], index: usize) -> Vec<Hash> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) = match index.checked_sub(left.len()) {
        None => (audit_path(left, index), tree(right)),
        Some(index) => (audit_path(right, index), tree(left)),
    };
    path.push(sibling);
    path
}

/// RFC 6962 §2.1.2.
fn consistency_path(leaves: &[Hash], old: usize, whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole {
            Vec::new()
        } else {
            vec![tree(leaves)]
        };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let (mut path, sibling) = match old.checked_sub(left.len()) {
        None | Some(0) => (consistency_path(left, old, whole), tree(right)),
        Some(old) => (consistency_path(right, old, false), tree(left)),
    };
    path.push(sibling);
    path
}

fn leaves(count: usize) -> Vec<Hash> {
    (0..count)
        .map(|index| leaf_hash(&index.to_be_bytes()))
        .collect()
}

/// The path with each byte of each hash changed in turn.
fn bent(path: &[Hash]) -> impl Iterator<Item = Vec<Hash>> + '_ {
    (0..path.len() * 32).map(|byte| {
        let mut bent = path.to_vec();
        bent[byte / 32][byte % 32] ^= 1 << (byte % 8);
        bent
    })
}

/// Were a path not held to the length that index and size give it, an entry could be passed off as one of a smaller log.
#[test]
fn a_path_of_a_larger_tree_proves_nothing_of_a_smaller_one() {
    let large = leaves(4);
    let path = audit_path(&large, 3);
    let verdict = verify_inclusion(&large[3], 0, 1, &path, &tree(&large));
    assert_eq!(verdict, Err(MerkleError::WrongLength { got: 2 }));

    let large = leaves(8);
    let path = consistency_path(&large, 7, true);
    let (old, new) = (tree(&large[..7]), tree(&large));
    assert_eq!(verify_consistency(7, 8, &path, &old, &new), Ok(()));
    let verdict = verify_consistency(3, 4, &path, &old, &new);
    assert_eq!(verdict, Err(MerkleError::WrongLength { got: 4 }));
}

#[test]
fn every_leaf_of_small_trees_is_proven_at_its_place_and_nowhere_else() {
    for size in 0..40 {
        let leaves = leaves(size);
        let root = tree(&leaves);
        assert_eq!(root_of_hashes(leaves.clone()), root, "size {size}");
        for index in 0..size {
            let path = audit_path(&leaves, index);
            for place in 0..size as u64 + 2 {
                let held =
                    verify_inclusion(&leaves[index], place, size as u64, &path, &root).is_ok();
                assert_eq!(
                    held,
                    place == index as u64,
                    "size {size}, leaf {index} at {place}"
                );
            }
            for bent in bent(&path) {
                assert!(
                    verify_inclusion(&leaves[index], index as u64, size as u64, &bent, &root)
                        .is_err()
                );
            }
            let longer = [&path[..], &[root]].concat();
            assert!(
                verify_inclusion(&leaves[index], index as u64, size as u64, &longer, &root)
                    .is_err()
            );
        }
    }
}

#[test]
fn every_small_tree_is_proven_to_begin_with_every_smaller_one() {
    for new in 1..40 {
        let leaves = leaves(new);
        for old in 1..=new {
            let path = consistency_path(&leaves, old, true);
            let (old_root, new_root) = (tree(&leaves[..old]), tree(&leaves));
            let (old, new) = (old as u64, new as u64);
            assert_eq!(
                verify_consistency(old, new, &path, &old_root, &new_root),
                Ok(()),
                "{old} to {new}"
            );
            for bent in bent(&path) {
                assert!(
                    verify_consistency(old, new, &bent, &old_root, &new_root).is_err(),
                    "{old} to {new}"
                );
            }
            let other = leaf_hash(b"other");
            assert!(
                verify_consistency(old, new, &path, &other, &new_root).is_err(),
                "{old} to {new}"
            );
            assert!(
                verify_consistency(old, new, &path, &old_root, &other).is_err(),
                "{old} to {new}"
            );
            assert!(
                verify_consistency(
                    old,
                    new,
                    &[&path[..], &[other]].concat(),
                    &old_root,
                    &new_root
                )
                .is_err()
            );
        }
    }
}

#[test]
fn nothing_is_proven_of_the_empty_tree() {
    let grown = tree(&leaves(3));
    for (new, root) in [(0, sha256(&[])), (3, grown)] {
        assert_eq!(
            verify_consistency(0, new, &[], &sha256(&[]), &root),
            Err(MerkleError::NothingToProve)
        );
    }
    assert_eq!(root_of_hashes(Vec::new()), sha256(&[]));
}

#[test]
fn a_cometbft_proof_is_bound_to_its_leaf() {
    let items = [b"a", b"b", b"c"];
    let hashes: Vec<Hash> = items.iter().map(|item| leaf_hash(*item)).collect();
    let proof = InclusionProof {
        total: 3,
        index: 1,
        leaf_hash: hashes[1],
        aunts: audit_path(&hashes, 1),
    };
    assert_eq!(proof.verify(b"b", &root(&items)), Ok(()));
    assert!(proof.verify(b"a", &root(&items)).is_err());
    let relabelled = InclusionProof {
        leaf_hash: hashes[0],
        ..proof.clone()
    };
    assert!(relabelled.verify(b"a", &root(&items)).is_err());
    assert!(
        InclusionProof {
            index: 3,
            ..proof.clone()
        }
        .verify(b"b", &root(&items))
        .is_err()
    );
    assert!(
        InclusionProof {
            total: 0,
            index: 0,
            ..proof
        }
        .verify(b"b", &root(&items))
        .is_err()
    );
}

#[test]
fn extreme_sizes_end_quickly_and_quietly() {
    let hash = leaf_hash(b"x");
    let extremes = [
        0,
        1,
        2,
        3,
        u64::MAX / 2,
        u64::MAX / 2 + 1,
        u64::MAX - 1,
        u64::MAX,
    ];
    for length in [0, 1, 63, 64, 65, 1_000] {
        let path = vec![hash; length];
        for one in extremes {
            for other in extremes {
                assert!(
                    one == 0 && other == 1 && length == 0
                        || verify_inclusion(&hash, one, other, &path, &hash).is_err()
                );
                let same_tree = one == other && one > 0 && length == 0;
                assert_eq!(
                    verify_consistency(one, other, &path, &hash, &hash).is_ok(),
                    same_tree
                );
            }
        }
    }
}
