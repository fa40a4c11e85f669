//! Packed state proofs under true roots: there is one way to write each, and nothing but the truth follows.

use crate::{input::Input, targets::node};
use light_client::{JMT_SPEC, pack_jmt, unpack_jmt, verify_membership, verify_non_membership};
use std::sync::LazyLock;

static CASES: LazyLock<Vec<node::StateProof>> = LazyLock::new(node::state_proofs);

pub fn seeds() -> Vec<Vec<u8>> {
    let packed = CASES.iter().zip(0u8..).filter_map(|(case, number)| {
        let (key, _, proof, _) = case;
        Some([&[number], pack_jmt(proof, key)?.as_slice()].concat())
    });
    packed.collect()
}

/// The case, the packed proof.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some((key, value, _, root)) = input.pick(&CASES) else {
        return;
    };
    let packed = input.0;
    let Some((proof, shown)) = unpack_jmt(packed, key) else {
        return;
    };
    let present = verify_membership(&JMT_SPEC, &proof, root, key, &shown).is_ok();
    let absent = verify_non_membership(&JMT_SPEC, &proof, root, key).is_ok();
    assert!(!present || shown == *value, "another value is proven");
    assert!(
        !absent || value.is_empty(),
        "a present key is proven absent"
    );
    if present || absent {
        let again = pack_jmt(&proof, key);
        assert_eq!(again.as_deref(), Some(packed), "one encoding");
    }
}
