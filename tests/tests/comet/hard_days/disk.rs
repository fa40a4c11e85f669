//! A disk is full.

use super::super::Consortium;
use super::day::{Day, until};
use super::machines;
use super::outages::on;
use lianyan_tests::Outcome;
use std::fs;
use std::process::Command;

/// What the application says then.
const SENTENCE: &str = "no room is left for the database";
/// Bytes that a file may have then: less than an application's database has, and than CometBFT's log of messages.
const APPLICATION_LIMIT: u64 = 256 * 1024;
const ENGINE_LIMIT: u64 = 4 * 1024;

/// An application may write no more: it says so and ends, and its node with it, also when it is started again. The others go on. When there is
/// room it goes on where it was.
pub fn application_without_room(day: &mut Day, node: usize) -> Outcome {
    let others = others(node);
    limit(
        day.consortium.network.application(node).id(),
        APPLICATION_LIMIT,
    )?;
    ends(day, node)?;
    said(&day.consortium, node, 1)?;
    day.goes_on(&others)?;
    // The shell counts in blocks of 512 bytes.
    let words = format!(
        "[ $program = application ] && ulimit -f {}\n",
        APPLICATION_LIMIT / 512
    );
    machines::fault(&day.consortium, node, &words)?;
    on(day, node)?;
    ends(day, node)?;
    said(&day.consortium, node, 2)?;
    day.goes_on(&others)?;
    machines::repair(&day.consortium, node)?;
    on(day, node)?;
    day.goes_on(&[node])
}

/// CometBFT may write no more, not even into its log: it ends, or stands still while its process stays, and the others go on. Started again where there is room
/// it goes on where it was.
pub fn engine_without_room(day: &mut Day, node: usize) -> Outcome {
    let others = others(node);
    limit(day.consortium.network.engine(node).id(), ENGINE_LIMIT)?;
    day.goes_on(&others)?;
    let stood = day.height(node).ok();
    day.goes_on(&others)?;
    let stands = day.height(node).ok();
    if stands != stood {
        return Err(format!("without room from {stood:?} to {stands:?}").into());
    }
    on(day, node)?;
    day.goes_on(&[node])
}

fn others(node: usize) -> Vec<usize> {
    (0..4).filter(|other| *other != node).collect()
}

/// From now on a process's files may have so many bytes.
fn limit(process: u32, bytes: u64) -> Outcome {
    let limited = Command::new("prlimit")
        .args(["--pid", &process.to_string(), &format!("--fsize={bytes}")])
        .status()?;
    match limited.success() {
        true => Ok(()),
        false => Err("a process cannot be limited".into()),
    }
}

/// Waits until both programs of a node have ended.
fn ends(day: &mut Day, node: usize) -> Outcome {
    let network = &mut day.consortium.network;
    until(&format!("node {node} ends"), || {
        network.application(node).has_ended() && network.engine(node).has_ended()
    })
}

/// Whether the application has said so many times why it ended.
fn said(consortium: &Consortium, node: usize, times: usize) -> Outcome {
    let log = consortium
        .plan
        .logs()
        .join(format!("node-{node}-application.log"));
    let log = fs::read_to_string(log)?;
    match log.matches(SENTENCE).count() {
        count if count == times => Ok(()),
        count => Err(format!("said {count} times, not {times}: {log}").into()),
    }
}
