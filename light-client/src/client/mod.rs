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
mod kept;
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
pub use kept::{KeptStore, Shelf};
pub use limits::{Limits, Spent};
pub use provider::{Fault, Latest, Provider, Received};
pub use report::{Followed, Said, Standing, Step, StepKind, Trace};
pub use store::{MemoryStore, Store, StoreError, heights_to_keep};

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::time::Duration;
use litemap::LiteMap;

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
    /// Where too few witnesses have the header yet: how long they get to catch up before they are asked once more.
    pub catch_up: Duration,
    /// A newest block that is at most this much newer than what a second member has is not waited for.
    pub near: u64,
    /// How often a node is asked that does not answer; at least once.
    pub tries: u32,
}

impl Settings {
    /// One witness, skipping, the usual limits, three tries.
    pub fn new(options: Options) -> Settings {
        Settings {
            options,
            mode: Mode::Skipping,
            limits: Limits::default(),
            witnesses: 1,
            catch_up: Duration::from_secs(2),
            near: 3,
            tries: 3,
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

    /// Trusts a state from outside the chain and nothing else any more: a checkpoint of the page, or one that a person compared and confirmed.
    /// Ends a halt.
    pub async fn trust(&mut self, state: &TrustedState) -> Result<(), Failure> {
        self.store.clear_halt().await?;
        self.store.put(state).await?;
        Ok(())
    }

    /// Moves on to the newest header that enough members claim to have.
    pub async fn newest(&mut self) -> Result<Followed, Failure> {
        let mut meter = self.begin().await?;
        let from = self.store.newest().await?.ok_or(Failure::NoTrust)?;
        let attempts = self.newest_claimed(&from).await;
        self.climb(from, &attempts, &mut meter).await
    }

    /// Proves the header of one height, above or below what is trusted.
    pub async fn at(&mut self, height: u64) -> Result<Followed, Failure> {
        let mut meter = self.begin().await?;
        match self.store.at_or_below(height).await? {
            Some(from) => {
                let order = self.order();
                let attempts: Vec<(usize, u64)> =
                    order.into_iter().map(|at| (at, height)).collect();
                self.climb(from, &attempts, &mut meter).await
            }
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

    /// The nodes that answer, by falling height of what they claim to have, each with the height to go for over its blocks: its own, or
    /// one that a second member has as well where that is near. One node alone can neither hide newer blocks nor keep us waiting
    /// for a block that only it has.
    async fn newest_claimed(&mut self, from: &TrustedState) -> Vec<(usize, u64)> {
        let asked = self.sources.iter().map(|source| async {
            match source.is_out() {
                true => None,
                false => Some(source.latest(&self.environment, self.settings.tries).await),
            }
        });
        let answers = join_all(asked).await;
        let chain_id = &from.header().chain_id;
        for (source, answer) in self.sources.iter_mut().zip(answers) {
            match answer {
                Some(Ok(latest)) if latest.chain_id == *chain_id => source.latest = Some(latest),
                Some(Ok(latest)) => source.said = Said::Failed(Fault::WrongChain(latest.chain_id)),
                Some(Err(fault)) => source.said = Said::Failed(fault),
                None => {}
            }
        }
        let claims: Vec<(u64, &str)> = self
            .sources
            .iter()
            .filter_map(|source| Some((source.latest.as_ref()?.height, source.provider.member())))
            .collect();
        let heights = self.sources.iter().enumerate().filter_map(|(at, source)| {
            let own = source.latest.as_ref()?.height;
            // A height below what is trusted already would be no news.
            Some((
                at,
                confirmable(own, &claims, self.settings.near).max(from.height()),
            ))
        });
        let mut attempts: Vec<(usize, u64)> = heights.collect();
        attempts.sort_by_key(|(_, height)| Reverse(*height));
        attempts
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
        attempts: &[(usize, u64)],
        legs: &mut Vec<Leg>,
        meter: &mut Meter,
    ) -> Result<usize, Failure> {
        let mut ran_out = None;
        let mut ahead: Vec<(usize, Duration, Reason)> = Vec::new();
        for (tried, (at, target)) in attempts.iter().enumerate() {
            let parts = u32::try_from(attempts.len().saturating_sub(tried)).unwrap_or(1);
            meter.allot(parts, self.environment.now());
            let Some(source) = self.sources.get(*at) else {
                continue;
            };
            let start = legs.last().map_or(from, |leg| &leg.state).clone();
            let target = (*target).max(start.height());
            let outcome = source
                .climb(
                    &start,
                    target,
                    &self.settings,
                    &self.environment,
                    meter,
                    legs,
                )
                .await;
            let said = match outcome {
                Ok(()) => {
                    // The clock is right, since this node's header is not ahead of it.
                    for (at, _, reason) in ahead {
                        self.note(at, Said::Failed(Fault::Refuted(reason)));
                    }
                    self.note(*at, Said::Led);
                    return Ok(*at);
                }
                Err(Setback::Fault(Fault::Refuted(Reason::TrustExpired { trusted, .. }))) => {
                    return Err(Failure::TrustExpired { since: trusted });
                }
                Err(Setback::Fault(Fault::Refuted(reason @ Reason::FromFuture { now, found }))) => {
                    ahead.push((*at, between(now, found), reason));
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
        match ahead.iter().map(|(_, by, _)| *by).min() {
            Some(by) if ahead.len() == attempts.len() => Err(Failure::ClockBehind { by }),
            _ => Err(no_way(ran_out, self.standings())),
        }
    }

    /// Up to a height, over one node's blocks; the next node's where one fails, from where that one got to.
    async fn climb(
        &mut self,
        from: TrustedState,
        attempts: &[(usize, u64)],
        meter: &mut Meter,
    ) -> Result<Followed, Failure> {
        self.check_age(&from)?;
        let mut legs: Vec<Leg> = Vec::new();
        let primary = self.reach(&from, attempts, &mut legs, meter).await?;
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

    /// Trust that has expired is none, also where no step is to be taken.
    fn check_age(&self, trusted: &TrustedState) -> Result<(), Failure> {
        let since = trusted.header().time;
        let period = self.settings.options.trusting_period;
        if since.unix_nanos_after(period) <= self.environment.now().unix_nanos() {
            return Err(Failure::TrustExpired { since });
        }
        Ok(())
    }

    /// What each node said in the last call.
    pub fn standings(&self) -> Vec<Standing> {
        self.sources.iter().map(Source::standing).collect()
    }
}

/// `own`, or the most that a second member claims, where that is near.
fn confirmable(own: u64, claims: &[(u64, &str)], near: u64) -> u64 {
    let mut best: LiteMap<&str, u64> = LiteMap::new();
    for (height, member) in claims {
        let most = best.entry(member).or_default();
        *most = own.min(*height).max(*most);
    }
    let mut heights: Vec<u64> = best.values().copied().collect();
    heights.sort_unstable_by_key(|height| Reverse(*height));
    let second = heights.get(1).copied();
    second
        .filter(|height| own.saturating_sub(*height) <= near)
        .unwrap_or(own)
}

fn no_way(ran_out: Option<Resource>, standings: Vec<Standing>) -> Failure {
    ran_out.map_or_else(|| Failure::NoWay(standings), Failure::OutOf)
}

fn between(earlier: Time, later: Time) -> Duration {
    let nanos = later.unix_nanos().saturating_sub(earlier.unix_nanos());
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
}
