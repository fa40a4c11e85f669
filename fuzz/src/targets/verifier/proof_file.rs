//! Proof files, and short proofs that an honest node completes: what one proves is what the chain holds, whatever is in it.

use super::lookup::{Liar, RECORDS, TRUTH, chain};
use crate::targets::node;
use records::RecordName;
use verifier::{
    portable::{self, Asked, Portable, Short},
    verdict::Outcome,
};

pub fn seeds() -> Vec<Vec<u8>> {
    let made = RECORDS.iter().flat_map(|(kind, id)| {
        let asked = Asked::Record {
            kind: (*kind).into(),
            id: (*id).into(),
            opening: None,
        };
        let honest = Liar::new(&[]);
        let (beside, chain) = (portable::beside(&honest), chain());
        let made = portable::make(&beside, &chain, asked);
        let made = node::WORLD.runtime.block_on(made).ok();
        let short = made.as_ref().and_then(|(file, _)| {
            let record = RecordName::new(kind, id)?;
            Short::of(&Portable::decode(file).ok()?, &record)?.encode()
        });
        made.map(|(file, _)| file).into_iter().chain(short)
    });
    made.collect()
}

pub fn run(bytes: &[u8]) {
    let again = match Short::is(bytes) {
        true => Short::decode(bytes).map(|short| short.encode()),
        false => Portable::decode(bytes).map(|file| {
            file.contents();
            file.encode()
        }),
    };
    let Ok(again) = again else { return };
    assert_eq!(again.as_deref(), Some(bytes), "one encoding");
    let (reader, honest) = ([chain()], Liar::new(&[]));
    let beside = portable::beside(&honest);
    let verify = portable::check(&beside, &reader, bytes);
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
