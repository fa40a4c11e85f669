//! Our application under real CometBFT processes, v0.40 and v0.38: blocks, events, proofs, and restarts after every kind of end.

mod consortium;
mod crashes;
mod events;
mod operator;

use consortium::{Consortium, NODES, program};
use lianyan_tests::Outcome;
use std::sync::{Mutex, PoisonError};

/// Eight processes at a time are enough for a small machine.
static TURN: Mutex<()> = Mutex::new(());

/// One life of a consortium: everything that is checked about a version of CometBFT.
fn life(line: &str) -> Outcome {
    let Some(program) = program(line) else {
        return Ok(());
    };
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut consortium = Consortium::start(&program)?;
    events::accepted_refused_and_proven(&mut consortium)?;
    crashes::one_after_the_other(&mut consortium)?;
    crashes::at_random_under_load(&mut consortium)?;
    crashes::all_at_once(&mut consortium)
}

#[test]
fn comet_0_40_drives_the_application_through_events_and_crashes() -> Outcome {
    life("0.40")
}

#[test]
fn comet_0_38_drives_the_application_through_events_and_crashes() -> Outcome {
    life("0.38")
}

/// An operator's path with a version of CometBFT, and from there to a newer one.
fn operated(line: &str, newer: Option<&str>) -> Outcome {
    let Some(cometbft) = program(line) else {
        return Ok(());
    };
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    operator::path(&cometbft, newer.and_then(program).as_deref())
}

#[test]
fn four_organisations_found_a_chain_on_comet_0_40_and_let_a_fifth_in() -> Outcome {
    operated("0.40", None)
}

#[test]
fn four_organisations_found_a_chain_on_comet_0_38_and_upgrade_it_one_by_one() -> Outcome {
    operated("0.38", Some("0.40"))
}
