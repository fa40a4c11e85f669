//! What stores keep: a state or a fork that reads again is in its one encoding, and what it says was signed is genuine.

use super::{GENUINE, is_genuine, later, trust};
use crate::input::Input;
use light_client::{
    Budget, Options, SignatureCheck, TrustedState, Verdict,
    client::{Attack, AttackEvidence, AttackKind},
    verify_step,
};

const STATE: u8 = 0;
const ATTACK: u8 = 1;

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = Vec::new();
    for blocks in GENUINE.iter() {
        let (first, third) = (&blocks[0].block, &blocks[2].block);
        let trusted = trust(first);
        let (options, mut budget) = (Options::default(), Budget::new(1_000));
        seeds.push([&[STATE], &trusted.to_bytes()[..]].concat());
        if let Verdict::Trusted(state, _) =
            verify_step(&trusted, third, &options, later(blocks), &mut budget)
        {
            seeds.push([&[STATE], &state.to_bytes()[..]].concat());
        }
        let attack = Attack {
            common_height: 1,
            common_hash: first.signed_header.header.hash(),
            ours: first.clone(),
            ours_from: "a".into(),
            theirs: third.clone(),
            theirs_from: "b".into(),
            kind: AttackKind::Equivocation,
            evidence: vec![AttackEvidence::new(third, first, &trusted)],
            reported_to: vec!["c".into()],
        };
        seeds.push([&[ATTACK], &attack.to_bytes()[..]].concat());
    }
    seeds
}

pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    if input.byte() % 2 == STATE {
        if let Ok(state) = TrustedState::from_bytes(input.0, SignatureCheck::All) {
            assert_eq!(state.to_bytes(), input.0, "one encoding");
            let hash = state.verified().hash();
            assert!(
                state.block().is_none() || GENUINE.iter().any(|blocks| is_genuine(blocks, hash)),
                "a header that nobody signed"
            );
        }
    } else if let Ok(attack) = Attack::from_bytes(input.0) {
        assert_eq!(attack.to_bytes(), input.0, "one encoding");
        attack.signed_both();
    }
}
