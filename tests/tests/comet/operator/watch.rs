//! Who looks on: a light client, and everybody who compares headers.

use super::{MEMBERS, Organisations};
use lianyan_tests::Outcome;
use node::network::Client;
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;

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
