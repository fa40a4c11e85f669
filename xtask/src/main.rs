//! The project's own commands: `cargo xtask start`, `cargo xtask test`, and what they stand on.

mod bench;
mod cache;
mod failure;
mod page;
mod run;
mod shots;
mod start;
mod test;
mod tools;
#[path = "../../tests/src/undertaker.rs"]
mod undertaker;
mod workspace;

use failure::Result;
use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <command>

  start [--fresh] [--small] [--port N]   build everything, run the demo consortium, serve the page
        [--engine cometbft[=0.38]]       the same on CometBFT: four validators and a full node as processes
        [--rpc-port N] [--p2p-port N]    first of the nodes' ports
  test [part…]                           run every check, or only the parts named (see `test --list`)
  bench [name…]                          print tables of ratios: sizes, step, page, ballots,
                                         light-client, comet, crates
  shots                                  every page as PNG, into target/shots
  page                                   build only the page, into target/site
  tools                                  get every tool into the per-user cache, and nothing else
";

fn main() -> ExitCode {
    if let Some(code) = test::as_rustc() {
        return code;
    }
    let words: Vec<String> = std::env::args().skip(1).collect();
    match command(&words) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("\nxtask: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn command(words: &[String]) -> Result<ExitCode> {
    let (name, rest) = match words.split_first() {
        Some((name, rest)) => (name.as_str(), rest),
        None => ("help", words),
    };
    match name {
        "start" => start::start(rest)?,
        "test" => return test::test(rest),
        "bench" => bench::bench(rest)?,
        "shots" => shots::shots()?,
        "page" => page::build().map(drop)?,
        "tools" => tools::all()?,
        "help" | "--help" | "-h" => print!("{USAGE}"),
        other => return Err(format!("there is no command `{other}`.\n\n{USAGE}").into()),
    }
    Ok(ExitCode::SUCCESS)
}
