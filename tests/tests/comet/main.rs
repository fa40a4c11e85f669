//! Our application under real CometBFT processes, v0.40 and v0.38: blocks, events, proofs, and restarts after every kind of end.

mod consortium;
mod crashes;
mod events;
mod governance;
mod hard_days;
mod https;
mod joining;
mod kvstore;
mod light;
mod misbehaviour;
mod operator;
mod page;
mod post_quantum;
mod snapshots;
mod start;
mod upgrade;

use consortium::{Beginning, Consortium, NODES, program};
use lianyan_tests::Outcome;
use records::KeyType;
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::Duration;

/// So many networks at a time: they wait more than they work.
static TURNS: [Mutex<()>; 3] = [const { Mutex::new(()) }; 3];

/// Waits for a turn, which ends with what is returned. A test that failed in its turn takes nothing from the others.
fn turn() -> MutexGuard<'static, ()> {
    loop {
        for turn in &TURNS {
            match turn.try_lock() {
                Ok(turn) => return turn,
                Err(TryLockError::Poisoned(turn)) => return turn.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// One life of a consortium: everything that is checked about a version of CometBFT.
fn life(line: &str) -> Outcome {
    let Some(program) = program(line) else {
        return Ok(());
    };
    let _turn = turn();
    let mut consortium = Consortium::start(&program)?;
    events::accepted_refused_and_proven(&mut consortium)?;
    crashes::one_after_the_other(&mut consortium)?;
    crashes::at_random_under_load(&mut consortium)?;
    crashes::all_at_once(&mut consortium)?;
    joining::a_fifth_node_is_killed_while_it_restores(&mut consortium)?;
    joining::a_sixth_node_is_lied_to_by_most(&mut consortium)?;
    joining::a_seventh_node_asks_over_https(&mut consortium)
}

#[test]
fn comet_0_40_drives_the_application_through_events_and_crashes() -> Outcome {
    life("0.40")
}

#[test]
fn comet_0_38_drives_the_application_through_events_and_crashes() -> Outcome {
    life("0.38")
}

#[test]
fn one_command_starts_comet_0_40_goes_on_after_a_kill_and_ends_all_of_it() -> Outcome {
    let Some(program) = program("0.40") else {
        return Ok(());
    };
    let _turn = turn();
    start::killed_it_goes_on_and_nothing_outlives_it(&program)
}

/// The consortium's own affairs, and a validator that signs twice.
fn affairs(line: &str) -> Outcome {
    let Some(program) = program(line) else {
        return Ok(());
    };
    let _turn = turn();
    let beginning = Beginning {
        key_type: KeyType::Ed25519,
        allowed: &[KeyType::Ed25519],
        spare: 1,
    };
    let mut consortium = Consortium::begin(&program, &beginning)?;
    governance::keys_members_and_powers_change(&mut consortium)?;
    misbehaviour::who_signs_twice_is_suspended(&mut consortium)?;
    misbehaviour::who_deceives_light_clients_is_written_down(&mut consortium)
}

#[test]
fn comet_0_40_changes_its_validators_and_suspends_who_signs_twice() -> Outcome {
    affairs("0.40")
}

#[test]
fn comet_0_38_changes_its_validators_and_suspends_who_signs_twice() -> Outcome {
    affairs("0.38")
}

/// A chain whose validators hold ML-DSA-65 keys.
fn post_quantum(line: &str) -> Outcome {
    let Some(program) = program(line) else {
        return Ok(());
    };
    let _turn = turn();
    post_quantum::from_the_first_block(&program)
}

#[test]
fn comet_0_40_begins_with_ml_dsa_keys() -> Outcome {
    post_quantum("0.40")
}

#[test]
fn comet_0_38_begins_with_ml_dsa_keys() -> Outcome {
    post_quantum("0.38")
}

#[test]
fn comet_0_40_moves_to_ml_dsa_keys_while_a_light_client_follows() -> Outcome {
    let Some(program) = program("0.40") else {
        return Ok(());
    };
    let _turn = turn();
    post_quantum::validator_by_validator(&program)
}

/// An operator's path with a version of CometBFT, and from there to a newer one.
fn operated(line: &str, other: Option<&str>) -> Outcome {
    let Some(cometbft) = program(line) else {
        return Ok(());
    };
    let _turn = turn();
    operator::path(&cometbft, other.and_then(program).as_deref())
}

#[test]
fn four_organisations_found_a_chain_on_comet_0_40_and_let_a_fifth_in() -> Outcome {
    operated("0.40", None)
}

#[test]
fn four_organisations_found_a_chain_on_comet_0_38_and_find_who_runs_the_other_line() -> Outcome {
    operated("0.38", Some("0.40"))
}

#[test]
fn comet_0_38_stops_before_new_rules_and_goes_on_as_0_40_with_them() -> Outcome {
    let (Some(older), Some(newer)) = (program("0.38"), program("0.40")) else {
        return Ok(());
    };
    let _turn = turn();
    upgrade::at_an_agreed_height(&older, &newer)
}

/// Chains whose application is CometBFT's own.
fn foreign(line: &str) -> Outcome {
    let Some(program) = program(line) else {
        return Ok(());
    };
    let _turn = turn();
    kvstore::followed_and_proven(&program)
}

#[test]
fn a_kvstore_on_comet_0_40_is_followed_and_what_it_writes_is_proven() -> Outcome {
    foreign("0.40")
}

#[test]
fn a_kvstore_on_comet_0_38_is_followed_and_what_it_writes_is_proven() -> Outcome {
    foreign("0.38")
}
