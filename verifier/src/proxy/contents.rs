//! What stands in a block and what blocks may hold, after their hashes in a header.

use super::answer::{Answer, Params, Proxy, Refused, written};
use crate::{host::Host, rpc::Call};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use light_client::{
    BlockId, VerifiedHeader,
    client::Store,
    json::{self, write},
    verify_block, verify_consensus_params,
};
use serde_json::{Value, json};

impl<H: Host, S: Store> Proxy<'_, H, S> {
    /// A block without its last commit, whose round no hash tells: `commit` has the votes.
    pub(super) async fn block(&mut self, header: &VerifiedHeader) -> Answer {
        let id = self.block_id(header).await?;
        let read = |answer: &Value| {
            let block = json::block(answer).map_err(|error| error.to_string())?;
            verify_block(&block, header).map_err(|error| error.to_string())?;
            Ok(block)
        };
        let block = self.proven("block", header, read).await?;
        let txs: Vec<String> = block.txs.iter().map(|tx| STANDARD.encode(tx)).collect();
        let evidence = block.evidence.iter();
        let evidence: Vec<Value> = evidence.map(|one| written(&write::evidence(one))).collect();
        Ok(
            json!({ "block_id": written(&write::block_id(&id)), "block": {
            "header": written(&write::header(header.header())),
            "data": { "txs": txs }, "evidence": { "evidence": evidence },
        } }),
        )
    }

    /// The parameters that a header commits to, which are not all.
    pub(super) async fn consensus_params(&mut self, params: &Params) -> Answer {
        let header = self.header(params).await?;
        let read = |answer: &Value| {
            let params = json::consensus_params(answer).map_err(|error| error.to_string())?;
            verify_consensus_params(&params, &header).map_err(|error| error.to_string())?;
            Ok(params)
        };
        let proven = self.proven("consensus_params", &header, read).await?;
        let (bytes, gas) = (proven.max_bytes.to_string(), proven.max_gas.to_string());
        Ok(json!({
            "block_height": proven.height.to_string(),
            "consensus_params": { "block": { "max_bytes": bytes, "max_gas": gas } },
        }))
    }

    /// What the first node gives of a header's height that `read` finds proven.
    async fn proven<T>(
        &self,
        method: &'static str,
        header: &VerifiedHeader,
        read: impl Fn(&Value) -> Result<T, String>,
    ) -> Result<T, Refused> {
        let mut why = String::from(method);
        for url in self.urls() {
            let call = Call::at(method, header.header().height);
            match self.ask(&url, call).await.and_then(|answer| read(&answer)) {
                Ok(proven) => return Ok(proven),
                Err(error) => why = error,
            }
        }
        Err(Refused::NotProven(why))
    }

    /// A block's name, with the parts in which it was gossiped: from the votes for it, or from the header after it.
    async fn block_id(&mut self, header: &VerifiedHeader) -> Result<BlockId, Refused> {
        let id = match self.signed(header).await {
            Ok((signed, _)) => signed.commit.block_id,
            Err(Refused::NoVotes) => {
                let next = self.at(header.header().height.saturating_add(1)).await?;
                next.header().last_block_id.clone()
            }
            Err(other) => return Err(other),
        };
        let names = id.hash == Some(*header.hash());
        names
            .then_some(id)
            .ok_or_else(|| Refused::NotProven("block".into()))
    }
}
