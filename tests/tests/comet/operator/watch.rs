//! Who looks on: a light client, and everybody who compares headers.

use super::{MEMBERS, Organisations};
use lianyan_tests::Outcome;
use node::network::Client;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// What wakes somebody.
const ALERTS: &str = include_str!("../../../../deploy/alerts.yml");

impl Organisations {
    /// `chains.json` as step 5 has it: trust begins at block 1.
    pub fn chains(&self) -> Outcome<PathBuf> {
        let genesis: Value = serde_json::from_slice(&self.genesis(0)?)?;
        let node = |member: usize| {
            let url = format!("http://{}", self.address(member, 0));
            json!({ "url": url, "member": MEMBERS[member].0 })
        };
        let document = json!({ "chains": [{
            "id": genesis["chain_id"],
            "name": "江滨联盟链",
            "name_en": "Jiangbin consortium",
            "checkpoint": { "height": 1, "hash": Client(self.address(0, 0)).block_hash(1)? },
            "nodes": [node(0), node(2)],
        }]});
        let file = self.folder.path().join("chains.json");
        fs::write(&file, document.to_string())?;
        Ok(file)
    }

    /// Step 6: CometBFT shows every figure that the alerts ask it for. Of blocks without a node's vote it does so once there was one.
    pub fn what_is_watched_is_shown(&mut self, member: usize) -> Outcome {
        let words = ALERTS.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let asked: BTreeSet<&str> = words.filter(|word| word.starts_with("cometbft_")).collect();
        let figures = format!("http://{}/metrics", self.address(member, 2));
        self.wait(&format!("{asked:?} at {figures}"), |_| {
            let shown = ureq::get(&figures).call()?.body_mut().read_to_string()?;
            let is_shown = |figure: &&str| shown.contains(&format!("\n{figure}{{"));
            Ok(asked.iter().all(is_shown))
        })
    }

    /// Every node has the same block, and with it the same app hash.
    pub fn agree_on_block(&mut self, height: u64) -> Outcome {
        let params = json!({ "height": height.to_string() });
        self.wait("the same block everywhere", |all| {
            let headers: Vec<Option<Value>> = (0..MEMBERS.len())
                .map(|member| {
                    let client = Client(all.address(member, 0));
                    client.call("header", params.clone()).ok()
                })
                .collect();
            Ok(headers
                .iter()
                .all(|header| header.is_some() && *header == headers[0]))
        })
    }
}
