//! A day: a consortium under load with a light client that looks on, and the reckoning in the evening.

use super::super::{Consortium, page::Page};
use super::device::{Device, block_on};
use super::load::{Load, Written};
use super::watch::{self, FRESH_SECONDS, Sights, Watch};
use lianyan_tests::Outcome;
use node::network::Client;
use records::RecordName;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use verifier::verdict::Outcome as Verdict;
use verifier::{Verifier, chains::Chain};

/// What should happen soon happens after at most this long on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(150);
/// What was on its way is there when nothing new came for this long.
const ARRIVAL: Duration = Duration::from_secs(3);
/// A chain that stands still is looked at for this long: blocks would come every three seconds.
const STILL: Duration = Duration::from_secs(8);
/// Events that a day has at least.
const LEAST: usize = 5;
/// Names whose proofs are asked for at once.
const AT_ONCE: usize = 50;

/// A day.
pub struct Day {
    pub consortium: Consortium,
    pub load: Load,
    pub watch: Watch,
    /// A browser that looks on as well, where one is wanted.
    page: Option<Page>,
    began: u64,
}

impl Day {
    /// It begins.
    pub fn begin(mut consortium: Consortium) -> Outcome<Self> {
        let (began, _) = consortium.client(0).newest()?;
        let load = Load::start(&mut consortium)?;
        let watch = Watch::start(&consortium, began, load.book.clone())?;
        let page = Page::before(&consortium.chains(began)?, |chain| {
            chain["fresh_seconds"] = FRESH_SECONDS.into();
        })?;
        let day = Self {
            consortium,
            load,
            watch,
            page,
            began,
        };
        day.verifies()?;
        day.page_verifies()?;
        Ok(day)
    }

    /// Something happens; where it does not go as it should, the processes' logs are shown.
    pub fn play(&mut self, happens: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        happens(self).map_err(|error| format!("{error}; {}", self.consortium.logs()).into())
    }

    /// In the evening every node has the same blocks and everything that was answered as committed, and the light client was right all day.
    pub fn end(mut self, name: &str) -> Outcome<Consortium> {
        self.verifies()?;
        self.page_verifies()?;
        let written = self.load.stop()?;
        if written.len() < LEAST {
            return Err(format!("only {} events were committed", written.len()).into());
        }
        let (sights, mut light_client) = self.watch.stop()?;
        let last = self.consortium.agreed()?;
        let last: u64 = last["height"].as_str().ok_or("no height")?.parse()?;
        let hashes = same_blocks(&self.consortium, self.began, last)?;
        same_headers(&sights, &hashes)?;
        let chain = watch::chain(&self.consortium, self.began)?;
        for node in 0..self.consortium.nodes() {
            in_blocks(self.consortium.client(node), &written)?;
            proven(&chain, &self.consortium, node, &written)?;
        }
        for written in written.iter().step_by(written.len().div_ceil(10)) {
            let verdict = watch::ask(&mut light_client, &written.name);
            if verdict.outcome != Verdict::Verified {
                return Err(format!("not verified in the evening: {verdict:?}").into());
            }
        }
        println!(
            "{name}: {} events in blocks {}..{last} on {} nodes; verdicts: {} verified, {} absent, not established {:?}",
            written.len(),
            self.began,
            self.consortium.nodes(),
            sights.verified,
            sights.absent,
            sights.open
        );
        Ok(self.consortium)
    }

    /// Waits until the light client verifies something.
    fn verifies(&self) -> Outcome {
        let before = self.watch.sights().verified;
        until("the light client verifies", || {
            self.watch.sights().verified > before
        })
    }

    /// The height that a node has.
    pub fn height(&self, node: usize) -> Outcome<u64> {
        Ok(self.consortium.client(node).newest()?.0)
    }

    /// These nodes go on: two more blocks, and with them an event that is answered as committed.
    pub fn goes_on(&self, nodes: &[usize]) -> Outcome {
        let written = self.load.book.written().len();
        for node in nodes {
            let client = self.consortium.client(*node);
            let newest = || client.newest().ok().map(|(height, _)| height);
            let mut first = None;
            until(&format!("node {node} goes on"), || {
                let now = newest();
                first = first.or(now);
                now.zip(first).is_some_and(|(now, first)| now >= first + 2)
            })?;
        }
        until("an event is written", || {
            self.load.book.written().len() > written
        })?;
        self.page_verifies()
    }

    /// The page verifies the newest invoice, for which it has not been asked before.
    fn page_verifies(&self) -> Outcome {
        let Some(page) = &self.page else {
            return Ok(());
        };
        let newest = self.load.book.written().last().map(|one| one.name.clone());
        let name = newest.ok_or("no invoice yet")?;
        page.visitor
            .go(&format!("#/r/{}/{}", name.kind(), name.id()))?;
        page.visitor.must_show("verdict", "outcome", "verified")
    }

    /// None of these nodes gets a block, and the light client says so once the newest is old.
    pub fn stands_still(&self, nodes: &[usize]) -> Outcome {
        let heights = |day: &Self| -> Outcome<Vec<u64>> {
            nodes.iter().map(|node| day.height(*node)).collect()
        };
        // What was being decided when it began may still arrive, on a busy machine late.
        let mut before = heights(self)?;
        until("the last block arrives", || {
            std::thread::sleep(ARRIVAL);
            let Ok(now) = heights(self) else { return false };
            let arrived = now == before;
            before = now;
            arrived
        })?;
        let seen = self.watch.sights().stale();
        std::thread::sleep(STILL);
        let noticed = |now: [u64; 2]| now[0] > seen[0] && now[1] > seen[1];
        until("an old chain is noticed", || {
            noticed(self.watch.sights().stale())
        })
        .map_err(|error| format!("{error}; {:?}", self.watch.sights().open))?;
        // What it had verified is on the screen all the time.
        if let Some(page) = &self.page {
            page.visitor
                .must_show("verdict", "headline", "life-cycle-stale")?;
        }
        let after = heights(self)?;
        match before == after {
            true => Ok(()),
            false => Err(format!("blocks without two thirds: {before:?}, {after:?}").into()),
        }
    }
}

/// Waits for something; nothing that has ended is started again meanwhile.
pub fn until(what: &str, mut ready: impl FnMut() -> bool) -> Outcome {
    let start = Instant::now();
    while !ready() {
        if start.elapsed() > PATIENCE {
            return Err(format!("{what}: not after {PATIENCE:?}").into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// Every node has the same header at every height; their hashes.
fn same_blocks(consortium: &Consortium, from: u64, to: u64) -> Outcome<BTreeMap<u64, String>> {
    let mut hashes = BTreeMap::new();
    for height in from..=to {
        let params = json!({ "height": height.to_string() });
        let headers: Outcome<Vec<Value>> = (0..consortium.nodes())
            .map(|node| Ok(consortium.client(node).call("header", params.clone())?))
            .collect();
        let headers = headers?;
        if headers.windows(2).any(|pair| pair[0] != pair[1]) {
            return Err(format!("the nodes differ at {height}: {headers:?}").into());
        }
        if height < to {
            hashes.insert(height, consortium.client(0).block_hash(height)?);
        }
    }
    Ok(hashes)
}

/// What the light client believed is what the chain became.
fn same_headers(sights: &Sights, hashes: &BTreeMap<u64, String>) -> Outcome {
    for (height, hash) in &sights.headers {
        match hashes.get(height) {
            Some(of_chain) if of_chain != hash => {
                return Err(format!("believed {hash} at {height}, where {of_chain} is").into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// A node has every event in its block. Not by `tx`: CometBFT's index of a block may be lost in a crash, the block never.
fn in_blocks(client: Client, written: &[Written]) -> Outcome {
    let mut by_height: BTreeMap<u64, Vec<&Value>> = BTreeMap::new();
    for written in written {
        by_height
            .entry(written.height)
            .or_default()
            .push(&written.tx);
    }
    for (height, expected) in by_height {
        let params = json!({ "height": height.to_string() });
        let block = client.call("block", params)?;
        let txs = block["block"]["data"]["txs"].as_array();
        let txs = txs.ok_or("no transactions")?;
        if expected.iter().any(|tx| !txs.contains(tx)) {
            return Err(format!("an event of block {height} is lost at {}", client.0).into());
        }
    }
    Ok(())
}

/// A node proves the record of every event, under a header that a light client verified.
fn proven(chain: &Chain, consortium: &Consortium, node: usize, written: &[Written]) -> Outcome {
    let mut alone = chain.clone();
    let address = format!("http://{}", consortium.client(node).0);
    for known in &mut alone.nodes {
        known.url.clone_from(&address);
    }
    alone.nodes.truncate(1);
    let mut verifier = Verifier::new(alone);
    let names: Vec<RecordName> = written.iter().map(|written| written.name.clone()).collect();
    for names in names.chunks(AT_ONCE) {
        let look = block_on(verifier.look(&Device, names));
        for name in names {
            if look.sizes.get(name) != Some(&1) {
                return Err(format!("node {node} does not prove {name}: {look:?}").into());
            }
        }
    }
    Ok(())
}
