//! What it costs to come back to a chain after a million headers, for a hundred validators that change at different speeds.

#[path = "../tests/common/generate.rs"]
#[allow(dead_code, missing_docs)]
mod generate;
#[path = "../tests/common/signing.rs"]
#[allow(dead_code, missing_docs)]
mod signing;
#[allow(dead_code, missing_docs)]
mod simulated;

use generate::Member;
use light_client::client::{LightClient, Limits, MemoryStore, Settings, Spent};
use light_client::{Options, TrustLevel};
use signing::Key;
use simulated::{Chain, Device, Node, block_on, in_rounds};
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
        "| keys | one validator replaced every | trust level | fetches | fewest possible | rounds | signatures | bytes | time | to the slowest pace |"
    );
    println!("|---|---:|---|---:|---:|---:|---:|---:|---:|---:|");
    let two_thirds = Level {
        level: TrustLevel::TWO_THIRDS,
        name: "2/3",
        kept: 67,
    };
    let one_third = Level {
        level: TrustLevel::ONE_THIRD,
        name: "1/3",
        kept: 34,
    };
    for level in [&one_third, &two_thirds] {
        let mut slowest = None;
        for pace in PACES {
            row(("Ed25519", Member::new), pace, level, &mut slowest);
        }
    }
    let ml_dsa = |number, power| Member {
        key: Key::ml_dsa_65(number),
        power,
    };
    row(("ML-DSA-65", ml_dsa), 1_000, &two_thirds, &mut None);
}

/// A trust level, and how many of the validators must still be there at the end of a step.
struct Level {
    level: TrustLevel,
    name: &'static str,
    kept: u64,
}

impl Level {
    /// Steps that nobody can do without, since none reaches further than until the rest was replaced.
    fn fewest(&self, pace: u64) -> u64 {
        HEADERS.div_ceil((VALIDATORS - self.kept) * pace)
    }
}

type Keys = (&'static str, fn(u64, u64) -> Member);

fn row((keys, member): Keys, pace: u64, level: &Level, slowest: &mut Option<f64>) {
    let chain = Chain::of(member, VALIDATORS, pace, INTERVAL, usize::MAX);
    chain.tip.set(HEADERS);
    // Once to make the blocks, once to measure.
    follow(&chain, level.level);
    let started = Instant::now();
    let (spent, rounds) = follow(&chain, level.level);
    let seconds = started.elapsed().as_secs_f64();
    let base = *slowest.get_or_insert(seconds);
    println!(
        "| {keys} | {pace} | {} | {} | {} | {rounds} | {} | {} KB | {:.0} ms | {:.2} |",
        level.name,
        spent.headers,
        level.fewest(pace),
        spent.signatures,
        spent.bytes / 1_000,
        seconds * 1e3,
        seconds / base
    );
}

/// What it cost, and how often nodes were waited for.
fn follow(chain: &Rc<Chain>, trust_level: TrustLevel) -> (Spent, u32) {
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
    let (followed, rounds) = in_rounds(client.newest());
    (followed.expect("reached").trace.spent, rounds)
}
