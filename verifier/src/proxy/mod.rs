//! JSON-RPC as a node speaks it, of which every answer was verified here. What cannot be proven is refused.

mod answer;
mod contents;
mod query;
mod request;
mod tx;
mod votes;

pub use answer::{Client, Proxy, Refused};
pub use request::{Wanted, read};

use crate::host::Host;
use light_client::client::Store;
use serde_json::{Map, Value, json};

/// Calls in one request, as CometBFT limits them.
const MAX_BATCH: usize = 10;

impl<H: Host, S: Store> Proxy<'_, H, S> {
    /// The answer to a request; none where nothing in it asks for one.
    pub async fn answer(&mut self, wanted: Wanted) -> Option<Value> {
        match wanted {
            Wanted::Calls(Value::Array(calls)) if calls.len() <= MAX_BATCH => {
                let mut answers = Vec::new();
                for call in &calls {
                    answers.extend(self.one(call).await);
                }
                (!answers.is_empty()).then_some(Value::Array(answers))
            }
            Wanted::Calls(Value::Array(_)) => Some(envelope(Value::Null, Err(Refused::TooMany))),
            Wanted::Calls(call) => self.one(&call).await,
            Wanted::Address(method, params) => {
                let answer = self.call(&method, &params).await;
                Some(envelope(json!(-1), answer))
            }
            Wanted::Permission => None,
        }
    }

    /// The answer to a call. One without an id is a notification (JSON-RPC 2.0 §4.1): as CometBFT does, nothing is done for it.
    async fn one(&mut self, call: &Value) -> Option<Value> {
        let id = call.get("id").filter(|id| !id.is_null())?.clone();
        let method = call.get("method").and_then(Value::as_str);
        let answer = match named(call.get("params")) {
            Some(params) => self.call(method.unwrap_or_default(), &params).await,
            None => Err(Refused::Parameter("the name of a parameter")),
        };
        Some(envelope(id, answer))
    }
}

/// Parameters by name. A list of them without names, which CometBFT would read by place, is not taken for none: that is another question.
fn named(params: Option<&Value>) -> Option<Map<String, Value>> {
    match params {
        None | Some(Value::Null) => Some(Map::new()),
        Some(Value::Array(places)) => places.is_empty().then(Map::new),
        Some(params) => params.as_object().cloned(),
    }
}

fn envelope(id: Value, answer: Result<Value, Refused>) -> Value {
    match answer {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(why) => {
            let error =
                json!({ "code": -32603, "message": "not verified", "data": why.to_string() });
            json!({ "jsonrpc": "2.0", "id": id, "error": error })
        }
    }
}
