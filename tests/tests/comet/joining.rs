//! A fifth node joins in the midst of the chain's life: by a snapshot, from a header that our own light client found.

use super::{Consortium, events};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lianyan_tests::{Outcome, place};
use node::merkle::Hash;
use node::network::StateSync;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// It has no block from before its snapshot, and the same state as the others from then on; its proofs are good.
pub fn a_fifth_node_begins_with_a_snapshot(consortium: &mut Consortium) -> Outcome {
    let (checkpoint, _) = consortium.client(0).newest()?;
    let chains = consortium.chains(checkpoint)?;
    let (height, hash) = trusted(&chains)?;
    let joined = consortium.join(StateSync {
        servers: [0, 2].map(|node| consortium.rpc(node).to_string()).into(),
        height,
        hash,
    })?;
    consortium.wait_for(joined, height + 1)?;
    let earliest = earliest(consortium, joined)?;
    if earliest < 10 {
        return Err(format!("it replayed the chain from block {earliest} on").into());
    }
    same_state(consortium, joined)?;
    proofs_are_good(consortium, joined)?;
    let event = consortium.events(&["quota"]).pop().ok_or("no event")?;
    let taken = consortium.client(joined).broadcast(&[event])?;
    assert!(taken[0]["code"] != 0, "it knows what is in blocks already");
    killed_it_comes_back(consortium, joined)
}

/// What `lianyan light --once` verified: a height, and the hash of its block.
fn trusted(chains: &Path) -> Outcome<(u64, Hash)> {
    let output = Command::new(place::program("lianyan"))
        .args(["light", "--once", "--chain"])
        .arg(chains)
        .output()?;
    let said: Value = serde_json::from_slice(&output.stdout)?;
    if said["verified"] != true {
        return Err(format!("no trusted header: {said}").into());
    }
    let height = said["height"].as_str().ok_or("no height")?.parse()?;
    let hash = hex::decode(said["hash"].as_str().ok_or("no hash")?)?;
    Ok((height, hash.try_into().map_err(|_| "no hash")?))
}

fn earliest(consortium: &Consortium, node: usize) -> Outcome<u64> {
    let status = consortium.client(node).call("status", json!({}))?;
    let earliest = status["sync_info"]["earliest_block_height"].as_str();
    Ok(earliest.ok_or("no earliest block")?.parse()?)
}

/// What its application has is what the header that all agree on says.
fn same_state(consortium: &mut Consortium, node: usize) -> Outcome {
    let info = consortium.client(node).call("abci_info", json!({}))?["response"].take();
    let height: u64 = info["last_block_height"]
        .as_str()
        .ok_or("no height")?
        .parse()?;
    let header = consortium.agreed_at(height + 1)?;
    let own = info["last_block_app_hash"].as_str().ok_or("no app hash")?;
    let own = BASE64.decode(own)?;
    let hex: String = own.iter().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(header["app_hash"], hex);
    Ok(())
}

/// It is asked first, for the record and its whole log; another says whether the header is the chain's.
fn proofs_are_good(consortium: &Consortium, node: usize) -> Outcome {
    let first = earliest(consortium, node)?;
    let chains = consortium.chains_of(&[node, 1], first)?;
    let (verdict, status) = events::check(&consortium.code("genuine")?, &chains)?;
    assert_eq!(
        (verdict["outcome"].as_str(), status),
        (Some("verified"), 0),
        "{verdict:#}"
    );
    Ok(())
}

fn killed_it_comes_back(consortium: &mut Consortium, node: usize) -> Outcome {
    let before = earliest(consortium, node)?;
    consortium.network.engine(node).kill();
    consortium.network.application(node).kill();
    consortium.network.application(node).restart()?;
    consortium.network.engine(node).restart()?;
    consortium.agreed()?;
    assert_eq!(
        earliest(consortium, node)?,
        before,
        "it does not begin again"
    );
    Ok(())
}
