//! Parts that run beside others, in a process of their own: its output is shown as it comes, each line marked.

use super::tally::Tally;
use crate::failure::{Doing, Result};
use crate::undertaker::Ward;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread::JoinHandle;
use std::time::Instant;

/// What stands before each line.
const MARK: &str = "│ ";

pub struct Beside {
    pub started: Instant,
    process: Ward,
    reader: JoinHandle<Option<Tally>>,
}

impl Beside {
    /// Begins this very command with these parts.
    pub fn begin(parts: &[&str]) -> Result<Self> {
        println!(
            "\n== beside what follows, marked {MARK}: {}",
            parts.join(", ")
        );
        let program = std::env::current_exe().doing("find this program")?;
        let mut command = Command::new(program);
        command.arg("test").args(parts);
        let mut process = Ward::spawn(command.stdin(Stdio::null()).stdout(Stdio::piped()))
            .doing("run parts beside others")?;
        let output = process.stdout.take();
        let reader = std::thread::spawn(move || {
            let lines = BufReader::new(output?).lines().map_while(|line| line.ok());
            lines
                .inspect(|line| println!("{MARK}{line}"))
                .filter_map(|line| line.parse().ok())
                .last()
        });
        Ok(Self {
            started: Instant::now(),
            process,
            reader,
        })
    }

    /// Waits for its closing line; one that ends without has failed.
    pub fn end(mut self) -> Tally {
        let closing = self.reader.join().ok().flatten();
        let success = self.process.wait().is_ok_and(|status| status.success());
        match closing {
            Some(tally) if success || tally.failed > 0 => tally,
            _ => Tally::failed(),
        }
    }
}
