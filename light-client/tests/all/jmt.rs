//! The Jellyfish Merkle tree: proofs made by the crate `jmt`, which the node's state lives in.

use crate::common::{public_vectors, read};
use ics23::commitment_proof::Proof;
use ics23::{CommitmentProof, ExistenceProof, InnerOp, LeafOp};
use jmt::mock::MockTreeStore;
use jmt::{JellyfishMerkleTree, KeyHash, Sha256Jmt};
use light_client::{
    Ics23Error, JMT_SPEC, pack_jmt, sha256, unpack_jmt, verify_membership, verify_non_membership,
};
use prost::Message;
use sha2_0_10::Sha256;

struct Tree {
    store: MockTreeStore,
    root: [u8; 32],
}

impl Tree {
    fn new(entries: &[(Vec<u8>, Vec<u8>)]) -> Tree {
        let store = MockTreeStore::default();
        let writes: Vec<_> = entries
            .iter()
            .map(|(key, value)| {
                let hash = KeyHash::with::<Sha256>(key);
                store.put_key_preimage(hash, key);
                (hash, Some(value.clone()))
            })
            .collect();
        let (root, batch) = Sha256Jmt::new(&store).put_value_set(writes, 0).unwrap();
        store.write_tree_update_batch(batch).unwrap();
        Tree {
            store,
            root: root.0,
        }
    }

    fn proof(&self, key: &[u8]) -> Vec<u8> {
        let tree: JellyfishMerkleTree<'_, _, Sha256> = JellyfishMerkleTree::new(&self.store);
        tree.get_with_ics23_proof(key.to_vec(), 0)
            .unwrap()
            .1
            .encode_to_vec()
    }
}

fn entry(index: u32) -> (Vec<u8>, Vec<u8>) {
    (
        format!("invoice-{index}").into_bytes(),
        format!("head of {index}").into_bytes(),
    )
}

#[test]
fn published_roots_prove_their_entries() {
    let Some(folder) = public_vectors("jmt") else {
        return;
    };
    let file = read(&folder.join("sha2_256_vectors.json"));
    let vectors = file["vectors"].as_array().unwrap();
    for vector in vectors {
        let data = vector["data"].as_array().unwrap();
        let bytes = |entry: &light_client::json::Value, name: &str| {
            hex::decode(entry[name].as_str().unwrap()).unwrap()
        };
        let entries: Vec<_> = data
            .iter()
            .map(|entry| (bytes(entry, "key"), bytes(entry, "value")))
            .collect();
        let root = hex::decode(vector["expected_root"].as_str().unwrap()).unwrap();
        if entries.is_empty() {
            // The empty tree has no neighbour to show, so nothing is provable under it.
            assert_eq!(root, b"SPARSE_MERKLE_PLACEHOLDER_HASH__");
            continue;
        }
        let tree = Tree::new(&entries);
        for (key, value) in &entries {
            assert_eq!(
                verify_membership(&JMT_SPEC, &tree.proof(key), &root, key, value),
                Ok(())
            );
        }
        assert_eq!(
            verify_non_membership(&JMT_SPEC, &tree.proof(b"absent"), &root, b"absent"),
            Ok(())
        );
    }
    assert_eq!(vectors.len(), 3);
}

#[test]
fn trees_of_every_small_size_prove_what_is_in_them_and_what_is_not() {
    for size in [1, 2, 3, 5, 8, 33, 200] {
        let entries: Vec<_> = (0..size).map(entry).collect();
        let tree = Tree::new(&entries);
        for (key, value) in &entries {
            let proof = tree.proof(key);
            assert_eq!(
                verify_membership(&JMT_SPEC, &proof, &tree.root, key, value),
                Ok(())
            );
            assert!(verify_non_membership(&JMT_SPEC, &proof, &tree.root, key).is_err());
            assert!(
                verify_membership(&JMT_SPEC, &proof, &tree.root, key, b"another head").is_err()
            );
        }
        for index in size..size + 50 {
            let (key, _) = entry(index);
            let proof = tree.proof(&key);
            assert_eq!(
                verify_non_membership(&JMT_SPEC, &proof, &tree.root, &key),
                Ok(()),
                "{index} of {size}"
            );
            assert!(verify_membership(&JMT_SPEC, &proof, &tree.root, &key, b"a head").is_err());
        }
    }
}

#[test]
fn absence_is_not_proven_for_a_key_that_is_there() {
    let entries: Vec<_> = (0..60).map(entry).collect();
    let tree = Tree::new(&entries);
    for absent in 60..120 {
        let proof = tree.proof(&entry(absent).0);
        for (key, _) in &entries {
            // With its own key, and with the present key written over it.
            assert!(verify_non_membership(&JMT_SPEC, &proof, &tree.root, key).is_err());
            let Some(Proof::Nonexist(mut forged)) =
                CommitmentProof::decode(&proof[..]).unwrap().proof
            else {
                panic!()
            };
            forged.key = key.clone();
            let forged = CommitmentProof {
                proof: Some(Proof::Nonexist(forged)),
            }
            .encode_to_vec();
            assert!(verify_non_membership(&JMT_SPEC, &forged, &tree.root, key).is_err());
        }
    }
}

#[test]
fn absence_is_not_proven_by_neighbours_that_are_none() {
    let entries: Vec<_> = (0..60).map(entry).collect();
    let tree = Tree::new(&entries);
    let mut keys: Vec<_> = entries
        .iter()
        .map(|(key, _)| (sha256(&[key]), key.clone()))
        .collect();
    keys.sort();
    let existence = |key: &[u8]| match CommitmentProof::decode(&tree.proof(key)[..]).unwrap().proof
    {
        Some(Proof::Exist(proof)) => proof,
        other => panic!("{other:?}"),
    };
    // Each key is hidden between the ones left and right of it, between its left one and nothing, between nothing and its right one.
    for window in keys.windows(3) {
        let [left, hidden, right] = window else {
            panic!()
        };
        let sides = [
            (Some(existence(&left.1)), Some(existence(&right.1))),
            (Some(existence(&left.1)), None),
            (None, Some(existence(&right.1))),
            (None, None),
        ];
        for (left, right) in sides {
            let forged = ics23::NonExistenceProof {
                key: hidden.1.clone(),
                left,
                right,
            };
            let forged = CommitmentProof {
                proof: Some(Proof::Nonexist(forged)),
            }
            .encode_to_vec();
            assert!(verify_non_membership(&JMT_SPEC, &forged, &tree.root, &hidden.1).is_err());
        }
    }
}

#[test]
fn no_flipped_byte_of_a_jmt_proof_is_accepted() {
    let tree = Tree::new(&(0..40).map(entry).collect::<Vec<_>>());
    let (key, value) = entry(7);
    let (absent, _) = entry(41);
    let (presence, absence) = (tree.proof(&key), tree.proof(&absent));
    for mask in [0x01, 0x10, 0x80, 0xff] {
        for position in 0..presence.len() {
            let mut bent = presence.clone();
            bent[position] ^= mask;
            assert!(
                verify_membership(&JMT_SPEC, &bent, &tree.root, &key, &value).is_err(),
                "{position}"
            );
        }
        for position in 0..absence.len() {
            let mut bent = absence.clone();
            bent[position] ^= mask;
            assert!(
                verify_non_membership(&JMT_SPEC, &bent, &tree.root, &absent).is_err(),
                "{position}"
            );
        }
    }
}

/// A path of this many layers and the root that it leads to.
fn deep(layers: usize) -> (Vec<u8>, [u8; 32]) {
    let sha = ics23::HashOp::Sha256.into();
    let leaf = LeafOp {
        hash: sha,
        prehash_key: sha,
        prehash_value: sha,
        length: ics23::LengthOp::NoPrefix.into(),
        prefix: b"JMT::LeafNode".to_vec(),
    };
    let mut hash = sha256(&[b"JMT::LeafNode", &sha256(&[b"key"]), &sha256(&[b"value"])]);
    let mut path = Vec::new();
    for layer in 0..layers {
        let sibling = sha256(&[&layer.to_be_bytes()]);
        path.push(InnerOp {
            hash: sha,
            prefix: b"JMT::IntrnalNode".to_vec(),
            suffix: sibling.to_vec(),
        });
        hash = sha256(&[b"JMT::IntrnalNode", &hash, &sibling]);
    }
    let proof = ExistenceProof {
        key: b"key".to_vec(),
        value: b"value".to_vec(),
        leaf: Some(leaf),
        path,
    };
    (
        CommitmentProof {
            proof: Some(Proof::Exist(proof)),
        }
        .encode_to_vec(),
        hash,
    )
}

#[test]
fn a_path_may_be_as_deep_as_a_key_has_bits_and_no_deeper() {
    for layers in [64, 65, 255, 256] {
        let (proof, root) = deep(layers);
        assert_eq!(
            verify_membership(&JMT_SPEC, &proof, &root, b"key", b"value"),
            Ok(()),
            "{layers}"
        );
    }
    let (proof, root) = deep(257);
    assert_eq!(
        verify_membership(&JMT_SPEC, &proof, &root, b"key", b"value"),
        Err(Ics23Error::Depth(257))
    );
}

#[test]
fn our_spec_is_the_crates_own_but_for_the_depth() {
    let own = jmt::ics23_spec();
    let (leaf, inner) = (own.leaf_spec.unwrap(), own.inner_spec.unwrap());
    assert_eq!(leaf.prefix, b"JMT::LeafNode");
    assert_eq!(
        (leaf.hash, leaf.prehash_key, leaf.prehash_value, leaf.length),
        (1, 1, 1, 0)
    );
    assert_eq!((inner.min_prefix_length, inner.max_prefix_length), (16, 16));
    assert_eq!(
        (inner.child_size, inner.child_order, inner.hash),
        (32, vec![0, 1], 1)
    );
    assert_eq!(inner.empty_child, b"SPARSE_MERKLE_PLACEHOLDER_HASH__");
    assert!(own.prehash_key_before_comparison);
}

#[test]
fn a_packed_proof_comes_back_byte_for_byte_and_is_much_shorter() {
    for size in [1, 2, 3, 33, 500] {
        let entries: Vec<_> = (0..size).map(entry).collect();
        let tree = Tree::new(&entries);
        for index in 0..size + 40 {
            let (key, value) = entry(index);
            let proof = tree.proof(&key);
            let packed = pack_jmt(&proof, &key).expect("packs");
            let value = if index < size { value } else { Vec::new() };
            assert_eq!(unpack_jmt(&packed, &key), Some((proof.clone(), value)));
            assert!(size < 33 || packed.len() * 5 < proof.len() * 3);
        }
    }
}

#[test]
fn what_is_no_packed_proof_unpacks_to_nothing_or_to_what_proves_nothing() {
    let entries: Vec<_> = (0..50).map(entry).collect();
    let tree = Tree::new(&entries);
    for key in [&entries[7].0, &b"absent".to_vec()] {
        let proof = tree.proof(key);
        let packed = pack_jmt(&proof, key).expect("packs");
        for cut in 0..packed.len() {
            assert_eq!(unpack_jmt(&packed[..cut], key), None);
        }
        for at in 0..packed.len() {
            let mut bent = packed.clone();
            bent[at] ^= 1;
            let Some((proof, value)) = unpack_jmt(&bent, key) else {
                continue;
            };
            let holds = if value.is_empty() {
                verify_non_membership(&JMT_SPEC, &proof, &tree.root, key).is_ok()
            } else {
                verify_membership(&JMT_SPEC, &proof, &tree.root, key, &value).is_ok()
            };
            assert!(!holds, "byte {at}");
        }
        assert_eq!(pack_jmt(&proof[1..], key), None);
        assert_eq!(pack_jmt(&proof, b"another key"), None);
    }
}

#[test]
fn a_packed_absence_says_how_it_names_its_key_and_nothing_more() {
    let entries: Vec<_> = (0..50).map(entry).collect();
    let tree = Tree::new(&entries);
    let key = (0..)
        .map(|number: u32| number.to_be_bytes())
        .find(|key| {
            let proof = CommitmentProof::decode(&tree.proof(key)[..]).expect("a proof");
            matches!(proof.proof, Some(Proof::Nonexist(absent)) if absent.left.is_some() && absent.right.is_some())
        })
        .expect("one between two others");
    let mut proof = CommitmentProof::decode(&tree.proof(&key)[..]).expect("a proof");
    let Some(Proof::Nonexist(absent)) = &mut proof.proof else {
        panic!("absent");
    };
    absent.key = sha256(&[&key]).to_vec();
    let by_place = proof.encode_to_vec();
    let packed = pack_jmt(&by_place, &key).expect("packs");
    assert_eq!(unpack_jmt(&packed, &key), Some((by_place, Vec::new())));
    assert_eq!(packed[1], 7, "both neighbours, by place");
    let unknown = [&[packed[0], 8 | packed[1]], &packed[2..]].concat();
    assert_eq!(unpack_jmt(&unknown, &key), None);
    assert_eq!(unpack_jmt(&[&packed[..], &[0]].concat(), &key), None);
    // A name that is neither is none of this tree's.
    let Some(Proof::Nonexist(absent)) = &mut proof.proof else {
        panic!("absent");
    };
    absent.key = b"another key".to_vec();
    assert_eq!(pack_jmt(&proof.encode_to_vec(), &key), None);
}
