//! Running other programs: quietly with progress, or line by line.

use crate::failure::{Doing, Result};
use crate::undertaker::Ward;
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How often a long step says that it is still at work where no terminal can be redrawn.
pub const HEARTBEAT: Duration = Duration::from_secs(20);
/// How much of a failed step's output is shown.
const SHOWN_LINES: usize = 30;

/// Says what happens next, and why.
pub fn say(line: impl std::fmt::Display) {
    println!("· {line}");
}

/// A command's standard output, trimmed; `None` where it cannot run or fails.
pub fn output(program: &str, words: &[&str]) -> Option<String> {
    let output = Command::new(program)
        .args(words)
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether a program is on PATH.
pub fn on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// Runs a long step: its output goes to `log`, the person sees what it is, how long it has run and its latest line.
pub fn step(what: &str, log: &Path, command: &mut Command) -> Result {
    if let Some(folder) = log.parent() {
        std::fs::create_dir_all(folder).doing(format_args!("create {}", folder.display()))?;
    }
    let file = File::create(log).doing(format_args!("write {}", log.display()))?;
    let errors = file
        .try_clone()
        .doing(format_args!("write {}", log.display()))?;
    say(what);
    let started = Instant::now();
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = Ward::spawn(command.stdin(Stdio::null()).stdout(file).stderr(errors))
        .doing(format_args!("run {program} ({what})"))?;
    let mut progress = Progress::new(started);
    let status = loop {
        if let Some(status) = child.try_wait().doing(format_args!("wait for {program}"))? {
            break status;
        }
        progress.show(log);
        std::thread::sleep(Duration::from_millis(200));
    };
    progress.clear();
    if status.success() {
        if started.elapsed() > Duration::from_secs(5) {
            println!("  done in {}", seconds(started.elapsed()));
        }
        return Ok(());
    }
    Err(explain(what, log))
}

/// Runs a command that says itself what it does.
pub fn shown(command: &mut Command) -> std::io::Result<ExitStatus> {
    Ward::spawn(command)?.wait()
}

/// A duration as a person writes it.
pub fn seconds(duration: Duration) -> String {
    match duration.as_secs() {
        0..=9 => format!("{:.1} s", duration.as_secs_f64()),
        whole @ 10..=99 => format!("{whole} s"),
        whole => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

fn explain(what: &str, log: &Path) -> crate::failure::Failure {
    let text = read(log);
    if text.contains("No space left on device") || text.contains("os error 28") {
        return format!("the disk is full: this step could not finish: {what}.").into();
    }
    let lines: Vec<&str> = text.lines().collect();
    for line in lines.iter().skip(lines.len().saturating_sub(SHOWN_LINES)) {
        eprintln!("  {line}");
    }
    format!(
        "this step failed: {what}. Its whole output is in {}.",
        log.display()
    )
    .into()
}

fn read(log: &Path) -> String {
    std::fs::read(log)
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        .unwrap_or_default()
}

struct Progress {
    started: Instant,
    shown: Instant,
    terminal: bool,
}

impl Progress {
    fn new(started: Instant) -> Self {
        Self {
            started,
            shown: started,
            terminal: std::io::stdout().is_terminal(),
        }
    }

    fn show(&mut self, log: &Path) {
        let every = if self.terminal {
            Duration::from_millis(400)
        } else {
            HEARTBEAT
        };
        if self.shown.elapsed() < every {
            return;
        }
        self.shown = Instant::now();
        let text = read(log);
        let latest: String = text
            .lines()
            .rev()
            .map(str::trim)
            .find(|line| !line.is_empty())
            .unwrap_or("")
            .chars()
            .take(70)
            .collect();
        let line = format!("  … {}: {latest}", seconds(self.started.elapsed()));
        if self.terminal {
            print!("\r\x1b[2K{line}");
            let _ = std::io::stdout().flush();
        } else {
            println!("{line}");
        }
    }

    fn clear(&self) {
        if self.terminal {
            print!("\r\x1b[2K");
            let _ = std::io::stdout().flush();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_fills_the_disk_is_explained_in_one_sentence() {
        let log = std::env::temp_dir().join(format!("xtask-disk-{}", std::process::id()));
        let mut command = Command::new("sh");
        command.args(["-c", "echo 'write: No space left on device' >&2; exit 1"]);
        let failure = step("Writing a lot", &log, &mut command)
            .unwrap_err()
            .to_string();
        assert_eq!(
            failure,
            "the disk is full: this step could not finish: Writing a lot."
        );
    }

    #[test]
    fn durations_read_well() {
        assert_eq!(seconds(Duration::from_millis(1540)), "1.5 s");
        assert_eq!(seconds(Duration::from_secs(61)), "61 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
