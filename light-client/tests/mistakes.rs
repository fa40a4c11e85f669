//! Mistakes that other light clients shipped, and the blind spots of the public vectors. Each test plays the attack.

mod common;

use common::generate::{Member, Recipe, Rng, at, members, reseal, set, sign, sorted};
use common::trust;
use light_client::{
    BlockIdFlag, Budget, CommitSig, LightBlock, Options, Reason, SignatureCheck, Time, TrustLevel,
    TrustedState, Validator, ValidatorSet, ValidatorSetError, Verdict, Vote, verify_step,
};
use std::time::Duration;

fn now() -> Time {
    at(3_600_000_000_000)
}

fn step(trusted: &TrustedState, block: &LightBlock) -> Verdict {
    verify_step(
        trusted,
        block,
        &Options::default(),
        now(),
        &mut Budget::new(1_000),
    )
}

fn rejection(trusted: &TrustedState, block: &LightBlock) -> Reason {
    match step(trusted, block) {
        Verdict::Rejected(reason) => reason,
        verdict => panic!("{verdict:?}"),
    }
}

fn is_trusted(verdict: &Verdict) -> bool {
    matches!(verdict, Verdict::Trusted(..))
}

/// A trusted block at height 1 and a good one at height 5, of four equal validators.
fn pair() -> (TrustedState, LightBlock, Vec<Member>) {
    let members = members(0, 4, 10);
    (
        trust(&Recipe::new(1, &members).block()),
        Recipe::new(5, &members).block(),
        members,
    )
}

#[test]
fn the_good_block_is_trusted() {
    let (trusted, block, _) = pair();
    assert!(is_trusted(&step(&trusted, &block)));
}

#[test]
fn a_commit_for_another_header_is_not_taken_for_this_one() {
    let (trusted, mut block, members) = pair();
    block.signed_header.header.app_hash[0] ^= 1;
    assert!(matches!(
        rejection(&trusted, &block),
        Reason::CommitForOtherHeader { .. }
    ));
    // Nor is a commit for no header at all, though properly signed.
    block.signed_header.commit.block_id.hash = None;
    sign(&mut block, &members);
    assert!(matches!(
        rejection(&trusted, &block),
        Reason::CommitForOtherHeader { commit: None, .. }
    ));
}

#[test]
fn validators_are_those_that_the_header_commits_to() {
    let (trusted, mut block, members) = pair();
    // One more vote for the first: the order stays, the hash does not.
    let mut stronger = sorted(&members);
    stronger[0].power += 1;
    block.validators = set(&stronger);
    assert!(matches!(
        rejection(&trusted, &block),
        Reason::ValidatorsHash { .. }
    ));

    let (trusted, mut block, _) = pair();
    block.next_validators = Some(set(&stronger));
    assert!(matches!(
        rejection(&trusted, &block),
        Reason::NextValidatorsHash { .. }
    ));
}

#[test]
fn a_checkpoint_is_bound_to_its_hash_and_its_validators() {
    let members = members(0, 4, 10);
    let block = Recipe::new(1, &members).block();
    let hash = block.signed_header.header.hash();
    assert!(TrustedState::from_checkpoint(&block, &hash).is_ok());
    assert!(matches!(
        TrustedState::from_checkpoint(&block, &[7; 32]),
        Err(Reason::WrongCheckpoint { .. })
    ));
    let mut strangers = block.clone();
    strangers.validators = set(&common::generate::members(9, 4, 10));
    assert!(matches!(
        TrustedState::from_checkpoint(&strangers, &hash),
        Err(Reason::ValidatorsHash { .. })
    ));
    let mut strangers = block;
    strangers.next_validators = Some(set(&common::generate::members(9, 4, 10)));
    assert!(matches!(
        TrustedState::from_checkpoint(&strangers, &hash),
        Err(Reason::NextValidatorsHash { .. })
    ));
}

#[test]
fn one_validators_vote_is_not_counted_in_two_places() {
    // Validator 0 votes at every place; alone it has a quarter of the power.
    let (trusted, mut block, members) = pair();
    let own = sorted(&members)[0].clone();
    let address = *own.validator().address();
    for index in 0..4 {
        block.signed_header.commit.signatures[index].address = Some(address);
    }
    for index in 0..4 {
        let message = block
            .signed_header
            .commit
            .vote_sign_bytes("test-chain", index)
            .unwrap();
        block.signed_header.commit.signatures[index].signature = own.sign(&message);
    }
    assert_eq!(
        rejection(&trusted, &block),
        Reason::CommitAddress { index: 1 }
    );
}

#[test]
fn one_validator_is_not_listed_twice() {
    let member = Member::new(0, 10).validator();
    let twice = ValidatorSet::new(vec![
        member.clone(),
        Member::new(1, 5).validator(),
        member.clone(),
    ]);
    assert_eq!(twice, Err(ValidatorSetError::Duplicate(*member.address())));
    let with_other_power = Validator::new(member.key().clone(), 11);
    assert!(ValidatorSet::new(vec![member, with_other_power]).is_err());
}

#[test]
fn an_address_must_belong_to_the_validator_at_its_place() {
    let (trusted, block, members) = pair();
    let stranger = *Member::new(99, 1).validator().address();
    for index in 0..4 {
        let mut swapped = block.clone();
        swapped.signed_header.commit.signatures[index].address = Some(stranger);
        assert_eq!(
            rejection(&trusted, &swapped),
            Reason::CommitAddress { index }
        );
        swapped.signed_header.commit.signatures[index].address = None;
        assert_eq!(
            rejection(&trusted, &swapped),
            Reason::CommitAddress { index }
        );
    }
    let mut swapped = block;
    swapped.signed_header.commit.signatures.swap(1, 2);
    sign(&mut swapped, &members);
    assert_eq!(
        rejection(&trusted, &swapped),
        Reason::CommitAddress { index: 1 }
    );
}

#[test]
fn an_absent_vote_carries_nothing() {
    let (trusted, mut block, _) = pair();
    let vote = block.signed_header.commit.signatures[3].clone();
    let absent = CommitSig {
        flag: BlockIdFlag::Absent,
        address: None,
        timestamp: Time::GO_ZERO,
        signature: Vec::new(),
    };
    for carrying in [
        CommitSig {
            address: vote.address,
            ..absent.clone()
        },
        CommitSig {
            timestamp: vote.timestamp,
            ..absent.clone()
        },
        CommitSig {
            signature: vote.signature,
            ..absent.clone()
        },
    ] {
        block.signed_header.commit.signatures[3] = carrying;
        assert_eq!(
            rejection(&trusted, &block),
            Reason::AbsentWithVote { index: 3 }
        );
    }
    for timestamp in [Time::GO_ZERO, Time::UNIX_EPOCH] {
        block.signed_header.commit.signatures[3] = CommitSig {
            timestamp,
            ..absent.clone()
        };
        assert!(is_trusted(&step(&trusted, &block)));
    }
}

#[test]
fn a_commit_has_one_entry_for_each_validator() {
    let (trusted, block, _) = pair();
    for count in [0, 3, 5] {
        let mut cut = block.clone();
        let entry = cut.signed_header.commit.signatures[0].clone();
        cut.signed_header.commit.signatures.resize(count, entry);
        assert_eq!(
            rejection(&trusted, &cut),
            Reason::CommitSize {
                expected: 4,
                found: count
            }
        );
    }
}

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
fn rounds_and_unequal_powers_count_as_they_are() {
    let powers = [50, 30, 15, 5];
    let members: Vec<Member> = powers
        .iter()
        .zip(0..)
        .map(|(power, number)| Member::new(number, *power))
        .collect();
    let trusted = trust(&Recipe::new(1, &members).block());
    for round in 0..4 {
        for signing in 0..16usize {
            let flag = |place: usize| {
                if signing & (1 << place) == 0 {
                    BlockIdFlag::Nil
                } else {
                    BlockIdFlag::Commit
                }
            };
            let recipe = Recipe {
                round,
                votes: (0..4).map(flag).collect(),
                ..Recipe::new(5, &members)
            };
            let power: u64 = (0..4)
                .filter(|place| signing & (1 << place) != 0)
                .map(|place| powers[place])
                .sum();
            match step(&trusted, &recipe.block()) {
                Verdict::Trusted(..) => assert!(power * 3 > 200, "{signing:b}"),
                Verdict::NotEnoughTrust(tally) => {
                    assert!(power * 3 <= 100, "{signing:b}");
                    assert_eq!(tally.trusted.unwrap().signed, power);
                }
                Verdict::Rejected(reason) => {
                    assert!(power * 3 > 100 && power * 3 <= 200, "{signing:b}");
                    assert_eq!(
                        reason,
                        Reason::TooLittlePower {
                            signed: power,
                            total: 100
                        }
                    );
                }
            }
        }
    }
}

#[test]
fn exactly_a_threshold_is_not_enough() {
    let members = members(0, 3, 10);
    let trusted = trust(&Recipe::new(1, &members).block());
    let with_votes = |height, signing| {
        let flag = |place| {
            if place < signing {
                BlockIdFlag::Commit
            } else {
                BlockIdFlag::Absent
            }
        };
        Recipe {
            votes: (0..3).map(flag).collect(),
            ..Recipe::new(height, &members)
        }
        .block()
    };
    assert!(matches!(
        rejection(&trusted, &with_votes(2, 2)),
        Reason::TooLittlePower {
            signed: 20,
            total: 30
        }
    ));
    assert!(matches!(
        step(&trusted, &with_votes(5, 1)),
        Verdict::NotEnoughTrust(_)
    ));
    assert!(is_trusted(&step(&trusted, &with_votes(2, 3))));
}

#[test]
fn the_largest_powers_do_not_wrap() {
    let huge = light_client::MAX_TOTAL_POWER / 3;
    let members = members(0, 3, huge);
    let trusted = trust(&Recipe::new(1, &members).block());
    let options = Options {
        trust_level: TrustLevel::new(u64::MAX - 1, u64::MAX).unwrap(),
        ..Options::default()
    };
    let verdict = verify_step(
        &trusted,
        &Recipe::new(5, &members).block(),
        &options,
        now(),
        &mut Budget::new(9),
    );
    assert!(is_trusted(&verdict));
    let over = ValidatorSet::new(vec![
        Member::new(0, huge).validator(),
        Member::new(1, u64::MAX - huge).validator(),
    ]);
    assert_eq!(over, Err(ValidatorSetError::TooMuchPower));
}

#[test]
fn a_minority_with_new_keys_does_not_take_over() {
    // 40 % of the trusted power signs for a set of its own making: enough for 1/3, not for 2/3.
    let powers = [20, 20, 30, 30];
    let old: Vec<Member> = powers
        .iter()
        .zip(0..)
        .map(|(power, number)| Member::new(number, *power))
        .collect();
    let invented = [&old[..2], &members(50, 1, 1)].concat();
    let trusted = trust(&Recipe::new(1, &old).block());
    let forged = Recipe::new(5, &invented).block();
    assert!(
        is_trusted(&step(&trusted, &forged)),
        "a trust level of 1/3 is for chains where this cannot be"
    );
    let strict = Options {
        trust_level: TrustLevel::TWO_THIRDS,
        ..Options::default()
    };
    let verdict = verify_step(&trusted, &forged, &strict, now(), &mut Budget::new(1_000));
    assert!(
        matches!(verdict, Verdict::NotEnoughTrust(tally) if tally.trusted.unwrap().signed == 40)
    );
    // And not at all in a step to the next height, whose validators are announced.
    let next = Recipe::new(2, &invented).block();
    assert!(matches!(
        rejection(&trusted, &next),
        Reason::NotTheAnnouncedValidators { .. }
    ));
}

#[test]
fn another_chain_is_refused_however_well_it_is_signed() {
    let (trusted, block, members) = pair();
    let foreign = Recipe {
        chain_id: "other-chain".to_string(),
        ..Recipe::new(5, &members)
    }
    .block();
    assert!(matches!(
        rejection(&trusted, &foreign),
        Reason::WrongChain { .. }
    ));
    let pinned = Options {
        chain_id: Some("other-chain".to_string()),
        ..Options::default()
    };
    for block in [block, foreign] {
        let verdict = verify_step(&trusted, &block, &pinned, now(), &mut Budget::new(1_000));
        assert!(matches!(
            verdict,
            Verdict::Rejected(Reason::WrongChain { .. })
        ));
    }
}

#[test]
fn only_block_protocol_11_and_short_chain_ids_are_known() {
    let (trusted, mut block, members) = pair();
    block.signed_header.header.block_version = 12;
    reseal(&mut block, &members);
    assert_eq!(rejection(&trusted, &block), Reason::WrongBlockProtocol(12));

    let recipe = |height| Recipe {
        chain_id: "x".repeat(51),
        ..Recipe::new(height, &members)
    };
    let trusted = trust(&recipe(1).block());
    assert_eq!(
        rejection(&trusted, &recipe(5).block()),
        Reason::ChainIdTooLong
    );
}

#[test]
fn heights_go_up() {
    let members = members(0, 4, 10);
    let trusted = trust(&Recipe::new(5, &members).block());
    for height in [1, 4, 5] {
        let block = Recipe {
            time: at(90_000_000_000),
            ..Recipe::new(height, &members)
        }
        .block();
        assert_eq!(
            rejection(&trusted, &block),
            Reason::HeightNotAbove {
                trusted: 5,
                found: height
            }
        );
    }
    let (trusted, mut block, members) = pair();
    block.signed_header.commit.height = 6;
    sign(&mut block, &members);
    assert_eq!(
        rejection(&trusted, &block),
        Reason::CommitHeight {
            expected: 5,
            found: 6
        }
    );
}

#[test]
fn time_is_judged_to_the_nanosecond() {
    let members = members(0, 4, 10);
    let trusted_time = at(10_000_000_000);
    let trusted = trust(&Recipe::new(1, &members).block());
    let verdict = |time: Time, now: Time| {
        let block = Recipe {
            time,
            ..Recipe::new(5, &members)
        }
        .block();
        let options = Options {
            trusting_period: Duration::from_secs(100),
            clock_drift: Duration::from_secs(1),
            ..Options::default()
        };
        verify_step(&trusted, &block, &options, now, &mut Budget::new(9))
    };
    let after = |nanos: i128| Time::from_unix_nanos(trusted_time.unix_nanos() + nanos).unwrap();
    let second = 1_000_000_000;

    assert!(is_trusted(&verdict(after(1), after(100 * second - 1))));
    let expired = verdict(after(1), after(100 * second));
    assert!(matches!(
        expired,
        Verdict::Rejected(Reason::TrustExpired { .. })
    ));

    let same = verdict(after(0), after(second));
    assert!(matches!(
        same,
        Verdict::Rejected(Reason::TimeNotAfter { .. })
    ));

    assert!(is_trusted(&verdict(
        after(11 * second - 1),
        after(10 * second)
    )));
    let future = verdict(after(11 * second), after(10 * second));
    assert!(matches!(
        future,
        Verdict::Rejected(Reason::FromFuture { .. })
    ));
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
