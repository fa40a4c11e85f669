//! Comparing the header that one node led to with what nodes of other members hold.

use alloc::vec::Vec;

use crate::client::LightClient;
use crate::client::environment::Environment;
use crate::client::failure::Failure;
use crate::client::fork::Fork;
use crate::client::forward::Way;
use crate::client::join::join_all;
use crate::client::limits::Meter;
use crate::client::provider::{Fault, Provider};
use crate::client::report::Said;
use crate::client::source::{Setback, Source};
use crate::client::store::Store;
use crate::merkle::Hash;
use crate::reason::Reason;

/// A proven fork, and who stands for which side.
pub(crate) struct Dispute {
    pub(crate) fork: Fork,
    /// The node that led to our side, or that holds it; none where nobody does.
    pub(crate) holder: Option<usize>,
    /// The node that proved the other.
    pub(crate) witness: usize,
}

/// A node, and the hash of the header that it gave.
type Answer = (usize, Result<Hash, Fault>);

impl<P: Provider, S: Store, E: Environment> LightClient<P, S, E> {
    /// Asks all nodes but the one that led there for the header that was reached. One that holds another must prove it. None: nobody did.
    pub(super) async fn compare(
        &mut self,
        way: &Way,
        meter: &mut Meter,
    ) -> Result<Option<Dispute>, Failure> {
        let height = way.reached().height();
        let hash = *way.reached().verified().hash();
        let answers = self.answers(way, height, hash, meter).await?;
        let holds = |answer: &Answer| answer.1.as_ref() == Ok(&hash);
        let holder = answers.iter().find(|answer| holds(answer));
        let holder = way.leader.or(holder.map(|(at, _)| *at));
        // One part of what is left to each that may show another way, and one to the evidence.
        let differ = |answer: &&Answer| matches!(answer.1, Ok(_) | Err(Fault::NotThere));
        let differing = answers
            .iter()
            .filter(differ)
            .filter(|answer| !holds(answer));
        let parts = differing.count().saturating_add(way.refuted.len());
        let mut parts = u32::try_from(parts).unwrap_or(u32::MAX);
        for (at, answer) in answers {
            let found = match answer {
                Ok(found) if found == hash => Err(Said::Agrees),
                Ok(_) => {
                    self.allot_part(&mut parts, meter);
                    let fork = self.fork(way, at, holder, meter).await;
                    let contradiction = || Fault::Garbage("it contradicts itself".into());
                    let fork = fork.map_err(unproven);
                    fork.and_then(|fork| fork.ok_or_else(|| Said::Disputes(contradiction())))
                }
                Err(Fault::NotThere) => {
                    self.allot_part(&mut parts, meter);
                    let fork = self.fork_below(way, at, meter).await;
                    fork.ok_or(Said::Behind)
                }
                Err(fault) => Err(Said::Failed(fault)),
            };
            match found {
                Ok(fork) => {
                    return Ok(Some(Dispute {
                        fork,
                        holder,
                        witness: at,
                    }));
                }
                Err(said) => self.note(at, said),
            }
        }
        // Their own way did not hold from what is trusted; it may be that which is forged.
        for at in &way.refuted {
            self.allot_part(&mut parts, meter);
            let fork = self.fork_of_trusted(&way.from, *at, holder, meter).await;
            if let Ok(Some(fork)) = fork {
                return Ok(Some(Dispute {
                    fork,
                    holder,
                    witness: *at,
                }));
            }
        }
        Ok(None)
    }

    fn allot_part(&self, parts: &mut u32, meter: &mut Meter) {
        meter.allot(parts.saturating_add(1), self.environment.now());
        *parts = parts.saturating_sub(1);
    }

    /// What the nodes hold at this height; those that do not have it yet are asked once more where too few hold the same.
    async fn answers(
        &self,
        way: &Way,
        height: u64,
        hash: Hash,
        meter: &mut Meter,
    ) -> Result<Vec<Answer>, Failure> {
        let asked = self.sources.iter().enumerate();
        let asked = asked.filter(|(at, source)| Some(*at) != way.leader && !source.is_out());
        let asked: Vec<usize> = asked.map(|(at, _)| at).collect();
        let mut answers = self.hashes(&asked, height, meter).await?;
        let late = |answer: &Answer| matches!(answer.1, Err(Fault::NotThere));
        let behind: Vec<usize> = answers
            .iter()
            .filter(|a| late(a))
            .map(|(at, _)| *at)
            .collect();
        let same = answers.iter().filter(|(_, answer)| *answer == Ok(hash));
        let holders = same.map(|(at, _)| *at).chain(way.leader);
        if !behind.is_empty() && self.members(holders) < self.members_needed() {
            self.environment.pause(self.settings.catch_up).await;
            answers.retain(|answer| !late(answer));
            answers.extend(self.hashes(&behind, height, meter).await?);
        }
        Ok(answers)
    }

    async fn hashes(
        &self,
        of: &[usize],
        height: u64,
        meter: &mut Meter,
    ) -> Result<Vec<Answer>, Failure> {
        meter.allot(1, self.environment.now());
        let sources: Vec<(usize, &Source<P>)> = of
            .iter()
            .filter_map(|at| Some((*at, self.sources.get(*at)?)))
            .collect();
        for _ in &sources {
            meter.admit(self.environment.now())?;
        }
        let asked = sources
            .iter()
            .map(|(_, source)| source.header(height, &self.environment, self.settings.tries));
        let answers = join_all(asked).await;
        let mut found = Vec::with_capacity(answers.len());
        for ((at, _), answer) in sources.into_iter().zip(answers) {
            found.push((
                at,
                answer.map(|received| {
                    meter.received(received.bytes);
                    received.value.hash()
                }),
            ));
        }
        Ok(found)
    }

    /// Whether enough members hold the header, the one that led to it among them.
    pub(super) fn is_witnessed(&self) -> bool {
        let hold = self.sources.iter().enumerate();
        let hold = hold.filter(|(_, source)| matches!(source.said, Said::Led | Said::Agrees));
        self.members(hold.map(|(at, _)| at)) >= self.members_needed()
    }

    /// One that holds it, and as many witnesses as are wanted.
    fn members_needed(&self) -> usize {
        self.settings.witnesses.max(1).saturating_add(1)
    }

    /// How many members run these nodes.
    fn members(&self, nodes: impl Iterator<Item = usize>) -> usize {
        let member = |at: usize| Some(self.sources.get(at)?.provider.member());
        let mut members: Vec<&str> = nodes.filter_map(member).collect();
        members.sort_unstable();
        members.dedup();
        members.len()
    }

    pub(super) fn note(&mut self, at: usize, said: Said) {
        let now = self.environment.now();
        if let Some(source) = self.sources.get_mut(at) {
            source.say(said, now);
        }
    }
}

/// It holds another header, and did not prove it.
fn unproven(setback: Setback) -> Said {
    match setback {
        Setback::Fault(fault) if fault.may_pass() => Said::Failed(fault),
        // Its clock or ours: no other header is shown by that.
        Setback::Fault(fault @ Fault::Refuted(Reason::FromFuture { .. })) => Said::Failed(fault),
        Setback::Fault(fault) => Said::Disputes(fault),
        // At a cost that honest nodes' headers have.
        Setback::OutOf(_) => {
            Said::Disputes(Fault::Refused("its header costs too much to prove".into()))
        }
    }
}
