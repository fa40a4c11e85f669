//! Comparing the header that one node led to with what nodes of other members hold.

use alloc::vec::Vec;
use core::mem;

use crate::client::answers::Answer;
use crate::client::environment::Environment;
use crate::client::failure::Failure;
use crate::client::fork::{Fork, contradiction};
use crate::client::forward::Way;
use crate::client::limits::Meter;
use crate::client::provider::{Fault, Provider};
use crate::client::report::Said;
use crate::client::source::Setback;
use crate::client::store::Store;
use crate::client::{LightClient, Settings};

/// A proven fork, and who stands for which side.
pub(crate) struct Dispute {
    pub(crate) fork: Fork,
    /// The node that led to our side, or that holds it; none where nobody does.
    pub(crate) holder: Option<usize>,
    /// The node that proved the other.
    pub(crate) witness: usize,
}

impl<P: Provider, S: Store, E: Environment> LightClient<P, S, E> {
    /// Asks all nodes but the one that led there for the header that was reached. One that holds another must prove it. None: nobody did. Where too little
    /// was left for one to do so, that ran out.
    pub(super) async fn compare(
        &mut self,
        way: &Way,
        meter: &mut Meter,
    ) -> Result<Option<Dispute>, Failure> {
        let hash = *way.reached().verified().hash();
        let answers = self.answers(way, meter).await?;
        let holds = |answer: &Answer| answer.1.as_ref() == Ok(&hash);
        let holder = answers.iter().find(|answer| holds(answer));
        let holder = way.leader.or(holder.map(|(at, _)| *at));
        // One part of what is left to each that may show another way, and one to the evidence.
        let differ = |answer: &&Answer| matches!(answer.1, Ok(_) | Err(Fault::NotThere));
        let differing = answers
            .iter()
            .filter(differ)
            .filter(|answer| !holds(answer));
        let mut parts = u32::try_from(differing.count()).unwrap_or(u32::MAX);
        let mut unheard = None;
        for (at, answer) in answers {
            // It turned out to follow another chain.
            if self.is_out(at) {
                continue;
            }
            let found = match answer {
                Ok(found) if found == hash => Err(Said::Agrees),
                Err(fault) if fault != Fault::NotThere => Err(Said::Failed(fault)),
                answer => {
                    self.allot_part(&mut parts, way, meter);
                    let scant = meter.scant();
                    let fork = match answer {
                        Ok(_) => {
                            let fork = self.fork(way, at, holder, meter).await;
                            fork.and_then(|fork| fork.ok_or_else(contradiction).map(Some))
                        }
                        Err(_) => self.fork_below(way, at, holder, meter).await,
                    };
                    match fork {
                        Err(Setback::OutOf(resource)) if scant.contains(&Some(resource)) => {
                            unheard = Some(resource);
                            continue;
                        }
                        Err(setback) => Err(unproven(setback)),
                        Ok(fork) => fork.ok_or(Said::Behind),
                    }
                }
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
        unheard.map_or(Ok(None), |resource| Err(resource.into()))
    }

    /// The way of these nodes did not hold from what is trusted; it may be that which is forged, if it is not what all trust began with: that has no votes,
    /// and nothing is kept below it. Only one that holds it too is proven wrong, and asked no more. Whatever keeps another from proving that, it is heard like
    /// everybody where its header is compared. Nor does a clock that is behind hide it: whose blocks are from the future is asked as well.
    pub(super) async fn judge_refuted(
        &mut self,
        way: &mut Way,
        meter: &mut Meter,
    ) -> Option<Dispute> {
        let ahead = way.ahead.iter().map(|at| (*at, None));
        let refuted = mem::take(&mut way.refuted).into_iter();
        let suspects: Vec<_> = ahead
            .chain(refuted.map(|(at, fault)| (at, Some(fault))))
            .collect();
        let below = way.from.height().saturating_sub(1);
        // What trust began with may have been damaged or lost, and then the lowest that is kept was reached.
        let is_first =
            way.from.signed().is_none() && matches!(self.store.at_or_below(below).await, Ok(None));
        // One part to each of them, one to the comparison.
        let mut parts = u32::try_from(suspects.len()).unwrap_or(u32::MAX);
        for (witness, fault) in suspects {
            self.allot_part(&mut parts, way, meter);
            let (trusted, holder) = (&way.from, way.leader);
            let holds = match is_first {
                true => Ok(Some(true)),
                false => self.holds(trusted, witness, meter).await,
            };
            match holds {
                Ok(Some(true)) => {
                    if let Some(fault) = fault {
                        self.note(witness, Said::Failed(fault));
                    }
                }
                Ok(Some(false)) => {
                    let fork = self.fork_behind(trusted, witness, holder, meter).await;
                    if let Ok(Some(fork)) = fork {
                        return Some(Dispute {
                            fork,
                            holder,
                            witness,
                        });
                    }
                }
                Ok(None) | Err(_) => {}
            }
        }
        None
    }

    /// What nodes show of a height excludes what is kept above it, so one of them is forged: whoever holds another header than that proves it.
    pub(super) async fn judge_above(
        &mut self,
        way: &Way,
        height: u64,
        meter: &mut Meter,
    ) -> Option<Dispute> {
        let kept = self.store.at_or_above(height).await.ok()??;
        let nodes = self.order();
        let mut parts = u32::try_from(nodes.len()).unwrap_or(u32::MAX);
        for witness in nodes {
            self.allot_part(&mut parts, way, meter);
            if let Ok(Some(false)) = self.holds(&kept, witness, meter).await
                && let Ok(Some(fork)) = self.fork_behind(&kept, witness, None, meter).await
            {
                return Some(Dispute {
                    fork,
                    holder: None,
                    witness,
                });
            }
        }
        None
    }

    /// At least what it takes to prove a header of as many validators as are trusted: else those who show other headers in vain, or take their time, would
    /// leave an honest node too little.
    fn allot_part(&self, parts: &mut u32, way: &Way, meter: &mut Meter) {
        meter.allot(parts.saturating_add(1), self.environment.now());
        meter.assure(way.from.validators());
        *parts = parts.saturating_sub(1);
    }

    /// Whether enough members hold the header, the one that led to it among them.
    pub(super) fn is_witnessed(&self) -> bool {
        let hold = self.sources.iter().enumerate();
        let hold = hold.filter(|(_, source)| matches!(source.said, Said::Led | Said::Agrees));
        self.suffice(&mut hold.map(|(at, _)| at))
    }

    /// Whether these nodes' members are one that holds a header and as many witnesses as are wanted, and one of those who must be among them.
    pub(super) fn suffice(&self, holders: &mut dyn Iterator<Item = usize>) -> bool {
        let member = |at: usize| Some(self.sources.get(at)?.provider.member());
        let mut members: Vec<&str> = holders.filter_map(member).collect();
        members.sort_unstable();
        members.dedup();
        let Settings {
            witnesses, one_of, ..
        } = &self.settings;
        let is_wanted = |member: &&str| one_of.iter().any(|wanted| wanted == member);
        members.len() > (*witnesses).max(1) && (one_of.is_empty() || members.iter().any(is_wanted))
    }

    pub(super) fn note(&mut self, at: usize, said: Said) {
        let now = self.environment.now();
        if let Some(source) = self.sources.get_mut(at) {
            source.say(said, now);
        }
    }
}

/// It holds another header, or claims one that cannot be of one chain with ours, and did not prove it.
fn unproven(setback: Setback) -> Said {
    match setback {
        Setback::Fault(fault) => Said::Disputes(fault),
        // At a cost that honest nodes' headers have.
        Setback::OutOf(_) => {
            Said::Disputes(Fault::Refused("its header costs too much to prove".into()))
        }
    }
}
