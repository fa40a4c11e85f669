//! What the keys do not sign, and what nobody accepts although it is signed.

mod common;

use common::{DAY, VOTE, World, owner, text};
use keys::{Action, Identity, OPEN_FOR, Signed, needs, sign};
use records::{
    Event, Stop,
    testing::{CHAIN, SECOND},
};

fn cast(choice: &str) -> Action {
    Action::Cast {
        vote: text(VOTE),
        choice: text(choice),
    }
}

fn code(result: Result<(), Stop>) -> &'static str {
    match result {
        Err(Stop::Refused(refusal)) => refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

fn until(signed: &Signed) -> i64 {
    let event = Event::open(&signed.envelope).expect("an event");
    event.payload().until
}

#[test]
fn nothing_is_signed_for_another_chain_than_the_one_shown() {
    let world = World::new();
    let mut owner = owner();
    let mut ground = world.ground(&needs(&owner, &cast("for")).expect("can cast"));
    ground.chain = text("dev-other-0000");
    let unsigned = world.sign_on(&mut owner, &cast("for"), &ground);
    assert_eq!(unsigned.map_err(|e| e.reason), Err("other-chain"));
    assert!(owner.pending.is_empty());
}

#[test]
fn what_is_signed_for_another_chain_is_refused_here() {
    let mut world = World::new();
    let mut owner = owner();
    let mut ground = world.ground(&needs(&owner, &cast("for")).expect("can cast"));
    ground.chain = text("dev-other-0000");
    let signed = sign(&mut owner, &cast("for"), "dev-other-0000", &ground, [1; 32]);
    assert_eq!(code(world.write(signed.expect("signed"))), "other-chain");
}

#[test]
fn what_is_signed_for_a_place_that_was_taken_is_refused() {
    let mut world = World::new();
    let (mut here, mut elsewhere) = (owner(), owner());
    let late = world.sign(&mut elsewhere, &cast("against"));
    world.act(&mut here, &cast("for"));
    assert_eq!(code(world.write(late.expect("signed"))), "wrong-sequence");
}

#[test]
fn what_is_kept_back_past_its_time_is_refused() {
    let mut world = World::new();
    let signed = world.sign(&mut owner(), &cast("for")).expect("signed");
    assert_eq!(until(&signed), world.ledger.time + OPEN_FOR);
    world.ledger.time += OPEN_FOR + SECOND;
    assert_eq!(code(world.write(signed)), "too-late");
}

#[test]
fn no_alternative_is_signed_while_the_first_may_still_be_written() {
    let mut world = World::new();
    let mut owner = owner();
    let first = world.sign(&mut owner, &cast("for")).expect("signed");
    let refused = world
        .sign(&mut owner, &cast("against"))
        .expect_err("pending");
    assert_eq!(refused.reason, "still-pending");
    assert_eq!(refused.facts.get("until"), Some(&until(&first).to_string()));

    // The same again gives the same bytes, whatever time it is: there is one event.
    world.ledger.time += OPEN_FOR;
    assert_eq!(world.sign(&mut owner, &cast("for")), Ok(first.clone()));
    assert_eq!(owner.pending.len(), 1);

    // After a reload, or from a file taken now, the rule still holds.
    let mut again = Identity::read(&owner.file()).expect("reads");
    let refused = world.sign(&mut again, &cast("against"));
    assert_eq!(refused.map_err(|e| e.reason), Err("still-pending"));

    world.ledger.time += SECOND;
    let second = world.sign(&mut again, &cast("against")).expect("signed");
    assert_eq!(again.pending.len(), 1);
    assert_eq!(code(world.write(first)), "too-late");
    world.write(second).expect("accepted");
}

#[test]
fn a_refusal_frees_nothing_for_the_same_bytes_can_be_handed_in_again() {
    let mut world = World::new();
    let mut owner = owner();
    let first = world.sign(&mut owner, &cast("for")).expect("signed");
    let opens = std::mem::replace(&mut world.ledger.time, records::testing::GENESIS);
    assert_eq!(code(world.write(first.clone())), "not-open-yet");
    world.ledger.time = opens;
    let refused = world.sign(&mut owner, &cast("against"));
    assert_eq!(refused.map_err(|e| e.reason), Err("still-pending"));
    world.write(first).expect("accepted now");
}

#[test]
fn once_it_is_written_the_next_is_signed_at_once() {
    let mut world = World::new();
    let mut owner = owner();
    world.act(&mut owner, &cast("for"));
    world.act(&mut owner, &cast("against"));
}

#[test]
fn an_older_file_loses_no_event_that_may_still_be_written() {
    let world = World::new();
    let mut here = owner();
    let older = here.file();
    world.sign(&mut here, &cast("for")).expect("signed");
    let mut imported = Identity::read(&older).expect("reads");
    imported.join(&here);
    let refused = world.sign(&mut imported, &cast("against"));
    assert_eq!(refused.map_err(|e| e.reason), Err("still-pending"));
}

#[test]
fn nothing_is_signed_on_records_that_were_not_proven() {
    let mut world = World::new();
    world.ledger.time += DAY;
    let mut owner = owner();
    let mut ground = world.ground(&needs(&owner, &cast("for")).expect("can cast"));
    ground.records.clear();
    let unsigned = sign(&mut owner, &cast("for"), CHAIN, &ground, [1; 32]);
    assert_eq!(unsigned.map_err(|e| e.reason), Err("proof-not-given"));
}
