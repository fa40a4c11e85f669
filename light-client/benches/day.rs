//! Memory of a program that follows a chain of one block a second for a day: what is live is as much at its end as after its first hour.

#[path = "../tests/common/generate.rs"]
#[allow(dead_code, missing_docs)]
mod generate;
#[path = "../tests/common/signing.rs"]
#[allow(dead_code, missing_docs)]
mod signing;
#[allow(dead_code, missing_docs)]
mod simulated;

use light_client::client::{KeptStore, LightClient, Settings};
use light_client::{Options, SignatureCheck, TrustLevel};
use peak_alloc::PeakAlloc;
use simulated::{Chain, Device, Memory, Node, block_on};
use std::time::Duration;

#[global_allocator]
static ALLOCATOR: PeakAlloc = PeakAlloc;

const VALIDATORS: u64 = 4;
const HOUR: u64 = 3_600;
/// Hours after which memory is looked at.
const LOOKS: [u64; 4] = [1, 6, 12, 24];

fn main() {
    println!(
        "\nafter each header of a day, {VALIDATORS} validators of whom one is replaced every six hours\n"
    );
    println!(
        "| hour | headers verified | states kept | bytes live | most since the look before | to the first hour |"
    );
    println!("|---:|---:|---:|---:|---:|---:|");
    let chain = Chain::new(VALIDATORS, 6 * HOUR, Duration::from_secs(1), 4);
    let checkpoint = chain.checkpoint();
    let shelf = Memory::default();
    let (id, hash) = (&checkpoint.header().chain_id, checkpoint.verified().hash());
    let store = KeptStore::open(shelf.clone(), id, hash, SignatureCheck::All);
    let settings = Settings::new(Options {
        trust_level: TrustLevel::TWO_THIRDS,
        signatures: SignatureCheck::All,
        ..Options::default()
    });
    let (nodes, device) = (Node::pair(&chain), Device(chain.clone()));
    let mut client = LightClient::new(nodes, block_on(store), device, settings);
    block_on(client.trust(&checkpoint)).expect("kept");
    let (mut steps, mut first) = (0, None);
    ALLOCATOR.reset_peak_usage();
    for second in 1..=24 * HOUR {
        chain.tip.set(1 + second);
        let followed = block_on(client.newest()).expect("reached");
        steps += followed.trace.steps.len();
        drop(followed);
        if second.is_multiple_of(HOUR) && LOOKS.contains(&(second / HOUR)) {
            let live = ALLOCATOR.current_usage();
            let base = *first.get_or_insert(live);
            println!(
                "| {} | {steps} | {} | {live} | {} | {:.3} |",
                second / HOUR,
                shelf.0.borrow().len(),
                ALLOCATOR.peak_usage(),
                live as f64 / base as f64
            );
            ALLOCATOR.reset_peak_usage();
        }
    }
}
