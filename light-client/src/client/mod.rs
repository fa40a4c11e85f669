//! The light client: from what is trusted to any height of a chain, over nodes that nobody trusts.
//!
//! [`LightClient`] asks one node for light blocks, verifies them, compares the outcome with nodes of other members, and only then
//! puts it into its store. It brings no I/O: a [`Provider`] is a node, a [`Store`] keeps what is trusted, an [`Environment`]
//! is the clock. Any executor will do.

mod backward;
mod compare;
mod environment;
mod evidence;
mod failure;
mod forward;
mod join;
mod limits;
mod provider;
mod report;
mod source;
mod store;

pub use compare::Attack;
pub use environment::Environment;
pub use evidence::{AttackEvidence, AttackKind};
pub use failure::{Failure, Resource};
pub use forward::Mode;
pub use join::join_all;
pub use limits::{Limits, Spent};
pub use provider::{Fault, Latest, Provider, Received};
pub use report::{Followed, Said, Standing, Step, StepKind, Trace};
pub use store::{MemoryStore, Store, StoreError, heights_to_keep};

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::time::Duration;

use crate::bisection::Leg;
use crate::client::compare::Comparison;
use crate::client::limits::Meter;
use crate::client::source::{Setback, Source};
use crate::reason::Reason;
use crate::time::Time;
use crate::trust::{Options, TrustedState};

/// How a client follows its chain.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The conditions of each step.
    pub options: Options,
    /// Whether headers may be skipped.
    pub mode: Mode,
    /// What one call may cost.
    pub limits: Limits,
    /// How many other members' nodes must hold the same header before it is believed; at least 1.
    pub witnesses: usize,
    /// How long a witness that is behind gets to catch up before it is asked once more.
    pub catch_up: Duration,
}

impl Settings {
    /// One witness, skipping, the usual limits.
    pub fn new(options: Options) -> Settings {
        Settings {
            options,
            mode: Mode::Skipping,
            limits: Limits::default(),
            witnesses: 1,
            catch_up: Duration::from_secs(2),
        }
    }
}

/// Follows one chain.
#[derive(Debug)]
pub struct LightClient<P, S, E> {
    sources: Vec<Source<P>>,
    store: S,
    environment: E,
    settings: Settings,
}

impl<P: Provider, S: Store, E: Environment> LightClient<P, S, E> {
    /// A client over these nodes; the first is asked first.
    pub fn new(
        providers: Vec<P>,
        store: S,
        environment: E,
        settings: Settings,
    ) -> LightClient<P, S, E> {
        LightClient {
            sources: providers.into_iter().map(Source::new).collect(),
            store,
            environment,
            settings,
        }
    }

    /// What it keeps.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// Gives back what it keeps.
    pub fn into_store(self) -> S {
        self.store
    }

    /// Trusts a state from outside the chain: a checkpoint of the page, or one that a person compared and confirmed. Ends a halt.
    pub async fn trust(&mut self, state: &TrustedState) -> Result<(), Failure> {
        self.store.clear_halt().await?;
        self.store.put(state).await?;
        Ok(())
    }

    /// Moves on to the newest header that enough members claim to have.
    pub async fn newest(&mut self) -> Result<Followed, Failure> {
        let mut meter = self.begin().await?;
        let from = self.store.newest().await?.ok_or(Failure::NoTrust)?;
        let claimed = self.newest_claimed(&from.header().chain_id).await?;
        // A height below what is trusted already would be no news.
        let target = claimed.max(from.height());
        self.climb(from, target, &mut meter).await
    }

    /// Proves the header of one height, above or below what is trusted.
    pub async fn at(&mut self, height: u64) -> Result<Followed, Failure> {
        let mut meter = self.begin().await?;
        match self.store.at_or_below(height).await? {
            Some(from) => self.climb(from, height, &mut meter).await,
            None => {
                let from = self.store.lowest().await?.ok_or(Failure::NoTrust)?;
                self.descend(&from, height, &mut meter).await
            }
        }
    }

    async fn begin(&mut self) -> Result<Meter, Failure> {
        if let Some(attack) = self.store.halted().await? {
            return Err(Failure::Halted(Box::new(attack)));
        }
        for source in &mut self.sources {
            source.begin_call();
        }
        let limits = self.settings.limits.clone();
        Ok(Meter::new(limits, self.environment.now()))
    }

    /// The highest height that nodes of enough members claim to have: one node alone can neither hide newer blocks nor keep us
    /// waiting for a block that only it has.
    async fn newest_claimed(&mut self, chain_id: &str) -> Result<u64, Failure> {
        let asked = self.sources.iter().map(|source| async {
            match source.is_out() {
                true => None,
                false => Some(source.latest(&self.environment).await),
            }
        });
        let answers = join_all(asked).await;
        let mut claims: Vec<(u64, &str)> = Vec::new();
        for (source, answer) in self.sources.iter_mut().zip(answers) {
            match answer {
                Some(Ok(latest)) if latest.chain_id == chain_id => {
                    claims.push((latest.height, source.provider.member()));
                    source.latest = Some(latest);
                }
                Some(Ok(latest)) => source.said = Said::Failed(Fault::WrongChain(latest.chain_id)),
                Some(Err(fault)) => source.said = Said::Failed(fault),
                None => {}
            }
        }
        let height = confirmable(claims, self.settings.witnesses.max(1).saturating_add(1));
        height.ok_or_else(|| no_way(None, self.standings()))
    }

    /// The nodes in the order in which they are asked: as configured, those that failed last.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.sources.len())
            .filter(|at| self.sources.get(*at).is_some_and(|source| !source.is_out()))
            .collect();
        order.sort_by_key(|at| {
            let said = self.sources.get(*at).map(|source| &source.said);
            matches!(said, Some(Said::Failed(_)))
        });
        order
    }

    /// Tries the nodes one after the other; gives the one that led to the target.
    async fn reach(
        &mut self,
        from: &TrustedState,
        target: u64,
        legs: &mut Vec<Leg>,
        meter: &mut Meter,
    ) -> Result<usize, Failure> {
        let order = self.order();
        let mut ran_out = None;
        let mut ahead: Vec<Duration> = Vec::new();
        for (tried, at) in order.iter().enumerate() {
            let parts = u32::try_from(order.len().saturating_sub(tried)).unwrap_or(1);
            meter.allot(parts, self.environment.now());
            let Some(source) = self.sources.get(*at) else {
                continue;
            };
            let start = legs.last().map_or(from, |leg| &leg.state).clone();
            let way = (self.settings.mode, &self.settings.options);
            let outcome = source
                .climb(&start, target, way, &self.environment, meter, legs)
                .await;
            let said = match outcome {
                Ok(()) => {
                    self.note(*at, Said::Led);
                    return Ok(*at);
                }
                Err(Setback::Fault(Fault::Refuted(Reason::TrustExpired { trusted, .. }))) => {
                    return Err(Failure::TrustExpired { since: trusted });
                }
                Err(Setback::Fault(Fault::Refuted(Reason::FromFuture { now, found }))) => {
                    ahead.push(between(now, found));
                    // It may be our clock: what it says is no proof against it.
                    Said::Failed(Fault::Refused("its newest block is from the future".into()))
                }
                Err(Setback::Fault(fault)) => Said::Failed(fault),
                Err(Setback::OutOf(resource)) => {
                    ran_out = Some(resource);
                    Said::Failed(Fault::Refused("its way costs too much".into()))
                }
            };
            self.note(*at, said);
        }
        match ahead.iter().min() {
            Some(by) if ahead.len() == order.len() => Err(Failure::ClockBehind { by: *by }),
            _ => Err(no_way(ran_out, self.standings())),
        }
    }

    /// Up to `target`, over one node's blocks; the next node's where one fails, from where that one got to.
    async fn climb(
        &mut self,
        from: TrustedState,
        target: u64,
        meter: &mut Meter,
    ) -> Result<Followed, Failure> {
        let mut legs: Vec<Leg> = Vec::new();
        let primary = self.reach(&from, target, &mut legs, meter).await?;
        let reached = legs.last().map_or(&from, |leg| &leg.state).clone();
        let comparison = self.compare(&from, &legs, primary, meter).await?;
        if let Comparison::Attack(attack) = comparison {
            self.store.halt(&attack).await?;
            return Err(Failure::Attack(attack));
        }
        let followed = Followed {
            header: reached.verified().clone(),
            trace: Trace::forward(&from, &legs, meter.spent()),
            standings: self.standings(),
        };
        if self.agreeing_members(primary) < self.settings.witnesses.max(1) {
            return Err(Failure::NotWitnessed(Box::new(followed)));
        }
        for leg in &legs {
            self.store.put(&leg.state).await?;
        }
        Ok(followed)
    }

    /// What each node said in the last call.
    pub fn standings(&self) -> Vec<Standing> {
        self.sources.iter().map(Source::standing).collect()
    }
}

/// The highest height that at least `enough` members claim, or all of them where they are fewer.
fn confirmable(claims: Vec<(u64, &str)>, enough: usize) -> Option<u64> {
    let mut best: BTreeMap<&str, u64> = BTreeMap::new();
    for (height, member) in claims {
        let claimed = best.entry(member).or_insert(height);
        *claimed = height.max(*claimed);
    }
    let mut heights: Vec<u64> = best.into_values().collect();
    heights.sort_unstable_by_key(|height| Reverse(*height));
    heights.truncate(enough);
    heights.pop()
}

fn no_way(ran_out: Option<Resource>, standings: Vec<Standing>) -> Failure {
    ran_out.map_or_else(|| Failure::NoWay(standings), Failure::OutOf)
}

fn between(earlier: Time, later: Time) -> Duration {
    let nanos = later.unix_nanos().saturating_sub(earlier.unix_nanos());
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
}
