//! A node with its record: what it answered, at what it failed.

use alloc::vec::Vec;
use core::future::Future;
use core::time::Duration;

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
/// For how long a node is left alone that holds another header and could not prove it.
const REST: Duration = Duration::from_secs(600);
/// No node makes us wait longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

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
    /// Whether it failed in the call before.
    pub(crate) failed: bool,
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
            failed: false,
        }
    }

    /// Forgets what may have passed. A node that lied stays out, one that holds another header and could not prove it rests: it may cost as much
    /// the next time.
    pub(crate) fn begin_call(&mut self, now: Time) {
        self.failed = matches!(self.said, Said::Failed(_));
        let stays = match &self.said {
            Said::Failed(fault) => fault.is_final(),
            Said::Disputes(fault) => fault.is_final() || self.rests(now),
            _ => false,
        };
        if !stays {
            self.said = Said::Nothing;
        }
        self.latest = None;
        self.disproved = false;
    }

    fn rests(&self, now: Time) -> bool {
        self.since
            .is_some_and(|since| since <= now && now.unix_nanos() < since.unix_nanos_after(REST))
    }

    pub(crate) fn say(&mut self, said: Said, now: Time) {
        self.said = said;
        self.since = Some(now);
    }

    /// Whether it is not asked.
    pub(crate) fn is_out(&self) -> bool {
        match &self.said {
            Said::Failed(fault) => fault.disqualifies(),
            said => matches!(said, Said::Disputes(_)),
        }
    }

    pub(crate) fn standing(&self) -> Standing {
        Standing {
            name: self.provider.name().into(),
            member: self.provider.member().into(),
            height: self.latest.as_ref().map(|latest| latest.height),
            said: self.said.clone(),
        }
    }

    pub(crate) async fn latest<E: Environment>(
        &self,
        environment: &E,
        tries: u32,
    ) -> Result<Latest, Fault> {
        patiently(environment, tries, || self.provider.latest()).await
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
        let bytes = answers.iter().flatten().map(|received| received.bytes);
        meter.received(bytes.fold(0, u64::saturating_add));
        let mut blocks = asked.iter().zip(answers).map(|((height, _), answer)| {
            let block = answer?.value;
            match block.height() == *height {
                true => Ok(block),
                false => Err(Fault::Garbage("a block of another height".into())),
            }
        });
        let first = blocks.next().unwrap_or(Err(Fault::NotThere))?;
        Ok((first, blocks.flatten().collect()))
    }

    /// The header of a height, and no other.
    pub(crate) async fn header<E: Environment>(
        &self,
        height: u64,
        environment: &E,
        tries: u32,
    ) -> Result<Received<Header>, Fault> {
        let received = patiently(environment, tries, || self.provider.header(height)).await?;
        if received.value.height != height {
            return Err(Fault::Garbage("a header of another height".into()));
        }
        Ok(received)
    }
}

/// Asks again where that may help, after a pause that grows and is never the same on two devices.
async fn patiently<E: Environment, T, F: Future<Output = Result<T, Fault>>>(
    environment: &E,
    tries: u32,
    ask: impl Fn() -> F,
) -> Result<T, Fault> {
    let mut pause = FIRST_PAUSE;
    for _ in 1..tries {
        match ask().await {
            Err(Fault::Unreachable(why)) => {
                let wanted = why.pause().unwrap_or(pause);
                environment.pause(jittered(wanted, environment)).await;
                pause = pause.saturating_mul(2);
            }
            other => return other,
        }
    }
    ask().await
}

/// Between the pause and one and a half times as long.
fn jittered<E: Environment>(pause: Duration, environment: &E) -> Duration {
    let pause = pause.min(LONGEST_PAUSE);
    let half = u64::try_from(pause.as_millis() / 2).unwrap_or(0);
    let extra = environment.random() % half.saturating_add(1);
    pause.saturating_add(Duration::from_millis(extra))
}
