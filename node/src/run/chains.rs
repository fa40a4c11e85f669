//! `chains.json`: what the page trusts to begin with.

use crate::{
    chain::Genesis,
    demo::{FOUNDERS, member_key},
};
use serde_json::{Value, json};

/// A node that the page may ask.
pub(super) struct Asked {
    /// Its RPC's port, on the page's own host.
    pub port: u16,
    /// The member that runs it.
    pub member: &'static str,
}

/// The document, with a checkpoint, height and hash, as new as this start.
pub(super) fn document(genesis: &Genesis, (height, hash): (u64, &str), nodes: &[Asked]) -> String {
    let nodes: Vec<Value> = nodes
        .iter()
        .map(|node| json!({ "url": format!(":{}", node.port), "member": node.member }))
        .collect();
    let keys: Vec<Value> = FOUNDERS
        .iter()
        .map(|founder| {
            let key = member_key(founder.id).public().to_string();
            json!({ "member": founder.id, "key": key })
        })
        .collect();
    let document = json!({ "chains": [{
        "id": genesis.chain_id,
        "name": "链验演示联盟链",
        "name_en": "Lianyan demo consortium",
        "dev": true,
        "checkpoint": { "height": height, "hash": hash },
        "checkpoint_keys": keys,
        "nodes": nodes,
        "trusting_period_seconds": 14 * 24 * 3600,
        "trust_level": "2/3",
        "clock_drift_seconds": 10,
        "fresh_seconds": 120,
        "key_types": genesis.params.key_types,
    }]});
    document.to_string()
}
