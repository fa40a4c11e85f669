//! Steps of trust to blocks that were changed: only a header that the chain has is ever trusted.

use super::{CHAINS, GENUINE, changed, is_genuine, later, trust};
use crate::input::Input;
use light_client::{Budget, Options, SignatureCheck, Time, TrustLevel, Verdict, verify_step};

pub fn seeds() -> Vec<Vec<u8>> {
    let chains = 0..u8::try_from(CHAINS.len()).unwrap_or(0);
    let steps = chains.flat_map(|chain| (1..4).map(move |to| vec![chain, 0, 0, 0, to]));
    let unchanged: Vec<Vec<u8>> = steps.collect();
    let once = unchanged
        .iter()
        .flat_map(|step| (0..8).map(|what| [step.as_slice(), &[what, 0, 30, 0, 60, 1]].concat()));
    once.chain(unchanged.clone()).collect()
}

/// Chain, checkpoint, conditions, the block, its changes.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some(blocks) = input.pick(&GENUINE) else {
        return;
    };
    let Some(trusted) = input.pick(blocks).map(|genuine| trust(&genuine.block)) else {
        return;
    };
    let conditions = input.byte();
    let options = Options {
        trust_level: if conditions & 1 == 0 {
            TrustLevel::ONE_THIRD
        } else {
            TrustLevel::TWO_THIRDS
        },
        signatures: if conditions & 2 == 0 {
            SignatureCheck::Sufficient
        } else {
            SignatureCheck::All
        },
        ..Options::default()
    };
    let now = if conditions & 4 == 0 {
        later(blocks)
    } else {
        Time::UNIX_EPOCH
    };
    let mut budget = Budget::new(if conditions & 8 == 0 { 1_000 } else { 3 });
    input.byte();
    let Some(block) = changed(blocks, &mut input) else {
        return;
    };
    if let Verdict::Trusted(state, tally) =
        verify_step(&trusted, &block, &options, now, &mut budget)
    {
        assert!(
            is_genuine(blocks, state.verified().hash()),
            "a header of another chain is trusted"
        );
        assert!(
            u128::from(tally.own.signed) * 3 > u128::from(tally.own.total) * 2,
            "too little power is enough"
        );
        assert!(state.height() > trusted.height());
    }
}
