//! A node that is well, so that a test can make it ill.

use super::{
    homes::{Homes, Said, run},
    rpc::{Answers, Rpc},
};
use node::{comet, consortium::now};
use serde_json::{Value, json};

pub const SECOND: i64 = 1_000_000_000;
pub const HEIGHT: u64 = 900;
pub const CONFIG: &str = "config/config.toml";
/// As v0.40.0 says it.
const VERSION: &str = "0.39.0";

/// A founder's node that is well, and the means to make it ill.
pub struct Patient {
    pub homes: Homes,
    pub engine: Rpc,
}

impl Patient {
    #[track_caller]
    pub fn healthy() -> Self {
        let homes = Homes::founded();
        let engine = Rpc::start(Answers::default());
        homes.edit(
            "tax",
            CONFIG,
            "tcp://127.0.0.1:26657",
            &format!("tcp://{}", engine.address),
        );
        homes.edit(
            "tax",
            "data/priv_validator_state.json",
            r#""height": "0""#,
            &format!(r#""height": "{HEIGHT}""#),
        );
        let patient = Self { homes, engine };
        let answers = patient.answers("tax");
        patient.engine.change(|old| *old = answers);
        let said = patient.doctor(&[]).well();
        assert!(!said.contains("note"), "{said}");
        patient
    }

    pub fn doctor(&self, more: &[&str]) -> Said {
        let home = self.homes.home("tax");
        let words = ["doctor", "--home", home.to_str().expect("UTF-8")];
        run(words.iter().chain(more))
    }

    /// What the CometBFT of a founder answers where all is well.
    pub fn answers(&self, id: &str) -> Answers {
        let time = comet::rfc3339(&comet::timestamp(now()));
        let file = |file: &str| -> Value {
            serde_json::from_str(&self.homes.text(id, file)).expect("JSON")
        };
        let key = file("config/priv_validator_key.json");
        let config = self.homes.text(id, CONFIG);
        let peers = config
            .lines()
            .find_map(|line| line.strip_prefix("persistent_peers = \""));
        let peers = peers.expect("peers").split(',').map(
            |peer| json!({ "node_info": { "id": peer.split('@').next(), "version": VERSION } }),
        );
        let results = [
            (
                "status",
                json!({
                    "node_info": { "id": self.node_id(id), "network": "jiangbin", "version": VERSION },
                    "sync_info": { "latest_block_height": HEIGHT.to_string(), "latest_block_time": time, "catching_up": false },
                    "validator_info": { "address": key["address"], "voting_power": "31" },
                }),
            ),
            ("net_info", json!({ "peers": peers.collect::<Vec<_>>() })),
            ("genesis", json!({ "genesis": file("config/genesis.json") })),
            ("commit", self.commit(0)),
            (
                "abci_info",
                json!({ "response": { "last_block_height": HEIGHT.to_string(), "app_version": "1" } }),
            ),
            ("abci_query", json!({ "response": { "value": "" } })),
        ];
        Answers {
            results: results.into(),
            date: None,
        }
    }

    /// The newest commit, with the votes of all four; the patient's has this much later a time.
    pub fn commit(&self, later: i64) -> Value {
        let vote = |id: &str| {
            let key: Value =
                serde_json::from_str(&self.homes.text(id, "config/priv_validator_key.json"))
                    .expect("JSON");
            let time = now() + if id == "tax" { later } else { 0 };
            json!({ "block_id_flag": 2, "validator_address": key["address"], "timestamp": comet::rfc3339(&comet::timestamp(time)), "signature": "" })
        };
        let votes = ["tax", "hospital", "housing", "notary"].map(vote);
        json!({ "signed_header": {
            "header": { "version": { "block": "11", "app": "1" }, "time": comet::rfc3339(&comet::timestamp(now())) },
            "commit": { "height": HEIGHT.to_string(), "block_id": { "hash": "AB" }, "signatures": votes },
        }})
    }

    pub fn node_id(&self, id: &str) -> String {
        let home = self.homes.home(id);
        let shown = run(["keys", "show", "--home", home.to_str().expect("UTF-8")]).well();
        shown.split_whitespace().nth(1).expect("an id").to_owned()
    }

    /// Changes one place of an answer.
    pub fn answer(&self, method: &'static str, place: &str, value: Value) {
        self.engine.change(|answers| {
            let result = answers.results.get_mut(method).expect("a method");
            *result.pointer_mut(place).expect("a place") = value;
        });
    }

    pub fn engine_status(&self, place: &str) -> Value {
        let mut value = Value::Null;
        self.engine.change(|answers| {
            value = answers.results["status"]
                .pointer(place)
                .expect("a place")
                .clone();
        });
        value
    }

    pub fn config(&self, from: &str, to: &str) {
        self.homes.edit("tax", CONFIG, from, to);
    }

    /// Its key is with a remote signer from now on.
    pub fn signer(&self) {
        let awaited = "priv_validator_laddr = \"tcp://0.0.0.0:26659\"";
        self.config("priv_validator_laddr = \"\"", awaited);
    }

    /// Another founder's node that is well.
    pub fn other(&self) -> (Rpc, String) {
        let other = Rpc::start(self.answers("hospital"));
        let url = format!("http://{}", other.address);
        self.doctor(&["--ask", &url]).well();
        (other, url)
    }
}
