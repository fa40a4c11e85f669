//! `lianyan light --once`: the light client, as who looks on runs it.

use lianyan_tests::{Outcome, place};
use node::merkle::Hash;
use serde_json::Value;
use std::path::Path;
use std::process::Command;

/// What it says; more may be told to it.
pub fn once(chains: &Path, more: impl FnOnce(&mut Command)) -> Outcome<Value> {
    let mut command = Command::new(place::program("lianyan"));
    command.args(["light", "--once", "--chain"]).arg(chains);
    more(&mut command);
    let output = command.output()?;
    serde_json::from_slice(&output.stdout)
        .map_err(|_| String::from_utf8_lossy(&output.stderr).into_owned().into())
}

/// The height and the hash of the block that it verified.
pub fn verified(said: &Value) -> Outcome<(u64, Hash)> {
    if said["verified"] != true {
        return Err(format!("nothing verified: {said}").into());
    }
    let height = said["height"].as_str().ok_or("no height")?.parse()?;
    let hash = hex::decode(said["hash"].as_str().ok_or("no hash")?)?;
    Ok((height, hash.try_into().map_err(|_| "no hash")?))
}

/// The height that it verifies, from where it was: it keeps what it trusts in this folder.
pub fn follow(chains: &Path, folder: &Path) -> Outcome<u64> {
    let store = folder.join("trusted");
    let said = once(chains, |command| {
        command.arg("--store").arg(store);
    })?;
    verified(&said).map(|(height, _)| height)
}
