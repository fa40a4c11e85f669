//! The way from the reader's checkpoint to the header on which a file rests.

use super::format::{Portable, is_nil};
use crate::{
    chains::Chain,
    reasons,
    trust::{NoHeader, facts},
    way::Way,
};
use alloc::{string::ToString, vec::Vec};
use light_client::{
    BlockIdFlag, Budget, CommitSig, LightBlock, Reason, SignedHeader, Time, TrustedState,
    ValidatorSet, Verdict, verify_step,
};
use litemap::LiteMap;

/// Ed25519 signatures that a way may cost.
const BUDGET: u32 = 100_000;

/// The end of the way.
pub struct Arrived {
    pub state: TrustedState,
    pub way: Way,
    /// Whether a step was judged by its own time, because by now the trusting period is over.
    pub late: bool,
}

/// Follows a file's blocks from the checkpoint of `chains.json`, wherever it stands among them.
pub fn follow(chain: &Chain, proof: &Portable, now: Time) -> Result<Arrived, NoHeader> {
    let (mut state, rest) = start(chain, proof)?;
    let mut budget = Budget::new(BUDGET);
    let (mut way, mut late) = (Way::default(), false);
    for block in rest {
        let mut verdict = verify_step(&state, block, &chain.options(), now, &mut budget);
        if matches!(verdict, Verdict::Rejected(Reason::TrustExpired { .. })) {
            late = true;
            let then = block.signed_header.header.time;
            verdict = verify_step(&state, block, &chain.options(), then, &mut budget);
        }
        state = match verdict {
            Verdict::Trusted(state, tally) => {
                way.step(state.height(), tally);
                *state
            }
            Verdict::NotEnoughTrust(_) => return Err(refuted("too-little-power")),
            Verdict::Rejected(Reason::TrustExpired { .. }) => {
                return Err(reasons::TRUST_EXPIRED.into());
            }
            Verdict::Rejected(Reason::FromFuture { now, found }) => {
                let by = found.seconds().saturating_sub(now.seconds());
                return Err(NoHeader {
                    reason: reasons::HEADER_FROM_FUTURE,
                    facts: facts([("age_seconds", by.to_string())]),
                });
            }
            Verdict::Rejected(Reason::BudgetExceeded { .. }) => {
                return Err(reasons::TOO_MANY_STEPS.into());
            }
            Verdict::Rejected(reason) => return Err(refuted(reason.code())),
        };
    }
    way.signatures = BUDGET.saturating_sub(budget.left());
    Ok(Arrived { state, way, late })
}

/// The checkpoint, if the file holds its header; and the blocks after it.
fn start<'a>(
    chain: &Chain,
    proof: &'a Portable,
) -> Result<(TrustedState, &'a [LightBlock]), NoHeader> {
    let height = chain.checkpoint_height;
    let blocks = proof.steps.iter().map(|block| {
        let header = &block.signed_header.header;
        (header, &block.validators)
    });
    let (header, validators) = &proof.start;
    let mut all = core::iter::once((header, validators)).chain(blocks);
    let Some((place, (header, validators))) = all
        .by_ref()
        .enumerate()
        .find(|(_, (header, _))| header.height == height)
    else {
        return Err(NoHeader {
            reason: reasons::PROOF_NOT_ANCHORED,
            facts: facts([
                ("checkpoint", height.to_string()),
                ("from", proof.start.0.height.to_string()),
                ("to", proof.last().height.to_string()),
            ]),
        });
    };
    let trusted = TrustedState::from_header(header, validators.clone(), &chain.checkpoint_hash)
        .map_err(|reason| refuted(reason.code()))?;
    Ok((trusted, proof.steps.get(place..).unwrap_or_default()))
}

fn refuted(why: &str) -> NoHeader {
    NoHeader {
        reason: reasons::HEADER_REFUTED,
        facts: facts([("why", why.into())]),
    }
}

fn absent() -> CommitSig {
    CommitSig {
        flag: BlockIdFlag::Absent,
        address: None,
        timestamp: Time::GO_ZERO,
        signature: Vec::new(),
    }
}

/// The shortest way over these blocks that greed finds: from each header as far as trust reaches. None where it does not reach the target.
pub fn choose(
    chain: &Chain,
    start: &TrustedState,
    commits: &LiteMap<u64, Vec<SignedHeader>>,
    sets: &LiteMap<light_client::Hash, ValidatorSet>,
    target: u64,
    now: Time,
) -> Option<Vec<LightBlock>> {
    let block = |signed: &SignedHeader| {
        let mut signed_header = signed.clone();
        let votes = signed_header.commit.signatures.iter_mut();
        votes
            .filter(|vote| is_nil(vote))
            .for_each(|vote| *vote = absent());
        Some(LightBlock {
            signed_header,
            validators: sets.get(&signed.header.validators_hash)?.clone(),
            next_validators: None,
        })
    };
    let (mut state, mut way) = (start.clone(), Vec::new());
    let mut budget = Budget::new(BUDGET);
    while state.height() < target {
        let at = state.height();
        let ahead = |(height, _): &(&u64, _)| **height > at && **height <= target;
        let above = commits.iter().rev().filter(ahead);
        let blocks = above.flat_map(|(_, signed)| signed).filter_map(block);
        let mut trusted = |block: LightBlock| match verify_step(
            &state,
            &block,
            &chain.options(),
            now,
            &mut budget,
        ) {
            Verdict::Trusted(state, _) => Some((*state, block)),
            _ => None,
        };
        let (next, block) = blocks.into_iter().find_map(&mut trusted)?;
        state = next;
        way.push(block);
    }
    Some(way)
}
