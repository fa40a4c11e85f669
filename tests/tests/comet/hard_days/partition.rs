//! Lines fail.

use super::cables::{Cables, State};
use super::day::Day;
use super::random::Random;
use lianyan_tests::Outcome;

/// Two and two: neither side decides anything, and together again they go on. The light client reaches all four, and says that the chain stands.
pub fn two_and_two(day: &mut Day, cables: &Cables, state: State, random: &mut Random) -> Outcome {
    let other = 1 + random.index(3);
    cables.separate(&[0, other], state);
    day.stands_still(&[0, 1, 2, 3])?;
    cables.mend();
    day.goes_on(&[0, 1, 2, 3])
}

/// Three and one: the three go on, the one stands, and catches up when its lines are mended.
pub fn three_and_one(day: &mut Day, cables: &Cables, state: State, random: &mut Random) -> Outcome {
    let alone = random.index(4);
    let others: Vec<usize> = (0..4).filter(|node| *node != alone).collect();
    cables.separate(&[alone], state);
    day.goes_on(&others)?;
    let before = day.height(alone)?;
    day.goes_on(&others)?;
    let after = day.height(alone)?;
    if before != after {
        return Err(format!("node {alone} decides alone: {before}, {after}").into());
    }
    cables.mend();
    day.goes_on(&[alone])
}
