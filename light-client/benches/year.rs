//! What a visitor who comes once a day pays in a year, for chains of one block a second.

#[path = "../tests/common/generate.rs"]
#[allow(dead_code, missing_docs)]
mod generate;
#[path = "../tests/common/signing.rs"]
#[allow(dead_code, missing_docs)]
mod signing;
#[allow(dead_code, missing_docs)]
mod simulated;

use light_client::client::{KeptStore, LightClient, Settings, Spent};
use light_client::{Options, SignatureCheck, TrustLevel};
use simulated::{Chain, Device, Memory, Node, block_on};
use std::rc::Rc;
use std::time::Duration;

const VISITS: u64 = 365;
const DAY: u64 = 24 * 3_600;
/// Blocks of the chain that are kept: as many as a visit asks for.
const ROOM: usize = 64;

/// What stands in a row: whose chain, its validators, and how often one of them is replaced.
struct Row {
    chain: &'static str,
    validators: u64,
    days: f64,
}

const ROWS: [Row; 4] = [
    Row {
        chain: "four members, each key once a year",
        validators: 4,
        days: 91.0,
    },
    Row {
        chain: "thirty members, each key once a year",
        validators: 30,
        days: 12.0,
    },
    Row {
        chain: "a hundred members, one change a day",
        validators: 100,
        days: 1.0,
    },
    Row {
        chain: "a hundred strangers, eight changes a day",
        validators: 100,
        days: 0.125,
    },
];

fn main() {
    println!(
        "\n{VISITS} visits, one a day, one block a second, trust level 2/3, every signature checked, two nodes compared, bytes as JSON\n\
         (without each node's status, 1 KB a visit)\n"
    );
    println!("| chain | fetches | signatures | a year | a visit | the dearest visit |");
    println!("|---|---:|---:|---:|---:|---:|");
    ROWS.iter().for_each(row);
}

fn row(row: &Row) {
    let pace = (row.days * DAY as f64) as u64;
    let chain = Chain::new(row.validators, pace, Duration::from_secs(1), ROOM);
    let shelf = Memory::default();
    let visits: Vec<Spent> = (0..=VISITS).map(|day| visit(&chain, &shelf, day)).collect();
    // The first begins at the checkpoint, on the day that the page was made.
    let visits = visits.get(1..).unwrap_or_default();
    let bytes = visits.iter().map(|spent| spent.bytes);
    let year: u64 = bytes.clone().sum();
    println!(
        "| {} | {} | {} | {:.1} MB | {:.1} KB | {:.1} KB |",
        row.chain,
        visits.iter().map(|spent| spent.headers).sum::<u32>(),
        visits.iter().map(|spent| spent.signatures).sum::<u32>(),
        year as f64 / 1e6,
        year as f64 / VISITS as f64 / 1e3,
        bytes.max().unwrap_or(0) as f64 / 1e3,
    );
}

/// A program that is started, goes on from what the shelf holds, and ends.
fn visit(chain: &Rc<Chain>, shelf: &Memory, day: u64) -> Spent {
    let checkpoint = chain.checkpoint();
    let (id, hash) = (&checkpoint.header().chain_id, checkpoint.verified().hash());
    let store = KeptStore::open(shelf.clone(), id, hash, SignatureCheck::All);
    let store = block_on(store);
    let settings = Settings::new(Options {
        trust_level: TrustLevel::TWO_THIRDS,
        signatures: SignatureCheck::All,
        ..Options::default()
    });
    chain.tip.set(1 + day * DAY);
    let mut client = LightClient::new(Node::pair(chain), store, Device(chain.clone()), settings);
    if day == 0 {
        block_on(client.trust(&checkpoint)).expect("kept");
    }
    block_on(client.newest()).expect("reached").trace.spent
}
