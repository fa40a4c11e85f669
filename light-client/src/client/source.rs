//! A node with its record: what it answered, at what it failed.

use alloc::vec::Vec;
use core::future::Future;
use core::time::Duration;

use crate::client::between;
use crate::client::environment::Environment;
use crate::client::failure::Resource;
use crate::client::join::join_all;
use crate::client::limits::Meter;
use crate::client::provider::{Fault, Latest, Provider, Received};
use crate::client::report::{Said, Standing};
use crate::header::Header;
use crate::time::Time;
use crate::trust::LightBlock;

/// The pause after the first failure; each later one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
/// For how long a node is left alone that holds another header and could not prove it, and one that failed leads after the others.
const REST: Duration = Duration::from_secs(600);
/// After this long no node is asked again: everybody waits for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a try is held to have weighed that failed: nobody weighed it.
const FAILED: u64 = 1 << 20;

/// An answer, and what the tries weighed that failed.
pub(crate) type Tried<T> = (Result<T, Fault>, u64);

/// What answers weighed, those included that failed.
pub(crate) fn weight<T>(answers: &[Tried<Received<T>>]) -> u64 {
    let weights = answers.iter().map(|(answer, failed)| {
        let bytes = answer.as_ref().map_or(0, |received| received.bytes);
        bytes.saturating_add(*failed)
    });
    weights.fold(0, u64::saturating_add)
}

/// A node and what it has said.
#[derive(Debug)]
pub(crate) struct Source<P> {
    pub(crate) provider: P,
    pub(crate) said: Said,
    pub(crate) latest: Option<Latest>,
    /// Whether that was found not to hold, in this call.
    pub(crate) disproved: bool,
    /// When it said that.
    since: Option<Time>,
    /// When it last failed, where it has not led since.
    failed: Option<Time>,
}

/// What stops the way over one node.
#[derive(Debug)]
pub(crate) enum Setback {
    /// The node failed.
    Fault(Fault),
    /// It used up its share.
    OutOf(Resource),
}

impl From<Fault> for Setback {
    fn from(fault: Fault) -> Setback {
        Setback::Fault(fault)
    }
}

impl From<Resource> for Setback {
    fn from(resource: Resource) -> Setback {
        Setback::OutOf(resource)
    }
}

impl<P: Provider> Source<P> {
    pub(crate) fn new(provider: P) -> Source<P> {
        Source {
            provider,
            said: Said::Nothing,
            latest: None,
            disproved: false,
            since: None,
            failed: None,
        }
    }

    /// Forgets what may have passed. A node that lied stays out, one that holds another header and could not prove it rests: it may cost as much
    /// the next time.
    pub(crate) fn begin_call(&mut self, now: Time) {
        let stays = match &self.said {
            Said::Failed(fault) => fault.is_final(),
            Said::Disputes(fault) => {
                fault.is_final() || (!fault.may_pass() && is_of_late(self.since, now))
            }
            _ => false,
        };
        if !stays {
            self.said = Said::Nothing;
        }
        self.latest = None;
        self.disproved = false;
    }

    /// What was found out about the node by an earlier client.
    pub(crate) fn recall(&mut self, standing: &Standing) {
        self.said = standing.said.clone();
        self.since = standing.since;
        self.failed = standing.failed;
    }

    /// Whether it comes after the others where one is to lead: that it says the same as they do makes it no better a leader.
    pub(crate) fn is_last(&self, now: Time) -> bool {
        is_of_late(self.failed, now)
    }

    /// That it does not answer any more does not undo that it holds another header: whoever is in the network may cut it off.
    pub(crate) fn say(&mut self, said: Said, now: Time) {
        if let (Said::Disputes(_), Said::Failed(fault)) = (&self.said, &said)
            && fault.may_pass()
        {
            return;
        }
        match said {
            Said::Failed(_) => self.failed = Some(now),
            Said::Led => self.failed = None,
            _ => {}
        }
        self.said = said;
        self.since = Some(now);
    }

    /// Whether it is not asked.
    pub(crate) fn is_out(&self) -> bool {
        match &self.said {
            Said::Failed(fault) => fault.disqualifies(),
            Said::Disputes(fault) => !fault.may_pass(),
            _ => false,
        }
    }

    pub(crate) fn standing(&self) -> Standing {
        Standing {
            name: self.provider.name().into(),
            member: self.provider.member().into(),
            height: self.latest.as_ref().map(|latest| latest.height),
            said: self.said.clone(),
            since: self.since,
            failed: self.failed,
        }
    }

    pub(crate) async fn latest<E: Environment>(
        &self,
        environment: &E,
        tries: u32,
    ) -> Result<Latest, Fault> {
        let tried = patiently(environment, tries, || self.provider.latest());
        tried.await.0
    }

    /// The light block of a height, and no other.
    pub(crate) async fn light_block<E: Environment>(
        &self,
        height: u64,
        environment: &E,
        tries: u32,
        meter: &mut Meter,
    ) -> Result<LightBlock, Setback> {
        let (block, _) = self
            .light_blocks(&[height], environment, tries, meter)
            .await?;
        Ok(block)
    }

    /// The light block of the first height; and of the others, asked for at the same time, those that come at the first try and fit into the node's share.
    /// One that is wrong, or that the node says it lacks, is as good as a wrong first one: else they would be asked for, over and over, in vain.
    pub(crate) async fn light_blocks<E: Environment>(
        &self,
        heights: &[u64],
        environment: &E,
        tries: u32,
        meter: &mut Meter,
    ) -> Result<(LightBlock, Vec<LightBlock>), Setback> {
        let now = environment.now();
        let mut asked = Vec::with_capacity(heights.len());
        for height in heights {
            match meter.admit(now) {
                Err(resource) if asked.is_empty() => return Err(resource.into()),
                Err(_) => break,
                Ok(()) => asked.push((*height, if asked.is_empty() { tries } else { 1 })),
            }
        }
        let answers = asked.iter().map(|(height, tries)| {
            patiently(environment, *tries, || self.provider.light_block(*height))
        });
        let answers = join_all(answers).await;
        meter.received(weight(&answers));
        let mut blocks = asked.iter().zip(answers).map(|((height, _), (answer, _))| {
            let block = answer?.value;
            match block.height() == *height {
                true => Ok(block),
                false => Err(Fault::Garbage("a block of another height".into())),
            }
        });
        let first = blocks.next().unwrap_or(Err(Fault::NotThere))?;
        let others = blocks.filter(|block| !matches!(block, Err(fault) if fault.may_pass()));
        Ok((first, others.collect::<Result<_, _>>()?))
    }

    /// The header of a height, and no other.
    pub(crate) async fn header<E: Environment>(
        &self,
        height: u64,
        environment: &E,
        tries: u32,
    ) -> Tried<Received<Header>> {
        let (answer, failed) = patiently(environment, tries, || self.provider.header(height)).await;
        let answer = answer.and_then(|received| match received.value.height == height {
            true => Ok(received),
            false => Err(Fault::Garbage("a header of another height".into())),
        });
        (answer, failed)
    }
}

fn is_of_late(then: Option<Time>, now: Time) -> bool {
    then.is_some_and(|then| then <= now && now.unix_nanos() < then.unix_nanos_after(REST))
}

/// Asks again where that may help, after a pause that grows and is never the same on two devices; not where the node has taken long or wants a long pause.
async fn patiently<E: Environment, T, F: Future<Output = Result<T, Fault>>>(
    environment: &E,
    mut tries: u32,
    ask: impl Fn() -> F,
) -> Tried<T> {
    let begun = environment.now();
    let mut pause = FIRST_PAUSE;
    let mut failed = 0u64;
    loop {
        let answer = ask().await;
        let Err(fault) = &answer else {
            return (answer, failed);
        };
        if fault.may_weigh() {
            failed = failed.saturating_add(FAILED);
        }
        tries = tries.saturating_sub(1);
        let wanted = fault.pause().unwrap_or(pause);
        let until = between(begun, environment.now()).saturating_add(wanted);
        if tries == 0 || !fault.may_pass() || until > PATIENCE {
            return (answer, failed);
        }
        environment.pause(jittered(wanted, environment)).await;
        pause = pause.saturating_mul(2);
    }
}

/// Between the pause and one and a half times as long.
fn jittered<E: Environment>(pause: Duration, environment: &E) -> Duration {
    let half = u64::try_from(pause.as_millis() / 2).unwrap_or(0);
    let extra = environment.random() % half.saturating_add(1);
    pause.saturating_add(Duration::from_millis(extra))
}
