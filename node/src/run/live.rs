//! Writing the demo data through CometBFT's RPC, as the events' times come: an event's time is its block's.

use crate::{
    application::code,
    demo::Script,
    error::{Error, Result},
    network::{Client, MAX_BATCH, Network},
};
use serde_json::{Value, json};
use std::{
    io::{IsTerminal, Write},
    thread,
    time::{Duration, Instant},
};

const PAUSE: Duration = Duration::from_millis(100);
/// No block for this long, or events that stay out of blocks for this long, end it.
const PATIENCE: Duration = Duration::from_secs(60);
/// Where no terminal can be redrawn, progress is said this often.
const HEARTBEAT: Duration = Duration::from_secs(20);

/// Writes everything. What one moment brings is in blocks before the next is sent, so that events which follow from others come after them.
pub(super) fn fill(script: &Script, network: &mut Network) -> Result<()> {
    let client = network.client(0);
    let first = client.newest()?.0;
    let mut progress = Progress::new(script);
    for block in script.blocks() {
        wait(network, || Ok(client.newest()?.1 >= block.time))?;
        send(client, &block.envelopes)?;
        wait(network, || {
            let waiting = client.call("num_unconfirmed_txs", json!({}))?;
            Ok(waiting["total"] == "0")
        })?;
        progress.written += block.envelopes.len();
        progress.show();
    }
    let refused = refused(client, first)?;
    progress.end(refused);
    Ok(())
}

/// Hands in events in order; one key's many, no faster than a node takes them.
fn send(client: Client, txs: &[Vec<u8>]) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    for tx in txs.chunks(MAX_BATCH) {
        while !taken(&client.broadcast(tx)?)? {
            if Instant::now() > deadline {
                return Err(Error::Setup("the node takes no more events".into()));
            }
            thread::sleep(PAUSE);
        }
    }
    Ok(())
}

/// Whether all were taken; false where their key has to wait.
fn taken(answers: &[Value]) -> Result<bool> {
    for answer in answers {
        let waits = answer["error"]["data"] == "tx already exists in cache";
        if answer["code"] == code::TOO_MANY {
            return Ok(false);
        }
        if answer["code"] != code::OK && answer["code"] != code::KNOWN && !waits {
            return Err(Error::Setup(format!(
                "an event of the demo was not taken: {answer}"
            )));
        }
    }
    Ok(true)
}

fn wait(network: &mut Network, ready: impl Fn() -> Result<bool>) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    while !ready()? {
        if Instant::now() > deadline {
            return Err(Error::Setup(
                "blocks no longer come; the logs tell why".into(),
            ));
        }
        network.tend()?;
        thread::sleep(PAUSE);
    }
    Ok(())
}

/// How many events a rule refused, in the blocks after this one.
fn refused(client: Client, first: u64) -> Result<usize> {
    let mut refused = 0;
    for height in first + 1..=client.newest()?.0 {
        let results = client.call("block_results", json!({ "height": height.to_string() }))?;
        let of_block = results["txs_results"]
            .as_array()
            .map_or(&[][..], Vec::as_slice);
        let bad = |result: &&Value| result["code"] != code::OK;
        refused += of_block.iter().filter(bad).count();
    }
    Ok(refused)
}

struct Progress {
    total: usize,
    written: usize,
    start: Instant,
    said: Instant,
    terminal: bool,
}

impl Progress {
    fn new(script: &Script) -> Self {
        let total = script.events();
        println!(
            "demo data: {total} events come at their own times, for some {} minutes; a chain that is stopped before starts over",
            script.length() / 60_000_000_000 + 1
        );
        Self {
            total,
            written: 0,
            start: Instant::now(),
            said: Instant::now(),
            terminal: std::io::stdout().is_terminal(),
        }
    }

    fn show(&mut self) {
        let Self { written, total, .. } = self;
        if self.terminal {
            print!("\rdemo data: {written} of {total} events");
            let _ = std::io::stdout().flush();
        } else if self.said.elapsed() > HEARTBEAT {
            println!("demo data: {written} of {total} events");
            self.said = Instant::now();
        }
    }

    fn end(&self, refused: usize) {
        let refused = match refused {
            0 => String::new(),
            refused => format!(", {refused} refused by a rule"),
        };
        let clear = if self.terminal { "\r" } else { "" };
        println!(
            "{clear}demo data: {} events{refused}, {:.0} s",
            self.written,
            self.start.elapsed().as_secs_f32()
        );
    }
}
