//! What it costs to come back to a chain after a million headers, for a hundred validators that change at different speeds.

#[path = "../tests/common/generate.rs"]
#[allow(dead_code, missing_docs)]
mod generate;
#[path = "../tests/common/signing.rs"]
#[allow(dead_code, missing_docs)]
mod signing;

use generate::{Member, Recipe, at, members};
use light_client::client::{
    AttackEvidence, Environment, Fault, Latest, LightClient, Limits, MemoryStore, Provider,
    Received, Settings,
};
use light_client::{Header, LightBlock, Options, Time, TrustLevel, TrustedState};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

/// Headers between what is trusted and the tip.
const HEADERS: u64 = 1_000_000;
const VALIDATORS: u64 = 100;
/// One validator is replaced after so many headers.
const PACES: [u64; 5] = [100_000, 10_000, 3_000, 1_000, 300];

/// Makes blocks when they are asked for, and keeps them: signing is not what is measured.
struct Node {
    name: &'static str,
    pace: u64,
    made: Rc<RefCell<BTreeMap<u64, LightBlock>>>,
}

impl Node {
    fn members(&self, height: u64) -> Vec<Member> {
        members(height / self.pace, VALIDATORS, 10)
    }

    fn block(&self, height: u64) -> LightBlock {
        let mut made = self.made.borrow_mut();
        let block = made.entry(height).or_insert_with(|| {
            let recipe = Recipe {
                time: at(i128::from(height) * 1_000_000),
                next: self.members(height + 1),
                ..Recipe::new(height, &self.members(height))
            };
            let mut block = recipe.block();
            block.next_validators = None;
            block
        });
        block.clone()
    }
}

impl Provider for Node {
    fn name(&self) -> &str {
        self.name
    }

    fn member(&self) -> &str {
        self.name
    }

    async fn latest(&self) -> Result<Latest, Fault> {
        let header = self.block(HEADERS).signed_header.header;
        Ok(Latest {
            chain_id: header.chain_id,
            height: header.height,
            time: header.time,
        })
    }

    async fn light_block(&self, height: u64) -> Result<Received<LightBlock>, Fault> {
        let value = self.block(height);
        let bytes = value.to_bytes().len() as u64;
        Ok(Received { value, bytes })
    }

    async fn header(&self, height: u64) -> Result<Received<Header>, Fault> {
        let value = self.block(height).signed_header.header;
        let bytes = value.to_bytes().len() as u64;
        Ok(Received { value, bytes })
    }

    async fn report(&self, _: &AttackEvidence) -> Result<(), Fault> {
        Ok(())
    }
}

struct Device;

impl Environment for Device {
    fn now(&self) -> Time {
        at(i128::from(HEADERS) * 1_000_000 + 60_000_000_000)
    }

    async fn pause(&self, _: Duration) {}

    fn random(&self) -> u64 {
        0
    }
}

fn main() {
    println!(
        "\nback after {HEADERS} headers, {VALIDATORS} validators of equal power, two nodes compared\n"
    );
    println!(
        "| one validator replaced every | trust level | fetches | signatures | bytes | time | to the slowest pace |"
    );
    println!("|---:|---|---:|---:|---:|---:|---:|");
    for (level, name) in [
        (TrustLevel::ONE_THIRD, "1/3"),
        (TrustLevel::TWO_THIRDS, "2/3"),
    ] {
        let mut slowest = None;
        for pace in PACES {
            row(pace, level, name, &mut slowest);
        }
    }
}

fn row(pace: u64, level: TrustLevel, name: &str, slowest: &mut Option<f64>) {
    let made: Rc<RefCell<BTreeMap<u64, LightBlock>>> = Rc::default();
    // Once to make the blocks, once to measure.
    follow(pace, level, &made);
    let started = Instant::now();
    let spent = follow(pace, level, &made);
    let seconds = started.elapsed().as_secs_f64();
    let base = *slowest.get_or_insert(seconds);
    println!(
        "| {pace} | {name} | {} | {} | {} KB | {:.0} ms | {:.2} |",
        spent.headers,
        spent.signatures,
        spent.bytes / 1_000,
        seconds * 1e3,
        seconds / base
    );
}

fn follow(
    pace: u64,
    level: TrustLevel,
    made: &Rc<RefCell<BTreeMap<u64, LightBlock>>>,
) -> light_client::client::Spent {
    let node = |name| Node {
        name,
        pace,
        made: made.clone(),
    };
    let first = node("first").block(1);
    let trusted = TrustedState::from_checkpoint(&first, &first.signed_header.header.hash());
    let settings = Settings {
        limits: Limits {
            signatures: 1_000_000,
            headers: 100_000,
            bytes: 1 << 40,
            time: Duration::from_secs(3_600),
        },
        ..Settings::new(Options {
            trust_level: level,
            ..Options::default()
        })
    };
    let nodes = vec![node("first"), node("second")];
    let mut client = LightClient::new(nodes, MemoryStore::default(), Device, settings);
    block_on(client.trust(&trusted.expect("its own hash"))).expect("kept");
    block_on(client.newest()).expect("reached").trace.spent
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
