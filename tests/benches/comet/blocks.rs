//! What was committed, and when, as the blocks themselves say.

use lianyan_tests::Outcome;
use node::application::code;
use node::comet;
use node::network::Client;
use serde_json::{Value, json};
use std::thread;
use std::time::{Duration, Instant};

/// Everything that was handed in is in blocks by then.
const PATIENCE: Duration = Duration::from_secs(120);
const PAUSE: Duration = Duration::from_millis(250);
/// Headers that CometBFT gives at once.
const PAGE: u64 = 20;

/// A block, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    pub height: u64,
    /// Unix nanoseconds: when the block before it was decided.
    pub time: i64,
    pub transactions: usize,
}

/// The blocks after a height, once one block follows those that carry so many transactions, or no node has any left for them: near its limit
/// a mempool says of some that they are taken, and drops them.
pub fn wait_for(clients: &[Client], after: u64, transactions: usize) -> Outcome<Vec<Block>> {
    let client = clients[0];
    let deadline = Instant::now() + PATIENCE;
    let mut blocks: Vec<Block> = Vec::new();
    loop {
        let none_waits = clients.iter().all(|client| waiting(*client) == Some(0));
        let (newest, _) = client.newest()?;
        let mut next = blocks.last().map_or(after, |block| block.height) + 1;
        while next <= newest {
            let last = newest.min(next + PAGE - 1);
            blocks.extend(page(client, next, last)?);
            next = last + 1;
        }
        let found: usize = blocks.iter().map(|block| block.transactions).sum();
        let is_followed = blocks.last().is_some_and(|last| last.transactions == 0);
        if is_followed && (found >= transactions || none_waits) {
            return Ok(blocks);
        }
        if Instant::now() > deadline {
            return Err(format!("{found} of {transactions} are in blocks").into());
        }
        thread::sleep(PAUSE);
    }
}

/// How many wait for a block at a node, where it says so.
pub fn waiting(client: Client) -> Option<u64> {
    let answer = client.call("num_unconfirmed_txs", json!({})).ok()?;
    answer["total"].as_str()?.parse().ok()
}

fn page(client: Client, first: u64, last: u64) -> Outcome<Vec<Block>> {
    let params = json!({ "minHeight": first.to_string(), "maxHeight": last.to_string() });
    let answer = client.call("blockchain", params)?;
    let metas = answer["block_metas"].as_array().ok_or("no headers")?;
    let blocks: Option<Vec<Block>> = metas.iter().rev().map(read).collect();
    let blocks = blocks.ok_or("headers that cannot be read")?;
    let heights = blocks.iter().map(|block| block.height);
    if heights.eq(first..=last) {
        Ok(blocks)
    } else {
        Err(format!("other headers than those of {first} to {last}").into())
    }
}

fn read(meta: &Value) -> Option<Block> {
    let header = &meta["header"];
    Some(Block {
        height: header["height"].as_str()?.parse().ok()?,
        time: comet::nanos(&comet::from_rfc3339(header["time"].as_str()?)?),
        transactions: meta["num_txs"].as_str()?.parse().ok()?,
    })
}

/// Transactions a second from the end of the first block that carries any to the end of the last: a block was decided at the time of the next
/// one. What the first carries is not counted, for the load began somewhere within its making.
pub fn rate(blocks: &[Block]) -> Outcome<f64> {
    let carries = |block: &Block| block.transactions > 0;
    let first = blocks.iter().position(carries);
    let last = blocks.iter().rposition(carries);
    let (Some(first), Some(last)) = (first, last) else {
        return Err("no block carries anything".into());
    };
    let (Some(from), Some(to)) = (blocks.get(first + 1), blocks.get(last + 1)) else {
        return Err("no block follows the last".into());
    };
    let counted = &blocks[first + 1..=last];
    let transactions: usize = counted.iter().map(|block| block.transactions).sum();
    let seconds = (to.time - from.time) as f64 / 1e9;
    if transactions == 0 {
        return Err("one block carries everything: the load is too small".into());
    }
    Ok(transactions as f64 / seconds)
}

/// Nothing was refused: what is counted was written.
pub fn must_be_accepted(client: Client, blocks: &[Block]) -> Outcome {
    for block in blocks.iter().filter(|block| block.transactions > 0) {
        let params = json!({ "height": block.height.to_string() });
        let answer = client.call("block_results", params)?;
        let results = answer["txs_results"].as_array().ok_or("no results")?;
        let refused = results.iter().find(|result| result["code"] != code::OK);
        if let Some(refused) = refused {
            return Err(format!("refused at {}: {refused}", block.height).into());
        }
        if results.len() != block.transactions {
            return Err(format!("{} results at {}", results.len(), block.height).into());
        }
    }
    Ok(())
}
