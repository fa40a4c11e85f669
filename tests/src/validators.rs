//! Validators on this machine: a plan for their processes, and the genesis in which they begin.

use crate::Outcome;
use crate::demo;
use crate::process::free_ports;
use node::application::{AppState, DEFAULT_RATE};
use node::chain::{Genesis, GenesisValidator};
use node::comet::{self, ConsensusParams};
use node::demo::{FOUNDERS, Script};
use node::merkle::sha256;
use node::network::{Client, Node, Plan, Process, Program, SigningSeed};
use records::{KeyType, ValidatorKey};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// How many there are.
pub const VALIDATORS: usize = 4;
/// A quick pace: much is waited for.
const IDLE: Duration = Duration::from_secs(1);

/// 32 bytes that are the same in every run.
#[must_use]
pub fn seed(what: &str, index: usize) -> [u8; 32] {
    sha256(format!("{what}/{index}").as_bytes())
}

/// With what a node signs at first.
#[must_use]
pub fn signing_seed(index: usize, key_type: KeyType) -> SigningSeed {
    SigningSeed {
        key_type,
        seed: seed("validator", index),
    }
}

/// `nodes` of this CometBFT, the first four of which are validators, each at ports of its own; without snapshots.
///
/// # Errors
/// Where no ports are free.
pub fn plan(cometbft: &Path, folder: &Path, nodes: usize, key_type: KeyType) -> Outcome<Plan> {
    let ports = free_ports(2 * u16::try_from(nodes)?)?;
    let address = |port: usize| SocketAddr::from(([127, 0, 0, 1], ports + port as u16));
    let node = |index| Node {
        moniker: format!("node-{index}"),
        rpc: address(index),
        p2p: address(nodes + index),
        node_key: seed("peer", index),
        validator_key: signing_seed(index, key_type),
        state_sync: None,
    };
    Ok(Plan {
        cometbft: cometbft.into(),
        application: demo::program(),
        folder: folder.into(),
        idle: IDLE,
        snapshot_every: 0,
        rate: DEFAULT_RATE,
        nodes: (0..nodes).map(node).collect(),
    })
}

/// The demo's founders with validators whose keys have this type; later ones may have any of `allowed`.
#[must_use]
pub fn genesis(chain: &str, script: &Script, key_type: KeyType, allowed: &[KeyType]) -> Genesis {
    let keys: [ValidatorKey; VALIDATORS] =
        std::array::from_fn(|index| signing_seed(index, key_type).public());
    let validators = FOUNDERS.iter().zip(&keys);
    let validators = validators.map(|(founder, key)| GenesisValidator {
        name: founder.id.into(),
        key: key.clone(),
        power: founder.power as i64,
    });
    Genesis {
        chain_id: chain.into(),
        time: comet::timestamp(script.start()),
        params: ConsensusParams::with_keys(allowed),
        validators: validators.collect(),
        app_state: AppState::new([script.genesis(&keys, allowed)]),
    }
}

/// `chains.json` for the page and the command line: trust starts at this block, and these nodes are asked, the first of them first.
///
/// # Errors
/// Where the first validator does not have the block.
pub fn chains(chain: &str, plan: &Plan, nodes: &[usize], checkpoint: u64) -> Outcome<Value> {
    let named = |node: &usize| {
        let member = FOUNDERS[node % VALIDATORS].id;
        json!({ "url": format!("http://{}", plan.nodes[*node].rpc), "member": member })
    };
    let nodes: Vec<Value> = nodes.iter().map(named).collect();
    let hash = Client(plan.nodes[0].rpc).block_hash(checkpoint)?;
    Ok(json!({ "chains": [{
        "id": chain,
        "name": "测试链",
        "name_en": "Test chain",
        "dev": true,
        "checkpoint": { "height": checkpoint, "hash": hash },
        "nodes": nodes,
        "trusting_period_seconds": 1_209_600,
        "trust_level": "2/3",
    }]}))
}

/// The nodes of a written plan with the application that CometBFT carries within itself, a store of keys and values.
///
/// # Errors
/// Where one does not start.
pub fn kvstore(plan: &Plan) -> Outcome<Vec<Process>> {
    (0..plan.nodes.len())
        .map(|node| {
            let home = std::fs::canonicalize(plan.home(node).folder())?;
            let arguments = ["start", "--proxy_app", "kvstore", "--home"].map(Into::into);
            Ok(Process::start(Program {
                program: plan.cometbft.clone(),
                arguments: arguments.into_iter().chain([home.clone().into()]).collect(),
                folder: home,
                log: plan.logs().join(format!("node-{node}-kvstore.log")),
            })?)
        })
        .collect()
}
