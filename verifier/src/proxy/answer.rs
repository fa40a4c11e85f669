//! What the proxy answers, each after its proof.

use crate::{
    chains::Chain,
    host::Host,
    nodes::LONG,
    provider::{Device, Node, Shown},
    rpc::{self, Call, Fault},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use light_client::{
    COSMOS_STATE, JMT_STATE, Proven, SignedHeader, VerifiedHeader,
    client::{Failure, LightClient, Provider, Store},
    json::{self, write},
    verify_outcome, verify_query, verify_tx,
};
use serde_json::{Map, Value, json};

/// How many blocks the state that a node calls its newest may lie behind the newest header: one is always needed to prove it.
const BEHIND: u64 = 3;
/// How long the next block is waited for, where it holds what proves this one: state and results of a block are in the next one's header.
const NEXT: [u32; 4] = [1_500; 4];

/// Why something is not answered.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nothing that a node says about it could be proven.
    #[error("{0} cannot be proven and is refused")]
    Unprovable(String),
    /// A parameter of the call.
    #[error("{0} is missing or malformed")]
    Parameter(&'static str),
    /// As CometBFT limits them.
    #[error("more calls than one request may hold")]
    TooMany,
    /// The header on which the answer rests.
    #[error(transparent)]
    NoHeader(#[from] Failure),
    /// It was reached down the hash chain.
    #[error("the votes for this header are older than what is trusted, and not verified")]
    NoVotes,
    /// The last node's reason.
    #[error("no node gave an answer that holds: {0}")]
    NotProven(String),
}

pub(super) type Answer = Result<Value, Refused>;
pub(super) type Params = Map<String, Value>;

/// The client behind a proxy.
pub type Client<'a, H, S> = LightClient<Node<'a, H>, S, Device<'a, H>>;

/// Answers calls of one chain.
pub struct Proxy<'a, H, S> {
    chain: &'a Chain,
    host: &'a H,
    client: Client<'a, H, S>,
}

impl<'a, H: Host, S: Store> Proxy<'a, H, S> {
    /// A proxy over the nodes of the chain.
    pub fn new(chain: &'a Chain, host: &'a H, client: Client<'a, H, S>) -> Self {
        Self {
            chain,
            host,
            client,
        }
    }

    /// Answers a call.
    pub(super) async fn call(&mut self, method: &str, params: &Params) -> Answer {
        match method {
            "health" => Ok(json!({})),
            "status" => self.status().await,
            "header" => {
                let header = self.header(params).await?;
                Ok(json!({ "header": written(&write::header(header.header())) }))
            }
            "commit" => self.commit(params).await,
            "validators" => self.validators(params).await,
            "tx" => self.tx(params).await,
            "abci_query" => self.abci_query(params).await,
            "block" => self.block(params).await,
            "consensus_params" => self.consensus_params(params).await,
            other => Err(Refused::Unprovable(other.into())),
        }
    }

    /// What is said is what was verified, not what a node says of itself.
    async fn status(&mut self) -> Answer {
        let header = self.client.newest().await?.header;
        let latest = header.header();
        Ok(json!({
            "node_info": { "network": self.chain.id, "moniker": "lianyan light" },
            "sync_info": {
                "latest_block_hash": hex::encode_upper(header.hash()), "latest_app_hash": hex::encode_upper(&latest.app_hash),
                "latest_block_height": latest.height.to_string(), "latest_block_time": latest.time.to_string(), "catching_up": false,
            },
        }))
    }

    /// The header of a height; without one, the newest.
    pub(super) async fn header(&mut self, params: &Params) -> Result<VerifiedHeader, Refused> {
        match number(params, "height")? {
            None | Some(0) => Ok(self.client.newest().await?.header),
            Some(height) => self.at(height).await,
        }
    }

    pub(super) async fn at(&mut self, height: u64) -> Result<VerifiedHeader, Refused> {
        Ok(self.client.at(height).await?.header)
    }

    /// The header after a height, waited for.
    async fn after(&mut self, height: u64) -> Result<VerifiedHeader, Refused> {
        let next = height.saturating_add(1);
        for pause in NEXT {
            match self.client.at(next).await {
                Err(Failure::NoWay(_) | Failure::NotWitnessed(_)) => self.host.pause(pause).await,
                found => return Ok(found?.header),
            }
        }
        self.at(next).await
    }

    async fn commit(&mut self, params: &Params) -> Answer {
        let header = self.header(params).await?;
        let signed = self.signed(header.header().height).await?;
        let signed = written(&write::signed_header(&signed));
        Ok(json!({ "signed_header": signed, "canonical": true }))
    }

    /// A verified header with the votes for it.
    pub(super) async fn signed(&self, height: u64) -> Result<SignedHeader, Refused> {
        let state = self.client.store().at_or_below(height).await;
        let state = state.map_err(Failure::from)?;
        let block = state.filter(|state| state.height() == height);
        let block = block.and_then(|state| state.block());
        block
            .map(|block| block.signed_header)
            .ok_or(Refused::NoVotes)
    }

    async fn validators(&mut self, params: &Params) -> Answer {
        let header = self.header(params).await?;
        let height = header.header().height;
        let (page, size) = (
            number(params, "page")?.unwrap_or(1),
            number(params, "per_page")?,
        );
        let size = usize::try_from(size.unwrap_or(30).clamp(1, 100)).unwrap_or(100);
        let shown = Shown::default();
        for node in &self.chain.nodes {
            let node = Node::new(self.host, node, &self.chain.id, &shown);
            let Ok(given) = node.light_block(height).await else {
                continue;
            };
            let set = &given.value.validators;
            if set.hash() != header.header().validators_hash {
                continue;
            }
            let all = set.validators();
            let page = usize::try_from(page)
                .ok()
                .and_then(|page| page.checked_sub(1));
            let page = page.and_then(|page| all.chunks(size).nth(page));
            let page = page.ok_or(Refused::Parameter("page"))?;
            let page: Vec<Value> = page
                .iter()
                .map(|one| written(&write::validator(one)))
                .collect();
            return Ok(json!({
                "block_height": height.to_string(), "validators": page,
                "count": page.len().to_string(), "total": all.len().to_string(),
            }));
        }
        Err(Refused::NotProven("validators".into()))
    }

    /// A transaction in its block; and what it did, which the next header commits to.
    async fn tx(&mut self, params: &Params) -> Answer {
        let hash = params.get("hash").and_then(Value::as_str).and_then(tx_hash);
        let hash = hash.ok_or(Refused::Parameter("hash"))?;
        let mut why = String::from("tx");
        for url in self.urls() {
            let found = async {
                let raw = self.ask(&url, Call::tx(&hash)).await?;
                let answer = json::tx(&raw).map_err(|error| error.to_string())?;
                let own = self
                    .at(answer.height)
                    .await
                    .map_err(|error| error.to_string())?;
                verify_tx(&answer, &hash, &own).map_err(|error| error.to_string())?;
                let next = self
                    .after(answer.height)
                    .await
                    .map_err(|error| error.to_string())?;
                let results = self.ask(&url, Call::block_results(answer.height)).await?;
                let results = json::block_results(&results).map_err(|error| error.to_string())?;
                let result = verify_outcome(&answer, &results, &hash, &own, &next)
                    .map_err(|error| error.to_string())?;
                let index = answer.proof.as_ref().map_or(0, |proof| proof.index);
                Ok::<Value, String>(json!({
                    "hash": hex::encode_upper(hash), "height": answer.height.to_string(), "index": index, "tx": STANDARD.encode(&answer.tx),
                    "tx_result": {
                        "code": result.code, "data": STANDARD.encode(&result.data),
                        "gas_wanted": result.gas_wanted.to_string(), "gas_used": result.gas_used.to_string(),
                    },
                    "proof": raw.pointer("/result/proof").cloned().unwrap_or_default(),
                }))
            };
            match found.await {
                Ok(found) => return Ok(found),
                Err(error) => why = error,
            }
        }
        Err(Refused::NotProven(why))
    }

    /// A key of the state, present or absent. The node that answers says at which height; the header after it must prove it.
    async fn abci_query(&mut self, params: &Params) -> Answer {
        let path = params.get("path").and_then(Value::as_str);
        let path = path.ok_or(Refused::Parameter("path"))?;
        let data = params.get("data").and_then(Value::as_str);
        let data = data.and_then(|data| hex::decode(data).ok());
        let data = data.ok_or(Refused::Parameter("data"))?;
        let height = number(params, "height")?.unwrap_or_default();
        let oldest = match height {
            0 => {
                let newest = self.client.newest().await?.header;
                newest.header().height.saturating_sub(BEHIND)
            }
            asked => asked,
        };
        let mut why = String::from("abci_query");
        for url in self.urls() {
            let call = Call::new(
                "abci_query",
                json!({ "path": path, "data": hex::encode(&data), "height": height.to_string(), "prove": true }),
            );
            let found = async {
                let raw = self.ask(&url, call).await?;
                let answer = json::abci_query(&raw).map_err(|error| error.to_string())?;
                if answer.height < oldest || height != 0 && answer.height != height {
                    return Err("an answer of another height".to_string());
                }
                let header = self
                    .after(answer.height)
                    .await
                    .map_err(|error| error.to_string())?;
                let store = path
                    .strip_prefix("/store/")
                    .and_then(|path| path.strip_suffix("/key"));
                let proven = match store {
                    Some(store) => {
                        verify_query(&answer, COSMOS_STATE, &[store.as_bytes(), &data], &header)
                    }
                    None => verify_query(&answer, JMT_STATE, &[&data], &header),
                };
                let value = match proven.map_err(|error| error.to_string())? {
                    Proven::Present(value) => Value::from(STANDARD.encode(value)),
                    Proven::Absent => Value::Null,
                };
                let ops = raw
                    .pointer("/result/response/proofOps")
                    .cloned()
                    .unwrap_or_default();
                Ok(json!({ "response": {
                    "code": 0, "log": "", "key": STANDARD.encode(&data), "value": value, "height": answer.height.to_string(), "proofOps": ops,
                } }))
            };
            match found.await {
                Ok(found) => return Ok(found),
                Err(error) => why = error,
            }
        }
        Err(Refused::NotProven(why))
    }

    pub(super) fn urls(&self) -> Vec<String> {
        self.chain
            .nodes
            .iter()
            .map(|node| node.url.clone())
            .collect()
    }

    pub(super) async fn ask(&self, url: &str, call: Call) -> Result<Value, String> {
        let answers = rpc::ask(self.host, url, &[call], LONG).await;
        let first = answers.map(|answers| answers.into_iter().next());
        first
            .and_then(|first| first.ok_or_else(|| Fault::Garbage("nothing".into())))
            .map_err(|fault| fault.to_string())
    }
}

/// JSON that this program has written.
pub(super) fn written(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap_or_default()
}

/// A number, as text or bare.
fn number(params: &Params, name: &'static str) -> Result<Option<u64>, Refused> {
    match params.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|_| Refused::Parameter(name)),
        Some(other) => other.as_u64().map(Some).ok_or(Refused::Parameter(name)),
    }
}

/// A transaction's hash, in base64 (JSON-RPC) or in hex (addresses).
fn tx_hash(text: &str) -> Option<[u8; 32]> {
    let bytes = hex::decode(text).or_else(|_| STANDARD.decode(text).map_err(drop));
    bytes.ok()?.try_into().ok()
}
