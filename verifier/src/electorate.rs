//! Who may vote: where the leaves of a vote's roster are published, its root and totals are recomputed from them.

use crate::{
    host::Host,
    reasons::{self, Reason},
    rpc::{Call, Fault, MAX_BATCH},
    session::Session,
};
use alloc::vec::Vec;
use light_client::json::{self, Value};
use litemap::LiteMap;
use records::{Digest, Hash, canonical, hash::sha256, kinds::vote::Vote, roster};

/// A published roster of up to this many heads is recomputed unasked.
pub const RECOMPUTED_UNASKED: u64 = 1_000;
/// Most blobs of one roster: 64 MiB.
const MAX_BLOBS: usize = 256;

impl<H: Host> Session<'_, H> {
    /// What the published leaves say of the roster on which a vote rests; none where they are not published.
    pub async fn electorate(&mut self, vote: &Vote) -> Option<Reason> {
        let list = vote.published?;
        let Some(blobs) = self.published(&list).await else {
            return Some(reasons::ROSTER_NOT_GIVEN);
        };
        let roster = roster::from_blobs(&list, |hash| blobs.get(hash).cloned());
        let same = roster.is_ok_and(|roster| vote.rests_on(&roster));
        Some(if same {
            reasons::ELECTORATE_RECOMPUTED
        } else {
            reasons::ELECTORATE_DIFFERS
        })
    }

    async fn published(&mut self, list: &Digest) -> Option<LiteMap<Hash, Vec<u8>>> {
        let mut blobs = self.blobs(&[list.0]).await?;
        // Whatever else it is, it is no list: then there is nothing to fetch, and the roster is refuted.
        let parts: Vec<Digest> = canonical::decode(blobs.get(&list.0)?).unwrap_or_default();
        let parts: Vec<Hash> = parts.iter().map(|part| part.0).collect();
        if parts.len() > MAX_BLOBS {
            return None;
        }
        blobs.extend(self.blobs(&parts).await?);
        Some(blobs)
    }

    /// Blobs by their hashes, all of them from one node or none.
    async fn blobs(&mut self, hashes: &[Hash]) -> Option<LiteMap<Hash, Vec<u8>>> {
        let ask = |hash: &Hash| Call::query("/blob", hash, 0, false);
        let calls: Vec<Call> = hashes.iter().map(ask).collect();
        for at in self.roll.for_proofs() {
            match self.blobs_of(at, hashes, &calls).await {
                Ok(blobs) => return Some(blobs),
                Err(fault) => self.roll.fault(at, &fault),
            }
        }
        None
    }

    async fn blobs_of(
        &self,
        at: usize,
        hashes: &[Hash],
        calls: &[Call],
    ) -> Result<LiteMap<Hash, Vec<u8>>, Fault> {
        let one = |(hash, answer): (&Hash, &Value)| {
            let answer = json::abci_query(answer)?;
            match answer.code {
                0 if sha256(&[&answer.value]) == *hash => Ok((*hash, answer.value)),
                0 => Err(Fault::Refuted("blob-differs".into())),
                _ => Err(Fault::Refused(answer.log)),
            }
        };
        let (node, mut blobs) = (self.node(at)?, LiteMap::new());
        // A few at a time: together they may weigh more than one answer.
        for (hashes, calls) in hashes.chunks(MAX_BATCH).zip(calls.chunks(MAX_BATCH)) {
            let answers = node.ask(calls).await?;
            for blob in hashes.iter().zip(&answers).map(one) {
                blobs.extend([blob?]);
            }
        }
        Ok(blobs)
    }
}
