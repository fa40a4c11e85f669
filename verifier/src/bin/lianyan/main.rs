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
        Err(wrong) => usage(&format!("{wrong}; `lianyan help` shows every command")),
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
        .map(|(name, value)| format!("{:width$}  {}\n", shown(name), shown(value)))
        .collect()
}

/// A text as a terminal may show it. Nodes, files and codes bring texts of their own: none of them ends its line, moves the cursor or turns the direction of what is written.
fn shown(text: &str) -> String {
    let steers = |sign: char| {
        sign.is_control()
            || matches!(sign, '\u{61c}' | '\u{200e}' | '\u{200f}')
            || matches!(sign, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let sign = |sign| match steers(sign) {
        true => char::REPLACEMENT_CHARACTER,
        false => sign,
    };
    text.chars().map(sign).collect()
}

/// Says what could not be read, written or listened at.
pub fn unreadable(what: &str, why: &dyn std::fmt::Display) -> Exit {
    fail("unreadable", &format!("{what}: {why}"));
    Exit::Unreadable
}

/// Says what is wrong with the command line.
pub fn usage(why: &str) -> Exit {
    fail("usage", why);
    Exit::Usage
}

/// Says in one line why there is no answer: to people, and to a program as its answer.
fn fail(reason: &str, why: &str) {
    eprintln!("lianyan: {}", shown(why));
    let mut out = std::io::stdout();
    if !out.is_terminal() {
        let line = serde_json::json!({ "verified": false, "reason": reason, "why": why });
        let _ = writeln!(out, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_writes_a_row_of_its_own_or_over_another() {
        let verdict = || ("verdict".to_string(), "rejected".to_string());
        for lie in [
            "a\nverdict  verified",
            "a\r\u{1b}[1Averdict  verified",
            "a\u{9b}1A\u{7f}",
            "a\u{2028}\u{2029}\u{202e}deifirev\u{2066}\u{200f}",
        ] {
            for row in [(lie.to_string(), "b".into()), ("b".into(), lie.to_string())] {
                let table = table(&[verdict(), row]);
                assert_eq!(table.lines().count(), 2, "{table:?}");
                let kept = lie.chars().filter(|sign| table.contains(*sign));
                let kept: String = kept.filter(|sign| !sign.is_ascii_graphic()).collect();
                assert!(kept.trim_matches([' ', '\n']).is_empty(), "{table:?}");
            }
        }
        assert_eq!(shown("发票 ＃1, é"), "发票 ＃1, é");
    }
}
