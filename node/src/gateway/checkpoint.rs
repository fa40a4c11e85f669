//! How old the checkpoint is that the page shows: it is renewed by hand, and a figure tells who is woken where nobody did.

use super::{calls::Call, http::Gateway};
use crate::comet;
use serde_json::{Value, json};

impl Gateway {
    /// Notes the checkpoint's age, as the nodes have its block, for Prometheus; in this `chains.json` it is found by their chain's id.
    pub async fn note_checkpoint(&self, chains: &[u8]) {
        if let Some(seconds) = self.checkpoint(chains).await {
            self.metrics.checkpoint_is_of(seconds);
        }
    }

    /// The time of its block, Unix seconds.
    async fn checkpoint(&self, chains: &[u8]) -> Option<i64> {
        let chains: Value = serde_json::from_slice(chains).ok()?;
        let status = self.result("status", json!({})).await?;
        let id = &status["node_info"]["network"];
        let mut chains = chains["chains"].as_array()?.iter();
        let checkpoint = &chains.find(|chain| chain["id"] == *id)?["checkpoint"];
        let height = checkpoint["height"].as_u64()?.to_string();
        let found = self.result("header", json!({ "height": height })).await?;
        let time = comet::from_rfc3339(found["header"]["time"].as_str()?)?;
        Some(time.seconds)
    }

    async fn result(&self, method: &str, params: Value) -> Option<Value> {
        let call = Call::from_json(method, Some(params)).ok()?;
        let (reply, _) = self.answer(&call).await.ok()?;
        serde_json::from_slice(reply.outcome.as_ref().ok()?).ok()
    }
}
