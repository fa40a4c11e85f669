//! A key of the state, present or absent.

use super::answer::{Answer, Params, Proxy, Refused, number, text};
use crate::{host::Host, rpc::Call};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use light_client::{
    COSMOS_STATE, JMT_STATE, ProofLayer, Proven,
    client::Store,
    json::{self, AbciQuery, ProofOp},
    verify_query,
};
use serde_json::{Value, json};

/// How many blocks the state that a node calls its newest may lie behind the newest header: one is always needed to prove it.
const BEHIND: u64 = 3;

/// A question whose answer the app hash proves.
struct Question<'a> {
    path: &'a str,
    data: Vec<u8>,
    /// 0 for the newest.
    height: u64,
    /// The state must not be older.
    oldest: u64,
}

impl<H: Host, S: Store> Proxy<'_, H, S> {
    /// The node that answers says at which height; the header after it must prove it.
    pub(super) async fn abci_query(&mut self, params: &Params) -> Answer {
        let path = params.get("path").and_then(Value::as_str);
        let path = path.ok_or(Refused::Parameter("path"))?;
        let data = params.get("data").and_then(Value::as_str);
        let data = data.and_then(|data| hex::decode(data).ok());
        let data = data.ok_or(Refused::Parameter("data"))?;
        if layers(path, &data).is_none() {
            return Err(Refused::Unprovable(format!("abci_query of {path}")));
        }
        let height = number(params, "height")?.unwrap_or_default();
        let oldest = match height {
            0 => self.newest().await?.header().height.saturating_sub(BEHIND),
            asked => asked,
        };
        let question = Question {
            path,
            data,
            height,
            oldest,
        };
        let mut why = String::from("abci_query");
        for url in self.urls() {
            match self.answered(&url, &question).await {
                Ok(found) => return Ok(found),
                Err(error) => why = error,
            }
        }
        Err(Refused::NotProven(why))
    }

    async fn answered(&mut self, url: &str, question: &Question<'_>) -> Result<Value, String> {
        let Question { path, data, .. } = question;
        let call = Call::new(
            "abci_query",
            json!({ "path": path, "data": hex::encode(data), "height": question.height.to_string(), "prove": true }),
        );
        let answer = self.ask(url, call).await?;
        let answer = json::abci_query(&answer).map_err(text)?;
        let another = question.height != 0 && answer.height != question.height;
        if another || answer.height < question.oldest {
            return Err("an answer of another height".to_string());
        }
        let header = self.after(answer.height).await.map_err(text)?;
        let (layers, keys) = layers(path, data).ok_or("another path")?;
        let proven = verify_query(&answer, layers, &keys, &header).map_err(text)?;
        Ok(json!({ "response": written(&answer, &proven) }))
    }
}

/// The trees in which a path's answers stand, and the keys on the way to them. Other paths have answers that no tree holds, though a node may well
/// prove something of their key: that it is not in the tree says nothing about them.
fn layers<'a>(path: &'a str, data: &'a [u8]) -> Option<(&'static [ProofLayer], Vec<&'a [u8]>)> {
    if path == "/head" {
        return Some((JMT_STATE, Vec::from([data])));
    }
    let store = path.strip_prefix("/store/")?.strip_suffix("/key")?;
    Some((COSMOS_STATE, Vec::from([store.as_bytes(), data])))
}

/// What was proven, and by what.
fn written(answer: &AbciQuery, proven: &Proven) -> Value {
    let value = match proven {
        Proven::Present(value) => Some(STANDARD.encode(value)),
        Proven::Absent => None,
    };
    let op = |op: &ProofOp| json!({ "type": op.kind, "key": STANDARD.encode(&op.key), "data": STANDARD.encode(&op.data) });
    let ops: Vec<Value> = answer.proof_ops.iter().map(op).collect();
    json!({
        "code": 0, "log": "", "key": STANDARD.encode(&answer.key), "value": value,
        "height": answer.height.to_string(), "proofOps": { "ops": ops },
    })
}
