//! Hard days at random, one after the other on one chain, for as long as is wanted.

use super::super::{Consortium, turn};
use super::cables::{Cables, State};
use super::day::Day;
use super::random::Random;
use super::short::with_cables;
use super::{outages, partition};
use lianyan_tests::Outcome;
use std::time::{Duration, Instant};

/// How long, in minutes; `cargo xtask test hard-days` says it.
const MINUTES: &str = "LIANYAN_HARD_DAYS_MINUTES";
/// Milliseconds of a quiet morning, at most.
const MORNING: u64 = 5_000;

#[test]
fn comet_0_40_bears_hard_days_at_random() -> Outcome {
    let Ok(minutes) = std::env::var(MINUTES) else {
        println!("SKIPPED: {MINUTES} is not set; `cargo xtask test hard-days` sets it");
        return Ok(());
    };
    let Some(program) = super::super::program("0.40") else {
        return Ok(());
    };
    let _turn = turn();
    let (mut consortium, cables) = with_cables(&program)?;
    let end = Instant::now() + Duration::from_secs(60 * minutes.parse::<u64>()?);
    while Instant::now() < end {
        let (seed, random) = Random::fresh();
        println!("seed {seed}");
        consortium = any_day(consortium, &cables, random)?;
    }
    Ok(())
}

fn any_day(consortium: Consortium, cables: &Cables, mut random: Random) -> Outcome<Consortium> {
    let mut day = Day::begin(consortium)?;
    std::thread::sleep(Duration::from_millis(random.below(MORNING)));
    let state = [State::Silent, State::Cut][random.index(2)];
    let kind = random.index(3);
    day.play(|day| match kind {
        0 => outages::one_then_two(day, &mut random),
        1 => partition::two_and_two(day, cables, state, &mut random),
        _ => partition::three_and_one(day, cables, state, &mut random),
    })?;
    let name = ["machines fail", "lines fail, 2|2", "lines fail, 3|1"][kind];
    day.end(name)
}
