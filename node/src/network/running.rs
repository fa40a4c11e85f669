//! The processes of a network: CometBFT and the application, for each node.

use super::{Client, Home, Peer, Process, Program, Settings, SigningSeed, StateSync, node_id};
use crate::error::{Error, Result};
use serde_json::Value;
use std::{
    ffi::OsString,
    fs,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

/// Every node has a block after at most this long.
const PATIENCE: Duration = Duration::from_secs(120);
/// A process that is asked to end gets this long.
const LAST_WORDS: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(100);

/// What is to run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// CometBFT.
    pub cometbft: PathBuf,
    /// `lianyan-node`.
    pub application: PathBuf,
    /// Its nodes' folders and their logs are in here.
    pub folder: PathBuf,
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Where nothing happens, a block comes after this long.
    pub idle: Duration,
    /// Heights between two snapshots for nodes that join.
    pub snapshot_every: u64,
    /// Events a second that one key may hand in at a node.
    pub rate: u32,
}

/// A node of a plan.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its name.
    pub moniker: String,
    /// Where its RPC listens.
    pub rpc: SocketAddr,
    /// Where it listens for the others.
    pub p2p: SocketAddr,
    /// Seed of the key that the others know it by.
    pub node_key: [u8; 32],
    /// The key that it signs with; one that no validator has makes a full node without a vote.
    pub validator_key: SigningSeed,
    /// Where it begins, unless at the first block.
    pub state_sync: Option<StateSync>,
}

impl Plan {
    /// The folder of a node.
    pub fn home(&self, node: usize) -> Home {
        Home::new(self.folder.join(format!("node-{node}")))
    }

    /// Where the processes log.
    pub fn logs(&self) -> PathBuf {
        self.folder.join("logs")
    }

    /// Writes the folders' configuration, keys and genesis.
    pub fn write(&self, genesis: &Value) -> Result<()> {
        fs::create_dir_all(self.logs()).map_err(Error::file(self.logs()))?;
        for (at, node) in self.nodes.iter().enumerate() {
            let peers: Vec<Peer> = self.peers(at).collect();
            let settings = Settings {
                moniker: &node.moniker,
                rpc: node.rpc,
                p2p: node.p2p,
                peers: &peers,
                node_key: node.node_key,
                validator_key: node.validator_key,
                idle: self.idle,
                state_sync: node.state_sync.as_ref(),
            };
            self.home(at).write(&settings, genesis)?;
        }
        Ok(())
    }

    fn others(&self, of: usize) -> impl Iterator<Item = &Node> {
        let nodes = self.nodes.iter().enumerate();
        nodes.filter_map(move |(at, node)| (at != of).then_some(node))
    }

    fn peers(&self, of: usize) -> impl Iterator<Item = Peer> {
        self.others(of).map(|node| Peer {
            id: node_id(&node.node_key),
            address: node.p2p,
        })
    }

    fn application(&self, node: usize) -> Result<Program> {
        let home = absolute(&self.home(node).application())?;
        let others = self.others(node).flat_map(|other| {
            let url = format!("http://{}", other.rpc);
            ["--blobs-from".into(), url.into()]
        });
        let mut arguments: Vec<OsString> = vec![
            "abci".into(),
            "--with-parent".into(),
            "--listen".into(),
            Home::socket().into(),
            "--home".into(),
            home.into(),
            "--snapshot-every".into(),
            self.snapshot_every.to_string().into(),
            "--rate".into(),
            self.rate.to_string().into(),
        ];
        arguments.extend(others);
        Ok(Program {
            program: absolute(&self.application)?,
            arguments,
            folder: self.home(node).folder().into(),
            log: self.logs().join(format!("node-{node}-application.log")),
        })
    }

    fn start(&self, node: usize) -> Result<[Process; 2]> {
        let application = Process::start(self.application(node)?)?;
        Ok([application, Process::start(self.engine(node)?)?])
    }

    fn engine(&self, node: usize) -> Result<Program> {
        let folder = absolute(self.home(node).folder())?;
        Ok(Program {
            program: absolute(&self.cometbft)?,
            arguments: vec!["start".into(), "--home".into(), folder.clone().into()],
            folder,
            log: self.logs().join(format!("node-{node}-cometbft.log")),
        })
    }
}

/// Waits until every address is free: processes of a run that was killed need a moment to notice.
pub fn wait_until_free(addresses: impl IntoIterator<Item = SocketAddr>) -> Result<()> {
    let deadline = Instant::now() + LAST_WORDS;
    for address in addresses {
        while let Err(error) = TcpListener::bind(address) {
            if Instant::now() > deadline {
                return Err(Error::Setup(format!("cannot listen at {address}: {error}")));
            }
            thread::sleep(PAUSE);
        }
    }
    Ok(())
}

fn absolute(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).map_err(Error::file(path))
}

/// Running processes; they end with this.
pub struct Network {
    plan: Plan,
    /// For each node its application, then CometBFT.
    pairs: Vec<[Process; 2]>,
}

impl Network {
    /// Starts every process of a plan whose folders are written.
    pub fn start(plan: Plan) -> Result<Self> {
        let pairs: Result<_> = (0..plan.nodes.len()).map(|at| plan.start(at)).collect();
        Ok(Self {
            pairs: pairs?,
            plan,
        })
    }

    /// Starts the last node of a plan that has one more than this one, and whose folders are written.
    pub fn join(&mut self, plan: Plan) -> Result<()> {
        self.pairs.push(plan.start(self.pairs.len())?);
        self.plan = plan;
        Ok(())
    }

    /// The RPC of a node.
    pub fn client(&self, node: usize) -> Client {
        Client(self.plan.nodes[node].rpc)
    }

    /// A node's application.
    pub fn application(&mut self, node: usize) -> &mut Process {
        &mut self.pairs[node][0]
    }

    /// A node's CometBFT.
    pub fn engine(&mut self, node: usize) -> &mut Process {
        &mut self.pairs[node][1]
    }

    /// Waits until every node has a block that was decided now: the second, for the first has the genesis's time.
    pub fn wait_until_up(&mut self) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        for node in 0..self.pairs.len() {
            while !matches!(self.client(node).newest(), Ok((2.., _))) {
                if Instant::now() > deadline {
                    return Err(Error::Setup(format!(
                        "node {node} has no block after {} s; {} tells why",
                        PATIENCE.as_secs(),
                        self.plan.logs().display()
                    )));
                }
                self.tend()?;
                thread::sleep(PAUSE);
            }
        }
        Ok(())
    }

    /// Starts again what has ended. CometBFT ends where its application does, or hangs on the way there: both begin again then.
    pub fn tend(&mut self) -> Result<()> {
        for (node, [application, engine]) in self.pairs.iter_mut().enumerate() {
            if application.has_ended() {
                eprintln!("node {node}: the application has ended, and is started again");
                application.restart()?;
                engine.restart()?;
            } else if engine.has_ended() {
                eprintln!("node {node}: CometBFT has ended, and is started again");
                engine.restart()?;
            }
        }
        Ok(())
    }

    /// Ends the processes in order: no application before the engine that needs it.
    pub fn stop(&mut self) {
        for part in [1, 0] {
            for pair in &self.pairs {
                pair[part].terminate();
            }
            for pair in &mut self.pairs {
                pair[part].wait(LAST_WORDS);
            }
        }
    }
}
