//! The proofs of cosmos/ics23 by name, and every way to bend them.

use crate::common::{files, name, public_vectors, read};
use light_client::{
    IAVL_SPEC, JMT_SPEC, SMT_SPEC, Spec, TENDERMINT_SPEC, verify_membership, verify_non_membership,
};

struct Case {
    name: String,
    spec: &'static Spec,
    proof: Vec<u8>,
    root: Vec<u8>,
    key: Vec<u8>,
    value: Vec<u8>,
}

impl Case {
    fn holds(&self, spec: &Spec, proof: &[u8], key: &[u8], value: &[u8]) -> bool {
        if self.value.is_empty() {
            verify_non_membership(spec, proof, &self.root, key).is_ok()
        } else {
            verify_membership(spec, proof, &self.root, key, value).is_ok()
        }
    }
}

fn cases() -> Vec<Case> {
    let Some(folder) = public_vectors("ics23") else {
        return Vec::new();
    };
    let specs: [(&str, &Spec); 3] = [
        ("iavl", &IAVL_SPEC),
        ("tendermint", &TENDERMINT_SPEC),
        ("smt", &SMT_SPEC),
    ];
    let mut cases = Vec::new();
    for (store, spec) in specs {
        for path in files(&folder.join(store)) {
            let case = read(&path);
            let bytes = |name: &str| hex::decode(case[name].as_str().unwrap()).unwrap();
            cases.push(Case {
                name: format!("{store}/{}", name(&path)),
                spec,
                proof: bytes("proof"),
                root: bytes("root"),
                key: bytes("key"),
                value: bytes("value"),
            });
        }
    }
    assert_eq!(cases.len(), 18);
    cases
}

#[test]
fn every_published_proof_holds() {
    for case in cases() {
        assert!(
            case.holds(case.spec, &case.proof, &case.key, &case.value),
            "{}",
            case.name
        );
    }
}

#[test]
fn a_proof_holds_for_no_other_key_value_root_spec_or_kind() {
    for case in cases() {
        let longer = |bytes: &[u8]| [bytes, &[1]].concat();
        assert!(
            !case.holds(case.spec, &case.proof, &longer(&case.key), &case.value),
            "{}: key",
            case.name
        );
        assert!(
            !case.holds(case.spec, &case.proof, &[], &case.value),
            "{}: empty key",
            case.name
        );
        if !case.value.is_empty() {
            assert!(
                !case.holds(case.spec, &case.proof, &case.key, &longer(&case.value)),
                "{}: value",
                case.name
            );
            assert!(
                !case.holds(case.spec, &case.proof, &case.key, &[]),
                "{}: empty value",
                case.name
            );
            assert!(verify_non_membership(case.spec, &case.proof, &case.root, &case.key).is_err());
        } else {
            assert!(
                verify_membership(case.spec, &case.proof, &case.root, &case.key, b"x").is_err()
            );
            assert!(verify_membership(case.spec, &case.proof, &case.root, &case.key, b"").is_err());
        }
        for other in [&IAVL_SPEC, &TENDERMINT_SPEC, &SMT_SPEC, &JMT_SPEC] {
            let held = case.holds(other, &case.proof, &case.key, &case.value);
            assert_eq!(held, other == case.spec, "{}", case.name);
        }
        let moved = Case {
            root: longer(&case.root),
            ..case
        };
        assert!(
            !moved.holds(moved.spec, &moved.proof, &moved.key, &moved.value),
            "{}: root",
            moved.name
        );
    }
}

#[test]
fn no_flipped_byte_of_a_proof_is_accepted() {
    for case in cases() {
        for position in 0..case.proof.len() {
            for mask in [0x01, 0x08, 0x80, 0xff] {
                let mut bent = case.proof.clone();
                bent[position] ^= mask;
                let held = case.holds(case.spec, &bent, &case.key, &case.value);
                assert!(!held, "{}: byte {position} xor {mask:#x}", case.name);
            }
        }
    }
}

#[test]
fn no_cut_proof_is_accepted_and_none_panics() {
    for case in cases() {
        for length in 0..case.proof.len() {
            assert!(
                !case.holds(case.spec, &case.proof[..length], &case.key, &case.value),
                "{}: {length}",
                case.name
            );
            let twice = [&case.proof[..], &case.proof[..length]].concat();
            assert!(
                length == 0 || !case.holds(case.spec, &twice, &case.key, &case.value),
                "{}: {length}",
                case.name
            );
        }
    }
}

/// The crashers of cosmos/ics23 are JSON for Go's fuzzer; the protobuf they describe, and their raw bytes, must be refused quietly.
#[test]
fn known_crashers_are_refused_without_a_panic() {
    let Some(folder) = public_vectors("ics23") else {
        return;
    };
    let mut seen = 0;
    for entry in std::fs::read_dir(folder.join("fuzz")).unwrap() {
        for file in std::fs::read_dir(entry.unwrap().path()).unwrap() {
            let raw = std::fs::read(file.unwrap().path()).unwrap();
            refuse_everything(&raw);
            seen += 1;
        }
    }
    assert_eq!(seen, 9);
    let leaf = [0x1a, 0x00];
    let leaf_with_ops = [0x1a, 0x08, 0x18, 0x01, 0x20, 0x01, 0x2a, 0x02, 0x00, 0x0d];
    let inner = [0x22, 0x02, 0x08, 0x01];
    for existence in [
        &[][..],
        &leaf,
        &leaf_with_ops,
        &inner,
        &[leaf, [0x22, 0x00]].concat(),
        &[&leaf_with_ops[..], &inner].concat(),
    ] {
        let wrap = |field: u8, inner: &[u8]| [&[field, inner.len() as u8][..], inner].concat();
        refuse_everything(&wrap(0x0a, existence));
        let (left, right) = (wrap(0x12, existence), wrap(0x1a, existence));
        for absence in [vec![], left.clone(), right.clone(), [left, right].concat()] {
            refuse_everything(&wrap(0x12, &absence));
        }
    }
}

fn refuse_everything(proof: &[u8]) {
    for spec in [&IAVL_SPEC, &TENDERMINT_SPEC, &SMT_SPEC, &JMT_SPEC] {
        for key in [&b""[..], b"k"] {
            for root in [&b""[..], &[0; 32]] {
                assert!(verify_membership(spec, proof, root, key, b"").is_err());
                assert!(verify_membership(spec, proof, root, key, b"v").is_err());
                assert!(verify_non_membership(spec, proof, root, key).is_err());
            }
        }
    }
}
