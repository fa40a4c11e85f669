//! The unit cases of cosmos/ics23, by name. They make specs of their own, which only this crate can.

extern crate std;

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use std::path::Path;
use std::{eprintln, format, fs};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::check::are_neighbours;
use super::ops::is_placeholder;
use super::proof::{ExistenceProof, InnerOp, LeafOp, NonExistenceProof, Proof};
use super::spec::{HashOp, InnerSpec, LeafSpec, LengthOp, Rules, Spec};
use super::{IAVL_SPEC, Ics23Error, JMT_SPEC, SMT_SPEC, TENDERMINT_SPEC};

/// The cases of a file, of which there are so many.
fn cases(file: &str, count: usize) -> Vec<(String, Value)> {
    let path = format!(
        "{}/../../shared/vectors/ics23/{file}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    if !Path::new(&path).exists() {
        eprintln!("SKIPPED: no public vectors at {path}");
        return Vec::new();
    }
    let cases: Vec<(String, Value)> =
        match serde_json::from_slice(&fs::read(path).unwrap()).unwrap() {
            Value::Object(cases) => cases.into_iter().collect(),
            Value::Array(cases) => cases
                .into_iter()
                .enumerate()
                .map(|(index, case)| (format!("#{index}"), case))
                .collect(),
            other => panic!("{other}"),
        };
    assert_eq!(cases.len(), count, "{file}");
    cases
}

fn number(value: &Value, name: &str) -> u64 {
    value[name].as_u64().unwrap_or_default()
}

fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap_or_default()).unwrap()
}

fn leaf(value: &Value) -> LeafOp {
    LeafOp {
        hash: number(value, "hash").into(),
        prehash_key: number(value, "prehash_key").into(),
        prehash_value: number(value, "prehash_value").into(),
        length: number(value, "length").into(),
        prefix: bytes(&value["prefix"]),
    }
}

fn inner(value: &Value) -> InnerOp {
    InnerOp {
        hash: number(value, "hash").into(),
        prefix: bytes(&value["prefix"]),
        suffix: bytes(&value["suffix"]),
    }
}

fn existence(value: &Value) -> ExistenceProof {
    ExistenceProof {
        key: bytes(&value["key"]),
        value: bytes(&value["value"]),
        leaf: value.get("leaf").map(leaf),
        path: value["path"]
            .as_array()
            .map(|path| path.iter().map(inner).collect())
            .unwrap_or_default(),
    }
}

fn spec(leaf_spec: &Value, inner_spec: &Value, spec: &Value) -> Spec {
    let leaf = leaf(leaf_spec);
    let size = |name| usize::try_from(number(inner_spec, name)).unwrap();
    let mut made = Spec {
        leaf: LeafSpec {
            hash: leaf.hash,
            prehash_key: leaf.prehash_key,
            prehash_value: leaf.prehash_value,
            length: leaf.length,
            prefix: Box::leak(leaf.prefix.into_boxed_slice()),
        },
        inner: InnerSpec {
            hash: number(inner_spec, "hash").into(),
            child_size: size("child_size"),
            min_prefix: size("min_prefix_length"),
            max_prefix: size("max_prefix_length"),
            empty_child: Box::leak(bytes(&inner_spec["empty_child"]).into_boxed_slice()),
        },
        min_depth: usize::try_from(number(spec, "min_depth")).unwrap(),
        max_depth: match usize::try_from(number(spec, "max_depth")).unwrap() {
            0 => 128,
            depth => depth,
        },
        order_by_key_hash: false,
        rules: Rules::General,
    };
    // Go applies a store's own rules to every spec that is hashed like that store.
    for known in [&IAVL_SPEC, &TENDERMINT_SPEC] {
        if (&made.leaf, &made.inner) == (&known.leaf, &known.inner) {
            made.rules = known.rules;
        }
    }
    made
}

#[test]
fn leaves_are_judged_by_their_spec() {
    for (name, case) in cases("TestCheckLeafData", 10) {
        let spec = spec(&case["Spec"], &Value::Null, &Value::Null);
        assert_eq!(
            leaf(&case["Leaf"]).check(&spec).is_err(),
            case["IsErr"].as_bool().unwrap(),
            "{name}"
        );
    }
}

#[test]
fn proofs_are_judged_by_their_spec() {
    for (name, case) in cases("TestCheckAgainstSpecData", 11) {
        let wire = &case["Spec"];
        let spec = spec(&wire["leaf_spec"], &wire["inner_spec"], wire);
        let refused = existence(&case["Proof"]).check(&spec).is_err();
        assert_eq!(refused, !case["Err"].as_str().unwrap().is_empty(), "{name}");
    }
}

#[test]
fn leaves_hash_to_the_known_values() {
    for (name, case) in cases("TestLeafOpData", 11) {
        let op = leaf(&case["Op"]);
        let hashed = op.apply(&bytes(&case["Key"]), &bytes(&case["Value"]));
        // None of our specs has such an operation, so none can be used to forge; they are refused rather than computed.
        let foreign =
            matches!(op.hash, HashOp::Other(_)) || matches!(op.length, LengthOp::Other(_));
        assert_eq!(
            hashed.is_err(),
            foreign || case["IsErr"].as_bool().unwrap(),
            "{name}"
        );
        if let Ok(hash) = hashed {
            assert_eq!(hash, bytes(&case["Expected"]), "{name}");
        }
    }
}

#[test]
fn inner_nodes_hash_to_the_known_values() {
    for (name, case) in cases("TestInnerOpData", 4) {
        let hashed = inner(&case["Op"]).apply(&bytes(&case["Child"]));
        assert_eq!(hashed.is_err(), case["IsErr"].as_bool().unwrap(), "{name}");
        if let Ok(hash) = hashed {
            assert_eq!(hash, bytes(&case["Expected"]), "{name}");
        }
    }
}

#[test]
fn hashes_are_the_known_ones_or_refused() {
    for (name, case) in cases("TestDoHashData", 7) {
        let preimage = case
            .get("Preimage")
            .or(case.get("PreImage"))
            .unwrap()
            .as_str()
            .unwrap();
        let hashed = HashOp::from(number(&case, "HashOp")).apply(preimage.as_bytes());
        match name.as_str() {
            "sha256" => assert_eq!(
                hex::encode(hashed.unwrap()),
                case["ExpectedHash"].as_str().unwrap()
            ),
            _ => assert!(hashed.is_err(), "{name} is in none of our specs"),
        }
    }
}

#[test]
fn existence_proofs_lead_to_the_known_roots() {
    for (name, case) in cases("TestExistenceProofData", 6) {
        let proof = existence(&case["Proof"]);
        let root = proof
            .leaf
            .as_ref()
            .ok_or(super::Ics23Error::Leaf)
            .and_then(|leaf| {
                let start = leaf.apply(&proof.key, &proof.value)?;
                proof
                    .path
                    .iter()
                    .try_fold(start, |hash, step| step.apply(&hash))
            });
        assert_eq!(root.is_err(), case["IsErr"].as_bool().unwrap(), "{name}");
        if let Ok(root) = root {
            assert_eq!(root, bytes(&case["Expected"]), "{name}");
        }
    }
}

#[test]
fn empty_branches_are_recognised() {
    for (name, case) in cases("TestEmptyBranchData", 8) {
        let wire = &case["Spec"];
        let spec = spec(&wire["leaf_spec"], &wire["inner_spec"], wire);
        let op = inner(&case["Op"]);
        let shape = op.side(&spec);
        let left = shape == Some(super::ops::Side::Right) && is_placeholder(&op.prefix, &spec);
        let right = shape == Some(super::ops::Side::Left) && is_placeholder(&op.suffix, &spec);
        assert_eq!(left, case["IsLeft"].as_bool().unwrap(), "{name}: left");
        assert_eq!(right, case["IsRight"].as_bool().unwrap(), "{name}: right");
    }
}

#[test]
fn a_jmt_inner_node_has_its_exact_prefix_and_two_children() {
    let op = |prefix: &[u8], suffix: &[u8]| InnerOp {
        hash: HashOp::Sha256,
        prefix: prefix.to_vec(),
        suffix: suffix.to_vec(),
    };
    let name = b"JMT::IntrnalNode";
    assert!(op(name, &[7; 32]).check(&JMT_SPEC, 1).is_ok());
    assert!(
        op(&[&name[..], &[7; 32]].concat(), &[])
            .check(&JMT_SPEC, 1)
            .is_ok()
    );
    for (prefix, suffix) in [
        (&name[..], &[7u8; 0][..]),
        (&name[..], &[7; 64]),
        (b"JMT::InternalNod", &[7; 32]),
        (&[&name[..], &[7; 32]].concat(), &[7; 32]),
        (&[&name[..], &[7; 31]].concat(), &[]),
    ] {
        assert!(op(prefix, suffix).check(&JMT_SPEC, 1).is_err());
    }
}

#[test]
fn a_leaf_is_exactly_what_its_store_writes() {
    let op = |spec: &Spec, prefix: &[u8]| {
        let leaf = &spec.leaf;
        LeafOp {
            hash: leaf.hash,
            prehash_key: leaf.prehash_key,
            prehash_value: leaf.prehash_value,
            length: leaf.length,
            prefix: prefix.to_vec(),
        }
        .check(spec)
    };
    assert!(op(&JMT_SPEC, b"JMT::LeafNode").is_ok());
    assert_eq!(op(&JMT_SPEC, b"JMT::LeafNode\0"), Err(Ics23Error::Leaf));
    // Height, size and version as zigzag varints: a leaf's height is 0, and nothing follows.
    assert!(op(&IAVL_SPEC, &[0, 2, 14]).is_ok());
    let others = [&[0, 2][..], &[0, 2, 14, 0], &[0, 1, 14], &[0, 2, 13]];
    for prefix in others {
        assert_eq!(op(&IAVL_SPEC, prefix), Err(Ics23Error::Leaf), "{prefix:?}");
    }
}

#[test]
fn an_inner_node_is_as_high_as_its_layer_and_as_long_as_its_store_writes_it() {
    let op = |hash: HashOp, prefix: &[u8], suffix: usize| InnerOp {
        hash,
        prefix: prefix.to_vec(),
        suffix: alloc::vec![7; suffix],
    };
    let refused = Err(Ics23Error::Inner { layer: 3 });
    let iavl =
        |prefix: &[u8], behind: usize| op(HashOp::Sha256, prefix, behind).check(&IAVL_SPEC, 3);
    // Height 3, size 8, version 7, and the length of the hash that follows.
    assert!(iavl(&[6, 16, 14, 32], 33).is_ok());
    // The left sibling and two lengths before the child on the right.
    let right = [&[6, 16, 14, 32][..], &[7; 32], &[32]].concat();
    assert!(iavl(&right, 0).is_ok());
    for (prefix, behind) in [
        (&[4, 16, 14, 32][..], 33),
        (&[6, 16, 14], 33),
        (&[6, 16, 14, 32, 32], 33),
        (&right[..right.len() - 1], 0),
        (&[&right[..], &[32]].concat(), 0),
        (&[6, 16, 14, 32], 32),
        (&[6, 16, 14, 32], 34),
    ] {
        assert_eq!(iavl(prefix, behind), refused, "{prefix:?}");
    }
    let simple = |prefix: &[u8], behind: usize| {
        op(HashOp::Sha256, prefix, behind).check(&TENDERMINT_SPEC, 3)
    };
    let right = [&[1][..], &[7; 32]].concat();
    assert!(simple(&[1], 32).is_ok() && simple(&right, 0).is_ok());
    assert_eq!(simple(&right, 32), refused);
    assert_eq!(simple(&[2], 32), refused);
    assert_eq!(simple(&[&[2][..], &[7; 32]].concat(), 0), refused);
    // A store without rules of its own: no shorter and no longer than its numbers allow, and hashed as it hashes.
    let plain = |hash, prefix: &[u8], behind: usize| op(hash, prefix, behind).check(&SMT_SPEC, 3);
    assert!(plain(HashOp::Sha256, &[1], 32).is_ok());
    assert_eq!(plain(HashOp::Sha256, &[], 32), refused);
    assert_eq!(plain(HashOp::Sha256, &[1; 34], 0), refused);
    assert_eq!(plain(HashOp::Sha256, &[1], 31), refused);
    assert_eq!(plain(HashOp::None, &[1], 32), refused);
}

#[test]
fn no_key_at_all_is_neither_there_nor_absent() {
    let proof = NonExistenceProof {
        key: Vec::new(),
        left: None,
        right: None,
    };
    let verdict = proof.verify(&JMT_SPEC, &[0; 32], &[]);
    assert_eq!(verdict, Err(Ics23Error::Empty));
}

#[test]
fn paths_through_different_nodes_to_the_same_side_are_no_neighbours() {
    let name = b"JMT::IntrnalNode";
    let left = |sibling: u8| InnerOp {
        hash: HashOp::Sha256,
        prefix: name.to_vec(),
        suffix: alloc::vec![sibling; 32],
    };
    let right = |sibling: u8| InnerOp {
        hash: HashOp::Sha256,
        prefix: [&name[..], &[sibling; 32]].concat(),
        suffix: Vec::new(),
    };
    let neighbours = |above: InnerOp, other: InnerOp| {
        are_neighbours(&JMT_SPEC, &[left(7), above], &[right(8), other])
    };
    assert!(neighbours(left(1), left(1)) && neighbours(right(1), right(1)));
    assert!(!neighbours(left(1), left(2)) && !neighbours(right(1), right(2)));
    // Below the place where they part, each is next to the other.
    let parting = |one: InnerOp, other: InnerOp| {
        are_neighbours(&JMT_SPEC, &[right(7), one], &[left(8), other])
    };
    assert!(parting(left(1), right(2)));
    assert!(!parting(left(1), left(2)) && !parting(right(1), right(2)));
    assert!(!parting(right(1), left(2)));
}

#[test]
fn an_inner_node_that_could_be_a_leaf_is_refused() {
    let op = |prefix: u8| InnerOp {
        hash: HashOp::Sha256,
        prefix: alloc::vec![prefix],
        suffix: alloc::vec![7; 32],
    };
    assert!(op(1).check(&SMT_SPEC, 1).is_ok());
    assert!(op(0).check(&SMT_SPEC, 1).is_err());
}

#[test]
fn malformed_bytes_are_no_proof() {
    for bytes in [
        &[][..],
        &[0x0a],
        &[0x0a, 0x05, 1],
        &[0x0a, 0, 0x0a, 0],
        &[0x1a, 0],
        &[0x0d, 0, 0, 0, 0],
        &[0x08, 0],
    ] {
        assert!(Proof::decode(bytes).is_err(), "{bytes:?}");
    }
}
