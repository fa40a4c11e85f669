//! Where another node's way parts from ours, proven by its own blocks.

use alloc::vec::Vec;
use core::slice;
use core::time::Duration;

use crate::bisection::Leg;
use crate::client::LightClient;
use crate::client::environment::Environment;
use crate::client::failure::Failure;
use crate::client::forward::Way;
use crate::client::limits::Meter;
use crate::client::provider::{Fault, Provider};
use crate::client::source::{Setback, weight};
use crate::client::store::Store;
use crate::header::Header;
use crate::step::{recheck, without_bad_votes};
use crate::trust::{LightBlock, TrustedState};

/// How often a node is asked at least that holds another header, where it does not answer: an answer that is lost on the way leaves no forged header alone.
const TRIES: u32 = 3;

/// Where two ways part, and how the other goes on. Each of the two blocks holds with all of its votes.
pub(crate) struct Fork {
    pub(crate) common: TrustedState,
    pub(crate) ours: LightBlock,
    pub(crate) theirs: LightBlock,
    /// The way from `common` to `theirs`.
    pub(crate) legs: Vec<Leg>,
}

impl Fork {
    /// None where their way leads to the same block, or to a lower one that is earlier too, or nowhere. Only then is every vote looked at.
    fn new(
        common: &TrustedState,
        ours: &LightBlock,
        legs: Vec<Leg>,
        meter: &mut Meter,
    ) -> Option<Fork> {
        let theirs = &legs.last()?.block;
        if may_lead_to(&theirs.signed_header.header, &ours.signed_header.header) {
            return None;
        }
        let given = meter.budget();
        let mut budget = given;
        let fork = Fork {
            common: common.clone(),
            ours: without_bad_votes(ours, &mut budget),
            theirs: without_bad_votes(theirs, &mut budget),
            legs,
        };
        meter.settle(given, budget);
        Some(fork)
    }
}

impl<P: Provider, S: Store, E: Environment> LightClient<P, S, E> {
    /// A step at which this node goes another way that it can prove. An error: it cannot. `holder` holds the header that was
    /// reached.
    pub(super) async fn fork(
        &mut self,
        way: &Way,
        at: usize,
        holder: Option<usize>,
        meter: &mut Meter,
    ) -> Result<Option<Fork>, Setback> {
        if way.legs.is_empty() {
            return self.fork_behind(&way.from, at, holder, meter).await;
        }
        let holds = self.holds(&way.from, at, meter).await?;
        if holds == Some(false) {
            return self.fork_behind(&way.from, at, holder, meter).await;
        }
        match self.fork_among(&way.from, &way.legs, at, meter).await {
            // It has pruned what is trusted, which may be forged; the header that was reached leaves its way all the same.
            Err(setback) if holds.is_none() && setback.is_of_the_way() => {
                self.fork_behind(way.reached(), at, holder, meter).await
            }
            fork => fork,
        }
    }

    /// Whether the node holds what is trusted already; none where it has pruned it.
    pub(super) async fn holds(
        &self,
        trusted: &TrustedState,
        at: usize,
        meter: &mut Meter,
    ) -> Result<Option<bool>, Setback> {
        let Some(source) = self.sources.get(at) else {
            return Ok(None);
        };
        // The header alone: a block of thousands of validators weighs megabytes, and colluders choose how often this is asked.
        let (environment, tries) = (&self.environment, self.settings.tries.max(TRIES));
        meter.admit(environment.now())?;
        let answer = source.header(trusted.height(), environment, tries).await;
        meter.received(weight(slice::from_ref(&answer)));
        match answer.0 {
            Err(Fault::NotThere) => Ok(None),
            answer => Ok(Some(answer?.value == *trusted.header())),
        }
    }

    /// The node holds another header than this one, which is trusted already or was just reached: judged from one that was trusted before.
    pub(super) async fn fork_behind(
        &mut self,
        trusted: &TrustedState,
        at: usize,
        holder: Option<usize>,
        meter: &mut Meter,
    ) -> Result<Option<Fork>, Setback> {
        let ours = match trusted.block() {
            Some(block) => block,
            None => self.signed(trusted, holder, meter).await?,
        };
        let height = ours.height();
        self.way_from_below(trusted, at, height, &ours, meter).await
    }

    /// The node's own way to a height from below what is trusted. Where it has pruned all that is kept there, it is tried from the lowest in which trust has not
    /// expired, and from the next one where the node cannot show that way: it may lead through what it has pruned.
    async fn way_from_below(
        &mut self,
        trusted: &TrustedState,
        at: usize,
        height: u64,
        ours: &LightBlock,
        meter: &mut Meter,
    ) -> Result<Option<Fork>, Setback> {
        let nothing = || refused("no common header is left");
        if let Some(common) = self.shared_below(trusted, at, meter).await? {
            return self.way_of(at, &common, height, ours, meter).await;
        }
        let (mut least, mut setback) = (0, nothing());
        loop {
            let common = self.lowest(least, Failure::NoTrust).await.ok();
            let Some(common) = common.filter(|state| state.height() < trusted.height()) else {
                return Err(setback);
            };
            match self.way_of(at, &common, height, ours, meter).await {
                Err(of_the_way) if of_the_way.is_of_the_way() => setback = of_the_way,
                fork => return fork,
            }
            least = common.height().saturating_add(1);
        }
    }

    /// A state below that the node holds too, and above which it does not hold the next one; none where it has pruned what it was asked for. Searched for by
    /// halves: whatever is kept, it is asked for few of them.
    async fn shared_below(
        &mut self,
        trusted: &TrustedState,
        at: usize,
        meter: &mut Meter,
    ) -> Result<Option<TrustedState>, Setback> {
        let (mut shared, mut is_pruned) = (None, false);
        let (mut low, mut high) = (0, trusted.height());
        while low < high {
            let middle = low.midpoint(high);
            let state = self.kept(middle).await;
            let Some(state) = state.filter(|state| state.height() >= low) else {
                low = middle.saturating_add(1);
                continue;
            };
            match self.holds(&state, at, meter).await? {
                Some(false) => {
                    high = state.height();
                    continue;
                }
                Some(true) => shared = Some(state),
                None => is_pruned = true,
            }
            low = middle.saturating_add(1);
        }
        match shared.is_some() || is_pruned {
            true => Ok(shared),
            false => Err(refused("no common header is left")),
        }
    }

    async fn kept(&mut self, height: u64) -> Option<TrustedState> {
        self.store.at_or_below(height).await.ok().flatten()
    }

    /// The votes for a header that is trusted for its hash alone.
    async fn signed(
        &self,
        trusted: &TrustedState,
        holder: Option<usize>,
        meter: &mut Meter,
    ) -> Result<LightBlock, Setback> {
        let unsigned = || refused("nobody shows its votes");
        let source = holder.and_then(|at| self.sources.get(at));
        let source = source.ok_or_else(unsigned)?;
        let (height, tries) = (trusted.height(), self.settings.tries.max(TRIES));
        let block = source
            .light_block(height, &self.environment, tries, meter)
            .await?;
        let given = meter.budget();
        let mut budget = given;
        let verified = recheck(&block, self.settings.options.signatures, &mut budget);
        meter.settle(given, budget);
        match verified {
            Ok(verified) if verified.hash() == trusted.verified().hash() => Ok(block),
            _ => Err(unsigned()),
        }
    }

    /// A step at which this node goes another way, and before which it goes ours, as far as it has not pruned that. It is searched for by halves: however
    /// many steps colluders lead us, whoever disagrees is asked for few of them.
    pub(super) async fn fork_among(
        &self,
        from: &TrustedState,
        legs: &[Leg],
        at: usize,
        meter: &mut Meter,
    ) -> Result<Option<Fork>, Setback> {
        let Some((last, mut between)) = legs.split_last() else {
            return Ok(None);
        };
        let holds_last = self.holds(&last.state, at, meter).await?;
        if holds_last.ok_or(Fault::NotThere)? {
            return Ok(None);
        }
        let (mut common, mut parting) = (from, last);
        loop {
            let (below, above) = between.split_at(between.len() / 2);
            let Some((middle, above)) = above.split_first() else {
                break;
            };
            match self.holds(&middle.state, at, meter).await? {
                Some(false) => (parting, between) = (middle, below),
                Some(true) => (common, between) = (&middle.state, above),
                // Pruned: it may still prove what comes later.
                None => between = above,
            }
        }
        let ours = &parting.block;
        self.way_of(at, common, ours.height(), ours, meter).await
    }

    /// The node's own way to a height, where that is not the way to our block. Two headers that enough of one trusted set signed are a fork whatever the
    /// device's clock says.
    async fn way_of(
        &self,
        at: usize,
        common: &TrustedState,
        height: u64,
        ours: &LightBlock,
        meter: &mut Meter,
    ) -> Result<Option<Fork>, Setback> {
        let Some(source) = self.sources.get(at) else {
            return Ok(None);
        };
        let mut settings = self.settings.clone();
        settings.options.clock_drift = Duration::MAX;
        settings.tries = settings.tries.max(TRIES);
        let (settings, environment, mut legs) = (&settings, &self.environment, Vec::new());
        source
            .climb(common, height, settings, environment, meter, &mut legs)
            .await?;
        Ok(Fork::new(common, ours, legs, meter))
    }

    /// A node that does not have the height that was reached: it holds another header than the one that is trusted already, or it is behind in height
    /// and yet ahead in time, and both cannot be of one chain (a forward lunatic attack). None: it is neither. An error: it is, and did not prove it.
    pub(super) async fn fork_below(
        &mut self,
        way: &Way,
        at: usize,
        holder: Option<usize>,
        meter: &mut Meter,
    ) -> Result<Option<Fork>, Setback> {
        let reached = way.reached();
        let source = self.sources.get(at);
        let latest = source.and_then(|source| source.latest.as_ref());
        let latest = latest.filter(|latest| latest.height < reached.height());
        let Some(latest) = latest else {
            return Ok(None);
        };
        let is_ahead = latest.time >= reached.header().time;
        let holds_trusted = latest.height >= way.from.height();
        let mut holds = None;
        if holds_trusted {
            match self.holds(&way.from, at, meter).await {
                Ok(Some(false)) => {
                    let fork = self.fork_behind(&way.from, at, holder, meter).await?;
                    return fork.ok_or_else(contradiction).map(Some);
                }
                Err(setback) if is_ahead => return Err(setback),
                held => holds = held.unwrap_or_default(),
            }
        }
        if !is_ahead {
            return Ok(None);
        }
        let ours = match reached.block() {
            Some(block) => block,
            None => self.signed(reached, holder, meter).await?,
        };
        let height = latest.height;
        if holds_trusted {
            match self.way_of(at, &way.from, height, &ours, meter).await {
                Err(setback) if holds.is_none() && setback.is_of_the_way() => {}
                fork => return fork,
            }
        }
        self.way_from_below(&way.from, at, height, &ours, meter)
            .await
    }
}

impl Setback {
    /// Whether it is the way that did not hold, or leads through what the node has pruned: one from another header may.
    fn is_of_the_way(&self) -> bool {
        matches!(self, Setback::Fault(Fault::Refuted(_) | Fault::NotThere))
    }
}

/// Whether the chain with one header may go on to the other, or is there: nothing is older and higher.
pub(super) fn may_lead_to(lower: &Header, upper: &Header) -> bool {
    lower == upper || (lower.height < upper.height && lower.time < upper.time)
}

/// What it showed first it does not show again.
pub(super) fn contradiction() -> Setback {
    Setback::Fault(Fault::Garbage("it contradicts itself".into()))
}

fn refused(why: &str) -> Setback {
    Setback::Fault(Fault::Refused(why.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::limits::Limits;
    use crate::commit::BlockIdFlag;
    use crate::json;
    use crate::time::Time;

    /// A block of a real chain.
    fn block() -> LightBlock {
        let text = include_bytes!("../../../tests/vectors/recorded/v0.38-ed25519/light/002.json");
        json::light_block(&json::parse(text).unwrap()).unwrap()
    }

    /// What came of a way to this block, and what it cost.
    fn outcome(theirs: LightBlock) -> (bool, u32) {
        outcome_within(theirs, Limits::default().signatures)
    }

    fn outcome_within(theirs: LightBlock, signatures: u32) -> (bool, u32) {
        let ours = block();
        let hash = ours.signed_header.header.hash();
        let common = TrustedState::from_checkpoint(&ours, &hash).unwrap();
        let tally = crate::count::Votes::new(&ours.signed_header.commit, &ours.validators, None);
        let leg = Leg {
            state: common.clone(),
            block: theirs,
            tally: tally.claimed(),
        };
        let limits = Limits {
            signatures,
            ..Limits::default()
        };
        let mut meter = Meter::new(limits, Time::UNIX_EPOCH);
        let fork = Fork::new(&common, &ours, Vec::from([leg]), &mut meter);
        (fork.is_some(), meter.spent().signatures)
    }

    #[test]
    fn votes_are_looked_at_where_ways_part_and_are_counted() {
        assert_eq!(outcome(block()), (false, 0));
        let mut earlier = block();
        let header = &mut earlier.signed_header.header;
        (header.height, header.time) = (header.height - 1, Time::UNIX_EPOCH);
        assert_eq!(outcome(earlier), (false, 0));
        let mut other = block();
        other.signed_header.header.app_hash = Vec::new();
        let entries = &other.signed_header.commit.signatures;
        let voted = entries
            .iter()
            .filter(|entry| entry.flag == BlockIdFlag::Commit);
        let votes = u32::try_from(voted.count()).unwrap();
        assert_eq!(outcome(other.clone()), (true, 2 * votes));
        // What is left is too little, and is spent: no fork is lost for it.
        for left in [votes - 1, 2 * votes - 1] {
            assert_eq!(outcome_within(other.clone(), left), (true, left));
        }
    }
}
