//! About the node and the chain.

use super::{Answer, height_or, missing};
use crate::{
    comet,
    rpc::{Rpc, RpcError, json::*, params::Params},
    store::Snapshot,
};
use serde_json::{Value, json};

/// CometBFT version whose RPC this is.
const RPC_VERSION: &str = "0.38.26";
/// CometBFT's peer-to-peer protocol that goes with it; the embedded consortium has no peers.
const P2P_PROTOCOL: &str = "8";

pub(super) fn health(_: &Rpc, _: &Params) -> Answer {
    Ok(json!({}))
}

pub(super) fn status(rpc: &Rpc, _: &Params) -> Answer {
    // First: the snapshot after it has that block.
    let height = rpc.node.height();
    let snapshot = rpc.snapshot();
    let state = rpc.node.state();
    let power = state
        .validators
        .iter()
        .find(|validator| validator.key == rpc.key);
    let behind = rpc
        .source
        .as_ref()
        .is_some_and(|source| source.height() > height + 1);
    let latest = block_facts(&snapshot, height)?;
    let earliest = block_facts(&snapshot, 1)?;
    Ok(json!({
        "node_info": {
            "protocol_version": {
                "p2p": P2P_PROTOCOL,
                "block": comet::BLOCK_PROTOCOL.to_string(),
                "app": state.params.app_version.to_string(),
            },
            "id": hex::encode(comet::address_of(&rpc.key)),
            // There are no peers to listen to; clients such as CosmJS refuse an empty address, so it is the one of the RPC.
            "listen_addr": format!("tcp://{}", rpc.address),
            "network": state.chain_id,
            "version": RPC_VERSION,
            "channels": "",
            "moniker": rpc.moniker,
            "other": { "tx_index": "on", "rpc_address": format!("tcp://{}", rpc.address) },
        },
        "sync_info": {
            "latest_block_hash": latest.hash,
            "latest_app_hash": latest.app_hash,
            "latest_block_height": height.to_string(),
            "latest_block_time": latest.time,
            "earliest_block_hash": earliest.hash,
            "earliest_app_hash": earliest.app_hash,
            "earliest_block_height": "1",
            "earliest_block_time": earliest.time,
            "catching_up": behind,
        },
        "validator_info": {
            "address": hex_of(&comet::address_of(&rpc.key)),
            "pub_key": pub_key(&rpc.key),
            "voting_power": power.map_or(0, |validator| validator.power).to_string(),
        },
    }))
}

/// A block as `status` shows it.
struct Facts {
    hash: String,
    app_hash: String,
    time: String,
}

fn block_facts(snapshot: &Snapshot, height: u64) -> Result<Facts, RpcError> {
    let meta = snapshot.block_meta(height)?.unwrap_or_default();
    let header = meta.header.unwrap_or_default();
    Ok(Facts {
        hash: hex_of(&meta.block_id.unwrap_or_default().hash),
        app_hash: hex_of(&header.app_hash),
        time: comet::rfc3339(&header.time.unwrap_or_else(comet::zero_timestamp)),
    })
}

pub(super) fn genesis(rpc: &Rpc, _: &Params) -> Answer {
    Ok(json!({ "genesis": rpc.node.genesis.to_json() }))
}

pub(super) fn net_info(_: &Rpc, _: &Params) -> Answer {
    Ok(json!({ "listening": true, "listeners": [], "n_peers": "0", "peers": [] }))
}

pub(super) fn consensus_params(rpc: &Rpc, params: &Params) -> Answer {
    let latest = rpc.node.height() + 1;
    let height = height_or(params, latest)?;
    let mut shown = rpc.node.state().params;
    if height < latest {
        let meta = rpc
            .snapshot()
            .block_meta(height)?
            .ok_or_else(|| missing(height))?;
        let version = meta.header.and_then(|header| header.version);
        shown.app_version = version.map_or(0, |version| version.app);
    }
    let shown: Value = shown.to_json();
    Ok(json!({ "block_height": height.to_string(), "consensus_params": shown }))
}
