//! Chains recorded from real CometBFT networks: every height verifies from every earlier one that shares enough power.

use crate::common::{CHAINS, chain, options, soon_after, trust};
use light_client::{Budget, LightBlock, Options, Verdict, verify_step};

fn step(from: &LightBlock, to: &LightBlock, options: &Options) -> Verdict {
    verify_step(
        &trust(from),
        to,
        options,
        soon_after(to),
        &mut Budget::new(10_000),
    )
}

/// The share of the trusted validators that signed, counted from the JSON alone.
fn overlap(from: &LightBlock, to: &LightBlock) -> (u64, u64) {
    let trusted = from.next_validators.as_ref().unwrap();
    let signed = trusted.validators().iter().filter(|validator| {
        to.signed_header.commit.signatures.iter().any(|entry| {
            entry.address.as_ref() == Some(validator.address())
                && entry.flag == light_client::BlockIdFlag::Commit
        })
    });
    (
        signed.map(|validator| validator.power()).sum(),
        trusted.total_power(),
    )
}

#[test]
fn every_height_is_reached_from_every_earlier_one_that_shares_enough_power() {
    for name in CHAINS {
        let blocks = chain(name);
        let (mut trusted, mut too_far) = (0, 0);
        for (position, from) in blocks.iter().enumerate() {
            for to in &blocks[position + 1..] {
                let (signed, total) = overlap(from, to);
                let adjacent = to.height() == from.height() + 1;
                match step(from, to, &options()) {
                    Verdict::Trusted(state, _) if adjacent || signed * 3 > total => {
                        assert_eq!(state.height(), to.height());
                        trusted += 1;
                    }
                    Verdict::NotEnoughTrust(_) if !adjacent && signed * 3 <= total => too_far += 1,
                    verdict => panic!("{name}: {} to {}: {verdict:?}", from.height(), to.height()),
                }
            }
        }
        println!("{name}: {trusted} steps trusted, {too_far} too far");
        assert!(trusted >= blocks.len() - 1);
    }
}
