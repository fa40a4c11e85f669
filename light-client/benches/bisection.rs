//! What it costs to come back to a chain after a million headers, for a hundred validators that change at different speeds.

#[path = "../tests/common/generate.rs"]
#[allow(dead_code, missing_docs)]
mod generate;
#[path = "../tests/common/signing.rs"]
#[allow(dead_code, missing_docs)]
mod signing;
#[allow(dead_code, missing_docs)]
mod simulated;

use light_client::client::{LightClient, Limits, MemoryStore, Settings, Spent};
use light_client::{Options, TrustLevel};
use simulated::{Chain, Device, Node, block_on};
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Headers between what is trusted and the tip.
const HEADERS: u64 = 1_000_000;
const VALIDATORS: u64 = 100;
/// One validator is replaced after so many headers.
const PACES: [u64; 5] = [100_000, 10_000, 3_000, 1_000, 300];
/// Between two headers: all are within a trusting period.
const INTERVAL: Duration = Duration::from_millis(1);

fn main() {
    println!(
        "\nback after {HEADERS} headers, {VALIDATORS} validators of equal power, two nodes compared, bytes as JSON\n"
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
    let chain = Chain::new(VALIDATORS, pace, INTERVAL, usize::MAX);
    chain.tip.set(HEADERS);
    // Once to make the blocks, once to measure.
    follow(&chain, level);
    let started = Instant::now();
    let spent = follow(&chain, level);
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

fn follow(chain: &Rc<Chain>, trust_level: TrustLevel) -> Spent {
    let limits = Limits {
        signatures: 1_000_000,
        headers: 100_000,
        bytes: 1 << 40,
        time: Duration::from_secs(3_600),
    };
    let options = Options {
        trust_level,
        ..Options::default()
    };
    let settings = Settings {
        limits,
        ..Settings::new(options)
    };
    let (nodes, device) = (Node::pair(chain), Device(chain.clone()));
    let mut client = LightClient::new(nodes, MemoryStore::default(), device, settings);
    block_on(client.trust(&chain.checkpoint())).expect("kept");
    block_on(client.newest()).expect("reached").trace.spent
}
