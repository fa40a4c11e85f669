//! Up the chain over one node's blocks.

use alloc::vec::Vec;

use crate::bisection::{Bisection, Leg, Progress};
use crate::client::Settings;
use crate::client::environment::Environment;
use crate::client::failure::Resource;
use crate::client::limits::Meter;
use crate::client::provider::{Fault, Provider};
use crate::client::source::{Setback, Source};
use crate::reason::Reason;
use crate::step::{Verdict, verify_step};
use crate::trust::{LightBlock, TrustedState, VerifiedHeader};

/// Blocks that a node is asked for at the same time.
const AT_ONCE: usize = 4;

/// Whether headers may be skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// As few headers as the validators' changes allow.
    Skipping,
    /// Every header.
    Sequential,
}

/// A way up the chain.
pub(crate) struct Way {
    pub(crate) from: TrustedState,
    pub(crate) legs: Vec<Leg>,
    /// The node that gave its blocks; none where there is no step to take.
    pub(crate) leader: Option<usize>,
    /// Nodes whose own way from there did not hold, and why.
    pub(crate) refuted: Vec<(usize, Fault)>,
    /// Nodes that showed a block from the future.
    pub(crate) ahead: Vec<usize>,
    /// What it must lead to or be on the way to, where something above is trusted already.
    pub(crate) above: Option<VerifiedHeader>,
}

impl Way {
    /// One that has only begun.
    pub(crate) fn from(trusted: &TrustedState) -> Way {
        Way {
            from: trusted.clone(),
            legs: Vec::new(),
            leader: None,
            refuted: Vec::new(),
            ahead: Vec::new(),
            above: None,
        }
    }

    /// Where it leads.
    pub(crate) fn reached(&self) -> &TrustedState {
        self.legs.last().map_or(&self.from, |leg| &leg.state)
    }
}

impl<P: Provider> Source<P> {
    /// From a trusted state up to `target`; what was verified is added to `legs`, also where it ends early.
    pub(crate) async fn climb<E: Environment>(
        &self,
        from: &TrustedState,
        target: u64,
        settings: &Settings,
        environment: &E,
        meter: &mut Meter,
        legs: &mut Vec<Leg>,
    ) -> Result<(), Setback> {
        match settings.mode {
            Mode::Skipping => {
                self.skip(from, target, settings, environment, meter, legs)
                    .await
            }
            Mode::Sequential => {
                self.walk(from, target, settings, environment, meter, legs)
                    .await
            }
        }
    }

    async fn skip<E: Environment>(
        &self,
        from: &TrustedState,
        target: u64,
        settings: &Settings,
        environment: &E,
        meter: &mut Meter,
        legs: &mut Vec<Leg>,
    ) -> Result<(), Setback> {
        let given = meter.budget();
        let mut bisection = Bisection::new(from.clone(), target, settings.options.clone(), given);
        let outcome = loop {
            let heights = match bisection.next() {
                Progress::Done => break Ok(()),
                Progress::Failed(reason) => break Err(setback(reason.clone())),
                Progress::Need(_) => bisection.foreseen(AT_ONCE),
            };
            let fetched = self.light_blocks(&heights, environment, settings.tries, meter);
            match fetched.await {
                Ok((wanted, ahead)) => {
                    for block in ahead {
                        bisection.hold(judged_by_its_own(block));
                    }
                    bisection.supply(judged_by_its_own(wanted), environment.now());
                }
                Err(setback) => break Err(setback),
            }
        };
        meter.settle(given, bisection.budget());
        legs.extend(bisection.into_legs());
        outcome
    }

    async fn walk<E: Environment>(
        &self,
        from: &TrustedState,
        target: u64,
        settings: &Settings,
        environment: &E,
        meter: &mut Meter,
        legs: &mut Vec<Leg>,
    ) -> Result<(), Setback> {
        let mut trusted = from.clone();
        while trusted.height() < target {
            let next = trusted.height().saturating_add(1);
            let block = self
                .light_block(next, environment, settings.tries, meter)
                .await?;
            let block = judged_by_its_own(block);
            let given = meter.budget();
            let mut budget = given;
            let verdict = verify_step(
                &trusted,
                &block,
                &settings.options,
                environment.now(),
                &mut budget,
            );
            meter.settle(given, budget);
            match verdict {
                Verdict::Trusted(state, tally) => {
                    trusted = (*state).clone();
                    legs.push(Leg {
                        state: *state,
                        block,
                        tally,
                    });
                }
                Verdict::NotEnoughTrust(tally) => {
                    return Err(setback(Reason::TooLittlePower {
                        signed: tally.own.signed,
                        total: tally.own.total,
                    }));
                }
                Verdict::Rejected(reason) => return Err(setback(reason)),
            }
        }
        Ok(())
    }
}

/// Judged by a height's own validators, a trace can be turned into evidence.
fn judged_by_its_own(block: LightBlock) -> LightBlock {
    LightBlock {
        next_validators: None,
        ..block
    }
}

/// A rejected block speaks against the node that gave it, whatever its chain may be.
fn setback(reason: Reason) -> Setback {
    match reason {
        Reason::BudgetExceeded { .. } => Setback::OutOf(Resource::Signatures),
        Reason::WrongChain { found, .. } => Setback::Fault(Fault::WrongChain(found)),
        reason => Setback::Fault(Fault::Refuted(reason)),
    }
}
