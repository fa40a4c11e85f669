//! The demo consortium as its own process.

use crate::Outcome;
use crate::place::{self, Folder};
use crate::process::{Process, free_port, free_ports};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Nodes of the demo, each at a port of its own.
pub const NODES: u16 = 3;
/// Making the small set of demo data with an unoptimised build takes this long at most.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running demo.
#[derive(Debug)]
pub struct Demo {
    process: Process,
    rpc_port: u16,
    page_port: u16,
    data: Folder,
    amount: Amount,
}

/// How much demo data a chain starts with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Enough for every scenario.
    Small,
    /// Everything, the lenders' 14 000 ballots included.
    Full,
}

impl Demo {
    /// Starts a new chain with the small set of demo data and waits until it answers.
    ///
    /// # Errors
    /// Where it does not come up; its output tells why.
    pub fn start() -> Outcome<Self> {
        Self::with(Amount::Small)
    }

    /// The same with this amount of demo data.
    ///
    /// # Errors
    /// Where it does not come up; its output tells why.
    pub fn with(amount: Amount) -> Outcome<Self> {
        let data = Folder::new("demo")?;
        let (rpc_port, page_port) = (free_ports(NODES)?, free_port()?);
        let process = launch(data.path(), rpc_port, page_port, amount)?;
        let mut demo = Self {
            process,
            rpc_port,
            page_port,
            data,
            amount,
        };
        demo.wait()?;
        Ok(demo)
    }

    /// Ends the process as a power cut would, and starts it again with the same data.
    ///
    /// # Errors
    /// Where it does not come up again.
    pub fn crash_and_restart(&mut self) -> Outcome {
        self.process.kill();
        self.process = launch(self.data.path(), self.rpc_port, self.page_port, self.amount)?;
        self.wait()
    }

    /// Presses Ctrl-C and waits for the end.
    ///
    /// # Errors
    /// Where it does not end in time.
    pub fn interrupt(&mut self, patience: Duration) -> Outcome<std::process::ExitStatus> {
        self.process.interrupt(patience)
    }

    /// The nodes' addresses, as `http://127.0.0.1:port`.
    #[must_use]
    pub fn nodes(&self) -> Vec<String> {
        (self.rpc_port..self.rpc_port + NODES)
            .map(|port| format!("http://127.0.0.1:{port}"))
            .collect()
    }

    /// The page's address.
    #[must_use]
    pub fn page(&self) -> String {
        format!("http://127.0.0.1:{}", self.page_port)
    }

    /// A file that the page's server offers, as text.
    ///
    /// # Errors
    /// Where it does not.
    pub fn file(&self, name: &str) -> Outcome<String> {
        Ok(ureq::get(format!("{}/{name}", self.page()))
            .call()?
            .into_body()
            .read_to_string()?)
    }

    /// The folder with its data.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Everything it wrote so far.
    #[must_use]
    pub fn output(&self) -> String {
        self.process.output()
    }

    fn wait(&mut self) -> Outcome {
        let mut addresses: Vec<String> = self
            .nodes()
            .iter()
            .map(|node| format!("{node}/status"))
            .collect();
        addresses.push(format!("{}/chains.json", self.page()));
        let up = |address: &String| ureq::get(address).call().is_ok();
        self.process
            .wait(PATIENCE, |_| addresses.iter().all(up).then_some(()))
    }
}

/// The node's program; `cargo test` of the workspace builds it, and `cargo xtask test browser` makes sure.
#[must_use]
pub fn program() -> PathBuf {
    place::program("lianyan-node")
}

fn launch(data: &Path, rpc_port: u16, page_port: u16, amount: Amount) -> Outcome<Process> {
    let mut command = Command::new(program());
    command
        .arg("demo")
        .args((amount == Amount::Small).then_some("--small"))
        .arg("--data")
        .arg(data)
        .arg("--site")
        .arg(place::site());
    command.args([
        "--rpc-port",
        &rpc_port.to_string(),
        "--page-port",
        &page_port.to_string(),
    ]);
    Process::start(&mut command, &data.join("node.log"))
}
