//! Down the chain: each header names the hash of the one before.

use alloc::vec::Vec;

use crate::client::environment::Environment;
use crate::client::failure::Failure;
use crate::client::join::join_all;
use crate::client::limits::Meter;
use crate::client::provider::{Fault, Provider};
use crate::client::report::{Followed, Said, Step, StepKind, Trace};
use crate::client::source::{Setback, Source};
use crate::client::store::Store;
use crate::client::{LightClient, no_way};
use crate::trust::{TrustedState, VerifiedHeader};

/// Headers that are asked for at once.
const AT_ONCE: u64 = 10;

impl<P: Provider, S: Store, E: Environment> LightClient<P, S, E> {
    /// From the lowest trusted state down to a height. The hash chain needs no witness: only one header has that hash.
    pub(super) async fn descend(
        &mut self,
        from: &TrustedState,
        height: u64,
        meter: &mut Meter,
    ) -> Result<Followed, Failure> {
        self.check_age(from)?;
        let mut lowest = from.verified().clone();
        let mut steps = Vec::new();
        let order: Vec<usize> = self.order();
        let mut last = None;
        for (tried, at) in order.iter().enumerate() {
            let parts = u32::try_from(order.len().saturating_sub(tried)).unwrap_or(1);
            meter.allot(parts, self.environment.now());
            let Some(source) = self.sources.get_mut(*at) else {
                continue;
            };
            match source
                .descend(
                    &mut lowest,
                    height,
                    (&self.environment, self.settings.tries),
                    meter,
                    &mut steps,
                )
                .await
            {
                Ok(()) => {
                    source.said = Said::Led;
                    return Ok(Followed {
                        header: lowest,
                        trace: Trace {
                            from: from.height(),
                            steps,
                            spent: meter.spent(),
                        },
                        standings: self.standings(),
                    });
                }
                Err(Setback::Fault(fault)) => source.said = Said::Failed(fault),
                Err(Setback::OutOf(resource)) => last = Some(resource),
            }
        }
        Err(no_way(last, self.standings()))
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
            for received in headers {
                let received = received?;
                meter.received(received.bytes);
                *lowest = lowest
                    .before(received.value)
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
