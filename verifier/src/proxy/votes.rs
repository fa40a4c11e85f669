//! The votes for a header.

use super::answer::{Answer, Params, Proxy, Refused, written};
use crate::{
    host::Host,
    provider::{Node, Shown},
};
use core::time::Duration;
use light_client::{
    BlockIdFlag, Budget, CommitSig, Header, SignedHeader, Time, TrustedState, Verdict,
    VerifiedHeader, Vote,
    client::{Failure, Provider, Store},
    json::write,
    verify_step,
};
use serde_json::json;

/// The entry of a validator of whom no vote is shown.
const ABSENT: CommitSig = CommitSig {
    flag: BlockIdFlag::Absent,
    address: None,
    timestamp: Time::GO_ZERO,
    signature: Vec::new(),
};

impl<H: Host, S: Store> Proxy<'_, H, S> {
    /// The votes for a header that were verified, or that the next header commits to: a node adds votes for no block as it likes, and more than
    /// two thirds for this one may hold although not all do.
    pub(super) async fn commit(&mut self, params: &Params) -> Answer {
        let header = self.header(params).await?;
        let (signed, canonical) = match self.signed(&header).await {
            Ok((mut signed, votes)) => {
                let canonical = self.is_canonical(&signed).await?;
                if !canonical {
                    let entries = signed.commit.signatures.iter_mut().enumerate();
                    for (_, entry) in
                        entries.filter(|(at, _)| votes.get(*at) != Some(&Vote::Signed))
                    {
                        *entry = ABSENT;
                    }
                }
                (signed, canonical)
            }
            Err(Refused::NoVotes) => (self.old(&header).await?, true),
            Err(other) => return Err(other),
        };
        let signed = written(&write::signed_header(&signed));
        Ok(json!({ "signed_header": signed, "canonical": canonical }))
    }

    /// Whether the next header commits to these very votes; of the newest header's nobody can know it.
    async fn is_canonical(&mut self, signed: &SignedHeader) -> Result<bool, Refused> {
        let height = signed.header.height;
        let newest = self
            .client
            .store_mut()
            .newest()
            .await
            .map_err(Failure::from)?;
        if newest.is_none_or(|newest| newest.height() <= height) {
            return Ok(false);
        }
        let next = self.at(height.saturating_add(1)).await?;
        Ok(commits_to(next.header(), signed))
    }

    /// A verified header with what a node gave as the votes for it, and what was found of each.
    pub(super) async fn signed(
        &mut self,
        header: &VerifiedHeader,
    ) -> Result<(SignedHeader, Vec<Vote>), Refused> {
        let height = header.header().height;
        let state = self.client.store_mut().at_or_below(height).await;
        let state = state.map_err(Failure::from)?;
        let state = state.filter(|state| state.verified().hash() == header.hash());
        let state = state.ok_or(Refused::NoVotes)?;
        let block = state.block().ok_or(Refused::NoVotes)?;
        let signers = state.verified().signers().iter();
        let votes = signers.map(|signer| signer.vote).collect();
        Ok((block.signed_header, votes))
    }

    /// A header that was reached without votes, with those that the next header commits to. Keys of then may have been stolen since, and sign anything: no
    /// others are shown. The round is in no hash; the signatures tell it, of those whom the header before announces.
    async fn old(&mut self, header: &VerifiedHeader) -> Result<SignedHeader, Refused> {
        let height = header.header().height;
        let below = height.checked_sub(1).filter(|below| *below > 0);
        let before = self.at(below.ok_or(Refused::NoVotes)?).await?;
        let next = self.at(height.saturating_add(1)).await?;
        let mut options = self.chain.options();
        (options.trusting_period, options.clock_drift) = (Duration::MAX, Duration::MAX);
        let shown = Shown::default();
        for node in &self.chain.nodes {
            let node = Node::new(self.host, node, &self.chain.id, &shown);
            let Ok(given) = node.light_block(height).await else {
                continue;
            };
            let block = given.value;
            let (from, validators) = (before.header(), block.validators.clone());
            let Ok(from) = TrustedState::from_header(from, validators, before.hash()) else {
                continue;
            };
            let now = header.header().time;
            let step = verify_step(&from, &block, &options, now, &mut Budget::new(u32::MAX));
            if let Verdict::Trusted(state, _) = step
                && state.verified().hash() == header.hash()
                && commits_to(next.header(), &block.signed_header)
            {
                return Ok(block.signed_header);
            }
        }
        Err(Refused::NotProven("commit".into()))
    }
}

fn commits_to(next: &Header, signed: &SignedHeader) -> bool {
    next.last_block_id == signed.commit.block_id
        && next.last_commit_hash == Some(signed.commit.hash())
}
