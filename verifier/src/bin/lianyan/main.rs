//! `lianyan`: the checks of the page, without any page.

mod arguments;
mod check;
mod checkpoint;
mod config;
mod evidence;
mod file;
mod http;
mod light;
mod pictures;
mod proof;
mod step;

use arguments::{Command, USAGE};
use std::{
    io::{IsTerminal, Write},
    process::ExitCode,
};

/// How a command ended; the numbers are the exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Verified.
    Verified = 0,
    /// Rejected.
    Rejected = 1,
    /// Not enough trust, or not established.
    NotEstablished = 2,
    /// The command line is wrong.
    Usage = 64,
    /// Input that cannot be read.
    Unreadable = 65,
}

/// One line of a command's answer: JSON for machines, a table for people.
pub struct Line {
    /// The whole answer.
    pub json: serde_json::Value,
    /// Its rows: what, and what of it.
    pub rows: Vec<(String, String)>,
}

fn main() -> ExitCode {
    let exit = match arguments::parse(lexopt::Parser::from_env()) {
        Ok(command) => run(command),
        Err(wrong) => {
            eprintln!("lianyan: {wrong}\n\n{USAGE}");
            Exit::Usage
        }
    };
    ExitCode::from(exit as u8)
}

fn run(command: Command) -> Exit {
    match command {
        Command::Help => {
            println!("{USAGE}");
            Exit::Verified
        }
        Command::Scan(files) => pictures::run(&files),
        Command::Check(check) => check::run(&check),
        Command::Proof(proof) => proof::run(&proof),
        Command::Light(light) => light::run(&light),
        Command::Checkpoint(checkpoint) => checkpoint::run(&checkpoint),
        Command::Evidence(evidence) => evidence::show(&evidence),
        Command::Step(step) => step::run(&step),
    }
}

/// Prints a line: on a terminal as a short table, else as JSON, one object a line. A reader that has seen enough ends nothing but its own reading.
pub fn print(line: &Line) {
    let mut out = std::io::stdout();
    let text = if out.is_terminal() {
        table(&line.rows)
    } else {
        line.json.to_string()
    };
    let _ = writeln!(out, "{text}");
}

fn table(rows: &[(String, String)]) -> String {
    let width = rows.iter().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or_default();
    rows.iter()
        .map(|(name, value)| format!("{name:width$}  {value}\n"))
        .collect()
}

/// Says what could not be read.
pub fn unreadable(what: &str, why: &dyn std::fmt::Display) -> Exit {
    eprintln!("lianyan: {what}: {why}");
    Exit::Unreadable
}
