//! `lianyan evidence`: a proven fork, as a store keeps it.

use crate::{Exit, Line, print, unreadable};
use light_client::{
    LightBlock,
    client::Attack,
    json::{self as wire, write},
};
use serde_json::{Value, json};
use std::path::Path;

/// Runs the command.
pub fn show(file: &Path) -> Exit {
    let name = file.display().to_string();
    let attack = std::fs::read(file)
        .map_err(|error| error.to_string())
        .and_then(|bytes| Attack::from_bytes(&bytes).map_err(|error| error.to_string()));
    let attack = match attack {
        Ok(attack) => attack,
        Err(error) => return unreadable(&name, &error),
    };
    let both = attack.signed_both().len();
    let side = |block: &LightBlock, from: &str| {
        let header = &block.signed_header.header;
        format!("{} ({from})", hex::encode(header.hash()))
    };
    let rows = vec![
        ("kind".to_string(), attack.kind.code().to_string()),
        ("height".into(), attack.ours.height().to_string()),
        ("common height".into(), attack.common_height.to_string()),
        ("one".into(), side(&attack.ours, &attack.ours_from)),
        ("other".into(), side(&attack.theirs, &attack.theirs_from)),
        ("signed both".into(), format!("{both} validators")),
        ("reported to".into(), attack.reported_to.join(", ")),
    ];
    print(&Line {
        json: json(&attack),
        rows,
    });
    Exit::Verified
}

/// All of it, with the evidence as `broadcast_evidence` takes it.
pub fn json(attack: &Attack) -> Value {
    let side = |block: &LightBlock, from: &str| {
        let header = &block.signed_header.header;
        json!({ "from": from, "height": header.height.to_string(), "time": header.time.to_string(), "hash": hex::encode(header.hash()) })
    };
    let evidence = attack.evidence.iter().map(|evidence| {
        let text = write::attack_evidence(evidence);
        // What was written here can be read here.
        wire::parse(text.as_bytes()).unwrap_or_default()
    });
    let both = attack.signed_both().into_iter().map(hex::encode);
    json!({
        "kind": attack.kind.code(), "common_height": attack.common_height.to_string(), "common_hash": hex::encode(attack.common_hash),
        "one": side(&attack.ours, &attack.ours_from), "other": side(&attack.theirs, &attack.theirs_from),
        "signed_both": both.collect::<Vec<String>>(), "evidence": evidence.collect::<Vec<Value>>(), "reported_to": attack.reported_to,
    })
}
