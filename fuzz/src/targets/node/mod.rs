//! What a node takes: transactions, and requests over HTTP.

pub mod abci;
pub mod doctor;
pub mod founders;
pub mod gateway;
pub mod genesis;
pub mod get;
pub mod post;
pub mod snapshot;
pub mod transactions;
pub mod websocket;

use super::records::story;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::Request,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use node::{
    application::AppState,
    chain::{FullNode, Genesis, GenesisValidator},
    comet::{self, ConsensusParams},
    consortium::{Mempool, PastBlock, Signers, write_history},
    rpc::{self, Rpc},
};
use records::{
    PublicKey, RecordName,
    log::Entry,
    testing::{CHAIN, GENESIS, SECOND, key},
};
use serde_json::{Value, json};
use std::sync::{Arc, LazyLock, atomic::AtomicUsize};
use tower::ServiceExt;

/// The founders' validators, as the story's ledger has them.
const VALIDATORS: [(&str, i64); 4] = [("tax", 31), ("renji", 26), ("housing", 23), ("notary", 20)];

/// The story is told in so many parts, with a pause between them.
const HALVES: usize = 2;

/// Longest answer that is read, bytes.
const LONGEST: usize = 16 << 20;

/// A node on whose chain the story was written.
pub struct World {
    /// The node.
    pub node: Arc<FullNode>,
    /// Where its futures run.
    pub runtime: tokio::runtime::Runtime,
    /// Hash of every block, hex, from height 1.
    pub hashes: Vec<String>,
    /// Five seconds after the newest block.
    pub now: i64,
    /// What answers.
    pub rpc: Arc<Rpc>,
    router: Router,
    /// Its database.
    _folder: tempfile::TempDir,
}

/// One node for all targets of a run.
pub static WORLD: LazyLock<World> = LazyLock::new(|| World::told(HALVES));

impl World {
    /// When so many halves of the story were told: the chain of one is the beginning of the other's.
    pub fn told(halves: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let entries = story::told_entries();
        let (founding, entries) = entries.split_first().expect("founded");
        let founding = Entry::decode(founding).expect("whole").envelope.to_vec();
        let node = FullNode::open(&folder.path().join("node.redb"), genesis(founding), 10_000);
        let node = Arc::new(node.expect("opens"));
        let signers = Signers::new(VALIDATORS.map(|(id, _)| validator(id).seed()));
        let half = entries.len().div_ceil(HALVES);
        for half in entries.chunks(half).take(halves) {
            let past = half.iter().map(|entry| past(entry));
            let written = write_history(std::slice::from_ref(&node), &signers, past, |_| {});
            assert_eq!(
                written.expect("written").refused,
                0,
                "the node refuses what the ledger accepted"
            );
        }
        let snapshot = node.snapshot();
        let hash = |height| {
            snapshot
                .block_meta(height)
                .ok()??
                .block_id
                .map(|id| hex::encode(id.hash))
        };
        let rpc = Arc::new(rpc_of(&node));
        Self {
            hashes: (1..=node.height()).filter_map(hash).collect(),
            now: node.state().time + 5 * SECOND,
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("starts"),
            router: rpc::router(rpc.clone()),
            rpc,
            node,
            _folder: folder,
        }
    }

    /// Status and body of the answer to a request.
    pub async fn answer(&self, request: Request<Body>) -> (u16, Vec<u8>) {
        answered(self.router.clone(), request).await
    }

    /// Status and body of the answer to a JSON-RPC POST.
    pub async fn post(&self, body: Vec<u8>) -> (u16, Vec<u8>) {
        self.answer(
            Request::post("/")
                .body(Body::from(body))
                .expect("a request"),
        )
        .await
    }

    /// The result of one method.
    fn call(&self, method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let (_, answer) = self
            .runtime
            .block_on(self.post(request.to_string().into_bytes()));
        serde_json::from_slice::<Value>(&answer).expect("JSON")["result"].take()
    }
}

/// Status and body of a router's answer.
async fn answered(router: Router, request: Request<Body>) -> (u16, Vec<u8>) {
    let response = router.oneshot(request).await.expect("never fails");
    let status = response.status().as_u16();
    let body = to_bytes(response.into_body(), LONGEST).await;
    (status, body.expect("a short answer").to_vec())
}

fn past(entry: &[u8]) -> PastBlock {
    let entry = Entry::decode(entry).expect("whole");
    PastBlock {
        time: entry.time,
        events: vec![entry.envelope.to_vec()],
    }
}

fn validator(member: &str) -> records::SecretKey {
    key(&format!("validator of {member}"))
}

fn raw(key: &PublicKey) -> [u8; 32] {
    let PublicKey::Ed25519(key) = key;
    *key
}

fn genesis(founding: Vec<u8>) -> Genesis {
    let validators = VALIDATORS.map(|(id, power)| GenesisValidator {
        name: id.into(),
        key: validator(id).public().into(),
        power,
    });
    Genesis {
        chain_id: CHAIN.into(),
        time: comet::timestamp(GENESIS),
        params: ConsensusParams::default(),
        validators: validators.into(),
        app_state: AppState::new([founding]),
    }
}

fn rpc_of(node: &Arc<FullNode>) -> Rpc {
    Rpc {
        node: node.clone(),
        mempool: Arc::new(Mempool::default()),
        source: None,
        moniker: "fuzzed".into(),
        key: raw(&validator("tax").public()),
        address: "127.0.0.1:26657".into(),
        waiting: AtomicUsize::new(0),
    }
}

/// Key, value, proof and root.
pub type StateProof = (Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>);

/// Proofs of presence and absence as the node gives them.
pub fn state_proofs() -> Vec<StateProof> {
    let world = &*WORLD;
    let names = [
        ("invoice", story::INVOICE),
        ("vote", "v1"),
        ("member", "nobody"),
        ("invoice", "none"),
    ];
    let proofs = names.map(|(kind, id)| {
        let key = RecordName::new(kind, id)?.tree_key();
        let answer = world.call(
            "abci_query",
            json!({ "path": "/head", "data": hex::encode(key), "height": "0", "prove": true }),
        );
        let response = &answer["response"];
        let height: u64 = response["height"].as_str()?.parse().ok()?;
        let header = world.call("header", json!({ "height": (height + 1).to_string() }));
        let bytes = |value: &Value| STANDARD.decode(value.as_str().unwrap_or_default()).ok();
        Some((
            key.to_vec(),
            bytes(&response["value"])?,
            bytes(&response["proofOps"]["ops"][0]["data"])?,
            hex::decode(header["header"]["app_hash"].as_str()?).ok()?,
        ))
    });
    proofs.into_iter().flatten().collect()
}
