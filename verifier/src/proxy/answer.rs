//! What the proxy answers, each after its proof.

use crate::{
    chains::Chain,
    host::Host,
    nodes::LONG,
    provider::{Device, Node, Shown},
    rpc::{self, Call, Fault},
};
use light_client::{
    BlockIdFlag, CommitSig, SignedHeader, Time, VerifiedHeader, Vote,
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
    /// It was reached down the hash chain.
    #[error("the votes for this header are older than what is trusted, and not verified")]
    NoVotes,
    /// The last node's reason.
    #[error("no node gave an answer that holds: {0}")]
    NotProven(String),
}

/// The entry of a validator of whom no vote is shown.
const ABSENT: CommitSig = CommitSig {
    flag: BlockIdFlag::Absent,
    address: None,
    timestamp: Time::GO_ZERO,
    signature: Vec::new(),
};

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

    pub(super) async fn newest(&mut self) -> Result<VerifiedHeader, Refused> {
        Ok(self.client.newest().await?.header)
    }

    pub(super) async fn at(&mut self, height: u64) -> Result<VerifiedHeader, Refused> {
        Ok(self.client.at(height).await?.header)
    }

    /// The header after a height, waited for.
    pub(super) async fn after(&mut self, height: u64) -> Result<VerifiedHeader, Refused> {
        let next = height.saturating_add(1);
        for pause in NEXT {
            match self.client.at(next).await {
                Err(Failure::NoWay(_) | Failure::NotWitnessed(_)) => self.host.pause(pause).await,
                found => return Ok(found?.header),
            }
        }
        self.at(next).await
    }

    /// The votes for a header that were verified, or that the next header commits to: a node adds votes for no block as it likes, and more than
    /// two thirds for this one may hold although not all do.
    async fn commit(&mut self, params: &Params) -> Answer {
        let header = self.header(params).await?;
        let (mut signed, votes) = self.signed(&header).await?;
        let canonical = self.is_canonical(&signed).await?;
        if !canonical {
            let entries = signed.commit.signatures.iter_mut().enumerate();
            for (_, entry) in entries.filter(|(at, _)| votes.get(*at) != Some(&Vote::Signed)) {
                *entry = ABSENT;
            }
        }
        let signed = written(&write::signed_header(&signed));
        Ok(json!({ "signed_header": signed, "canonical": canonical }))
    }

    /// Whether the next header commits to these very votes; of the newest header's nobody can know it.
    async fn is_canonical(&mut self, signed: &SignedHeader) -> Result<bool, Refused> {
        let height = signed.header.height;
        let newest = self.client.store().newest().await.map_err(Failure::from)?;
        if newest.is_none_or(|newest| newest.height() <= height) {
            return Ok(false);
        }
        let next = self.at(height.saturating_add(1)).await?;
        let next = next.header();
        Ok(next.last_block_id == signed.commit.block_id
            && next.last_commit_hash == Some(signed.commit.hash()))
    }

    /// A verified header with what a node gave as the votes for it, and what was found of each.
    pub(super) async fn signed(
        &self,
        header: &VerifiedHeader,
    ) -> Result<(SignedHeader, Vec<Vote>), Refused> {
        let height = header.header().height;
        let state = self.client.store().at_or_below(height).await;
        let state = state.map_err(Failure::from)?;
        let state = state.filter(|state| state.verified().hash() == header.hash());
        let state = state.ok_or(Refused::NoVotes)?;
        let block = state.block().ok_or(Refused::NoVotes)?;
        let signers = state.verified().signers().iter();
        let votes = signers.map(|signer| signer.vote).collect();
        Ok((block.signed_header, votes))
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
