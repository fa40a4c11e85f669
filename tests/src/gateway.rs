//! A real gateway before a node, as a process of its own.

use crate::Outcome;
use crate::demo;
use crate::place::Folder;
use crate::process::{Process, free_port};
use std::process::Command;
use std::time::Duration;

/// It listens at once, for it serves no page.
const PATIENCE: Duration = Duration::from_secs(20);

/// The process; it ends with this.
#[derive(Debug)]
pub struct Gateway {
    address: String,
    _process: Process,
    _folder: Folder,
}

impl Gateway {
    /// Stands before the node at `upstream` (`http://host:port`).
    ///
    /// # Errors
    /// Where it does not come up.
    pub fn before(upstream: &str) -> Outcome<Self> {
        let folder = Folder::new("gateway")?;
        let listen = format!("127.0.0.1:{}", free_port()?);
        let mut command = Command::new(demo::program());
        command.args([
            "gateway", "--quiet", "--node", upstream, "--listen", &listen,
        ]);
        let mut process = Process::start(&mut command, &folder.path().join("gateway.log"))?;
        process.wait(PATIENCE, |output| output.contains(&listen).then_some(()))?;
        Ok(Self {
            address: format!("http://{listen}"),
            _process: process,
            _folder: folder,
        })
    }

    /// Where it is, as `http://127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }
}
