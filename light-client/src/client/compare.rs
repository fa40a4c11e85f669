//! Comparing the header that one node led to with what nodes of other members hold.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

use crate::bisection::Leg;
use crate::client::LightClient;
use crate::client::environment::Environment;
use crate::client::evidence::{AttackEvidence, AttackKind};
use crate::client::failure::Failure;
use crate::client::join::join_all;
use crate::client::limits::Meter;
use crate::client::provider::{Fault, Provider};
use crate::client::report::Said;
use crate::client::source::{Setback, Source};
use crate::client::store::Store;
use crate::commit::BlockIdFlag;
use crate::header::Address;
use crate::merkle::Hash;
use crate::reason::Reason;
use crate::step::recheck;
use crate::trust::{Budget, LightBlock, SignatureCheck, TrustedState, VerifiedHeader};

/// A proven fork: two headers, both reached by verified steps from one that was trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attack {
    /// The last height that both ways share.
    pub common_height: u64,
    /// Hash of the header there.
    pub common_hash: Hash,
    /// The block that was about to be believed.
    pub ours: LightBlock,
    /// The node that led to it.
    pub ours_from: String,
    /// The other block.
    pub theirs: LightBlock,
    /// The node that led to it.
    pub theirs_from: String,
    /// How the header that was about to be believed departs from the other.
    pub kind: AttackKind,
    /// One against each side; a member that holds one chain can judge the other.
    pub evidence: Vec<AttackEvidence>,
    /// Nodes that took the evidence.
    pub reported_to: Vec<String>,
}

impl Attack {
    /// Both headers and who signed each, `ours` first; every signature is checked again.
    pub fn headers(&self) -> Result<[VerifiedHeader; 2], Reason> {
        let header = |block| recheck(block, SignatureCheck::All, &mut Budget::new(u32::MAX));
        Ok([header(&self.ours)?, header(&self.theirs)?])
    }

    /// Who voted for both headers.
    pub fn signed_both(&self) -> Vec<Address> {
        let theirs: Vec<Address> = voters(&self.theirs).collect();
        voters(&self.ours)
            .filter(|address| theirs.contains(address))
            .collect()
    }
}

fn voters(block: &LightBlock) -> impl Iterator<Item = Address> {
    block
        .signed_header
        .commit
        .signatures
        .iter()
        .filter(|entry| entry.flag == BlockIdFlag::Commit)
        .filter_map(|entry| entry.address)
}

pub(crate) enum Comparison {
    /// Nobody proved anything else.
    NoFork,
    Attack(Box<Attack>),
}

/// Where two ways part, and how the other goes on.
struct Fork {
    common: TrustedState,
    ours: LightBlock,
    theirs: Vec<Leg>,
}

impl<P: Provider, S: Store, E: Environment> LightClient<P, S, E> {
    /// Asks all other nodes for the header that `legs` led to. One that holds another must prove it, or is not asked again.
    pub(super) async fn compare(
        &mut self,
        from: &TrustedState,
        legs: &[Leg],
        primary: usize,
        meter: &mut Meter,
    ) -> Result<Comparison, Failure> {
        let reached = legs.last().map_or(from, |leg| &leg.state);
        let (height, hash) = (reached.height(), *reached.verified().hash());
        let witnesses: Vec<usize> = (0..self.sources.len())
            .filter(|at| *at != primary)
            .filter(|at| self.sources.get(*at).is_some_and(|source| !source.is_out()))
            .collect();
        let mut answers = self.hashes(&witnesses, height, meter).await?;
        let late: Vec<usize> = late(&answers);
        if !late.is_empty() && self.members_with(hash, &answers, primary) < self.settings.witnesses
        {
            self.environment.pause(self.settings.catch_up).await;
            let again = self.hashes(&late, height, meter).await?;
            answers.retain(|(at, _)| !late.contains(at));
            answers.extend(again);
        }
        for (at, answer) in answers {
            let said = match answer {
                Ok(found) if found == hash => Said::Agrees,
                Ok(_) => match self.fork(from, legs, at, primary, meter).await {
                    Ok(None) => Said::Disputes(Fault::Garbage("it contradicts itself".into())),
                    Ok(Some(fork)) => return self.attack(fork, primary, at, meter).await,
                    Err(setback) => unproven(setback),
                },
                Err(Fault::NotThere) => match self.fork_below(from, legs, at, meter).await {
                    Some(fork) => return self.attack(fork, primary, at, meter).await,
                    None => Said::Behind,
                },
                Err(fault) => Said::Failed(fault),
            };
            self.note(at, said);
        }
        Ok(Comparison::NoFork)
    }

    async fn hashes(
        &self,
        of: &[usize],
        height: u64,
        meter: &mut Meter,
    ) -> Result<Vec<(usize, Result<Hash, Fault>)>, Failure> {
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

    /// The first of the steps at which this node goes another way that it can prove. An error: it cannot.
    async fn fork(
        &self,
        from: &TrustedState,
        legs: &[Leg],
        at: usize,
        primary: usize,
        meter: &mut Meter,
    ) -> Result<Option<Fork>, Setback> {
        if legs.is_empty() {
            return self.fork_behind(from, at, primary, meter).await;
        }
        self.fork_among(from, legs, at, meter).await
    }

    /// The node holds another header than the one that is trusted already: judged from one that was trusted before.
    async fn fork_behind(
        &self,
        trusted: &TrustedState,
        at: usize,
        primary: usize,
        meter: &mut Meter,
    ) -> Result<Option<Fork>, Setback> {
        let below = trusted.height().saturating_sub(1);
        let unproven = || Setback::Fault(Fault::Refused("no common header is left".into()));
        let common = self.store.at_or_below(below).await.ok().flatten();
        let common = common.ok_or_else(unproven)?;
        let Some(source) = self.sources.get(at) else {
            return Ok(None);
        };
        meter.allot(2, self.environment.now());
        let ours = match trusted.block() {
            Some(block) => block,
            None => self.signed(trusted, primary, meter).await?,
        };
        let height = trusted.height();
        let mut theirs = Vec::new();
        source
            .climb(
                &common,
                height,
                &self.settings,
                &self.environment,
                meter,
                &mut theirs,
            )
            .await?;
        let parts = theirs
            .last()
            .is_some_and(|last| last.state.verified().hash() != trusted.verified().hash());
        Ok(parts.then_some(Fork {
            common,
            ours,
            theirs,
        }))
    }

    /// The votes for a header that is trusted for its hash alone.
    async fn signed(
        &self,
        trusted: &TrustedState,
        at: usize,
        meter: &mut Meter,
    ) -> Result<LightBlock, Setback> {
        let unsigned = || Setback::Fault(Fault::Refused("it shows no votes".into()));
        let source = self.sources.get(at).ok_or_else(unsigned)?;
        let (height, tries) = (trusted.height(), self.settings.tries);
        let block = source
            .light_block(height, &self.environment, tries, meter)
            .await?;
        let given = meter.budget();
        let mut budget = given;
        let verified = recheck(&block, SignatureCheck::Sufficient, &mut budget);
        meter.settle(given, budget);
        match verified {
            Ok(verified) if verified.hash() == trusted.verified().hash() => Ok(block),
            _ => Err(unsigned()),
        }
    }

    async fn fork_among(
        &self,
        from: &TrustedState,
        legs: &[Leg],
        at: usize,
        meter: &mut Meter,
    ) -> Result<Option<Fork>, Setback> {
        let Some(source) = self.sources.get(at) else {
            return Ok(None);
        };
        meter.allot(2, self.environment.now());
        let mut common = from;
        for leg in legs {
            let theirs = source
                .light_block(
                    leg.state.height(),
                    &self.environment,
                    self.settings.tries,
                    meter,
                )
                .await?;
            if theirs.signed_header.header.hash() != *leg.state.verified().hash() {
                return self.prove(source, common, leg, meter).await;
            }
            common = &leg.state;
        }
        Ok(None)
    }

    async fn prove(
        &self,
        source: &Source<P>,
        common: &TrustedState,
        leg: &Leg,
        meter: &mut Meter,
    ) -> Result<Option<Fork>, Setback> {
        let mut theirs = Vec::new();
        let target = leg.state.height();
        source
            .climb(
                common,
                target,
                &self.settings,
                &self.environment,
                meter,
                &mut theirs,
            )
            .await?;
        let parts = theirs
            .last()
            .is_some_and(|last| last.state.verified().hash() != leg.state.verified().hash());
        Ok(parts.then(|| Fork {
            common: common.clone(),
            ours: leg.block.clone(),
            theirs,
        }))
    }

    /// A node that is behind in height and yet ahead in time: both cannot be of one chain (a forward lunatic attack).
    async fn fork_below(
        &self,
        from: &TrustedState,
        legs: &[Leg],
        at: usize,
        meter: &mut Meter,
    ) -> Option<Fork> {
        let reached = legs.last()?;
        let (height, time) = (reached.state.height(), reached.state.header().time);
        let source = self.sources.get(at)?;
        let latest = source
            .latest(&self.environment, self.settings.tries)
            .await
            .ok()?;
        let overtaken =
            latest.height < height && latest.height > from.height() && latest.time >= time;
        if !overtaken {
            return None;
        }
        meter.allot(2, self.environment.now());
        let mut theirs = Vec::new();
        source
            .climb(
                from,
                latest.height,
                &self.settings,
                &self.environment,
                meter,
                &mut theirs,
            )
            .await
            .ok()?;
        let proven = theirs.last()?.state.header().time >= time;
        proven.then(|| Fork {
            common: from.clone(),
            ours: reached.block.clone(),
            theirs,
        })
    }

    /// Builds the evidence for both sides and hands it to every node.
    async fn attack(
        &mut self,
        fork: Fork,
        primary: usize,
        witness: usize,
        meter: &mut Meter,
    ) -> Result<Comparison, Failure> {
        self.note(witness, Said::Forked);
        let Some(theirs) = fork.theirs.last().map(|leg| leg.block.clone()) else {
            return Ok(Comparison::NoFork);
        };
        let against_ours = AttackEvidence::new(&fork.ours, &theirs, &fork.common);
        let mut evidence = Vec::from([against_ours]);
        // The witness's way may leave the common one earlier than where both were compared.
        let back = self
            .fork_among(&fork.common, &fork.theirs, primary, meter)
            .await;
        evidence.push(match back {
            Ok(Some(Fork {
                common,
                ours: theirs,
                theirs: ours,
            })) if !ours.is_empty() => {
                let ours = ours
                    .last()
                    .map_or_else(|| fork.ours.clone(), |leg| leg.block.clone());
                AttackEvidence::new(&theirs, &ours, &common)
            }
            _ => AttackEvidence::new(&theirs, &fork.ours, &fork.common),
        });
        let name = |at: usize| {
            let source = self.sources.get(at);
            source.map_or_else(String::new, |source| source.provider.name().into())
        };
        let mut attack = Attack {
            common_height: fork.common.height(),
            common_hash: *fork.common.verified().hash(),
            kind: AttackKind::Lunatic,
            ours_from: name(primary),
            theirs_from: name(witness),
            ours: fork.ours,
            theirs,
            evidence,
            reported_to: Vec::new(),
        };
        if let Some(first) = attack.evidence.first() {
            attack.kind = first.kind;
        }
        self.report(&mut attack).await;
        Ok(Comparison::Attack(Box::new(attack)))
    }

    async fn report(&self, attack: &mut Attack) {
        for source in &self.sources {
            let sent = attack
                .evidence
                .iter()
                .map(|evidence| source.provider.report(evidence));
            if join_all(sent).await.iter().any(Result::is_ok) {
                attack.reported_to.push(source.provider.name().into());
            }
        }
    }

    /// Members other than the primary's whose nodes hold the same header.
    pub(super) fn agreeing_members(&self, primary: usize) -> usize {
        let agree = (0..self.sources.len()).filter(|at| {
            self.sources
                .get(*at)
                .is_some_and(|source| source.said == Said::Agrees)
        });
        self.other_members(agree, primary)
    }

    fn members_with(
        &self,
        hash: Hash,
        answers: &[(usize, Result<Hash, Fault>)],
        primary: usize,
    ) -> usize {
        let same = answers
            .iter()
            .filter(|(_, answer)| answer.as_ref() == Ok(&hash))
            .map(|(at, _)| *at);
        self.other_members(same, primary)
    }

    /// The members that run these nodes, each once, without the primary's.
    fn other_members(&self, nodes: impl Iterator<Item = usize>, primary: usize) -> usize {
        let member = |at: usize| self.sources.get(at).map(|source| source.provider.member());
        let own = member(primary);
        let mut members: Vec<Option<&str>> =
            nodes.map(member).filter(|other| *other != own).collect();
        members.sort_unstable();
        members.dedup();
        members.len()
    }

    pub(super) fn note(&mut self, at: usize, said: Said) {
        if let Some(source) = self.sources.get_mut(at) {
            source.said = said;
        }
    }
}

fn late(answers: &[(usize, Result<Hash, Fault>)]) -> Vec<usize> {
    answers
        .iter()
        .filter(|(_, answer)| matches!(answer, Err(Fault::NotThere)))
        .map(|(at, _)| *at)
        .collect()
}

/// It holds another header, and did not prove it.
fn unproven(setback: Setback) -> Said {
    match setback {
        Setback::Fault(fault) if fault.may_pass() => Said::Failed(fault),
        Setback::Fault(fault) => Said::Disputes(fault),
        // At a cost that honest nodes' headers have.
        Setback::OutOf(_) => {
            Said::Disputes(Fault::Refused("its header costs too much to prove".into()))
        }
    }
}
