//! Bisection over chains whose validators change, fed by hand.

use std::collections::BTreeMap;

use crate::common::generate::{Member, Recipe, at, members};
use crate::common::{CHAINS, chain, soon_after, trust};
use light_client::{Bisection, BlockIdFlag, Budget, LightBlock, Options, Progress, Reason, Time};

fn now() -> Time {
    at(3_600_000_000_000)
}

/// Every height one of ten equal validators is replaced: after four heights too few are left to skip.
fn moving_chain(length: u64) -> BTreeMap<u64, LightBlock> {
    let set_at = |height: u64| members(height, 10, 10);
    let block = |height| {
        (
            height,
            Recipe {
                next: set_at(height + 1),
                ..Recipe::new(height, &set_at(height))
            }
            .block(),
        )
    };
    (1..=length).map(block).collect()
}

fn start(blocks: &BTreeMap<u64, LightBlock>, target: u64, budget: u32) -> Bisection {
    Bisection::new(
        trust(&blocks[&1]),
        target,
        Options::default(),
        Budget::new(budget),
    )
}

/// Feeds what is asked for; the heights in the order in which they were wanted.
fn run(bisection: &mut Bisection, blocks: &BTreeMap<u64, LightBlock>) -> Vec<u64> {
    let mut asked = Vec::new();
    while let Progress::Need(height) = *bisection.next() {
        asked.push(height);
        bisection.supply(blocks[&height].clone(), now());
    }
    asked
}

#[test]
fn an_unchanging_chain_is_crossed_in_one_step() {
    let blocks: BTreeMap<u64, LightBlock> = [1, 1_000_000]
        .map(|height| {
            let recipe = Recipe {
                time: at(height as i128),
                ..Recipe::new(height, &members(0, 4, 10))
            };
            (height, recipe.block())
        })
        .into();
    let mut bisection = start(&blocks, 1_000_000, 10);
    assert_eq!(run(&mut bisection, &blocks), [1_000_000]);
    assert_eq!(
        (bisection.next(), bisection.trusted().height()),
        (&Progress::Done, 1_000_000)
    );
    assert_eq!(bisection.budget().left(), 7);
}

#[test]
fn a_changing_chain_is_crossed_in_halves_and_no_block_is_asked_for_twice() {
    let blocks = moving_chain(65);
    let mut bisection = start(&blocks, 65, 1_000);
    let mut asked = run(&mut bisection, &blocks);
    assert_eq!(bisection.next(), &Progress::Done);
    assert_eq!(bisection.trusted().height(), 65);
    assert_eq!(asked[..5], [65, 33, 17, 9, 5]);
    assert!(asked.len() < 40, "{asked:?}");
    let count = asked.len();
    asked.sort_unstable();
    asked.dedup();
    assert_eq!(asked.len(), count);
    // What was asked for is what was stepped over, in rising order.
    let legs = bisection.legs();
    let over: Vec<u64> = legs.iter().map(|leg| leg.block.height()).collect();
    assert_eq!(over, asked);
    assert!(
        legs.iter()
            .all(|leg| leg.state.height() == leg.block.height())
    );
    assert_eq!(legs.last().map(|leg| &leg.state), Some(bisection.trusted()));
}

#[test]
fn what_is_foreseen_is_what_will_be_asked_for_and_nothing_is_before_the_first_step() {
    let blocks = moving_chain(65);
    let mut asked = run(&mut start(&blocks, 65, 1_000), &blocks);
    let mut bisection = start(&blocks, 65, 1_000);
    let (mut foreseen, mut rounds) = (Vec::new(), 0);
    while let Progress::Need(height) = *bisection.next() {
        let heights = bisection.foreseen(4);
        assert_eq!((heights[0], heights.len() <= 4), (height, true));
        assert!(!bisection.legs().is_empty() || heights.len() == 1);
        for height in &heights[1..] {
            bisection.hold(blocks[height].clone());
        }
        bisection.supply(blocks[&height].clone(), now());
        foreseen.extend(heights);
        rounds += 1;
    }
    assert_eq!(bisection.next(), &Progress::Done);
    assert!(bisection.foreseen(4).is_empty());
    asked.sort_unstable();
    foreseen.sort_unstable();
    assert_eq!(foreseen, asked);
    assert_eq!((asked.len(), rounds), (16, 8));
}

#[test]
fn a_forged_target_is_not_reached_however_the_way_goes() {
    let mut blocks = moving_chain(33);
    // Signed by strangers, and by the right validators with one wrong byte.
    blocks.insert(33, Recipe::new(33, &members(500, 10, 10)).block());
    let mut bisection = start(&blocks, 33, 1_000);
    run(&mut bisection, &blocks);
    assert!(matches!(
        bisection.next(),
        Progress::Failed(Reason::NotTheAnnouncedValidators { .. })
    ));
    assert_eq!(
        bisection.trusted().height(),
        32,
        "what was verified on the way stays trusted"
    );

    let mut blocks = moving_chain(33);
    blocks.get_mut(&33).unwrap().signed_header.header.app_hash[0] ^= 1;
    let mut bisection = start(&blocks, 33, 1_000);
    assert_eq!(run(&mut bisection, &blocks), [33]);
    assert!(matches!(
        bisection.next(),
        Progress::Failed(Reason::CommitForOtherHeader { .. })
    ));
}

#[test]
fn signatures_on_the_way_are_bounded_by_the_budget() {
    let blocks = moving_chain(65);
    let mut bisection = start(&blocks, 65, 30);
    run(&mut bisection, &blocks);
    assert!(matches!(
        bisection.next(),
        Progress::Failed(Reason::BudgetExceeded { .. })
    ));
    // Trust is not lost: a new attempt goes on from there.
    let reached = bisection.trusted().clone();
    assert!(reached.height() > 1);
    let mut again = Bisection::new(reached, 65, Options::default(), Budget::new(1_000));
    run(&mut again, &blocks);
    assert_eq!(again.next(), &Progress::Done);
}

#[test]
fn too_little_power_is_called_so_next_to_what_is_trusted_as_well() {
    let four = members(0, 4, 10);
    let minority = |height, signers: usize| {
        let mut recipe = Recipe::new(height, &four);
        recipe.votes[signers..].fill(BlockIdFlag::Absent);
        recipe.block()
    };
    // One of four is too little for a skip: the gap halves down to the next height.
    for (target, signers, wanted) in [(2, 1, &[2][..]), (2, 2, &[2]), (9, 1, &[9, 5, 3, 2])] {
        let mut blocks: BTreeMap<u64, LightBlock> = (2..=9)
            .map(|height| (height, minority(height, signers)))
            .collect();
        blocks.insert(1, Recipe::new(1, &four).block());
        let mut bisection = start(&blocks, target, 100);
        assert_eq!(run(&mut bisection, &blocks), wanted);
        let signed = 10 * signers as u64;
        assert_eq!(
            bisection.next(),
            &Progress::Failed(Reason::TooLittlePower { signed, total: 40 })
        );
    }
}

#[test]
fn a_block_of_another_height_fails_the_attempt() {
    let blocks = moving_chain(9);
    let mut bisection = start(&blocks, 9, 100);
    bisection.supply(blocks[&8].clone(), now());
    assert_eq!(
        bisection.next(),
        &Progress::Failed(Reason::WrongHeight {
            expected: 9,
            found: 8
        })
    );
    bisection.supply(blocks[&9].clone(), now());
    assert!(
        matches!(bisection.next(), Progress::Failed(_)),
        "a failed attempt stays failed"
    );
}

#[test]
fn a_client_that_slept_too_long_says_that_its_trust_expired() {
    let blocks = moving_chain(9);
    let mut bisection = start(&blocks, 9, 100);
    let late = Time::from_unix_nanos(now().unix_nanos() + 8 * 86_400_000_000_000).unwrap();
    bisection.supply(blocks[&9].clone(), late);
    assert!(matches!(
        bisection.next(),
        Progress::Failed(Reason::TrustExpired { .. })
    ));
    assert_eq!(bisection.trusted().height(), 1);
}

#[test]
fn the_target_may_be_here_already_but_not_behind() {
    let blocks = moving_chain(3);
    let at_height = |height: u64, target| {
        Bisection::new(
            trust(&blocks[&height]),
            target,
            Options::default(),
            Budget::new(9),
        )
    };
    assert_eq!(at_height(2, 2).next(), &Progress::Done);
    assert!(matches!(
        at_height(2, 1).next(),
        Progress::Failed(Reason::HeightNotAbove { .. })
    ));
}

#[test]
fn a_node_that_invents_ever_closer_headers_comes_to_an_end() {
    // Each header in between is of strangers too, so nothing is ever trusted and the gap halves down to the next height.
    let strangers: Vec<Member> = members(700, 4, 10);
    let first = Recipe::new(1, &members(0, 4, 10)).block();
    let mut bisection = Bisection::new(
        trust(&first),
        1 << 24,
        Options::default(),
        Budget::new(1_000),
    );
    let mut asked = 0;
    while let Progress::Need(height) = *bisection.next() {
        let recipe = Recipe {
            time: at(20_000_000_000 + i128::from(height)),
            ..Recipe::new(height, &strangers)
        };
        bisection.supply(recipe.block(), now());
        asked += 1;
    }
    assert!(matches!(
        bisection.next(),
        Progress::Failed(Reason::NotTheAnnouncedValidators { .. })
    ));
    assert_eq!((asked, bisection.budget().left()), (24, 1_000));
}

#[test]
fn recorded_chains_are_crossed_from_the_first_height_to_the_last() {
    for name in CHAINS {
        let blocks: BTreeMap<u64, LightBlock> = chain(name)
            .into_iter()
            .map(|block| (block.height(), block))
            .collect();
        let (first, last) = (
            blocks.values().next().unwrap(),
            blocks.values().last().unwrap(),
        );
        let mut bisection = Bisection::new(
            trust(first),
            last.height(),
            Options::default(),
            Budget::new(10_000),
        );
        while let Progress::Need(height) = *bisection.next() {
            bisection.supply(blocks[&height].clone(), soon_after(last));
        }
        assert_eq!(bisection.next(), &Progress::Done, "{name}");
        assert_eq!(
            bisection.trusted().header(),
            &last.signed_header.header,
            "{name}"
        );
    }
}
