//! The chain, its protocol, heights and times.

use super::{is_trusted, now, pair, rejection, rejection_under, step};
use crate::common::generate::{Recipe, at, members, reseal, sign};
use crate::common::trust;
use light_client::{Budget, Options, Reason, Time, Verdict, verify_step};
use std::time::Duration;

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
        let reason = rejection_under(&trusted, &block, &pinned, now());
        assert!(matches!(reason, Reason::WrongChain { .. }));
    }
}

#[test]
fn only_block_protocol_11_and_short_chain_ids_are_known() {
    let (trusted, mut block, members) = pair();
    block.signed_header.header.block_version = 12;
    reseal(&mut block, &members);
    assert_eq!(rejection(&trusted, &block), Reason::WrongBlockProtocol(12));

    let recipe = |height, length| Recipe {
        chain_id: "x".repeat(length),
        ..Recipe::new(height, &members)
    };
    let of_length = |length| {
        let trusted = trust(&recipe(1, length).block());
        step(&trusted, &recipe(5, length).block())
    };
    assert!(is_trusted(&of_length(50)));
    assert_eq!(of_length(51), Verdict::Rejected(Reason::ChainIdTooLong));
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
fn a_week_is_trusted_where_nothing_else_is_said() {
    let period = Options::default().trusting_period;
    assert_eq!(period, Duration::from_secs(604_800));
}

#[test]
fn time_is_judged_to_the_nanosecond() {
    let members = members(0, 4, 10);
    let trusted_time = at(10_000_000_000);
    let trusted = trust(&Recipe::new(1, &members).block());
    let options = Options {
        trusting_period: Duration::from_secs(100),
        clock_drift: Duration::from_secs(1),
        ..Options::default()
    };
    let of_time = |time: Time| {
        Recipe {
            time,
            ..Recipe::new(5, &members)
        }
        .block()
    };
    let taken = |time: Time, now: Time| {
        let block = of_time(time);
        is_trusted(&verify_step(
            &trusted,
            &block,
            &options,
            now,
            &mut Budget::new(9),
        ))
    };
    let refused = |time: Time, now: Time| rejection_under(&trusted, &of_time(time), &options, now);
    let after = |nanos: i128| Time::from_unix_nanos(trusted_time.unix_nanos() + nanos).unwrap();
    let second = 1_000_000_000;

    assert!(taken(after(1), after(100 * second - 1)));
    let expired = refused(after(1), after(100 * second));
    assert!(matches!(expired, Reason::TrustExpired { .. }));

    let same = refused(after(0), after(second));
    assert!(matches!(same, Reason::TimeNotAfter { .. }));

    assert!(taken(after(11 * second - 1), after(10 * second)));
    let future = refused(after(11 * second), after(10 * second));
    assert!(matches!(future, Reason::FromFuture { .. }));
}
