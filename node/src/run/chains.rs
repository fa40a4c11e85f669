//! `chains.json`: what the page trusts to begin with.

use super::{home::Chain, options};
use crate::{
    chain::FullNode,
    demo::FOUNDERS,
    error::{Error, Result},
};
use serde_json::{Value, json};

/// How many nodes there are: one each of the members with the most power.
pub(super) const NODES: usize = 3;

/// The port of a node's RPC.
pub(super) fn port(options: &options::Demo, node: usize) -> u16 {
    options.rpc_port.saturating_add(node as u16)
}

/// The document, with a checkpoint as new as this start.
pub(super) fn document(options: &options::Demo, chain: &Chain, node: &FullNode) -> Result<String> {
    let height = node.height();
    let meta = node.snapshot()?.block_meta(height)?;
    let id = meta.and_then(|meta| meta.block_id);
    let id = id.ok_or(Error::Damaged("no block to trust"))?;
    let nodes: Vec<Value> = FOUNDERS
        .iter()
        .enumerate()
        .take(NODES)
        .map(|(node, member)| json!({ "url": format!(":{}", port(options, node)), "member": member.id }))
        .collect();
    let document = json!({ "chains": [{
        "id": chain.genesis.chain_id,
        "name": "链验演示联盟链",
        "name_en": "Lianyan demo consortium",
        "dev": true,
        "checkpoint": { "height": height, "hash": hex::encode(&id.hash) },
        "nodes": nodes,
        "trusting_period_seconds": 14 * 24 * 3600,
        "trust_level": "2/3",
        "clock_drift_seconds": 10,
        "fresh_seconds": 120,
    }]});
    Ok(document.to_string())
}
