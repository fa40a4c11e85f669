//! Machines fail.

use super::day::Day;
use super::random::Random;
use lianyan_tests::Outcome;

/// One of four is off: the others go on. A second one: three fifths of the power are left, nothing is decided and nothing forks, and as soon as
/// one returns it goes on. None has a third of the power, so any two will do.
pub fn one_then_two(day: &mut Day, random: &mut Random) -> Outcome {
    let first = random.index(4);
    let second = (first + 1 + random.index(3)) % 4;
    let left: Vec<usize> = (0..4).filter(|n| ![first, second].contains(n)).collect();
    off(day, first);
    day.goes_on(&left)?;
    off(day, second);
    day.stands_still(&left)?;
    on(day, first)?;
    day.goes_on(&left)?;
    on(day, second)
}

/// As in a power cut.
pub fn off(day: &mut Day, node: usize) {
    let network = &mut day.consortium.network;
    network.engine(node).kill();
    network.application(node).kill();
}

/// Starts it again.
pub fn on(day: &mut Day, node: usize) -> Outcome {
    let network = &mut day.consortium.network;
    network.application(node).restart()?;
    Ok(network.engine(node).restart()?)
}
