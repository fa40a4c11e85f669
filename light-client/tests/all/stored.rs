//! What the bytes of a store must say, and what is looked at again when they are read.

use crate::common::generate::{Recipe, members};
use crate::stores::attack;
use light_client::client::Attack;
use light_client::{LightBlock, SignatureCheck, TrustedState};

/// Turns the last vote, which more than two thirds do not need.
fn bend(block: &mut LightBlock) {
    let vote = block.signed_header.commit.signatures.last_mut();
    vote.expect("somebody voted").signature[0] ^= 1;
}

#[test]
fn every_vote_of_a_kept_fork_is_looked_at_again_also_in_its_evidence() {
    let places: [fn(&mut Attack) -> &mut LightBlock; 4] = [
        |attack| &mut attack.ours,
        |attack| &mut attack.theirs,
        |attack| &mut attack.evidence[0].conflicting,
        |attack| &mut attack.evidence[1].conflicting,
    ];
    assert!(Attack::from_bytes(&attack().to_bytes()).is_ok() && attack().headers().is_ok());
    for (number, place) in places.into_iter().enumerate() {
        let mut bent = attack();
        bend(place(&mut bent));
        assert!(Attack::from_bytes(&bent.to_bytes()).is_err(), "{number}");
        assert_eq!(bent.headers().is_err(), number < 2, "{number}");
    }
}

#[test]
fn a_state_says_whether_its_own_validators_or_the_next_ones_judge_what_follows() {
    let recipe = Recipe {
        next: members(4, 4, 10),
        ..Recipe::new(8, &members(0, 4, 10))
    };
    let next = recipe.block();
    let own = LightBlock {
        next_validators: None,
        ..next.clone()
    };
    let hash = next.signed_header.header.hash();
    // The numbers of these fields, as the bytes have them.
    for (block, number, other) in [(own, 0x1a, 0x22), (next, 0x22, 0x1a)] {
        let state = TrustedState::from_checkpoint(&block, &hash).expect("its own");
        let mut bytes = state.to_bytes();
        let judges = state.validators().to_bytes();
        let at = bytes.windows(judges.len()).position(|part| part == judges);
        // Before them stands their length, below 2¹⁴.
        let at = at.expect("there") - if judges.len() < 128 { 2 } else { 3 };
        assert_eq!(bytes[at], number);
        bytes[at] = other;
        assert!(TrustedState::from_bytes(&bytes, SignatureCheck::All).is_err());
    }
}

#[test]
fn a_state_that_was_stepped_to_with_the_next_validators_comes_back_with_both_sets() {
    let people = members(0, 4, 10);
    let first = Recipe::new(8, &people).block();
    let trusted = crate::common::trust(&first);
    let next = Recipe {
        next: members(4, 4, 10),
        ..Recipe::new(20, &people)
    };
    let block = next.block();
    let verdict = light_client::verify_step(
        &trusted,
        &block,
        &light_client::Options::default(),
        crate::common::soon_after(&block),
        &mut light_client::Budget::new(100),
    );
    let light_client::Verdict::Trusted(state, _) = verdict else {
        panic!("{verdict:?}");
    };
    assert_eq!(state.block(), Some(block));
    let read = TrustedState::from_bytes(&state.to_bytes(), SignatureCheck::Sufficient);
    assert_eq!(read, Ok(*state));
}
