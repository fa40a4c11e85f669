//! The light client: from what is trusted to any height of a chain, over nodes that nobody trusts.
//!
//! [`LightClient`] asks one node for light blocks, verifies them, compares the outcome with nodes of other members, and only then
//! puts it into its store. It brings no I/O: a [`Provider`] is a node, a [`Store`] keeps what is trusted, an [`Environment`]
//! is the clock.
//!
//! ```
//! use light_client::{Hash, Options, TrustedState, client::*};
//!
//! /// From a block that is known to be the chain's to its newest header, over nodes of two members or more.
//! async fn newest<P: Provider, S: Store, E: Environment>(
//!     nodes: Vec<P>,
//!     mut store: S,
//!     device: E,
//!     (height, hash): (u64, Hash),
//! ) -> Result<Followed, Box<dyn std::error::Error>> {
//!     if store.newest().await?.is_none() {
//!         // Whoever gives it: it is the checkpoint if it has the hash.
//!         let block = nodes.first().ok_or("no node")?.light_block(height).await?.value;
//!         store.put(&TrustedState::from_checkpoint(&block, &hash)?).await?;
//!     }
//!     let chain_id = Some("cosmoshub-4".into());
//!     let options = Options { chain_id, ..Options::default() };
//!     let mut client = LightClient::new(nodes, store, device, Settings::new(options));
//!     // As often as a newer one is wanted. `at` proves the header of one height.
//!     Ok(client.newest().await?)
//! }
//! ```
//!
//! [`MemoryStore`] forgets with the program; [`KeptStore`] keeps, over a [`Shelf`] of yours, what was trusted, and that a fork was found. Put the checkpoint
//! only into a store that has nothing, as here: [`LightClient::trust`] ends a halt too, which is for a person to decide.
//!
//! Any executor will do, a browser's or a loop. The futures of a client are `Send` where those of its nodes, its store and its device are, and the nodes and the
//! device are `Sync`: tokio may move them from thread to thread.

mod aim;
mod answers;
mod attack;
mod backward;
mod compare;
mod environment;
mod evidence;
mod failure;
mod fork;
mod forward;
mod join;
mod kept;
mod limits;
mod provider;
mod report;
mod source;
mod store;

pub use attack::Attack;
pub use environment::Environment;
pub use evidence::{AttackEvidence, AttackKind};
pub use failure::{Failure, Resource};
pub use forward::Mode;
pub use join::join_all;
pub use kept::{KeptStore, Shelf, states_root};
pub use limits::{Limits, Spent};
pub use provider::{Fault, Latest, Provider, Received, Unreachable};
pub use report::{Followed, Said, Standing, Step, StepKind, Trace};
pub use store::{MemoryStore, Store, StoreError, heights_to_keep};

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::client::backward::Descent;
use crate::client::fork::may_lead_to;
use crate::client::forward::Way;
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
    /// Members of whom at least one must hold it; where none is named, anybody will do.
    pub one_of: Vec<String>,
    /// Where too few witnesses have the header yet: how long they get to catch up. Also the longest pause before a node that is behind is asked again.
    pub catch_up: Duration,
    /// A node that lacks at most this many of the newest blocks is held for one that follows the chain: it is not overtaken.
    pub near: u64,
    /// So is one whose newest block is at most this much older than the newest of all, besides what clocks may differ. CometBFT calls it `maxBlockLag`.
    pub lag: Duration,
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
            one_of: Vec::new(),
            catch_up: Duration::from_secs(2),
            near: 1,
            lag: Duration::from_secs(10),
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
    descent: Option<Descent>,
    /// The store's generation by which all this was found.
    generation: u64,
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
            generation: store.generation(),
            store,
            environment,
            settings,
            descent: None,
        }
    }

    /// What it keeps.
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The same, for a program that finds out more than this client does.
    pub fn store_mut(&mut self) -> &mut S {
        &mut self.store
    }

    /// Gives back what it keeps.
    pub fn into_store(self) -> S {
        self.store
    }

    /// Trusts a state from outside the chain and nothing else any more; see [`Store::begin`]. Ends a halt: for what a person has decided, not for every start
    /// of a program.
    ///
    /// # Errors
    /// [`Failure::Store`].
    pub async fn trust(&mut self, state: &TrustedState) -> Result<(), Failure> {
        self.descent = None;
        Ok(self.store.begin(state).await?)
    }

    /// Moves on to the newest header that every node holds which follows the chain; see [`Settings::near`] and [`Settings::lag`]. Where that is trusted already,
    /// it is compared again.
    ///
    /// # Errors
    /// Any [`Failure`]. What was trusted stays so. After [`Failure::Attack`] each later call is [`Failure::Halted`]; of the others each may pass, but for
    /// [`Failure::NoTrust`] and [`Failure::TrustExpired`], which want a newer checkpoint. What single nodes said is in [`LightClient::standings`].
    pub async fn newest(&mut self) -> Result<Followed, Failure> {
        self.forward(None).await
    }

    /// As [`newest`](Self::newest), or on the way there to exactly this height, which is not below what is trusted, nor above what all those nodes hold.
    ///
    /// # Errors
    /// As [`newest`](Self::newest).
    pub async fn forward(&mut self, to: Option<u64>) -> Result<Followed, Failure> {
        let mut meter = self.begin().await?;
        self.follow(to, &mut meter).await
    }

    /// Proves the header of one height, above or below what is trusted. A new one that a node lacks which follows the chain is held back until the node has
    /// it too, or until the header is older than clocks and nodes may differ. Below all that is trusted the hash chain leads down, a header for each block: what
    /// one call leaves, for want of [`Limits`], the next one goes on with.
    ///
    /// # Errors
    /// As [`newest`](Self::newest).
    pub async fn at(&mut self, height: u64) -> Result<Followed, Failure> {
        let mut meter = self.begin().await?;
        let failure = match self.store.at_or_below(height).await? {
            None => Failure::NoTrust,
            Some(from) => match self.check_age(from.header().time) {
                Err(expired) => expired,
                Ok(()) => {
                    let mut way = Way::from(&from);
                    match self.above(height, &mut meter).await {
                        Ok(above) => way.above = above,
                        Err(failure) => {
                            return Err(self.excluded(&way, height, failure, &mut meter).await);
                        }
                    }
                    let order = self.order();
                    return self.climb(&mut way, height, &order, 0, &mut meter).await;
                }
            },
        };
        self.down_to(height, failure, &mut meter).await
    }

    async fn begin(&mut self) -> Result<Meter, Failure> {
        let now = self.environment.now();
        for source in &mut self.sources {
            source.begin_call(now);
        }
        if let Some(attack) = self.store.halted().await? {
            return Err(Failure::Halted(Box::new(attack)));
        }
        // Another program has begun anew: who was proven wrong may be right.
        let generation = self.store.generation();
        if generation != self.generation {
            self.generation = generation;
            self.descent = None;
            for source in &mut self.sources {
                source.said = Said::Nothing;
            }
        }
        Ok(Meter::new(self.settings.limits.clone(), now))
    }

    /// The nodes in the order in which they are asked: as configured, those that failed of late after the others.
    fn order(&self) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.sources.len())
            .filter(|at| self.sources.get(*at).is_some_and(|source| !source.is_out()))
            .collect();
        let now = self.environment.now();
        order.sort_by_key(|at| {
            self.sources
                .get(*at)
                .is_some_and(|source| source.is_last(now))
        });
        order
    }

    /// Tries the nodes one after the other, each from what is trusted: what one of them left unfinished has been compared with nobody, and is no
    /// ground to judge the next one by. `rounds`: so many parts of what is left are for later ways, and one more is for the comparison.
    async fn reach(
        &mut self,
        way: &mut Way,
        target: u64,
        leaders: &[usize],
        rounds: u32,
        meter: &mut Meter,
    ) -> Result<(), Failure> {
        let mut ran_out = None;
        let mut ahead: Vec<Duration> = Vec::new();
        for (tried, at) in leaders.iter().enumerate() {
            way.legs.clear();
            let parts = u32::try_from(leaders.len().saturating_sub(tried)).unwrap_or(1);
            let kept = rounds.saturating_add(1);
            meter.allot(parts.saturating_add(kept), self.environment.now());
            let Some(source) = self.sources.get(*at) else {
                continue;
            };
            let (from, legs) = (&way.from, &mut way.legs);
            let (settings, environment) = (&self.settings, &self.environment);
            let climb = source.climb(from, target, settings, environment, meter, legs);
            let said = match climb.await {
                Ok(()) => {
                    self.note(*at, Said::Led);
                    way.leader = Some(*at);
                    return Ok(());
                }
                Err(Setback::Fault(Fault::Refuted(Reason::TrustExpired { trusted, .. }))) => {
                    return Err(expired(trusted));
                }
                Err(Setback::Fault(Fault::Refuted(Reason::FromFuture { now, found }))) => {
                    ahead.push(between(now, found));
                    way.ahead.push(*at);
                    Said::Failed(Fault::Refused("its newest block is from the future".into()))
                }
                Err(Setback::Fault(fault @ Fault::Refuted(_))) => {
                    way.refuted.push((*at, fault));
                    let why = "its way does not hold from what is trusted";
                    Said::Failed(Fault::Refused(why.into()))
                }
                Err(Setback::Fault(fault)) => Said::Failed(fault),
                Err(Setback::OutOf(resource)) => {
                    ran_out = Some(resource);
                    Said::Failed(Fault::Refused("its way costs too much".into()))
                }
            };
            self.note(*at, said);
        }
        // One member alone may show whatever time it likes: nobody looks at signatures before the time.
        let all_are_ahead =
            ahead.len() == leaders.len() && self.suffice(&mut way.ahead.iter().copied());
        match ahead.iter().min() {
            Some(by) if all_are_ahead => Err(Failure::ClockBehind { by: *by }),
            _ => Err(no_way(ran_out, self.standings())),
        }
    }

    /// Up to a height, over one node's blocks; the next node's where one fails. Where that height is trusted already nobody leads, and everybody is
    /// compared.
    async fn climb(
        &mut self,
        way: &mut Way,
        target: u64,
        leaders: &[usize],
        rounds: u32,
        meter: &mut Meter,
    ) -> Result<Followed, Failure> {
        self.check_age(way.from.header().time)?;
        way.legs.clear();
        way.leader = None;
        let led = match target == way.from.height() {
            true => Ok(()),
            false => self.reach(way, target, leaders, rounds, meter).await,
        };
        if let Some(dispute) = self.judge_refuted(way, meter).await {
            return Err(self.halt(dispute, meter).await?);
        }
        led.map_err(|failure| match failure {
            Failure::NoWay(_) => Failure::NoWay(self.standings()),
            other => other,
        })?;
        if let Some(dispute) = self.compare(way, meter).await? {
            return Err(self.halt(dispute, meter).await?);
        }
        let reached = way.reached().header();
        if let Some(above) = &way.above
            && !may_lead_to(reached, above.header())
        {
            let failure = no_way(None, self.standings());
            return Err(self.excluded(way, target, failure, meter).await);
        }
        let followed = Followed {
            header: way.reached().verified().clone(),
            commit: way.reached().signed().map(|signed| signed.commit.clone()),
            trace: Trace::forward(&way.from, &way.legs, meter.spent()),
            standings: self.standings(),
        };
        if !self.is_witnessed() {
            return Err(Failure::NotWitnessed(Box::new(followed)));
        }
        // Nobody was asked for the headers on the way.
        if let Some(leg) = way.legs.last() {
            self.store.put(&leg.state).await?;
        }
        Ok(followed)
    }

    /// The chain of what is kept above a height does not lead to what nodes show there: the fork, where one of them proves it.
    async fn excluded(
        &mut self,
        way: &Way,
        height: u64,
        failure: Failure,
        meter: &mut Meter,
    ) -> Failure {
        match self.judge_above(way, height, meter).await {
            None => failure,
            Some(dispute) => match self.halt(dispute, meter).await {
                Ok(failure) | Err(failure) => failure,
            },
        }
    }

    /// Trust that has expired is none, and a clock that what is trusted is ahead of tells no age; also where no step is to be taken.
    fn check_age(&self, since: Time) -> Result<(), Failure> {
        let (options, now) = (&self.settings.options, self.environment.now());
        if since.unix_nanos_after(options.trusting_period) <= now.unix_nanos() {
            return Err(expired(since));
        }
        if since.unix_nanos() >= now.unix_nanos_after(options.clock_drift) {
            return Err(Failure::ClockBehind {
                by: between(now, since),
            });
        }
        Ok(())
    }

    /// Goes on with what an earlier client found out about the nodes of these names: one that lied stays out, one that could not prove another header
    /// rests, and one that failed is asked last.
    pub fn recall(&mut self, standings: &[Standing]) {
        for source in &mut self.sources {
            let name = source.provider.name();
            let found = standings.iter().find(|standing| standing.name == name);
            if let Some(standing) = found {
                source.recall(standing);
            }
        }
    }

    /// What each node said in the last call.
    pub fn standings(&self) -> Vec<Standing> {
        self.sources.iter().map(Source::standing).collect()
    }
}

fn no_way(ran_out: Option<Resource>, standings: Vec<Standing>) -> Failure {
    ran_out.map_or_else(|| Failure::NoWay(standings), Failure::OutOf)
}

fn expired(since: Time) -> Failure {
    Failure::TrustExpired {
        since,
        behind: None,
    }
}

fn between(earlier: Time, later: Time) -> Duration {
    let nanos = later.unix_nanos().saturating_sub(earlier.unix_nanos());
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(0))
}
