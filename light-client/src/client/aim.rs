//! What to go for: the newest header that every node holds which follows the chain.
//!
//! Whoever has enough forged signatures claims a height that no honest node has yet: there nobody could contradict. So the highest claim counts for
//! nothing, and the lowest of those counts that may be an honest node's. One that is too low for its time is found out by the header itself.

use alloc::vec::Vec;
use core::time::Duration;

use crate::client::environment::Environment;
use crate::client::failure::Failure;
use crate::client::forward::Way;
use crate::client::join::join_all;
use crate::client::limits::Meter;
use crate::client::provider::{Fault, Latest, Provider};
use crate::client::report::{Followed, Said, Trace};
use crate::client::store::Store;
use crate::client::{LightClient, Settings, between, no_way};
use crate::header::Header;
use crate::time::Time;

impl Settings {
    /// How far the time of an honest node's newest block may lie behind the newest of all.
    pub(super) fn window(&self) -> Duration {
        self.options.clock_drift.saturating_add(self.lag)
    }
}

impl<P: Provider, S: Store, E: Environment> LightClient<P, S, E> {
    /// Up to the newest header that every node holds which follows the chain. Each round but the last finds out a node that claimed something else than
    /// it holds. Where a height on the way there is wanted, there is one round.
    pub(super) async fn follow(
        &mut self,
        to: Option<u64>,
        meter: &mut Meter,
    ) -> Result<Followed, Failure> {
        let from = self.store.newest().await?.ok_or(Failure::NoTrust)?;
        let everybody: Vec<usize> = (0..self.sources.len()).collect();
        self.hear(&everybody, &from.header().chain_id).await;
        let mut way = Way::from(&from);
        let mut before: Option<Trace> = None;
        loop {
            let within = |aim: &u64| to.is_none_or(|to| (from.height()..=*aim).contains(&to));
            let Some(aim) = self.aim().filter(within) else {
                return Err(no_way(None, self.standings()));
            };
            // A height below what is trusted already would be no news.
            let aim = to.unwrap_or(aim.max(way.from.height()));
            let leaders = self.leaders(aim);
            let rounds = self.rounds(aim);
            let outcome = self.climb(&mut way, aim, &leaders, rounds, meter).await;
            let outcome = outcome.map(|followed| followed.after(before.take()));
            let goes_on = match &outcome {
                Ok(followed) => self.disprove(followed.header.header()),
                Err(Failure::NotWitnessed(found)) => self.disprove(found.header.header()),
                Err(Failure::NoWay(_) | Failure::OutOf(_) | Failure::ClockBehind { .. }) => {
                    self.give_up(aim)
                }
                Err(_) => false,
            };
            if !goes_on || to.is_some() {
                return self.closing(outcome);
            }
            if let Ok(followed) = outcome {
                before = Some(followed.trace);
                way = Way::from(&way.reached().clone());
            }
        }
    }

    /// Asks nodes for what they claim to have.
    pub(super) async fn hear(&mut self, nodes: &[usize], chain_id: &str) {
        let (environment, tries) = (&self.environment, self.settings.tries);
        let mut asked = Vec::with_capacity(nodes.len());
        for (at, source) in self.sources.iter().enumerate() {
            if nodes.contains(&at) && !source.is_out() {
                asked.push(async move { (at, source.latest(environment, tries).await) });
            }
        }
        for (at, answer) in join_all(asked).await {
            match answer {
                Ok(latest) if latest.chain_id == chain_id => {
                    if let Some(source) = self.sources.get_mut(at) {
                        source.latest = Some(latest);
                    }
                }
                Ok(latest) => self.note(at, Said::Failed(Fault::WrongChain(latest.chain_id))),
                Err(fault) => self.note(at, Said::Failed(fault)),
            }
        }
    }

    fn claims(&self) -> impl Iterator<Item = &Latest> {
        let counts = self
            .sources
            .iter()
            .filter(|source| !source.is_out() && !source.disproved);
        counts.filter_map(|source| source.latest.as_ref())
    }

    /// The lowest claim of a node that follows the chain.
    fn aim(&self) -> Option<u64> {
        let height = self.claims().map(|claim| claim.height).max()?;
        let time = self.claims().map(|claim| claim.time).max()?;
        let near = self
            .claims()
            .filter(|claim| self.is_near(claim, height, time));
        near.map(|claim| claim.height).min()
    }

    /// Whether a node that claims this may be an honest one while others have a block of this height and time: few blocks are missing, or hardly any
    /// time. A block from the future makes nobody late.
    pub(super) fn is_near(&self, claim: &Latest, height: u64, time: Time) -> bool {
        let least = time.min(self.environment.now()).unix_nanos();
        claim.height.saturating_add(self.settings.near) >= height
            || claim.time.unix_nanos_after(self.settings.window()) >= least
    }

    /// Those that claim to have this height, in the order in which they are asked.
    fn leaders(&self, height: u64) -> Vec<usize> {
        let mut leaders = self.order();
        leaders.retain(|at| {
            let latest = self
                .sources
                .get(*at)
                .and_then(|source| source.latest.as_ref());
            latest.is_some_and(|claim| claim.height >= height)
        });
        leaders
    }

    /// How many rounds may come after one that goes for this height: to a higher one where a claim turns out to be too low, to a lower one where nobody
    /// leads there.
    fn rounds(&self, aim: u64) -> u32 {
        let mut others: Vec<u64> = self.claims().map(|claim| claim.height).collect();
        others.retain(|height| *height != aim);
        others.sort_unstable();
        others.dedup();
        u32::try_from(others.len()).unwrap_or(u32::MAX)
    }

    /// Names those whose claims this header disproves: an honest node's newest block has the time that it claims, and nothing is older and higher.
    /// They were compared before, so a header that is forged speaks against nobody who could prove another. Whether there is more to go for.
    fn disprove(&mut self, reached: &Header) -> bool {
        let now = self.environment.now();
        let mut found = false;
        for source in &mut self.sources {
            let claim = source.latest.as_ref();
            let fits = claim.is_none_or(|claim| match claim.height.cmp(&reached.height) {
                core::cmp::Ordering::Less => claim.time < reached.time,
                core::cmp::Ordering::Equal => claim.time == reached.time,
                core::cmp::Ordering::Greater => true,
            });
            if fits || source.disproved {
                continue;
            }
            (source.disproved, found) = (true, true);
            // One that disputes was not heard out: it is not said that it lied.
            if !source.is_out() && !matches!(source.said, Said::Disputes(_)) {
                let why = "its newest block does not have the time that it claims";
                source.say(Said::Failed(Fault::Garbage(why.into())), now);
            }
        }
        found && self.aim().is_some_and(|aim| aim > reached.height)
    }

    /// Nobody led to this height, those included that claim to have it as their newest. Whether there is anything else to go for.
    fn give_up(&mut self, aim: u64) -> bool {
        let mut found = false;
        for source in &mut self.sources {
            let claims = source
                .latest
                .as_ref()
                .is_some_and(|claim| claim.height == aim);
            found |= claims && !source.disproved;
            source.disproved |= claims;
        }
        found && self.aim().is_some()
    }

    /// The outcome with what is known of the nodes at last.
    fn closing(&self, outcome: Result<Followed, Failure>) -> Result<Followed, Failure> {
        let now = |followed: Followed| Followed {
            standings: self.standings(),
            ..followed
        };
        match outcome {
            Ok(followed) => Ok(now(followed)),
            Err(Failure::NotWitnessed(followed)) => Err(Failure::NotWitnessed(
                alloc::boxed::Box::new(now(*followed)),
            )),
            Err(Failure::TrustExpired { since, .. }) => Err(Failure::TrustExpired {
                since,
                behind: self.behind(since),
            }),
            other => other,
        }
    }

    /// How far the newest block of all nodes lies behind the device's clock, where that may be why trust since then has expired.
    fn behind(&self, since: Time) -> Option<Duration> {
        let answered = self.sources.iter().enumerate();
        let answered = answered.filter(|(_, source)| !source.is_out() && source.latest.is_some());
        if !self.suffice(&mut answered.map(|(at, _)| at)) {
            return None;
        }
        let newest = self.claims().map(|claim| claim.time).max()?;
        let held =
            since.unix_nanos()..since.unix_nanos_after(self.settings.options.trusting_period);
        let behind = between(newest, self.environment.now());
        let explains = held.contains(&newest.unix_nanos()) && behind > self.settings.window();
        explains.then_some(behind)
    }
}

impl Followed {
    /// The same, with the way that led to where this one begins.
    fn after(mut self, before: Option<Trace>) -> Followed {
        if let Some(before) = before {
            self.trace.from = before.from;
            self.trace.steps.splice(..0, before.steps);
        }
        self
    }
}
