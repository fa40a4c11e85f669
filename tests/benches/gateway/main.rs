//! Verified reading through a gateway on one core, under a known load tool; called by `cargo xtask bench gateway`.
//!
//! What is played are the questions of real light clients: each visitor comes for the first time, verifies the newest header and an invoice of its own.
//! So no answer about a record serves twice, as in an evening on which everybody looks up something else; and then the same visits are played again
//! and again, as where everybody looks up the same.

mod cores;
#[path = "../../tests/comet/hard_days/device.rs"]
mod device;
mod served;
mod vegeta;
mod visits;

use cores::GATEWAY;
use lianyan_tests::Outcome;
use lianyan_tests::demo::{Amount, Demo};
use lianyan_tests::place::Folder;
use served::Served;
use std::path::PathBuf;
use std::process::ExitCode;
use vegeta::{Pace, Vegeta};
use visits::Visits;

/// Names the load tool.
const VEGETA: &str = "LIANYAN_VEGETA";
/// Visitors of an evening, and its seconds.
const VISITORS: f64 = 1e6;
const EVENING: f64 = 4.0 * 3600.0;
/// The worst minute has so many times the mean.
const WORST: f64 = 10.0;

fn main() -> ExitCode {
    let Some(program) = std::env::var_os(VEGETA).map(PathBuf::from) else {
        println!("SKIPPED: {VEGETA} names no load tool; `cargo xtask bench gateway` builds it");
        return ExitCode::SUCCESS;
    };
    if !cores::can_be_chosen() {
        println!("SKIPPED: `taskset` is not on this machine, or it has one core only");
        return ExitCode::SUCCESS;
    }
    match print(program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

fn print(program: PathBuf) -> Outcome {
    let demo = Demo::with(Amount::Full)?;
    let visits = Visits::record(&demo)?;
    let folder = Folder::new("load")?;
    let vegeta = Vegeta::new(program, folder.path());
    println!(
        "\n{} visitors, each with an invoice of its own: {:.1} requests, {:.1} calls and {:.1} KB of answers a visit; the gateway on core {GATEWAY}\n",
        visits.count,
        visits.requests_each(),
        visits.calls_each(),
        visits.bytes_each() / 1e3
    );
    println!(
        "| visits a second | requests a second | median | 99 % | without a node | processor each: gateway | node |"
    );
    println!("|---:|---:|---:|---:|---:|---:|---:|");
    let worst = VISITORS / EVENING * WORST;
    let own = play(&demo, &visits, &vegeta, Pace::Visits(VISITORS / EVENING))?;
    let same = play(&demo, &visits, &vegeta, Pace::Fastest)?;
    println!(
        "\n10⁶ visitors in four hours, in the worst minute ({:.0} visits a second), by the processor time of the first row: {:.2} cores of gateways, {:.2} of nodes, {:.1} MB/s; one core of a gateway gives what it has in memory to {:.0} visitors a second",
        worst,
        worst * own.gateway,
        worst * own.node,
        worst * visits.bytes_each() / 1e6,
        same.rate
    );
    Ok(())
}

/// Plays them before a gateway that was never asked anything.
fn play(demo: &Demo, visits: &Visits, vegeta: &Vegeta, pace: Pace) -> Outcome<Served> {
    let served = Served::by_a_new_gateway(demo, visits, vegeta, pace)?;
    println!(
        "| {:.0} | {:.0} | {:.2} ms | {:.2} ms | {:.1} % | {:.0} µs | {:.0} µs |",
        served.rate,
        served.rate * visits.requests_each(),
        served.median,
        served.p99,
        served.from_memory * 100.0,
        served.gateway * 1e6,
        served.node * 1e6
    );
    Ok(served)
}
