//! The result: exact at equality, by both counts, from the ballots alone.

use crate::community::{AREAS, Community, voting_with};
use records::{
    canonical,
    kinds::vote::{
        Choice, Decision, Matter, Rank, Silent, Standing, Tally, Threshold, Thresholds, Vote,
        outcome,
    },
};

/// A vote on this matter among heads of these areas (m²), where these heads chose so.
fn decided(matter: u8, areas: &[u64], ballots: &[(u64, Choice)]) -> Decision {
    let community = voting_with(areas, |open| open.matter = Matter::Owners(matter));
    let mut vote = community.vote();
    vote.tally = tally(ballots);
    outcome(&vote, vote.closes).decision
}

fn tally(ballots: &[(u64, Choice)]) -> Tally {
    let mut tally = Tally::default();
    for (area, choice) in ballots {
        let ballot = Standing {
            choice: *choice,
            rank: Rank::Owner,
        };
        tally.add(ballot, area * 10_000).expect("fits");
    }
    tally
}

fn ballots(of: &[(usize, u64, Choice)]) -> Vec<(u64, Choice)> {
    of.iter()
        .flat_map(|(heads, area, choice)| std::iter::repeat_n((*area, *choice), *heads))
        .collect()
}

#[test]
fn two_thirds_take_part_at_exact_equality() {
    let all = [100; 12];
    let eight = ballots(&[(8, 100, Choice::For)]);
    assert_eq!(decided(5, &all, &eight), Decision::Passed);
    assert_eq!(
        decided(5, &all, &eight[..7]),
        Decision::FailedByParticipation
    );
    // One square centimetre short, by area alone.
    let community = voting_with(&all, |_| {});
    let mut vote = community.vote();
    vote.tally = tally(&eight);
    vote.tally.in_favour.owner.area -= 1;
    assert_eq!(
        outcome(&vote, vote.closes).decision,
        Decision::FailedByParticipation
    );
}

#[test]
fn half_is_not_more_than_half() {
    let all = [100; 10];
    for (matter, in_favour, expected) in [
        (1, 4, Decision::FailedByBoth),
        (1, 5, Decision::Passed),
        (5, 4, Decision::FailedByBoth),
        (5, 5, Decision::Passed),
        (9, 5, Decision::Passed),
        // Three quarters of eight are six, and equality is enough.
        (6, 5, Decision::FailedByBoth),
        (6, 6, Decision::Passed),
        (7, 6, Decision::Passed),
        (8, 5, Decision::FailedByBoth),
    ] {
        let cast = ballots(&[
            (in_favour, 100, Choice::For),
            (8 - in_favour, 100, Choice::Against),
        ]);
        assert_eq!(
            decided(matter, &all, &cast),
            expected,
            "{matter} {in_favour}"
        );
    }
}

#[test]
fn approval_is_of_those_who_took_part_and_abstaining_is_taking_part() {
    let cast = ballots(&[(4, 100, Choice::For), (4, 100, Choice::Abstain)]);
    assert_eq!(decided(5, &AREAS, &cast), Decision::FailedByBoth);
    let cast = ballots(&[(4, 100, Choice::For), (3, 100, Choice::Against)]);
    assert_eq!(
        decided(5, &AREAS, &cast),
        Decision::Passed,
        "four of seven, though not of ten"
    );
}

#[test]
fn a_vote_can_fail_by_one_count_alone() {
    let all = [900, 100, 100, 100, 100, 100];
    let large_agrees = ballots(&[(1, 900, Choice::For), (4, 100, Choice::Against)]);
    assert_eq!(decided(5, &all, &large_agrees), Decision::FailedByHeads);
    let small_agree = ballots(&[(1, 900, Choice::Against), (4, 100, Choice::For)]);
    assert_eq!(decided(5, &all, &small_agree), Decision::FailedByArea);
    let many_heads = ballots(&[(5, 100, Choice::For)]);
    assert_eq!(
        decided(5, &all, &many_heads),
        Decision::FailedByParticipation,
        "five of six heads, 500 of 1400 m²"
    );
}

#[test]
fn nothing_is_decided_before_the_closing() {
    let mut community = voting_with(&AREAS, |_| {});
    for index in 0..8 {
        community.cast(index, Choice::For).expect("cast");
    }
    let vote = community.vote();
    assert_eq!(
        outcome(&vote, vote.opens - 1).decision,
        Decision::NotYetOpen
    );
    assert_eq!(outcome(&vote, vote.opens).decision, Decision::Open);
    assert_eq!(outcome(&vote, vote.closes - 1).decision, Decision::Open);
    assert_eq!(outcome(&vote, vote.closes).decision, Decision::Passed);
}

fn silent(change: Silent) -> Community {
    let mut community = voting_with(&AREAS, |open| open.rules.silent = change);
    for index in 0..4 {
        community.cast(index, Choice::For).expect("cast");
    }
    community.cast(4, Choice::Against).expect("cast");
    community
}

#[test]
fn silence_is_counted_apart_and_only_where_the_rules_say_so() {
    let off = silent(Silent::Off).result();
    assert_eq!(off.with_silent, None);
    let on = silent(Silent::Majority).result();
    assert_eq!(on.decision, Decision::FailedByParticipation);
    assert_eq!(
        (on.decision, on.participation, on.approval),
        (off.decision, off.participation, off.approval),
        "the result proper does not change"
    );
    let apart = on.with_silent.expect("shown apart");
    assert_eq!((apart.silent.heads, apart.follows), (5, Some(Choice::For)));
    assert_eq!(apart.decision, Decision::Passed);
    assert_eq!(
        (apart.approval.heads.part, apart.approval.heads.whole),
        (9, 10)
    );
}

#[test]
fn the_silent_follow_nobody_where_the_counts_disagree() {
    let community = voting_with(&AREAS, |open| open.rules.silent = Silent::Majority);
    let mut vote: Vote = community.vote();
    vote.tally = tally(&ballots(&[
        (2, 100, Choice::For),
        (1, 500, Choice::Against),
    ]));
    let apart = outcome(&vote, vote.closes)
        .with_silent
        .expect("shown apart");
    assert_eq!(apart.follows, None);
    assert_eq!(apart.participation.heads.part, 3);
}

#[test]
fn lenders_state_their_own_shares() {
    let community = voting_with(&AREAS, |open| {
        open.matter = Matter::Lenders;
        open.rules.thresholds = Some(Thresholds {
            approval: Thresholds::LENDERS.participation,
            ..Thresholds::LENDERS
        });
    });
    let mut vote = community.vote();
    vote.tally = tally(&ballots(&[
        (5, 100, Choice::For),
        (4, 100, Choice::Against),
    ]));
    assert_eq!(outcome(&vote, vote.closes).decision, Decision::FailedByBoth);
    vote.rules.thresholds = Some(Thresholds::LENDERS);
    assert_eq!(outcome(&vote, vote.closes).decision, Decision::Passed);
}

#[test]
fn a_threshold_has_one_spelling_and_can_be_met() {
    for good in [">=2/3", ">1/2", ">=3/4", ">=1/1"] {
        let threshold: Threshold = good.parse().expect("a threshold");
        assert_eq!(threshold.to_string(), good);
    }
    for bad in [
        "2/3", ">=02/3", ">= 2/3", ">=3/2", ">1/1", ">=0/3", ">=2/0", ">=+2/3", ">=2/1001", ">=2",
    ] {
        assert!(bad.parse::<Threshold>().is_err(), "{bad}");
    }
}

#[test]
fn thresholds_are_exact_at_the_largest_areas() {
    let most = canonical::MAX_INTEGER.unsigned_abs();
    for threshold in [
        Threshold::TWO_THIRDS,
        Threshold::THREE_QUARTERS,
        Threshold::MORE_THAN_HALF,
    ] {
        for whole in [1, 2, 3, 4, 5, 7, 12, most - 2, most - 1, most] {
            let needed = threshold.needed(whole);
            assert!(threshold.met(needed, whole), "{threshold} of {whole}");
            assert!(!threshold.met(needed - 1, whole), "{threshold} of {whole}");
        }
        assert!(!threshold.met(0, 0), "nothing of nothing");
    }
    assert!(Threshold::TWO_THIRDS.met(2 * (most / 3), 3 * (most / 3)));
    assert!(!Threshold::MORE_THAN_HALF.met(most / 2, most / 2 * 2));
}
