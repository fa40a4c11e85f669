//! Down the chain: each header names the hash of the one before.

use alloc::vec::Vec;

use crate::client::environment::Environment;
use crate::client::failure::Failure;
use crate::client::join::join_all;
use crate::client::limits::Meter;
use crate::client::provider::{Fault, Provider};
use crate::client::report::{Followed, Said, Step, StepKind, Trace};
use crate::client::source::{Setback, Source, weight};
use crate::client::store::Store;
use crate::client::{LightClient, no_way};
use crate::time::Time;
use crate::trust::{TrustedState, VerifiedHeader};

/// Headers that are asked for at once.
const AT_ONCE: u64 = 10;

/// How far above a kept header may be to which the hash chain is followed, so as to hold a new one against it.
const NEAR: u64 = 100;

/// How far down the hash chain was followed: a call that ran out is taken up by the next one.
#[derive(Debug)]
pub(crate) struct Descent {
    /// Time of the trusted header from which it leads down.
    since: Time,
    lowest: VerifiedHeader,
}

impl<P: Provider, S: Store, E: Environment> LightClient<P, S, E> {
    /// Down to a height, from the lowest state above it in which trust has not expired. `failure`: what to say where there is none.
    pub(super) async fn down_to(
        &mut self,
        height: u64,
        failure: Failure,
        meter: &mut Meter,
    ) -> Result<Followed, Failure> {
        let from = self.lowest(height, failure).await?;
        self.descend(&from, height, meter).await
    }

    /// The lowest state at or above a height in which trust has not expired. `failure`: what to say where there is none at all.
    pub(super) async fn lowest(
        &mut self,
        height: u64,
        mut failure: Failure,
    ) -> Result<TrustedState, Failure> {
        let mut next = Some(height);
        while let Some(least) = next
            && let Some(state) = self.store.at_or_above(least).await?
        {
            match self.check_age(state.header().time) {
                Ok(()) => return Ok(state),
                Err(expired) => failure = expired,
            }
            next = state.height().checked_add(1);
        }
        Err(failure)
    }

    /// From a trusted state down to a height. The hash chain needs no witness: only one header has that hash.
    async fn descend(
        &mut self,
        from: &TrustedState,
        height: u64,
        meter: &mut Meter,
    ) -> Result<Followed, Failure> {
        let begun = self.descent.take().filter(|begun| {
            let nearer = (height..from.height()).contains(&begun.lowest.header().height);
            nearer && self.check_age(begun.since).is_ok()
        });
        let mut descent = begun.unwrap_or_else(|| Descent {
            since: from.header().time,
            lowest: from.verified().clone(),
        });
        let start = descent.lowest.header().height;
        let mut steps = Vec::new();
        let outcome = self
            .walk_down(&mut descent.lowest, height, meter, &mut steps)
            .await;
        let header = descent.lowest.clone();
        self.descent = Some(descent);
        outcome?;
        Ok(Followed {
            header,
            commit: None,
            trace: Trace {
                from: start,
                steps,
                spent: meter.spent(),
            },
            standings: self.standings(),
        })
    }

    /// The lowest kept header at or above a height; where it is near, the one of that very height to which the hash chain leads down from it.
    pub(super) async fn above(
        &mut self,
        height: u64,
        meter: &mut Meter,
    ) -> Result<Option<VerifiedHeader>, Failure> {
        let Some(state) = self.store.at_or_above(height).await? else {
            return Ok(None);
        };
        let mut lowest = state.verified().clone();
        if state.height().saturating_sub(height) <= NEAR {
            self.walk_down(&mut lowest, height, meter, &mut Vec::new())
                .await?;
        }
        Ok(Some(lowest))
    }

    /// One node after the other, each from where the one before got to.
    async fn walk_down(
        &mut self,
        lowest: &mut VerifiedHeader,
        height: u64,
        meter: &mut Meter,
        steps: &mut Vec<Step>,
    ) -> Result<(), Failure> {
        let order = self.order();
        let mut last = None;
        for (tried, at) in order.iter().enumerate() {
            if lowest.header().height == height {
                return Ok(());
            }
            let parts = u32::try_from(order.len().saturating_sub(tried)).unwrap_or(1);
            meter.allot(parts, self.environment.now());
            let Some(source) = self.sources.get(*at) else {
                continue;
            };
            let asking = (&self.environment, self.settings.tries);
            match source.descend(lowest, height, asking, meter, steps).await {
                Ok(()) => self.note(*at, Said::Led),
                Err(Setback::Fault(fault)) => self.note(*at, Said::Failed(fault)),
                Err(Setback::OutOf(resource)) => last = Some(resource),
            }
        }
        match lowest.header().height == height {
            true => Ok(()),
            false => Err(no_way(last, self.standings())),
        }
    }
}

impl<P: Provider> Source<P> {
    async fn descend<E: Environment>(
        &self,
        lowest: &mut VerifiedHeader,
        height: u64,
        (environment, tries): (&E, u32),
        meter: &mut Meter,
        steps: &mut Vec<Step>,
    ) -> Result<(), Setback> {
        while lowest.header().height > height {
            let top = lowest.header().height.saturating_sub(1);
            let bottom = top.saturating_sub(AT_ONCE - 1).max(height);
            for _ in bottom..=top {
                meter.admit(environment.now())?;
            }
            let asked = (bottom..=top).rev();
            let headers =
                join_all(asked.map(|height| self.header(height, environment, tries))).await;
            meter.received(weight(&headers));
            for (received, _) in headers {
                *lowest = lowest
                    .before(received?.value)
                    .map_err(|reason| Setback::Fault(Fault::Refuted(reason)))?;
                steps.push(Step {
                    to: lowest.header().height,
                    kind: StepKind::Back,
                });
            }
        }
        Ok(())
    }
}
