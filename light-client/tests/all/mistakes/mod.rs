//! Mistakes that other light clients shipped, and the blind spots of the public vectors. Each test plays the attack.

mod binding;
mod conditions;
mod power;
mod signatures;

use crate::common::generate::{Member, Recipe, at, members};
use crate::common::trust;
use light_client::{Budget, LightBlock, Options, Reason, Time, TrustedState, Verdict, verify_step};

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
    rejection_under(trusted, block, &Options::default(), now())
}

/// Only a block whose signatures do not hold has cost any.
fn rejection_under(
    trusted: &TrustedState,
    block: &LightBlock,
    options: &Options,
    now: Time,
) -> Reason {
    let mut budget = Budget::new(1_000);
    match verify_step(trusted, block, options, now, &mut budget) {
        Verdict::Rejected(reason) => {
            let paid = budget.left() < 1_000;
            let for_signatures = matches!(reason, Reason::BadSignature { .. });
            assert_eq!(paid, for_signatures, "{reason:?}");
            reason
        }
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
