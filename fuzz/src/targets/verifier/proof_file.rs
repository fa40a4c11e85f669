//! Proof files: what a file proves by itself is what the chain holds, whatever is in it.

use super::lookup::{Liar, RECORDS, TRUTH, chain};
use crate::targets::node;
use verifier::{
    portable::{self, Asked, Portable},
    verdict::Outcome,
};

pub fn seeds() -> Vec<Vec<u8>> {
    let made = RECORDS.iter().filter_map(|(kind, id)| {
        let asked = Asked::Record {
            kind: (*kind).into(),
            id: (*id).into(),
            opening: None,
        };
        let honest = Liar::new(&[]);
        let (beside, chain) = (portable::beside(&honest), chain());
        let made = portable::make(&beside, &chain, asked);
        Some(node::WORLD.runtime.block_on(made).ok()?.0)
    });
    made.collect()
}

pub fn run(bytes: &[u8]) {
    let Ok(file) = Portable::decode(bytes) else {
        return;
    };
    assert_eq!(file.encode().as_deref(), Some(bytes), "one encoding");
    file.contents();
    let (reader, nobody) = ([chain()], Liar::new(&[]));
    let beside = portable::beside(&nobody);
    let verify = portable::verify(&beside, &reader, bytes);
    let Ok(verdict) = node::WORLD.runtime.block_on(verify) else {
        return;
    };
    if matches!(
        verdict.outcome,
        Outcome::Verified | Outcome::OutOfForce | Outcome::Absent
    ) {
        let anchor = verdict.anchor.as_ref().expect("rests on a header");
        assert!(
            node::WORLD.hashes.contains(&anchor.hash),
            "a header of another chain is trusted"
        );
    }
    if verdict.outcome == Outcome::OutOfForce {
        let known = TRUTH
            .iter()
            .find(|truth| (&truth.kind, &truth.id) == (&verdict.kind, &verdict.id));
        assert!(
            known.is_none_or(|truth| truth.state == verdict.state),
            "another state is proven"
        );
    }
}
