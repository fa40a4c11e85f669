//! Which signatures are checked, over which bytes, and what they may cost.

use super::{is_trusted, now, pair, rejection, step};
use crate::common::generate::{Member, Recipe, Rng, members, sign};
use crate::common::trust;
use light_client::{
    Budget, LightBlock, Options, Reason, SignatureCheck, Time, Verdict, Vote, verify_step,
};

#[test]
fn a_bad_signature_is_named() {
    let (trusted, block, _) = pair();
    for index in 0..3 {
        for bend in [0, 31, 32, 63] {
            let mut bad = block.clone();
            bad.signed_header.commit.signatures[index].signature[bend] ^= 1;
            let address = bad.signed_header.commit.signatures[index].address.unwrap();
            assert_eq!(
                rejection(&trusted, &bad),
                Reason::BadSignature { index, address }
            );
        }
        for length in [0, 1, 63, 65] {
            let mut bad = block.clone();
            bad.signed_header.commit.signatures[index]
                .signature
                .resize(length, 0);
            assert!(
                matches!(rejection(&trusted, &bad), Reason::BadSignature { index: found, .. } if found == index)
            );
        }
    }
}

#[test]
fn a_signature_beyond_two_thirds_is_looked_at_only_if_asked_for() {
    let (trusted, mut block, _) = pair();
    block.signed_header.commit.signatures[3].signature[0] ^= 1;
    let Verdict::Trusted(state, tally) = step(&trusted, &block) else {
        panic!()
    };
    assert_eq!((tally.own.signed, tally.own.total), (30, 40));
    let votes: Vec<Vote> = state
        .verified()
        .signers()
        .iter()
        .map(|signer| signer.vote)
        .collect();
    assert_eq!(
        votes,
        [Vote::Signed, Vote::Signed, Vote::Signed, Vote::Unchecked]
    );

    let all = Options {
        signatures: SignatureCheck::All,
        ..Options::default()
    };
    let verdict = verify_step(&trusted, &block, &all, now(), &mut Budget::new(1_000));
    assert!(matches!(
        verdict,
        Verdict::Rejected(Reason::BadSignature { index: 3, .. })
    ));
}

#[test]
fn a_vote_signed_for_another_chain_height_round_block_or_time_does_not_count() {
    let (trusted, block, members) = pair();
    let forged = |change: fn(&mut LightBlock)| {
        // The validators signed the changed block; the signatures are shown with the genuine one.
        let mut other = block.clone();
        change(&mut other);
        sign(&mut other, &members);
        let mut shown = block.clone();
        for (entry, signed) in shown
            .signed_header
            .commit
            .signatures
            .iter_mut()
            .zip(other.signed_header.commit.signatures)
        {
            entry.signature = signed.signature;
        }
        rejection(&trusted, &shown)
    };
    let bad = |reason| matches!(reason, Reason::BadSignature { index: 0, .. });
    assert!(bad(forged(
        |block| block.signed_header.header.chain_id = "other-chain".to_string()
    )));
    assert!(bad(forged(|block| block.signed_header.commit.height += 1)));
    assert!(bad(forged(|block| block.signed_header.commit.round += 1)));
    assert!(bad(forged(|block| block
        .signed_header
        .commit
        .block_id
        .hash = Some([7; 32]))));
    assert!(bad(forged(|block| block
        .signed_header
        .commit
        .block_id
        .parts_total += 1)));
    assert!(bad(forged(|block| block
        .signed_header
        .commit
        .block_id
        .parts_hash = Some([7; 32]))));
    assert!(bad(forged(|block| {
        let time = &mut block.signed_header.commit.signatures[0].timestamp;
        *time = Time::new(time.seconds(), time.nanos() + 1).unwrap();
    })));
}

#[test]
fn a_huge_false_set_costs_no_signature() {
    let (trusted, _, _) = pair();
    let strangers = members(1_000, 300, 10);
    let mut budget = Budget::new(10);
    let verdict = verify_step(
        &trusted,
        &Recipe::new(5, &strangers).block(),
        &Options::default(),
        now(),
        &mut budget,
    );
    assert!(matches!(verdict, Verdict::NotEnoughTrust(_)));
    assert_eq!(budget.left(), 10);
}

#[test]
fn signatures_stop_at_the_budget() {
    let (trusted, block, _) = pair();
    for (left, enough) in [(2, false), (3, true)] {
        let mut budget = Budget::new(left);
        let verdict = verify_step(&trusted, &block, &Options::default(), now(), &mut budget);
        assert_eq!(is_trusted(&verdict), enough, "{verdict:?}");
        assert_eq!(budget.left(), if enough { 0 } else { left });
    }
}

#[test]
fn each_signature_is_paid_for_once_though_it_counts_twice() {
    let mut random = Rng(7);
    for _ in 0..50 {
        let old: Vec<Member> = (0..6)
            .map(|number| Member::new(number, 1 + random.below(20)))
            .collect();
        let mut new = old.clone();
        for member in &mut new {
            member.power = 1 + random.below(20);
        }
        let mut budget = Budget::new(6);
        let options = Options {
            signatures: SignatureCheck::All,
            ..Options::default()
        };
        let trusted = trust(&Recipe::new(1, &old).block());
        let verdict = verify_step(
            &trusted,
            &Recipe::new(5, &new).block(),
            &options,
            now(),
            &mut budget,
        );
        assert!(is_trusted(&verdict));
        assert_eq!(budget.left(), 0);
    }
}

#[test]
fn strangers_votes_do_not_stand_in_for_those_of_the_trusted() {
    // Four strangers, of whom three are more than two thirds, stand before the four who are trusted.
    let known = members(0, 4, 10);
    let all: Vec<Member> = members(50, 4, 100)
        .into_iter()
        .chain(known.clone())
        .collect();
    let trusted = trust(&Recipe::new(1, &known).block());
    let block = Recipe::new(5, &all).block();
    let mut budget = Budget::new(1_000);
    let verdict = verify_step(&trusted, &block, &Options::default(), now(), &mut budget);
    let Verdict::Trusted(_, tally) = verdict else {
        panic!("{verdict:?}")
    };
    // Three strangers for the header's own count, two of the trusted for more than a third; nobody else.
    let share = tally.trusted.expect("a skip");
    assert_eq!((share.signed, share.total, tally.own.signed), (20, 40, 320));
    assert_eq!(budget.left(), 1_000 - 5);
    // And these two did sign.
    for index in [4, 5] {
        let mut forged = block.clone();
        forged.signed_header.commit.signatures[index].signature[0] ^= 1;
        let reason = rejection(&trusted, &forged);
        assert!(
            matches!(reason, Reason::BadSignature { index: found, .. } if found == index),
            "{reason:?}"
        );
    }
}
