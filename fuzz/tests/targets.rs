//! Every target over its seeds and over bent seeds, without a fuzzer: they are ready to be driven, and what they stand on works.

use lianyan_fuzz::TARGETS;
use std::collections::HashSet;

/// Changes to each seed.
const BENT: usize = 3;
/// Longest time of a target is a few seconds with this many seeds.
const SEEDS: usize = 10;

#[test]
fn every_target_has_seeds_and_finds_nothing_wrong_with_them() {
    for target in TARGETS {
        let seeds = (target.seeds)();
        assert!(!seeds.is_empty(), "{} has no seeds", target.name);
        let step = seeds.len().div_ceil(SEEDS);
        for seed in seeds.iter().step_by(step) {
            (target.run)(seed);
            (0..BENT).for_each(|turn| (target.run)(&bend(seed, turn)));
        }
        (target.run)(&[]);
    }
}

/// One byte changed, cut off, or doubled; another place each turn.
fn bend(seed: &[u8], turn: usize) -> Vec<u8> {
    let place = seed.len() * turn / BENT;
    let mut bent = seed.to_vec();
    match (turn % 3, bent.get_mut(place)) {
        (0, Some(byte)) => *byte ^= 1,
        (1, _) => bent.truncate(place),
        _ => bent.extend_from_slice(&seed[place..]),
    }
    bent
}

#[test]
fn names_are_told_apart() {
    let names: HashSet<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), TARGETS.len());
    assert!(lianyan_fuzz::target("no such target").is_none());
}
