//! The program `lianyan-node`: its commands, its folder, its servers.

mod abci;
mod chains;
mod demo;
mod desk;
mod fill;
mod founding;
mod gateway;
mod govern;
mod home;
mod live;
mod network;
mod operate;
mod options;
mod servers;
mod site;
mod words;

pub use operate::outside;

use crate::error::Result;
use options::Command;
use std::process::ExitCode;

/// Runs the program with the words of its command line.
pub fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match options::parse(&words) {
        Ok(Command::Help) => {
            println!("{}\n{}", options::HELP, operate::HELP);
            ExitCode::SUCCESS
        }
        Ok(Command::Demo(options)) => ended(demo::run(&options)),
        Ok(Command::Network(options)) => ended(network::run(&options)),
        Ok(Command::Abci(options)) => ended(abci::run(&options)),
        Ok(Command::Gateway(options)) => ended(gateway::run(&options)),
        Ok(Command::Govern(options)) => ended(govern::run(&options)),
        Ok(Command::Operate(options)) => match operate::run(&options) {
            Ok(code) => code,
            Err(error) => complain(&error, 1),
        },
        Err(why) => complain(&why, 64),
    }
}

fn ended(outcome: Result<()>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error, 1),
    }
}

fn complain(why: &dyn std::fmt::Display, code: u8) -> ExitCode {
    // A mistake in what others sent is told in their words.
    let why = why.to_string();
    let lines: Vec<String> = why.lines().map(words::shown).collect();
    eprintln!("lianyan-node: {}", lines.join("\n"));
    ExitCode::from(code)
}
