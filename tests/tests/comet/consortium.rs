//! Four validators on real CometBFT, each with its application, and events to write.

use lianyan_tests::Outcome;
use lianyan_tests::demo;
use lianyan_tests::place::Folder;
use lianyan_tests::process::free_ports;
use node::application::{AppState, code};
use node::chain::{Genesis, GenesisValidator};
use node::comet::{self, ConsensusParams};
use node::consortium::now;
use node::demo::{FOUNDERS, Script, Size, Tempo};
use node::network::{Client, Network, Node, Plan, SigningSeed};
use records::{Event, KeyType, ValidatorKey};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Validators.
pub const NODES: usize = 4;
/// What should happen at once happens after at most this long on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const CHAIN: &str = "dev-comet-test";

/// Running validators; they end with this.
pub struct Consortium {
    pub network: Network,
    pub script: Script,
    pub chain: String,
    plan: Plan,
    folder: Folder,
}

fn seed(what: &str, index: usize) -> [u8; 32] {
    node::merkle::sha256(format!("{what}/{index}").as_bytes())
}

fn validator_key(index: usize) -> SigningSeed {
    SigningSeed::ed25519(seed("validator", index))
}

/// The CometBFT program of a line, if `cargo xtask test comet` found one.
pub fn program(line: &str) -> Option<PathBuf> {
    let name = format!("LIANYAN_COMETBFT_{}", line.replace('.', "_"));
    let program = std::env::var_os(&name).map(PathBuf::from);
    if program.is_none() {
        println!(
            "SKIPPED: {name} names no CometBFT {line}; `cargo xtask test comet` builds it where Go is installed"
        );
    }
    program
}

impl Consortium {
    /// Starts it and waits until every node has blocks.
    pub fn start(cometbft: &Path) -> Outcome<Self> {
        let folder = Folder::new("comet")?;
        let script = Script::new(CHAIN, now(), Size::Small, Tempo::Live);
        let ports = free_ports(2 * NODES as u16)?;
        let address = |port: usize| SocketAddr::from(([127, 0, 0, 1], ports + port as u16));
        let plan = Plan {
            cometbft: cometbft.into(),
            application: demo::program(),
            folder: folder.path().into(),
            nodes: (0..NODES)
                .map(|node| Node {
                    moniker: FOUNDERS[node].id.into(),
                    rpc: address(node),
                    p2p: address(NODES + node),
                    node_key: seed("peer", node),
                    validator_key: validator_key(node),
                })
                .collect(),
        };
        plan.write(&genesis(&script).to_json())?;
        let mut network = Network::start(plan.clone())?;
        network.wait_until_up()?;
        Ok(Self {
            network,
            script,
            chain: CHAIN.into(),
            plan,
            folder,
        })
    }

    pub fn client(&self, node: usize) -> Client {
        self.network.client(node)
    }

    /// Every process ends as in a power cut, and starts again.
    pub fn power_cut(&mut self) -> Outcome {
        for node in 0..NODES {
            self.network.engine(node).kill();
            self.network.application(node).kill();
        }
        for node in 0..NODES {
            self.network.application(node).restart()?;
            self.network.engine(node).restart()?;
        }
        Ok(())
    }

    /// Waits until a node has this block.
    pub fn wait_for(&mut self, node: usize, height: u64) -> Outcome {
        let client = self.client(node);
        let reached = || client.newest().is_ok_and(|(newest, _)| newest >= height);
        let what = format!("node {node} at height {height}");
        self.wait(&what, reached)
    }

    /// Waits, and starts again what has ended meanwhile.
    pub fn wait(&mut self, what: &str, ready: impl Fn() -> bool) -> Outcome {
        let start = Instant::now();
        while !ready() {
            if start.elapsed() > PATIENCE {
                return Err(format!("{what}: not after {PATIENCE:?}; {}", self.logs()).into());
            }
            self.network.tend()?;
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    /// The header that all nodes have, a little above where any of them is now.
    pub fn agreed(&mut self) -> Outcome<Value> {
        let newest = (0..NODES).filter_map(|node| self.client(node).newest().ok());
        let height = newest.map(|(height, _)| height).max();
        self.agreed_at(height.ok_or("no node answers")? + 2)
    }

    /// The one header that all nodes have at a height, once they are there.
    pub fn agreed_at(&mut self, height: u64) -> Outcome<Value> {
        let mut headers = Vec::new();
        for node in 0..NODES {
            self.wait_for(node, height)?;
            let params = json!({ "height": height.to_string() });
            headers.push(self.client(node).call("header", params)?["header"].take());
        }
        if headers.windows(2).any(|pair| pair[0] != pair[1]) {
            return Err(format!("the nodes differ: {headers:?}").into());
        }
        Ok(headers.swap_remove(0))
    }

    /// The ends of the processes' logs.
    fn logs(&self) -> String {
        let mut text = String::new();
        for entry in std::fs::read_dir(self.plan.logs())
            .into_iter()
            .flatten()
            .flatten()
        {
            let log = std::fs::read(entry.path()).unwrap_or_default();
            let end = &log[log.len().saturating_sub(1_500)..];
            text += &format!(
                "\n--- {:?}\n{}",
                entry.file_name(),
                String::from_utf8_lossy(end)
            );
        }
        text
    }

    /// `chains.json` for the command line, with the block at this height as checkpoint.
    pub fn chains(&self, height: u64) -> Outcome<PathBuf> {
        let nodes: Vec<Value> = (0..NODES)
            .map(|node| json!({ "url": format!("http://{}", self.plan.nodes[node].rpc), "member": FOUNDERS[node].id }))
            .collect();
        let document = json!({ "chains": [{
            "id": self.chain,
            "name": "测试链",
            "name_en": "Test chain",
            "dev": true,
            "checkpoint": { "height": height, "hash": self.client(0).block_hash(height)? },
            "nodes": nodes,
            "trusting_period_seconds": 1_209_600,
            "trust_level": "2/3",
        }]});
        let file = self.folder.path().join("chains.json");
        std::fs::write(&file, document.to_string())?;
        Ok(file)
    }

    /// A code that the demo's page offers, by its name.
    pub fn code(&self, name: &str) -> Outcome<String> {
        let folder = self.folder.path().join("try");
        if !folder.exists() {
            self.script.write_try(&folder, "http://127.0.0.1/")?;
        }
        let demo: Value = serde_json::from_slice(&std::fs::read(folder.join("demo.json"))?)?;
        let codes = demo["invoices"].as_array().ok_or("no invoices")?;
        let code = codes.iter().find(|code| code["name"] == name);
        let text = code.and_then(|code| code["text"].as_str());
        Ok(text.ok_or("no such code")?.to_owned())
    }

    /// The demo's events about records of these kinds, in order.
    pub fn events(&self, kinds: &[&str]) -> Vec<Vec<u8>> {
        let wanted = |envelope: &Vec<u8>| {
            let event = Event::open(envelope).expect("the demo's events open");
            kinds.contains(&event.payload().subject.kind())
        };
        let blocks = self.script.blocks();
        blocks
            .flat_map(|block| block.envelopes)
            .filter(wanted)
            .collect()
    }

    /// Hands in events in order and waits until none waits for a block any more.
    pub fn write(&mut self, node: usize, events: &[Vec<u8>]) -> Outcome {
        let client = self.client(node);
        for event in events {
            let event = std::slice::from_ref(event);
            let mut answer = client.broadcast(event)?.swap_remove(0);
            while answer["code"] == code::TOO_MANY {
                std::thread::sleep(Duration::from_millis(100));
                answer = client.broadcast(event)?.swap_remove(0);
            }
            if answer["code"] != code::OK {
                return Err(format!("an event is not taken: {answer}").into());
            }
        }
        self.wait("events in blocks", || {
            client
                .call("num_unconfirmed_txs", json!({}))
                .is_ok_and(|waiting| waiting["total"] == "0")
        })
    }
}

fn genesis(script: &Script) -> Genesis {
    let keys: [ValidatorKey; NODES] = std::array::from_fn(|index| validator_key(index).public());
    let validators = FOUNDERS
        .iter()
        .zip(&keys)
        .map(|(founder, key)| GenesisValidator {
            name: founder.id.into(),
            key: key.clone(),
            power: founder.power as i64,
        });
    Genesis {
        chain_id: CHAIN.into(),
        time: comet::timestamp(script.start()),
        params: ConsensusParams::default(),
        validators: validators.collect(),
        app_state: AppState::new([script.genesis(&keys, &[KeyType::Ed25519])]),
    }
}
