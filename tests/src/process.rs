//! A child process that ends with the test, and its log.

use crate::Outcome;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// A running program whose output goes to a file.
#[derive(Debug)]
pub struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts it.
    ///
    /// # Errors
    /// Where the program or its log cannot be opened.
    pub fn start(command: &mut Command, log: &Path) -> Outcome<Self> {
        let file = File::create(log)?;
        let errors = file.try_clone()?;
        let child = command
            .stdin(Stdio::null())
            .stdout(file)
            .stderr(errors)
            .spawn()
            .map_err(|error| format!("{}: {error}", command.get_program().to_string_lossy()))?;
        Ok(Self {
            child,
            log: log.to_owned(),
        })
    }

    /// Waits until `ready` finds what it looks for in the output so far.
    ///
    /// # Errors
    /// Where the program ends before, or takes longer than `patience`.
    pub fn wait<T>(&mut self, patience: Duration, ready: impl Fn(&str) -> Option<T>) -> Outcome<T> {
        let started = Instant::now();
        loop {
            let output = self.output();
            if let Some(found) = ready(&output) {
                return Ok(found);
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(format!("ended with {status}:\n{output}").into());
            }
            if started.elapsed() > patience {
                return Err(format!("not ready after {patience:?}:\n{output}").into());
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// Everything it wrote so far.
    #[must_use]
    pub fn output(&self) -> String {
        std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// Sends the signal of Ctrl-C and waits for the end.
    ///
    /// # Errors
    /// Where it does not end in time.
    pub fn interrupt(&mut self, patience: Duration) -> Outcome<ExitStatus> {
        Command::new("kill")
            .args(["-INT", &self.child.id().to_string()])
            .status()?;
        let started = Instant::now();
        while started.elapsed() < patience {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(format!("still running after {patience:?}:\n{}", self.output()).into())
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that nobody listens on now.
///
/// # Errors
/// Where the system has none.
pub fn free_port() -> Outcome<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?
        .local_addr()?
        .port())
}

/// The first of `count` neighbouring ports that nobody listens on now.
///
/// # Errors
/// Where none were found.
pub fn free_ports(count: u16) -> Outcome<u16> {
    for _ in 0..100 {
        let base = free_port()?;
        let free = |port: u16| std::net::TcpListener::bind(("127.0.0.1", port)).is_ok();
        if base
            .checked_add(count)
            .is_some_and(|end| (base..end).all(free))
        {
            return Ok(base);
        }
    }
    Err("no neighbouring ports are free".into())
}
