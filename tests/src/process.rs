//! A child process that ends with the test, however that ends, and its log.

use crate::Outcome;
use crate::undertaker::Ward;
use std::fs::File;
use std::net::TcpListener;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A running program whose output goes to a file.
#[derive(Debug)]
pub struct Process {
    child: Ward,
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
        let command = command.stdin(Stdio::null()).stdout(file).stderr(errors);
        let child = Ward::spawn(command)
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

    /// Its number in the system.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
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

/// Ticks of a second in `/proc`: `USER_HZ`, the same on every Linux.
const TICKS: f64 = 100.0;

/// Processor time that a process has used, in seconds: user's and system's, fields 14 and 15 of its `stat`; the second, its name, may hold spaces and
/// ends with the last bracket.
///
/// # Errors
/// Where there is no such process.
pub fn processor_seconds(process: u32) -> Outcome<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').ok_or("no fields")?;
    let times = fields.split_whitespace().skip(11).take(2);
    let ticks: Vec<f64> = times.map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / TICKS)
}

/// Where ports are taken from: below those that a system gives to outgoing connections, which else take one before its server has begun.
const PORTS: Range<u16> = 10_000..26_000;

/// A port that nobody listens on now, and that this process hands out once.
///
/// # Errors
/// Where there is none.
pub fn free_port() -> Outcome<u16> {
    free_ports(1)
}

/// The first of `count` neighbouring ports of this kind.
///
/// # Errors
/// Where there are none.
pub fn free_ports(count: u16) -> Outcome<u16> {
    static HANDED_OUT: AtomicU32 = AtomicU32::new(0);
    let all = u32::from(PORTS.end - PORTS.start - count);
    // Test programs that run at the same time begin at different places.
    let first = std::process::id().wrapping_mul(997);
    for _ in 0..PORTS.len() {
        let next = first.wrapping_add(HANDED_OUT.fetch_add(count.into(), Ordering::Relaxed));
        let base = PORTS.start + u16::try_from(next % all)?;
        let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
        if (base..base + count).all(free) {
            return Ok(base);
        }
    }
    Err(format!("no {count} neighbouring ports are free").into())
}
