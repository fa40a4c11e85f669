//! Test programs' output: shown as it comes, and counted.

use super::tally::Tally;
use crate::failure::{Doing, Result};
use crate::run;
use crate::undertaker::Ward;
use std::io::{BufRead, BufReader, IsTerminal, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Runs a test command; a failure without a failed test (a compile error, a crash) counts as one.
pub fn run(command: &mut Command) -> Result<Tally> {
    if std::io::stdout().is_terminal() {
        command.env("CARGO_TERM_COLOR", "always");
    }
    let command = command.stdin(Stdio::null());
    let mut child =
        Ward::spawn(command.stdout(Stdio::piped()).stderr(Stdio::piped())).doing("run cargo")?;
    let lines = Mutex::new(Vec::new());
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (shown, seen) = mpsc::channel();
    let shown_too = shown.clone();
    let started = Instant::now();
    std::thread::scope(|scope| {
        scope.spawn(|| stdout.map(|pipe| forward(pipe, &lines, shown)));
        scope.spawn(|| stderr.map(|pipe| forward(pipe, &lines, shown_too)));
        fill_silence(&seen, run::HEARTBEAT, || {
            println!("  … {}: at work", run::seconds(started.elapsed()));
        });
    });
    let status = child.wait().doing("wait for cargo")?;
    Ok(judge(
        &lines.into_inner().unwrap_or_else(PoisonError::into_inner),
        status.success(),
    ))
}

fn judge(lines: &[String], success: bool) -> Tally {
    // Skips come after the sums: a test that skipped itself is taken out of those passed.
    let (skips, sums): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.contains("SKIPPED:"));
    let mut tally = Tally::default();
    sums.into_iter()
        .chain(skips)
        .for_each(|line| tally.read(line));
    if !success && tally.failed == 0 {
        tally.failed = 1;
    }
    tally
}

/// Says that work goes on whenever no line was shown for so long, until there will be none: a lint of everything takes minutes and prints nothing.
fn fill_silence(shown: &Receiver<()>, every: Duration, mut say: impl FnMut()) {
    loop {
        match shown.recv_timeout(every) {
            Ok(()) => {}
            Err(RecvTimeoutError::Timeout) => say(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn forward(pipe: impl Read, lines: &Mutex<Vec<String>>, shown: Sender<()>) {
    for line in BufReader::new(pipe)
        .split(b'\n')
        .map_while(std::result::Result::ok)
    {
        let line = String::from_utf8_lossy(&line).into_owned();
        println!("{line}");
        let _ = shown.send(());
        if line.contains("test result:") || line.contains("SKIPPED:") {
            lines
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// It ends when there will be no more lines, or this test never does.
    #[test]
    fn a_long_silence_is_filled() {
        let (shown, seen) = mpsc::channel();
        let (said, heard) = mpsc::channel();
        let filling = std::thread::spawn(move || {
            fill_silence(&seen, Duration::from_millis(1), || {
                let _ = said.send(());
            });
        });
        for _ in 0..3 {
            shown.send(()).unwrap();
            heard.recv().unwrap();
        }
        drop(shown);
        filling.join().unwrap();
    }

    #[test]
    fn a_test_program_that_crashes_counts_as_failed() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'SKIPPED: one'; echo 'test result: ok. 3 passed; 0 failed; 0 ignored' >&2; exit 101"]);
        assert_eq!(
            super::run(&mut command).unwrap(),
            Tally {
                passed: 2,
                failed: 1,
                skipped: 1
            }
        );
    }
}
