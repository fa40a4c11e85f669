//! A transaction in its block, and what it did.

use super::answer::{Answer, Params, Proxy, Refused, hash, text};
use crate::{host::Host, rpc::Call};
use alloc::string::{String, ToString};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use light_client::{
    Hash, InclusionProof,
    client::Store,
    json::{self, TxAnswer},
    verify_outcome, verify_tx,
};
use serde_json::{Value, json};

impl<H: Host, S: Store> Proxy<'_, H, S> {
    /// A transaction in its block; and what it did, which the next header commits to.
    pub(super) async fn tx(&mut self, params: &Params) -> Answer {
        let hash = hash(params)?;
        let mut why = String::from("tx");
        for url in self.urls() {
            match self.tx_of(&url, &hash).await {
                Ok(found) => return Ok(found),
                Err(error) => why = error,
            }
        }
        Err(Refused::NotProven(why))
    }

    async fn tx_of(&mut self, url: &str, hash: &Hash) -> Result<Value, String> {
        let answer = self.ask(url, Call::tx(hash)).await?;
        let answer = json::tx(&answer).map_err(text)?;
        let own = self.at(answer.height).await.map_err(text)?;
        verify_tx(&answer, hash, &own).map_err(text)?;
        let next = self.after(answer.height).await.map_err(text)?;
        let results = self.ask(url, Call::block_results(answer.height)).await?;
        let results = json::block_results(&results).map_err(text)?;
        let result = verify_outcome(&answer, &results, hash, &own, &next).map_err(text)?;
        let index = answer.proof.as_ref().map_or(0, |proof| proof.index);
        Ok(json!({
            "hash": hex::encode_upper(hash), "height": answer.height.to_string(), "index": index, "tx": STANDARD.encode(&answer.tx),
            "tx_result": {
                "code": result.code, "data": STANDARD.encode(&result.data),
                "gas_wanted": result.gas_wanted.to_string(), "gas_used": result.gas_used.to_string(),
            },
            "proof": proof(&answer, own.header().data_hash),
        }))
    }
}

/// The proof that was verified, under the root that the header has (Go: `types.TxProof`).
fn proof(answer: &TxAnswer, root: Option<Hash>) -> Value {
    let path = |proof: &InclusionProof| {
        let aunts: Vec<String> = proof
            .aunts
            .iter()
            .map(|aunt| STANDARD.encode(aunt))
            .collect();
        json!({
            "total": proof.total.to_string(), "index": proof.index.to_string(),
            "leaf_hash": STANDARD.encode(proof.leaf_hash), "aunts": aunts,
        })
    };
    json!({
        "root_hash": root.map(hex::encode_upper), "data": STANDARD.encode(&answer.tx), "proof": answer.proof.as_ref().map(path),
    })
}
