//! JSON-RPC 2.0 as CometBFT speaks it: batches of calls to one node, answers sorted out by their number.

use crate::{
    host::{Host, Limits},
    portable::Aside,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use light_client::{
    Hash,
    client::Unreachable,
    json::{self, JsonError},
};
use serde_json::{Value, json};

/// CometBFT answers at most this many calls in one request.
pub const MAX_BATCH: usize = 10;
/// Validators on a page: as many as CometBFT gives at once.
pub const PAGE: u64 = 100;
/// Who wants a longer pause, in seconds, is as good as away.
const LONGEST_PAUSE: u32 = 5;

/// Why a node's answer is of no use. None of these says anything about a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It did not answer.
    #[error(transparent)]
    Unreachable(#[from] Unreachable),
    /// It answered something that is no answer to the question.
    #[error("garbage: {0}")]
    Garbage(String),
    /// It says that it does not have this, or not any more, or not yet.
    #[error("the node answers: {0}")]
    Refused(String),
    /// It follows another chain.
    #[error("the node follows chain {0}")]
    WrongChain(String),
    /// What it gave is provably false; the code names what is wrong.
    #[error("refuted: {0}")]
    Refuted(String),
}

impl From<JsonError> for Fault {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Node { message, data, .. } => Self::Refused(join(&message, &data)),
            other => Self::Garbage(other.to_string()),
        }
    }
}

fn join(message: &str, data: &str) -> String {
    let mut text: String = message.into();
    text.push_str(": ");
    text.extend(data.chars().take(200));
    text
}

/// A call: method and parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub(crate) method: &'static str,
    pub(crate) params: Value,
}

impl Call {
    /// Any call.
    pub fn new(method: &'static str, params: Value) -> Self {
        Self { method, params }
    }

    /// What the node says of itself.
    pub fn status() -> Self {
        Self {
            method: "status",
            params: json!({}),
        }
    }

    /// Header and commit.
    pub fn commit(height: u64) -> Self {
        Self::at("commit", height)
    }

    /// A header alone.
    pub fn header(height: u64) -> Self {
        Self::at("header", height)
    }

    /// What became of a block's transactions.
    pub fn block_results(height: u64) -> Self {
        Self::at("block_results", height)
    }

    /// What belongs to a block of this height.
    pub(crate) fn at(method: &'static str, height: u64) -> Self {
        Self {
            method,
            params: json!({ "height": height.to_string() }),
        }
    }

    /// Validators of a height, a hundred a page, pages from 1.
    pub fn validators(height: u64, page: u64) -> Self {
        let params = json!({ "height": height.to_string(), "page": page.to_string(), "per_page": PAGE.to_string() });
        Self {
            method: "validators",
            params,
        }
    }

    /// A question to the application about its state after the block at `height`.
    pub fn query(path: &'static str, data: &[u8], height: u64, prove: bool) -> Self {
        let params = json!({ "path": path, "data": hex::encode(data), "height": height.to_string(), "prove": prove });
        Self {
            method: "abci_query",
            params,
        }
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.params.get(name).and_then(Value::as_str)
    }

    /// The height that it is about.
    pub(crate) fn height(&self) -> Option<u64> {
        self.text("height")?.parse().ok()
    }

    /// Of a question to the application: path, tree key or hash, and what stands behind it.
    pub(crate) fn queried(&self) -> Option<(&str, Hash, Vec<u8>)> {
        let data = hex::decode(self.text("data")?).ok()?;
        let (key, rest) = data.split_first_chunk()?;
        Some((self.text("path")?, *key, rest.to_vec()))
    }

    /// Hands in a transaction; answered once the node has looked at it.
    pub fn broadcast(tx: &[u8]) -> Self {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        Self {
            method: "broadcast_tx_sync",
            params: json!({ "tx": STANDARD.encode(tx) }),
        }
    }

    /// Hands in evidence of an attack.
    pub fn broadcast_evidence(evidence: Value) -> Self {
        Self {
            method: "broadcast_evidence",
            params: json!({ "evidence": evidence }),
        }
    }

    /// A transaction by its hash, and its place in its block.
    pub fn tx(hash: &[u8; 32]) -> Self {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        Self {
            method: "tx",
            params: json!({ "hash": STANDARD.encode(hash), "prove": true }),
        }
    }
}

/// Asks a node everything in as few requests as it allows. The answers are JSON-RPC envelopes, in the order of the calls.
pub async fn ask<H: Host>(
    host: &H,
    url: &str,
    calls: &[Call],
    limits: Limits,
) -> Result<Vec<Value>, Fault> {
    Ok(weigh(host, url, calls, limits).await?.0)
}

/// Posts a batch; where the node is busy and wants no long pause, once more after that, or a little later: not all who wait come back at once.
async fn post<H: Host>(
    host: &H,
    url: &str,
    body: Vec<u8>,
    limits: Limits,
) -> Result<Vec<u8>, Unreachable> {
    let answer = host.post(url, body.clone(), limits).await;
    let wanted = match answer {
        Err(Unreachable::Busy(seconds)) => seconds.unwrap_or(1).max(1),
        other => return other,
    };
    if wanted > LONGEST_PAUSE {
        return answer;
    }
    let [more, ..] = host.random();
    host.pause(wanted * 1_000 + u32::from(more) * 2).await;
    host.post(url, body, limits).await
}

/// As [`ask`], with the bytes of the node's answers. What is answered beside the host is not asked of the node.
pub async fn weigh<H: Host>(
    host: &H,
    url: &str,
    calls: &[Call],
    limits: Limits,
) -> Result<(Vec<Value>, u64), Fault> {
    let mut answers = Vec::with_capacity(calls.len());
    let mut bytes = 0u64;
    for batch in calls.chunks(MAX_BATCH) {
        let beside = |call| host.aside().and_then(|aside| aside.answer(call));
        let places: Vec<Option<Value>> = batch.iter().map(beside).collect();
        let mut answer = Value::Array(Vec::new());
        if places.iter().any(Option::is_none) {
            let body = post(host, url, encode(batch, &places), limits).await?;
            if body.len() > limits.bytes {
                return Err(Unreachable::TooLong.into());
            }
            bytes = bytes.saturating_add(u64::try_from(body.len()).unwrap_or(u64::MAX));
            answer = json::parse(&body)?;
        }
        let sorted = sort(answer, places)?;
        if let Some(Aside::Keeping(book)) = host.aside() {
            book.borrow_mut().hear(batch, &sorted);
        }
        answers.extend(sorted);
    }
    Ok((answers, bytes))
}

/// The calls that are still open, each with its place as its number.
fn encode(batch: &[Call], places: &[Option<Value>]) -> Vec<u8> {
    let calls = batch.iter().zip(places).enumerate();
    let open = calls.filter(|(_, (_, place))| place.is_none()).map(
        |(id, (call, _))| json!({ "jsonrpc": "2.0", "id": id, "method": call.method, "params": call.params }),
    );
    Value::Array(open.collect()).to_string().into_bytes()
}

/// Puts the answers into the places of the calls that are still open; a batch of one may come back bare.
fn sort(answer: Value, mut places: Vec<Option<Value>>) -> Result<Vec<Value>, Fault> {
    let answers = match answer {
        Value::Array(answers) => answers,
        single => Vec::from([single]),
    };
    for answer in answers {
        let id = answer.get("id").and_then(Value::as_u64);
        let place = id
            .and_then(|id| usize::try_from(id).ok())
            .and_then(|id| places.get_mut(id));
        match place {
            Some(place @ None) => *place = Some(answer),
            _ => return Err(Fault::Garbage("an answer to no question".into())),
        }
    }
    let all: Option<Vec<Value>> = places.into_iter().collect();
    all.ok_or_else(|| Fault::Garbage("a question without an answer".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart_by_number_and_none_is_made_up() {
        let (a, b) = (
            json!({"id": 1, "result": "b"}),
            json!({"id": 0, "result": "a"}),
        );
        let sorted = sort(json!([a, b]), vec![None; 2]).expect("whole");
        assert_eq!(
            (&sorted[0]["result"], &sorted[1]["result"]),
            (&json!("a"), &json!("b"))
        );
        for bad in [
            json!([{"id": 0}]),
            json!([{"id": 0}, {"id": 0}]),
            json!([{"id": 0}, {"id": 2}]),
            json!([{"id": 0}, {"id": "1"}]),
            json!([{"id": 0}, {}]),
            json!("text"),
            json!(null),
        ] {
            assert!(sort(bad.clone(), vec![None; 2]).is_err(), "{bad}");
        }
        assert!(sort(json!({"id": 0}), vec![None]).is_ok());
    }

    #[test]
    fn of_a_batch_only_what_is_open_is_asked_and_nothing_else_is_answered() {
        let batch = [Call::header(1), Call::header(2)];
        let places = || vec![Some(json!("held")), None];
        let body: Value = json::parse(&encode(&batch, &places())).expect("json");
        let asked = body.as_array().expect("a batch");
        assert_eq!((asked.len(), &asked[0]["id"]), (1, &json!(1)));
        let answer = json!({ "id": 1 });
        let sorted = sort(json!([answer]), places());
        assert_eq!(sorted, Ok(vec![json!("held"), answer]));
        assert!(sort(json!([{"id": 0}]), places()).is_err());
    }
}
