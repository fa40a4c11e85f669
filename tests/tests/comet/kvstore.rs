//! Chains that are none of ours: CometBFT's own store of keys and values, before our light client, its proxy and the page.

use super::light;
use super::page::Page;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lianyan_tests::Outcome;
use lianyan_tests::http::answer;
use lianyan_tests::place::{self, Folder};
use lianyan_tests::process::{self, free_port};
use lianyan_tests::validators::{self, VALIDATORS, signing_seed};
use node::consortium::now;
use node::demo::{Script, Size, Tempo};
use node::network::{Client, Plan, Process};
use records::KeyType;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const CHAIN: &str = "dev-kvstore-test";
/// The full node that becomes a validator.
const NEWCOMER: usize = VALIDATORS;
/// With this much, founders who lack the least of them have no two thirds.
const POWER: u32 = 40;
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(100);

/// What is proven of the first of the validators: by whose turn it is to propose nothing is committed.
const VALIDATOR: [&str; 4] = [
    "/total",
    "/validators/0/address",
    "/validators/0/pub_key",
    "/validators/0/voting_power",
];

/// Followed from before a transaction to after a change of validators.
pub fn followed_and_proven(cometbft: &Path) -> Outcome {
    let mut chain = Chain::start(cometbft)?;
    let (checkpoint, _) = chain.client(0).newest()?;
    let chains = chain.chains(checkpoint)?;
    let page = Page::before(&chains, |_| ())?;
    let proxy = Proxy::before(&chains)?;

    let height = chain.write(b"pears=many")?;
    let hash = hex::encode(node::comet::tx_hash(b"pears=many"));
    let node = chain.client(0);
    // Which votes beyond two thirds a node has heard differs from node to node.
    for (target, parts) in [
        (
            format!("tx?hash=0x{hash}"),
            &["/hash", "/height", "/tx", "/tx_result/code"][..],
        ),
        (format!("header?height={height}"), &["/header"]),
        (
            format!("commit?height={height}"),
            &["/signed_header/header", "/signed_header/commit/block_id"],
        ),
        (format!("validators?height={height}"), &VALIDATOR),
    ] {
        proxy.must_tell(node, &target, parts)?;
    }
    // It says what it stores, and proves nothing of it.
    proxy.must_refuse("abci_query?path=%22/store%22&data=0x7065617273&prove=true")?;
    proxy.must_refuse(&format!("tx?hash=0x{}", "0".repeat(64)))?;

    let changed = chain.admit(NEWCOMER)?;
    chain.nodes[VALIDATORS - 1].kill();
    chain.wait_for(changed + 6)?;
    proxy.must_tell(
        node,
        &format!("validators?height={}", changed + 4),
        &VALIDATOR,
    )?;
    let (reached, _) = light::verified(&light::once(&chains, |_| ())?)?;
    if reached < changed + 4 {
        return Err(
            format!("followed to {reached}, and the validators changed at {changed}").into(),
        );
    }
    page.map_or(Ok(()), |page| must_reach(&page, changed + 4))
}

/// Four validators and a full node; they end with this.
struct Chain {
    nodes: Vec<Process>,
    plan: Plan,
    folder: Folder,
}

impl Chain {
    fn start(cometbft: &Path) -> Outcome<Self> {
        let folder = Folder::new("kvstore")?;
        let keys = KeyType::Ed25519;
        let plan = validators::plan(cometbft, folder.path(), VALIDATORS + 1, keys)?;
        let script = Script::new(CHAIN, now(), Size::Small, Tempo::Live);
        plan.write(&validators::genesis(CHAIN, &script, keys, &[keys]).to_json())?;
        let nodes = validators::kvstore(&plan)?;
        let chain = Self {
            nodes,
            plan,
            folder,
        };
        chain.wait_for(2)?;
        Ok(chain)
    }

    fn client(&self, node: usize) -> Client {
        Client(self.plan.nodes[node].rpc)
    }

    /// Waits until all nodes but the last founder's, which may be down, have this block.
    fn wait_for(&self, height: u64) -> Outcome {
        let started = Instant::now();
        for node in [0, 1, 2, NEWCOMER] {
            while !matches!(self.client(node).newest(), Ok((newest, _)) if newest >= height) {
                if started.elapsed() > PATIENCE {
                    return Err(format!("node {node} does not reach {height}").into());
                }
                std::thread::sleep(PAUSE);
            }
        }
        Ok(())
    }

    /// Height of the block that a transaction is in.
    fn write(&self, transaction: &[u8]) -> Outcome<u64> {
        let written = self.client(0).write(transaction)?;
        match (written.code, written.height) {
            (0, Some(height)) => Ok(height),
            (code, _) => Err(format!("refused with {code}: {}", written.log).into()),
        }
    }

    /// Makes a node a validator in the store's own words.
    fn admit(&self, node: usize) -> Outcome<u64> {
        let key = signing_seed(node, KeyType::Ed25519).public();
        let key = BASE64.encode(key.bytes());
        self.write(format!("val=ed25519!{key}!{POWER}").as_bytes())
    }

    fn chains(&self, checkpoint: u64) -> Outcome<PathBuf> {
        let chains = validators::chains(CHAIN, &self.plan, &[0, 1, 2], checkpoint)?;
        let file = self.folder.path().join("chains.json");
        std::fs::write(&file, chains.to_string())?;
        Ok(file)
    }
}

/// `lianyan light --serve`.
struct Proxy {
    address: String,
    _process: process::Process,
    _folder: Folder,
}

impl Proxy {
    fn before(chains: &Path) -> Outcome<Self> {
        let folder = Folder::new("kvstore-proxy")?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let mut light = Command::new(place::program("lianyan"));
        light
            .args(["light", "--serve", &address, "--chain"])
            .arg(chains);
        let mut process = process::Process::start(&mut light, &folder.path().join("log"))?;
        let address = format!("http://{address}");
        process.wait(PATIENCE, |_| answer(&address, "health").ok())?;
        Ok(Self {
            address,
            _process: process,
            _folder: folder,
        })
    }

    /// It proves what the node says, in these parts of the answer.
    fn must_tell(&self, node: Client, target: &str, parts: &[&str]) -> Outcome {
        let proven = answer(&self.address, target)?;
        let said = answer(&format!("http://{}", node.0), target)?;
        for part in parts {
            let proven_part = proven["result"].pointer(part);
            if proven_part.is_none() || proven_part != said["result"].pointer(part) {
                return Err(format!("{target}: {part} of {proven} is not that of {said}").into());
            }
        }
        Ok(())
    }

    fn must_refuse(&self, target: &str) -> Outcome {
        let answer = answer(&self.address, target)?;
        match answer["error"].is_object() && answer.get("result").is_none() {
            true => Ok(()),
            false => Err(format!("{target} was answered: {answer}").into()),
        }
    }
}

/// The page follows by itself.
fn must_reach(page: &Page, height: u64) -> Outcome {
    let browser = page.visitor.browser();
    browser.until_within(PATIENCE, &format!("block {height}"), |_| {
        let shown = browser.text("[data-testid=height]")?;
        let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
        Ok((digits.parse::<u64>()? >= height).then_some(()))
    })
}
