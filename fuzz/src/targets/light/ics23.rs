//! State proofs under true roots: whatever the proof, nothing but the truth follows.

use crate::{input::Input, vectors};
use light_client::{
    IAVL_SPEC, JMT_SPEC, SMT_SPEC, Spec, TENDERMINT_SPEC, verify_membership, verify_non_membership,
};
use std::sync::LazyLock;

/// A published proof: the key has this value under this root, or none where the value is empty.
struct Case {
    spec: &'static Spec,
    proof: Vec<u8>,
    root: Vec<u8>,
    key: Vec<u8>,
    value: Vec<u8>,
}

static CASES: LazyLock<Vec<Case>> =
    LazyLock::new(|| {
        let stores: [(&str, &Spec); 3] = [
            ("iavl", &IAVL_SPEC),
            ("tendermint", &TENDERMINT_SPEC),
            ("smt", &SMT_SPEC),
        ];
        let cases = stores.into_iter().flat_map(|(store, spec)| {
            vectors::documents(vectors::public(&format!("ics23/{store}")))
                .into_iter()
                .map(move |case| {
                    let bytes = |name: &str| {
                        hex::decode(case[name].as_str().unwrap_or_default()).unwrap_or_default()
                    };
                    Case {
                        spec,
                        proof: bytes("proof"),
                        root: bytes("root"),
                        key: bytes("key"),
                        value: bytes("value"),
                    }
                })
        });
        cases
            .chain(super::super::node::state_proofs().into_iter().map(
                |(key, value, proof, root)| Case {
                    spec: &JMT_SPEC,
                    proof,
                    root,
                    key,
                    value,
                },
            ))
            .collect()
    });

pub fn seeds() -> Vec<Vec<u8>> {
    let own = CASES
        .iter()
        .zip(0u8..)
        .map(|(case, number)| [&[number, 0], case.proof.as_slice()].concat());
    let crashers = vectors::public("ics23/fuzz")
        .into_iter()
        .map(|(_, bytes)| [&[0, 0], bytes.as_slice()].concat());
    own.chain(crashers).collect()
}

/// The case, whether key or value are changed, the proof.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some(case) = input.pick(&CASES) else {
        return;
    };
    let change = input.byte();
    let altered = |bytes: &[u8], by: u8| {
        let mut bytes = bytes.to_vec();
        if let Some(last) = bytes.last_mut() {
            *last ^= by;
        }
        bytes
    };
    let key = altered(&case.key, change & 0x0f);
    let value = altered(&case.value, change & 0xf0);
    let proof = input.0;
    for spec in [&IAVL_SPEC, &TENDERMINT_SPEC, &SMT_SPEC, &JMT_SPEC] {
        let present = verify_membership(spec, proof, &case.root, &key, &value).is_ok();
        let absent = verify_non_membership(spec, proof, &case.root, &key).is_ok();
        assert!(!(present && absent), "present and absent");
        if key == case.key && std::ptr::eq(spec, case.spec) {
            assert!(!present || value == case.value, "another value is proven");
            assert!(
                !absent || case.value.is_empty(),
                "a present key is proven absent"
            );
        }
    }
}
