//! How much power is enough, and whose.

use super::{is_trusted, now, rejection, step};
use crate::common::generate::{Member, Recipe, members};
use crate::common::trust;
use light_client::{
    BlockIdFlag, Budget, Options, Reason, TrustLevel, ValidatorSet, ValidatorSetError, Verdict,
    verify_step,
};

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
