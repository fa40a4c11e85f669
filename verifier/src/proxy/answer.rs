//! What the proxy answers, each after its proof.

use crate::{
    chains::Chain,
    host::Host,
    logged::{Below, logged},
    nodes::LONG,
    provider::{Device, Node, Shown},
    rpc::{self, Call, Fault},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use light_client::{
    Hash, VerifiedHeader,
    client::{Failure, LightClient, Provider, Store},
    json::{self, write},
};
use serde_json::{Map, Value, json};

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
    /// It was reached without votes, and no header before it announces its validators.
    #[error("the votes for this header cannot be verified")]
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
    pub(super) chain: &'a Chain,
    pub(super) host: &'a H,
    pub(super) client: Client<'a, H, S>,
    below: Below,
}

impl<'a, H: Host, S: Store> Proxy<'a, H, S> {
    /// A proxy over the nodes of the chain.
    pub fn new(chain: &'a Chain, host: &'a H, client: Client<'a, H, S>, below: Below) -> Self {
        Self {
            chain,
            host,
            client,
            below,
        }
    }

    /// Answers a call.
    pub(super) async fn call(&mut self, method: &str, params: &Params) -> Answer {
        match method {
            "health" => Ok(json!({})),
            "status" => self.status().await,
            "header" => {
                let header = self.header(params).await?;
                Ok(header_answer(&header))
            }
            "header_by_hash" => {
                let header = self.by_hash(params).await?;
                Ok(header_answer(&header))
            }
            "commit" => self.commit(params).await,
            "validators" => self.validators(params).await,
            "tx" => self.tx(params).await,
            "abci_query" => self.abci_query(params).await,
            "block" => {
                let header = self.header(params).await?;
                self.block(&header).await
            }
            "block_by_hash" => {
                let header = self.by_hash(params).await?;
                self.block(&header).await
            }
            "consensus_params" => self.consensus_params(params).await,
            other => Err(Refused::Unprovable(other.into())),
        }
    }

    /// What is said is what was verified, not what a node says of itself.
    async fn status(&mut self) -> Answer {
        let header = self.newest().await?;
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
            None | Some(0) => self.newest().await,
            Some(height) => self.at(height).await,
        }
    }

    /// The header with a hash, which holds its height, whichever node gives it. That there is none cannot be proven.
    async fn by_hash(&mut self, params: &Params) -> Result<VerifiedHeader, Refused> {
        let hash = hash(params)?;
        let call = Call::new("header_by_hash", json!({ "hash": hex::encode_upper(hash) }));
        let mut why = String::from("header_by_hash");
        for url in self.urls() {
            let answer = self.ask(&url, call.clone()).await;
            let header = answer.and_then(|answer| json::header(&answer).map_err(text));
            match header {
                Ok(header) if header.hash() == hash => {
                    let found = self.at(header.height).await?;
                    return match *found.hash() == hash {
                        true => Ok(found),
                        false => Err(Refused::NotProven("another header has its height".into())),
                    };
                }
                Ok(_) => why = "a header with another hash".into(),
                Err(error) => why = error,
            }
        }
        Err(Refused::NotProven(why))
    }

    pub(super) async fn newest(&mut self) -> Result<VerifiedHeader, Refused> {
        Ok(self.client.newest().await?.header)
    }

    pub(super) async fn at(&mut self, height: u64) -> Result<VerifiedHeader, Refused> {
        if self.below == Below::Log
            && let Some(logged) = logged(self.chain, self.host, &mut self.client, height).await?
        {
            return Ok(logged.followed.header);
        }
        Ok(self.client.at(height).await?.header)
    }

    /// The header after a height, waited for.
    pub(super) async fn after(&mut self, height: u64) -> Result<VerifiedHeader, Refused> {
        let next = height.saturating_add(1);
        for pause in NEXT {
            match self.at(next).await {
                Err(Refused::NoHeader(Failure::NoWay(_) | Failure::NotWitnessed(_))) => {
                    self.host.pause(pause).await;
                }
                found => return found,
            }
        }
        self.at(next).await
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

fn header_answer(header: &VerifiedHeader) -> Value {
    json!({ "header": written(&write::header(header.header())) })
}

/// A hash, in base64 or in hex: CometBFT's calls differ in it, and so do addresses.
pub(super) fn hash(params: &Params) -> Result<Hash, Refused> {
    let text = params.get("hash").and_then(Value::as_str);
    let bytes = text.and_then(|text| {
        let hex = hex::decode(text).ok();
        hex.or_else(|| STANDARD.decode(text).ok())?.try_into().ok()
    });
    bytes.ok_or(Refused::Parameter("hash"))
}

/// JSON that this program has written.
pub(super) fn written(text: &str) -> Value {
    json::parse(text.as_bytes()).unwrap_or_default()
}

/// What goes into [`Refused::NotProven`].
pub(super) fn text(error: impl core::fmt::Display) -> String {
    error.to_string()
}

/// A number, as text or bare.
pub(super) fn number(params: &Params, name: &'static str) -> Result<Option<u64>, Refused> {
    match params.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => text.parse().map(Some).map_err(|_| Refused::Parameter(name)),
        Some(other) => other.as_u64().map(Some).ok_or(Refused::Parameter(name)),
    }
}
