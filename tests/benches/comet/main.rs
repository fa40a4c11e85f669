//! Events a second on four CometBFT validators, beside CometBFT's own kvstore under the same load; called by `cargo xtask bench comet`.
//!
//! Both chains have the same program, configuration, genesis and load: as many transactions of the same sizes, signed beforehand, handed in at
//! every validator by the same clients. What differs is what is behind CometBFT: our application, a process of its own that makes every block
//! durable; or the kvstore that CometBFT carries within itself, in memory.

mod blocks;
mod chain;
mod load;
mod processor;

use chain::{Chain, Kind};
use lianyan_tests::Outcome;
use processor::Used;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Names the CometBFT program.
const COMETBFT: &str = "LIANYAN_COMETBFT";
/// Each kind runs so often, in turn: what changes on the machine meanwhile changes both.
const ROUNDS: usize = 5;
/// Transactions of one run.
const TRANSACTIONS: usize = 16_000;

fn main() -> ExitCode {
    let Some(program) = std::env::var_os(COMETBFT).map(PathBuf::from) else {
        println!("SKIPPED: {COMETBFT} names no CometBFT; `cargo xtask bench comet` builds it");
        return ExitCode::SUCCESS;
    };
    match print(&program) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

/// What a run gave.
struct Figures {
    /// Transactions committed a second.
    rate: f64,
    /// Handed in and taken, but in no block.
    dropped: usize,
    blocks: usize,
    /// Microseconds of processor time for each transaction.
    engines: f64,
    applications: f64,
    load: f64,
}

fn print(program: &Path) -> Outcome {
    println!("\n{TRANSACTIONS} transactions a run, four validators\n");
    println!(
        "| chain | run | committed a second | dropped | blocks | processor time each: CometBFT ×4 | applications ×4 | load |"
    );
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    let mut rates = [Vec::new(), Vec::new()];
    for run in 1..=ROUNDS {
        for (kind, rates) in Kind::BOTH.into_iter().zip(&mut rates) {
            let figures = measure(kind, program)?;
            println!(
                "| {} | {run} | {:.0} | {} | {} | {:.0} µs | {:.0} µs | {:.0} µs |",
                kind.name(),
                figures.rate,
                figures.dropped,
                figures.blocks,
                figures.engines,
                figures.applications,
                figures.load
            );
            rates.push(figures.rate);
        }
    }
    let [ours, kvstore] = rates.map(median);
    println!(
        "\nmedian: {ours:.0} to {kvstore:.0} a second, ratio {:.2}",
        ours / kvstore
    );
    Ok(())
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}

fn measure(kind: Kind, program: &Path) -> Outcome<Figures> {
    let mut chain = Chain::start(kind, program)?;
    let transactions = chain.transactions(TRANSACTIONS)?;
    let clients = chain.clients();
    let (before, _) = clients[0].newest()?;
    let used = Used::by(&mut chain)?;
    load::hand_in(&clients, &transactions)?;
    let committed = blocks::wait_for(&clients, before, transactions.len())?;
    let used = Used::by(&mut chain)?.since(&used);
    blocks::must_be_accepted(clients[0], &committed)?;
    let written: usize = committed.iter().map(|block| block.transactions).sum();
    let each = |seconds: f64| seconds * 1e6 / written as f64;
    Ok(Figures {
        rate: blocks::rate(&committed)?,
        dropped: transactions.len().saturating_sub(written),
        blocks: committed
            .iter()
            .filter(|block| block.transactions > 0)
            .count(),
        engines: each(used.engines),
        applications: each(used.applications),
        load: each(used.load),
    })
}
