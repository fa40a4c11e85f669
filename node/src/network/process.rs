//! Child processes with logs, which end with their parent.

use crate::error::{Error, Result};
use std::{
    ffi::OsString,
    fs::File,
    io,
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Between two looks whether a process has ended.
const PAUSE: Duration = Duration::from_millis(50);

/// What to run, and where.
#[derive(Clone, Debug)]
pub struct Program {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The folder in which it runs.
    pub folder: PathBuf,
    /// The file that takes what it writes.
    pub log: PathBuf,
}

/// A running process; killed where it is dropped.
#[derive(Debug)]
pub struct Process {
    program: Program,
    child: Child,
}

impl Process {
    /// Starts it; its log goes on where an earlier one ended.
    pub fn start(program: Program) -> Result<Self> {
        let child = spawn(&program)?;
        Ok(Self { program, child })
    }

    /// Its number in the system.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Starts it again.
    pub fn restart(&mut self) -> Result<()> {
        self.kill();
        self.child = spawn(&self.program)?;
        Ok(())
    }

    /// Asks it to end.
    pub fn terminate(&self) {
        let _ = Command::new("kill")
            .args(["-TERM", &self.id().to_string()])
            .stderr(Stdio::null())
            .status();
    }

    /// Waits for its end; kills it where that takes too long.
    pub fn wait(&mut self, patience: Duration) {
        let deadline = Instant::now() + patience;
        while !self.has_ended() && Instant::now() < deadline {
            thread::sleep(PAUSE);
        }
        self.kill();
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

/// Its standard input is a pipe that nobody writes to: it closes when this process ends, however that happens.
fn spawn(program: &Program) -> Result<Child> {
    let log = File::options()
        .create(true)
        .append(true)
        .open(&program.log)
        .map_err(Error::file(&program.log))?;
    let failed = |error: io::Error| {
        Error::Setup(format!(
            "{} cannot be started: {error}",
            program.program.display()
        ))
    };
    Command::new(&program.program)
        .args(&program.arguments)
        .current_dir(&program.folder)
        .stdin(Stdio::piped())
        .stdout(log.try_clone().map_err(failed)?)
        .stderr(log)
        .spawn()
        .map_err(failed)
}
