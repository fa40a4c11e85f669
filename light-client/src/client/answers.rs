//! What the nodes hold at a height, and how long those are waited for that do not have it yet.

use alloc::vec::Vec;
use core::time::Duration;

use crate::client::LightClient;
use crate::client::environment::Environment;
use crate::client::failure::{Failure, Resource};
use crate::client::forward::Way;
use crate::client::join::join_all;
use crate::client::limits::Meter;
use crate::client::provider::{Fault, Provider};
use crate::client::source::Source;
use crate::client::store::Store;
use crate::merkle::Hash;

/// The first pause; together they double each time.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// A node, and the hash of the header that it gave.
pub(crate) type Answer = (usize, Result<Hash, Fault>);

impl<P: Provider, S: Store, E: Environment> LightClient<P, S, E> {
    /// What all nodes but the one that led there hold at the height that was reached. Those that do not have it yet are waited for where they may hold
    /// another one soon, or where too few hold the same. Where time runs out before the first of these could, nothing is believed: whoever leads can be slow.
    pub(super) async fn answers(
        &mut self,
        way: &Way,
        meter: &mut Meter,
    ) -> Result<Vec<Answer>, Failure> {
        let reached = way.reached().verified();
        let height = reached.header().height;
        let mut asked: Vec<usize> = (0..self.sources.len()).collect();
        asked.retain(|at| Some(*at) != way.leader && !self.is_out(*at));
        // The rest is for those who dispute.
        meter.allot(2, self.environment.now());
        for _ in &asked {
            meter.admit(self.environment.now())?;
        }
        let mut answers = self.hashes(&asked, height, meter).await;
        meter.allot(2, self.environment.now());
        let reserve = meter.time_left(self.environment.now()) / 2;
        let mut waited = Duration::ZERO;
        loop {
            let mut late: Vec<usize> = answers
                .iter()
                .filter(|(_, answer)| *answer == Err(Fault::NotThere))
                .map(|(at, _)| *at)
                .collect();
            self.hear(&late, &reached.header().chain_id).await;
            let same = answers
                .iter()
                .filter(|(_, answer)| answer.as_ref() == Ok(reached.hash()));
            let mut holders = same.map(|(at, _)| *at).chain(way.leader);
            let too_few = !self.suffice(&mut holders) && waited < self.settings.catch_up;
            let is_awaited = |at: &usize| self.is_awaited(*at, way, waited);
            let awaited = late.iter().any(is_awaited);
            late.retain(|at| too_few || is_awaited(at));
            let pause = waited.min(self.settings.catch_up).max(FIRST_PAUSE);
            let left = meter.time_left(self.environment.now());
            if late.is_empty() {
                return Ok(answers);
            }
            if left < reserve.saturating_add(pause) {
                return match awaited {
                    true => Err(Resource::Time.into()),
                    false => Ok(answers),
                };
            }
            self.environment.pause(pause).await;
            waited = waited.saturating_add(pause);
            answers.retain(|(at, _)| !late.contains(at));
            answers.extend(self.hashes(&late, height, meter).await);
        }
    }

    /// Whether a node that does not have the header that was reached may soon hold another one: the header is new, the node follows the chain, and what
    /// it claims contradicts neither the header nor its answer. What is trusted already is not waited for.
    fn is_awaited(&self, at: usize, way: &Way, waited: Duration) -> bool {
        let header = way.reached().header();
        let last = header.time.unix_nanos_after(self.settings.window());
        let is_new = self.environment.now().unix_nanos() < last && !way.legs.is_empty();
        let source = self.sources.get(at);
        let claim = source.and_then(|source| source.latest.as_ref());
        is_new
            && !self.is_out(at)
            && claim.is_none_or(|claim| match claim.height >= header.height {
                true => waited < self.settings.catch_up,
                false => {
                    claim.time < header.time && self.is_near(claim, header.height, header.time)
                }
            })
    }

    async fn hashes(&self, of: &[usize], height: u64, meter: &mut Meter) -> Vec<Answer> {
        let sources: Vec<(usize, &Source<P>)> = of
            .iter()
            .filter_map(|at| Some((*at, self.sources.get(*at)?)))
            .collect();
        let mut asked = Vec::with_capacity(sources.len());
        for (_, source) in &sources {
            asked.push(source.header(height, &self.environment, self.settings.tries));
        }
        let answers = join_all(asked).await;
        let mut found = Vec::with_capacity(answers.len());
        // What failed is not counted: one question to each that is out of reach must leave time to wait for one that is late.
        for ((at, _), (answer, _)) in sources.into_iter().zip(answers) {
            found.push((
                at,
                answer.map(|received| {
                    meter.received(received.bytes);
                    received.value.hash()
                }),
            ));
        }
        found
    }

    pub(super) fn is_out(&self, at: usize) -> bool {
        self.sources.get(at).is_none_or(Source::is_out)
    }
}
