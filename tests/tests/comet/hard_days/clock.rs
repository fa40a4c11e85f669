//! A clock is wrong.

use super::day::{Day, until};
use super::machines;
use super::outages::{off, on};
use lianyan_tests::Outcome;
use node::comet;
use node::network::Plan;
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What moves the clock of a program that asks the C library for the time.
const SOURCE: &str = "tests/comet/hard_days/clock.c";
/// How wrong it is, in seconds.
const WRONG: i64 = 120;
/// What CometBFT says of a block that is from the future by its own clock.
const STOPPED: &str = "is too far in the future";
const SECOND: i64 = 1_000_000_000;

/// Builds what moves the application's clock. CometBFT is a Go program, and built with such a clock.
pub fn shim(folder: &Path) -> Outcome<PathBuf> {
    let file = folder.join("clock.so");
    let output = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&file)
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(SOURCE))
        .output()?;
    match output.status.success() {
        true => Ok(file),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned().into()),
    }
}

/// Lets the chain have begun some minutes ago: a node whose clock is before its chain's beginning waits for that.
pub fn begun_before(plan: &Plan) -> Outcome {
    for node in 0..plan.nodes.len() {
        let file = plan.home(node).folder().join("config/genesis.json");
        let mut genesis: Value = serde_json::from_slice(&fs::read(&file)?)?;
        let begins = nanos(&genesis["genesis_time"])? - 2 * WRONG * SECOND;
        genesis["genesis_time"] = comet::rfc3339(&comet::timestamp(begins)).into();
        fs::write(&file, genesis.to_string())?;
    }
    Ok(())
}

/// Two minutes ahead, then two minutes behind, then right again. Block time is the median of what the validators' clocks say, weighted by their
/// power, and stays right; nobody's events are kept out, also not those handed in where the clock is ahead. Where it is behind, blocks are from the
/// future: CometBFT believes none, and stops before it could sign anything.
pub fn two_minutes_off(day: &mut Day, node: usize, shim: &Path) -> Outcome {
    let from = move_clock(day, node, WRONG, shim)?;
    day.goes_on(&[node])?;
    until("its votes have its clock's time", || {
        vote_delay(day, node, from).is_ok_and(|delay| delay > (WRONG - 20) * SECOND)
    })?;
    until("it proposes", || {
        proposed(day, node, from).is_ok_and(|blocks| !blocks.is_empty())
    })?;
    let blocks = proposed(day, node, from)?;
    // Block time seems to be old: the application keeps events for others to propose.
    if blocks.iter().any(|events| *events > 0) {
        return Err(format!("events in old blocks: {blocks:?}").into());
    }
    day.goes_on(&[0, 1, 2, 3])?;
    let others: Vec<usize> = (0..4).filter(|other| *other != node).collect();
    move_clock(day, node, -WRONG, shim)?;
    until("it says that it stops", || says(day, node, STOPPED))?;
    // It answers no more where it meets such a block already in its own log of messages: then its process ends as it starts.
    let before = day.height(node).ok();
    day.goes_on(&others)?;
    if day
        .height(node)
        .is_ok_and(|now| before.is_none_or(|before| now != before))
    {
        return Err("blocks from the future are believed".into());
    }
    off(day, node);
    machines::repair(&day.consortium, node)?;
    on(day, node)?;
    day.goes_on(&[node])
}

/// Starts a node again with a clock that is so many seconds ahead; the height from which on it has that.
fn move_clock(day: &mut Day, node: usize, seconds: i64, shim: &Path) -> Outcome<u64> {
    off(day, node);
    let shim = shim.display();
    let words = format!("export LIANYAN_CLOCK_AHEAD={seconds} LD_PRELOAD='{shim}'\n");
    machines::fault(&day.consortium, node, &words)?;
    let (height, _) = day.consortium.client((node + 1) % 4).newest()?;
    on(day, node)?;
    Ok(height + 2)
}

/// Whether a node's CometBFT has written this.
fn says(day: &Day, node: usize, words: &str) -> bool {
    let log = format!("node-{node}-cometbft.log");
    let log = fs::read(day.consortium.plan.logs().join(log)).unwrap_or_default();
    String::from_utf8_lossy(&log).contains(words)
}

/// How much later than its block a node's newest vote is, nanoseconds; of blocks from this height on.
fn vote_delay(day: &Day, node: usize, from: u64) -> Outcome<i64> {
    let client = day.consortium.client((node + 1) % 4);
    let answer = client.call("commit", json!({}))?;
    let signed = &answer["signed_header"];
    let height: u64 = signed["header"]["height"]
        .as_str()
        .ok_or("no height")?
        .parse()?;
    let own = address(day, node);
    let votes = signed["commit"]["signatures"]
        .as_array()
        .ok_or("no votes")?;
    let vote = votes.iter().find(|vote| vote["validator_address"] == own);
    let vote = vote.filter(|_| height >= from).ok_or("no vote")?;
    Ok(nanos(&vote["timestamp"])? - nanos(&signed["header"]["time"])?)
}

fn nanos(time: &Value) -> Outcome<i64> {
    let time = time.as_str().and_then(comet::from_rfc3339);
    Ok(comet::nanos(&time.ok_or("no time")?))
}

/// The address with which a node signs, as CometBFT writes it.
fn address(day: &Day, node: usize) -> String {
    let bytes = day.consortium.key(node).public().address();
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// How many events are in each block that a node has proposed from this height on.
fn proposed(day: &Day, node: usize, from: u64) -> Outcome<Vec<usize>> {
    let client = day.consortium.client((node + 1) % 4);
    let (newest, _) = client.newest()?;
    let own = address(day, node);
    let mut blocks = Vec::new();
    for height in from..=newest {
        let mut answer = client.call("block", json!({ "height": height.to_string() }))?;
        let block = answer["block"].take();
        if block["header"]["proposer_address"] == own {
            blocks.push(block["data"]["txs"].as_array().map_or(0, Vec::len));
        }
    }
    Ok(blocks)
}
