//! Old headers, proven under the header of today: the application keeps a log of the chain's block hashes in its state.

use crate::{
    chains::Chain,
    host::Host,
    nodes::Sets,
    proof, reasons,
    rpc::{Call, Fault},
    session::{Gap, Session},
    trust::now,
};
use alloc::vec::Vec;
use light_client::{
    Budget, Header, Reason, TrustedState, Verdict, VerifiedHeader,
    json::{self, Value},
    verify_step,
};
use litemap::LiteMap;
use records::{Head, RecordName, log};

/// Most headers that one question asks for: ten requests.
pub const MOST: usize = 50;
/// Ed25519 signatures that the step beyond the log's end may cost.
const BUDGET: u32 = 2_000;

/// Verified headers by their height.
pub type Headers = LiteMap<u64, VerifiedHeader>;

/// The application's record of block hashes; entry i is that of height i + 1.
pub fn log_name() -> Option<RecordName> {
    RecordName::new("block-hashes", "main")
}

impl<H: Host> Session<'_, H> {
    /// The headers of these heights, as far as they can be proven: this session's own, those in the log of block hashes, and the one
    /// after the log's end by its signatures. What no node proves is missing.
    pub async fn headers(&mut self, chain: &Chain, sets: &mut Sets, heights: &[u64]) -> Headers {
        let mut found = Headers::new();
        let own = self.header.header().height;
        if heights.contains(&own) {
            found.insert(own, self.header.clone());
        }
        let Some(name) = log_name().filter(|_| heights.iter().any(|height| *height < own)) else {
            return found;
        };
        if self.prove(core::slice::from_ref(&name)).await.is_err() {
            return found;
        }
        let Some(head) = self.head(&name) else {
            return found;
        };
        let end = head.log_size;
        let after = end.saturating_add(1);
        let beyond = after < own && heights.contains(&after);
        let mut wanted: Vec<u64> = heights.to_vec();
        wanted.extend(beyond.then_some(end));
        wanted.retain(|height| (1..=end).contains(height) && *height != own);
        wanted.sort_unstable_by_key(|height| core::cmp::Reverse(*height));
        wanted.dedup();
        wanted.truncate(MOST);
        if !wanted.is_empty() {
            found.extend(self.logged(&name, &head, &wanted).await.unwrap_or_default());
        }
        if beyond && let Some(last) = found.get(&end).cloned() {
            found.extend(
                self.step(chain, sets, &last)
                    .await
                    .map(|next| (after, next)),
            );
        }
        found
    }

    /// Headers in the log of block hashes.
    async fn logged(
        &mut self,
        name: &RecordName,
        head: &Head,
        heights: &[u64],
    ) -> Result<Headers, Gap> {
        let key = name.tree_key();
        let state_height = proof::state_height(self.header);
        let calls = heights.iter();
        let calls = calls.flat_map(|height| logged_calls(&key, head, *height, state_height));
        let calls: Vec<Call> = calls.collect();
        for at in self.roll.for_proofs() {
            match self.logged_at(at, &calls, &key, head, heights).await {
                Ok(headers) => return Ok(headers),
                Err(fault) => self.roll.fault(at, &fault),
            }
        }
        Err(reasons::PROOF_NOT_GIVEN.into())
    }

    async fn logged_at(
        &self,
        at: usize,
        calls: &[Call],
        key: &records::Hash,
        head: &Head,
        heights: &[u64],
    ) -> Result<Headers, Fault> {
        let answers = self.node(at)?.ask(calls).await?;
        let pairs = heights.iter().zip(answers.as_chunks::<2>().0);
        let one = |(height, pair): (&u64, &[Value; 2])| {
            Ok((*height, included(*height, pair, key, head)?))
        };
        pairs.map(one).collect()
    }

    /// The header that follows on one that is proven, by its signatures.
    async fn step(
        &mut self,
        chain: &Chain,
        sets: &mut Sets,
        last: &VerifiedHeader,
    ) -> Option<VerifiedHeader> {
        let height = last.header().height.checked_add(1)?;
        for at in self.roll.for_proofs() {
            let block = match self.node(at) {
                Ok(node) => node.light_block(height, sets).await,
                Err(fault) => Err(fault),
            };
            let stepped = block.and_then(|block| {
                let trusted =
                    TrustedState::from_header(last.header(), block.validators.clone(), last.hash())
                        .map_err(|wrong| Fault::Refuted(wrong.code().into()))?;
                let options = chain.options();
                let budget = &mut Budget::new(BUDGET);
                match verify_step(&trusted, &block, &options, now(self.host), budget) {
                    Verdict::Trusted(state, _) => {
                        let next = state.verified();
                        self.is_above(next.header())
                            .map_err(|wrong| Fault::Refuted(wrong.code().into()))?;
                        Ok(Some(next.clone()))
                    }
                    // Our own trust runs out: nobody lied.
                    Verdict::Rejected(Reason::TrustExpired { .. }) => Ok(None),
                    Verdict::Rejected(wrong) => Err(Fault::Refuted(wrong.code().into())),
                    Verdict::NotEnoughTrust(_) => Err(Fault::Refuted("too-little-power".into())),
                }
            });
            match stepped {
                Ok(header) => return header,
                Err(fault) => self.roll.fault(at, &fault),
            }
        }
        None
    }

    /// Whoever signed a lower header: this session's own is later, and names the one just below it.
    fn is_above(&self, lower: &Header) -> Result<(), Reason> {
        let own = self.header.header();
        if own.time <= lower.time {
            return Err(Reason::TimeNotAfter {
                trusted: lower.time,
                found: own.time,
            });
        }
        if lower.height.checked_add(1) == Some(own.height) {
            self.header.before(lower.clone())?;
        }
        Ok(())
    }
}

/// The two calls for a header in the log of this key and head, after the block at `state`.
pub(crate) fn logged_calls(key: &records::Hash, head: &Head, height: u64, state: u64) -> [Call; 2] {
    let place = [height.saturating_sub(1), head.log_size].map(u64::to_be_bytes);
    let data = [&key[..], place.as_flattened()].concat();
    [
        Call::header(height),
        Call::query("/log/inclusion", &data, state, false),
    ]
}

/// A header whose hash stands at its place in the log.
pub(crate) fn included(
    height: u64,
    [header, path]: &[Value; 2],
    key: &records::Hash,
    head: &Head,
) -> Result<VerifiedHeader, Fault> {
    let header = json::header(header)?;
    let hash = header.hash();
    let leaf = log::leaf_hash(&[&height.to_be_bytes()[..], &hash].concat());
    proof::verify_path(path, key, &leaf, height.saturating_sub(1), head)?;
    VerifiedHeader::by_hash(header, &hash)
        .filter(|verified| verified.header().height == height)
        .ok_or_else(|| Fault::Refuted("wrong-height".into()))
}
