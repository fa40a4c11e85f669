//! Clients that others wrote, before our node: CometBFT's own light client, CosmJS, and tendermint-rs.

mod cosmjs;
mod light;
mod tendermint_rs;

use lianyan_tests::{Outcome, demo::Demo, http::answer};
use serde_json::Value;

/// A result of a node, or of what stands before it.
fn result(server: &str, target: &str) -> Outcome<Value> {
    let mut answer = answer(server, target)?;
    match answer.get_mut("result") {
        Some(result) => Ok(result.take()),
        None => Err(format!("{target}: {answer}").into()),
    }
}

fn first_node(demo: &Demo) -> Outcome<String> {
    Ok(demo.nodes().into_iter().next().ok_or("no nodes")?)
}

/// Height of the newest block but one, which every node has.
fn settled(node: &str) -> Outcome<u64> {
    let status = result(node, "status")?;
    let height = status.pointer("/sync_info/latest_block_height");
    let height: u64 = height.and_then(Value::as_str).ok_or("no height")?.parse()?;
    Ok(height.saturating_sub(1))
}

/// The hash of a transaction in a block at or below `height`.
fn some_transaction(node: &str, height: u64) -> Outcome<String> {
    for height in (1..=height).rev() {
        let block = result(node, &format!("block?height={height}"))?;
        let txs = block.pointer("/block/data/txs").and_then(Value::as_array);
        if let Some(tx) = txs.and_then(|txs| txs.first()).and_then(Value::as_str) {
            let tx = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, tx)?;
            return Ok(hex(&node::merkle::sha256(&tx)));
        }
    }
    Err("no block holds a transaction".into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
