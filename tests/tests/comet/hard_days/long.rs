//! Hard days on request: at random, one after the other on one chain, for as long as is wanted; on v0.38 those that else only the newest version has;
//! and those with a program that others wrote and that takes minutes to build.

use super::super::{Consortium, turn};
use super::cables::{Cables, State};
use super::day::Day;
use super::random::Random;
use super::short::{self, with_cables};
use super::{outages, partition, signer};
use lianyan_tests::Outcome;
use std::time::{Duration, Instant};

/// How long, in minutes; `cargo xtask test hard-days` says it.
const MINUTES: &str = "LIANYAN_HARD_DAYS_MINUTES";
/// Milliseconds of a quiet morning, at most.
const MORNING: u64 = 5_000;

/// For how long, where hard days are asked for.
fn wanted() -> Option<String> {
    let minutes = std::env::var(MINUTES).ok();
    if minutes.is_none() {
        println!("SKIPPED: {MINUTES} is not set; `cargo xtask test hard-days` sets it");
    }
    minutes
}

/// A day on v0.38, where hard days are asked for.
fn on_0_38(day: fn(&str) -> Outcome) -> Outcome {
    wanted().map_or(Ok(()), |_| day("0.38"))
}

#[test]
fn comet_0_38_bears_a_clock_that_is_two_minutes_off() -> Outcome {
    on_0_38(short::clock)
}

#[test]
fn comet_0_38_bears_a_node_without_room() -> Outcome {
    on_0_38(short::room)
}

#[test]
fn comet_0_38_suspends_a_validator_whose_key_is_on_two_machines() -> Outcome {
    on_0_38(short::twins)
}

#[test]
fn comet_0_38_lets_others_through_where_a_member_floods() -> Outcome {
    on_0_38(short::flood)
}

#[test]
fn comet_0_40_bears_a_signer_that_is_off() -> Outcome {
    wanted().map_or(Ok(()), |_| signer::is_off("0.40"))
}

#[test]
fn comet_0_38_bears_a_signer_that_is_off() -> Outcome {
    on_0_38(signer::is_off)
}

#[test]
fn comet_0_40_bears_hard_days_at_random() -> Outcome {
    let Some(minutes) = wanted() else {
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
