//! The demo consortium as its own process: on the engine of the node itself, or on CometBFT where [`COMETBFT`] names its program.

use crate::Outcome;
use crate::place::{self, Folder};
use crate::process::{Process, free_port, free_ports};
use crate::validators::VALIDATORS;
use node::merkle::sha256;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// Nodes that are asked, each at a port of its own.
pub const NODES: u16 = 3;
/// Processes of a consortium on CometBFT.
const PROCESSES: u16 = 5;
/// Names the CometBFT program on which the consortium is to run.
pub const COMETBFT: &str = "LIANYAN_COMETBFT";
/// Names the type of its validators' keys.
pub const KEYS: &str = "LIANYAN_KEYS";
/// Making the small set of demo data with an unoptimised build takes this long at most.
const PATIENCE: Duration = Duration::from_secs(120);
/// On CometBFT its events come at their own times.
const LIVE_PATIENCE: Duration = Duration::from_secs(900);

/// A running demo.
#[derive(Debug)]
pub struct Demo {
    process: Process,
    data: Folder,
    launch: Launch,
}

/// How it is started.
#[derive(Clone, Debug)]
struct Launch {
    rpc_port: u16,
    page_port: u16,
    amount: Amount,
    /// Whether what is in the folder is thrown away.
    fresh: bool,
    /// A block comes this often, where something else than usual is wanted.
    every: Option<Duration>,
    /// The CometBFT program, and the first port between its processes.
    cometbft: Option<(PathBuf, u16)>,
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
        Self::launched(Launch::new(amount)?)
    }

    /// The small set on the engine of the node itself, with a block this often, whether or not there is something to write.
    ///
    /// # Errors
    /// Where it does not come up; its output tells why.
    pub fn paced(every: Duration) -> Outcome<Self> {
        let launch = Launch::new(Amount::Small)?;
        Self::launched(Launch {
            every: Some(every),
            cometbft: None,
            ..launch
        })
    }

    fn launched(launch: Launch) -> Outcome<Self> {
        let data = Folder::new("demo")?;
        let process = launch.start(data.path())?;
        let mut demo = Self {
            process,
            data,
            launch,
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
        self.process = self.launch.start(self.data.path())?;
        self.wait()
    }

    /// Ends the process as a power cut would, and starts over in the same folder.
    ///
    /// # Errors
    /// Where it does not come up again.
    pub fn start_over(&mut self) -> Outcome {
        self.process.kill();
        let fresh = Launch {
            fresh: true,
            ..self.launch.clone()
        };
        self.process = fresh.start(self.data.path())?;
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
        let first = self.launch.rpc_port;
        (first..first + NODES)
            .map(|port| format!("http://127.0.0.1:{port}"))
            .collect()
    }

    /// The page's address.
    #[must_use]
    pub fn page(&self) -> String {
        format!("http://127.0.0.1:{}", self.launch.page_port)
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

    /// A sample invoice's text, by the name that docs/demo.md gives it.
    ///
    /// # Errors
    /// Where there is none of that name.
    pub fn invoice(&self, name: &str) -> Outcome<String> {
        let samples: Value = serde_json::from_str(&self.file("try/demo.json")?)?;
        let mut invoices = samples["invoices"].as_array().into_iter().flatten();
        let sample = invoices.find(|one| one["name"] == name);
        let text = sample.and_then(|one| one["text"].as_str());
        Ok(text
            .ok_or_else(|| format!("demo.json has no invoice `{name}`"))?
            .to_owned())
    }

    /// The seeds of its validators' keys, which lie beside its data: they are for development.
    ///
    /// # Errors
    /// Where they cannot be read.
    pub fn validator_seeds(&self) -> Outcome<Vec<[u8; 32]>> {
        let chain: Value = serde_json::from_slice(&std::fs::read(self.data().join("chain.json"))?)?;
        let secret = hex::decode(chain["secret"].as_str().ok_or("no secret")?)?;
        let of = |index| [&secret, format!("validator/{index}").as_bytes()].concat();
        Ok((0..VALIDATORS).map(|index| sha256(&of(index))).collect())
    }

    /// The process's number in the system.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.id()
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
        self.process.wait(self.launch.patience(), |_| {
            addresses.iter().all(up).then_some(())
        })
    }
}

/// The node's program; `cargo test` of the workspace builds it, and `cargo xtask test browser` makes sure.
#[must_use]
pub fn program() -> PathBuf {
    place::program("lianyan-node")
}

impl Launch {
    fn new(amount: Amount) -> Outcome<Self> {
        let cometbft = std::env::var_os(COMETBFT).map(PathBuf::from);
        let processes = if cometbft.is_some() { PROCESSES } else { NODES };
        Ok(Self {
            rpc_port: free_ports(processes)?,
            page_port: free_port()?,
            amount,
            fresh: false,
            every: None,
            cometbft: match cometbft {
                Some(program) => Some((program, free_ports(PROCESSES)?)),
                None => None,
            },
        })
    }

    fn patience(&self) -> Duration {
        if self.cometbft.is_some() {
            LIVE_PATIENCE
        } else {
            PATIENCE
        }
    }

    fn start(&self, data: &Path) -> Outcome<Process> {
        let mut command = Command::new(program());
        match &self.cometbft {
            None => command.arg("demo"),
            Some((program, p2p_port)) => command
                .args(["network", "--p2p-port", &p2p_port.to_string()])
                .args(["--keys", &std::env::var(KEYS).unwrap_or("ed25519".into())])
                .arg("--cometbft")
                .arg(program),
        };
        if let Some(every) = self.every {
            command.args(["--block-ms", &every.as_millis().to_string()]);
        }
        command
            .args((self.amount == Amount::Small).then_some("--small"))
            .args(self.fresh.then_some("--fresh"))
            .arg("--data")
            .arg(data)
            .arg("--site")
            .arg(place::site())
            .args(["--rpc-port", &self.rpc_port.to_string()])
            .args(["--page-port", &self.page_port.to_string()]);
        Process::start(&mut command, &data.join("node.log"))
    }
}
