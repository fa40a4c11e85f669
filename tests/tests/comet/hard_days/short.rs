//! Each hard day once, short.

use super::super::consortium::Beginning;
use super::super::{Consortium, program, turn};
use super::cables::{Cables, State};
use super::day::Day;
use super::random::Random;
use super::{clock, disk, flood, machines, outages, partition, twins};
use lianyan_tests::Outcome;
use node::network::Plan;
use records::KeyType;
use std::path::Path;
use std::process::Command;

const BEGINNING: Beginning<'_> = Beginning {
    key_type: KeyType::Ed25519,
    allowed: &[KeyType::Ed25519],
    spare: 0,
};

/// Whether a program that a day wants is here; says where it is not.
fn is_here(wanted: &str) -> bool {
    let here = Command::new(wanted).arg("--version").output().is_ok();
    if !here {
        println!("SKIPPED: there is no `{wanted}` on this machine");
    }
    here
}

/// A seed that can be tried again.
fn chance() -> Random {
    let (seed, random) = Random::fresh();
    println!("seed {seed}");
    random
}

fn outages(line: &str) -> Outcome {
    let Some(program) = program(line) else {
        return Ok(());
    };
    let _turn = turn();
    let mut day = Day::begin(Consortium::start(&program)?)?;
    day.play(|day| outages::one_then_two(day, &mut chance()))?;
    day.end("machines fail").map(drop)
}

#[test]
fn comet_0_40_goes_on_without_one_and_stands_without_two() -> Outcome {
    outages("0.40")
}

#[test]
fn comet_0_38_goes_on_without_one_and_stands_without_two() -> Outcome {
    outages("0.38")
}

/// A consortium whose lines can be cut.
pub fn with_cables(program: &Path) -> Outcome<(Consortium, Cables)> {
    let mut cables = None;
    let lay = |plan: &mut Plan| {
        cables = Some(Cables::lay(plan)?);
        Ok(())
    };
    let consortium = Consortium::prepared(program, &BEGINNING, lay)?;
    Ok((consortium, cables.ok_or("no cables")?))
}

fn partition(line: &str) -> Outcome {
    let Some(program) = program(line) else {
        return Ok(());
    };
    let _turn = turn();
    let (consortium, cables) = with_cables(&program)?;
    let (mut day, mut random) = (Day::begin(consortium)?, chance());
    day.play(|day| partition::two_and_two(day, &cables, State::Silent, &mut random))?;
    day.play(|day| partition::three_and_one(day, &cables, State::Cut, &mut random))?;
    day.end("lines fail").map(drop)
}

#[test]
fn comet_0_40_survives_a_partition() -> Outcome {
    partition("0.40")
}

#[test]
fn comet_0_38_survives_a_partition() -> Outcome {
    partition("0.38")
}

/// A day on a version whose programs' clocks can be wrong.
pub fn clock(line: &str) -> Outcome {
    let Some(program) = program(&format!("{line} CLOCK")) else {
        return Ok(());
    };
    if !is_here("cc") {
        return Ok(());
    }
    let _turn = turn();
    let prepare = |plan: &mut Plan| {
        clock::begun_before(plan)?;
        machines::wrap(plan)
    };
    let consortium = Consortium::prepared(&program, &BEGINNING, prepare)?;
    let shim = clock::shim(consortium.folder.path())?;
    let (mut day, node) = (Day::begin(consortium)?, chance().index(4));
    day.play(|day| clock::two_minutes_off(day, node, &shim))?;
    day.end("a clock is wrong").map(drop)
}

#[test]
fn comet_0_40_bears_a_clock_that_is_two_minutes_off() -> Outcome {
    clock("0.40")
}

/// A day on which a node's application may write no more, and then its CometBFT.
pub fn room(line: &str) -> Outcome {
    let Some(program) = program(line) else {
        return Ok(());
    };
    if !is_here("prlimit") {
        return Ok(());
    }
    let _turn = turn();
    let consortium = Consortium::prepared(&program, &BEGINNING, machines::wrap)?;
    let (mut day, node) = (Day::begin(consortium)?, chance().index(4));
    day.play(|day| disk::application_without_room(day, node))?;
    day.play(|day| disk::engine_without_room(day, node))?;
    day.end("a disk is full").map(drop)
}

#[test]
fn comet_0_40_bears_a_node_without_room() -> Outcome {
    room("0.40")
}

/// A day on which two machines have one key.
pub fn twins(line: &str) -> Outcome {
    let Some(program) = program(line) else {
        return Ok(());
    };
    let _turn = turn();
    let beginning = Beginning {
        spare: 1,
        ..BEGINNING
    };
    let mut day = Day::begin(Consortium::begin(&program, &beginning)?)?;
    day.play(twins::one_key_on_two_machines)?;
    day.end("a key is on two machines").map(drop)
}

#[test]
fn comet_0_40_suspends_a_validator_whose_key_is_on_two_machines() -> Outcome {
    twins("0.40")
}

/// A day on which a member hands in more than it may.
pub fn flood(line: &str) -> Outcome {
    let Some(program) = program(line) else {
        return Ok(());
    };
    let _turn = turn();
    let (mut day, node) = (Day::begin(Consortium::start(&program)?)?, chance().index(4));
    day.play(|day| flood::one_member_floods(day, node))?;
    day.end("a member floods").map(drop)
}

#[test]
fn comet_0_40_lets_others_through_where_a_member_floods() -> Outcome {
    flood("0.40")
}
