//! Four validators on real CometBFT, each with its application, and events to write.

use lianyan_tests::Outcome;
use lianyan_tests::place::Folder;
use lianyan_tests::process::free_ports;
use lianyan_tests::validators::{self, seed, signing_seed};
use node::application::code;
use node::consortium::now;
use node::demo::{Script, Size, Tempo};
use node::network::{Client, Network, Node, Plan, SigningSeed, StateSync};
use records::{Event, KeyType};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What should happen at once happens after at most this long on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
pub use lianyan_tests::validators::VALIDATORS as NODES;

const CHAIN: &str = "dev-comet-test";
/// Often, for the chain is young.
const SNAPSHOT_EVERY: u64 = 10;

/// Running validators; they end with this.
pub struct Consortium {
    pub network: Network,
    pub script: Script,
    pub chain: String,
    pub folder: Folder,
    pub plan: Plan,
    genesis: Value,
}

/// How a consortium begins.
pub struct Beginning<'a> {
    /// The type of the validators' first keys.
    pub key_type: KeyType,
    /// The types that later ones may have.
    pub allowed: &'a [KeyType],
    /// Full nodes without a vote, besides the validators.
    pub spare: usize,
}

/// The CometBFT program of a line, if `cargo xtask test comet` found one.
pub fn program(line: &str) -> Option<PathBuf> {
    let name = format!("LIANYAN_COMETBFT_{}", line.replace(['.', ' '], "_"));
    let program = std::env::var_os(&name).map(PathBuf::from);
    if program.is_none() {
        println!(
            "SKIPPED: {name} names no CometBFT {line}; `cargo xtask test comet` builds it where Go is installed"
        );
    }
    program
}

impl Consortium {
    /// Starts four validators with Ed25519 keys and waits until every node has blocks.
    pub fn start(cometbft: &Path) -> Outcome<Self> {
        Self::begin(
            cometbft,
            &Beginning {
                key_type: KeyType::Ed25519,
                allowed: &[KeyType::Ed25519],
                spare: 0,
            },
        )
    }

    /// Starts it and waits until every node has blocks.
    pub fn begin(cometbft: &Path, beginning: &Beginning<'_>) -> Outcome<Self> {
        Self::prepared(cometbft, beginning, |_| Ok(()))
    }

    /// The same, after a last hand to the plan and the folders that it has written.
    pub fn prepared(
        cometbft: &Path,
        beginning: &Beginning<'_>,
        prepare: impl FnOnce(&mut Plan) -> Outcome,
    ) -> Outcome<Self> {
        let nodes = NODES + beginning.spare;
        let folder = Folder::new("comet")?;
        let script = Script::new(CHAIN, now(), Size::Small, Tempo::Live);
        let key_type = beginning.key_type;
        let mut plan = validators::plan(cometbft, folder.path(), nodes, key_type)?;
        plan.snapshot_every = SNAPSHOT_EVERY;
        let genesis = validators::genesis(CHAIN, &script, key_type, beginning.allowed).to_json();
        plan.write(&genesis)?;
        prepare(&mut plan)?;
        let mut network = Network::start(plan.clone())?;
        network.wait_until_up()?;
        Ok(Self {
            network,
            script,
            chain: CHAIN.into(),
            folder,
            genesis,
            plan,
        })
    }

    pub fn client(&self, node: usize) -> Client {
        self.network.client(node)
    }

    /// Validators and full nodes.
    pub fn nodes(&self) -> usize {
        self.plan.nodes.len()
    }

    /// The key with which a node signs.
    pub fn key(&self, node: usize) -> SigningSeed {
        self.plan.nodes[node].validator_key
    }

    /// Where a node keeps that key.
    pub fn key_file(&self, node: usize) -> PathBuf {
        let folder = self.plan.home(node).folder().to_owned();
        folder.join("config/priv_validator_key.json")
    }

    /// A node goes on with another key. What it signed last stays as it is.
    pub fn rekey(&mut self, node: usize, key: SigningSeed) -> Outcome {
        self.plan.nodes[node].validator_key = key;
        self.plan.write(&self.genesis)?;
        Ok(self.network.engine(node).restart()?)
    }

    /// A full node without a vote joins, and begins as is said; its number.
    pub fn join(&mut self, state_sync: StateSync) -> Outcome<usize> {
        let at = self.plan.nodes.len();
        let ports = free_ports(2)?;
        self.plan.nodes.push(Node {
            moniker: format!("node-{at}"),
            rpc: SocketAddr::from(([127, 0, 0, 1], ports)),
            p2p: SocketAddr::from(([127, 0, 0, 1], ports + 1)),
            node_key: seed("peer", at),
            validator_key: signing_seed(at, KeyType::Ed25519),
            state_sync: Some(state_sync),
        });
        self.plan.write(&self.genesis)?;
        self.network.join(self.plan.clone())?;
        Ok(at)
    }

    /// The addresses that sign from a height on, with their powers.
    pub fn validators(&self, height: u64) -> Outcome<Vec<(String, u64)>> {
        let params = json!({ "height": height.to_string(), "per_page": "100" });
        let answer = self.client(0).call("validators", params)?;
        let list = answer["validators"].as_array().ok_or("no validators")?;
        let read = |validator: &Value| {
            let address = validator["address"].as_str()?.to_lowercase();
            Some((address, validator["voting_power"].as_str()?.parse().ok()?))
        };
        let read: Option<Vec<_>> = list.iter().map(read).collect();
        Ok(read.ok_or("validators without power")?)
    }

    /// The RPC of a node.
    pub fn rpc(&self, node: usize) -> SocketAddr {
        self.plan.nodes[node].rpc
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
        let height = self.newest()?;
        self.agreed_at(height + 2)
    }

    /// The newest height of all nodes that answer.
    pub fn newest(&self) -> Outcome<u64> {
        let newest = (0..self.nodes()).filter_map(|node| self.client(node).newest().ok());
        let height = newest.map(|(height, _)| height).max();
        Ok(height.ok_or("no node answers")?)
    }

    /// The one header that all nodes have at a height, once they are there.
    pub fn agreed_at(&mut self, height: u64) -> Outcome<Value> {
        let mut headers = Vec::new();
        for node in 0..self.nodes() {
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
    pub fn logs(&self) -> String {
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

    /// Waits until a line with all of these words is in a log.
    pub fn wait_for_log(&mut self, log: &str, words: &[&str]) -> Outcome {
        let file = self.plan.logs().join(log);
        self.wait(&format!("{words:?} in {log}"), || {
            let text = std::fs::read(&file).unwrap_or_default();
            let text = String::from_utf8_lossy(&text).into_owned();
            text.lines()
                .any(|line| words.iter().all(|word| line.contains(word)))
        })
    }

    /// `chains.json` for the command line, with the block at this height as checkpoint.
    pub fn chains(&self, height: u64) -> Outcome<PathBuf> {
        self.chains_of(&[0, 1, 2, 3], height)
    }

    /// The same with these nodes, the first of which is asked first.
    pub fn chains_of(&self, nodes: &[usize], height: u64) -> Outcome<PathBuf> {
        let document = validators::chains(&self.chain, &self.plan, nodes, height)?;
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
