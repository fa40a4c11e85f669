//! A proven fork: kept before anything else, then shown to those whom it concerns.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::client::LightClient;
use crate::client::compare::Dispute;
use crate::client::environment::Environment;
use crate::client::evidence::{AttackEvidence, AttackKind};
use crate::client::failure::Failure;
use crate::client::fork::Fork;
use crate::client::join::{join_all, within};
use crate::client::limits::Meter;
use crate::client::provider::Provider;
use crate::client::report::Said;
use crate::client::store::Store;
use crate::commit::BlockIdFlag;
use crate::header::Address;
use crate::merkle::Hash;
use crate::reason::Reason;
use crate::step::recheck;
use crate::trust::{Budget, LightBlock, SignatureCheck, VerifiedHeader};

/// How long a node gets to take evidence.
const REPORTING: Duration = Duration::from_secs(10);

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

impl<P: Provider, S: Store, E: Environment> LightClient<P, S, E> {
    /// Keeps the fork, gathers the evidence against both sides and hands it to every node. It is kept first: nodes, and one of them lies, can draw out
    /// what comes after, and the program may end meanwhile.
    pub(super) async fn halt(
        &mut self,
        dispute: Dispute,
        meter: &mut Meter,
    ) -> Result<Failure, Failure> {
        let Dispute {
            fork,
            holder,
            witness,
        } = dispute;
        self.note(witness, Said::Forked);
        let against_ours = AttackEvidence::new(&fork.ours, &fork.theirs, &fork.common);
        let against_theirs = AttackEvidence::new(&fork.theirs, &fork.ours, &fork.common);
        let mut attack = Attack {
            common_height: fork.common.height(),
            common_hash: *fork.common.verified().hash(),
            kind: against_ours.kind,
            ours_from: holder.map_or_else(String::new, |at| self.name(at)),
            theirs_from: self.name(witness),
            ours: fork.ours.clone(),
            theirs: fork.theirs.clone(),
            evidence: Vec::from([against_ours, against_theirs]),
            reported_to: Vec::new(),
        };
        self.store.halt(&attack).await?;
        if let Some(earlier) = self.against_theirs(&fork, holder, meter).await {
            attack.evidence.truncate(1);
            attack.evidence.push(earlier);
        }
        self.report(&mut attack).await;
        // It stands already; without this, only who took the evidence is forgotten.
        let _ = self.store.halt(&attack).await;
        Ok(Failure::Attack(Box::new(attack)))
    }

    /// The witness's way may leave the common one earlier than where both were compared.
    async fn against_theirs(
        &self,
        fork: &Fork,
        holder: Option<usize>,
        meter: &mut Meter,
    ) -> Option<AttackEvidence> {
        meter.allot(1, self.environment.now());
        let back = self.fork_among(&fork.common, &fork.legs, holder?, meter);
        let back = back.await.ok().flatten()?;
        Some(AttackEvidence::new(&back.ours, &back.theirs, &back.common))
    }

    fn name(&self, at: usize) -> String {
        let source = self.sources.get(at);
        source.map_or_else(String::new, |source| source.provider.name().into())
    }

    async fn report(&self, attack: &mut Attack) {
        let mut sent = Vec::new();
        for source in &self.sources {
            for evidence in &attack.evidence {
                sent.push(async {
                    let pause = self.environment.pause(REPORTING);
                    let taken = within(pause, source.provider.report(evidence)).await;
                    matches!(taken, Some(Ok(()))).then(|| source.provider.name())
                });
            }
        }
        let mut takers: Vec<&str> = join_all(sent).await.into_iter().flatten().collect();
        takers.dedup();
        attack.reported_to = takers.into_iter().map(String::from).collect();
    }
}
