//! A CometBFT process's home folder. What its configuration does not name has CometBFT's default.

use super::keys::{self, SigningSeed};
use crate::{
    consortium::{MAX_BYTES, MAX_TXS},
    error::{Error, Result},
    files::{write_private, write_public},
    merkle::Hash,
};
use records::envelope::MAX_ENVELOPE;
use serde_json::{Value, json};
use std::{
    fmt::Write,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

/// The application's socket, in the folder in which both processes run: the path of a socket may have 108 bytes at most.
const SOCKET: &str = "application.sock";

/// Without events a block comes this often: "in force" is judged by the newest header's age.
pub const IDLE: Duration = Duration::from_secs(3);

/// What every node of a chain is told alike. What waits for a block is bounded as in the embedded consortium; CometBFT's own bound is a gigabyte.
/// After a block with events the next comes as soon as possible: it proves the state.
pub fn common(idle: Duration) -> String {
    format!(
        r#"[mempool]
size = {MAX_TXS}
max_txs_bytes = {MAX_BYTES}
max_tx_bytes = {MAX_ENVELOPE}

[consensus]
timeout_commit = "300ms"
create_empty_blocks_interval = "{idle:?}"
"#
    )
}

/// Another process of the network.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its id.
    pub id: String,
    /// Where it listens for peers.
    pub address: SocketAddr,
}

/// How a node begins with a snapshot instead of the first block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateSync {
    /// RPCs of at least two nodes, host and port, whose headers its light client compares.
    pub servers: Vec<String>,
    /// A height whose block is trusted.
    pub height: u64,
    /// That block's hash.
    pub hash: Hash,
}

impl StateSync {
    /// The section of `config.toml`. The trusting period is that of chains.json.
    pub fn section(&self) -> String {
        format!(
            r#"
[statesync]
enable = true
rpc_servers = "{servers}"
trust_height = {height}
trust_hash = "{hash}"
trust_period = "336h"
discovery_time = "5s"
"#,
            servers = self.servers.join(","),
            height = self.height,
            hash = hex::encode(self.hash)
        )
    }
}

/// What a process is told.
pub struct Settings<'a> {
    /// Its name among peers.
    pub moniker: &'a str,
    /// Where its RPC listens.
    pub rpc: SocketAddr,
    /// Where it listens for peers.
    pub p2p: SocketAddr,
    /// The others.
    pub peers: &'a [Peer],
    /// Seed of the key that it is known by.
    pub node_key: [u8; 32],
    /// The key that it signs with. One that no validator has makes a full node without a vote.
    pub validator_key: SigningSeed,
    /// An empty block comes after this long.
    pub idle: Duration,
    /// Where it begins; at the first block where nothing is said. A node that has a state goes on with it.
    pub state_sync: Option<&'a StateSync>,
}

/// A folder for CometBFT and its application.
#[derive(Clone, Debug)]
pub struct Home(PathBuf);

impl Home {
    /// In this folder.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self(folder.into())
    }

    /// The folder in which both processes run.
    pub fn folder(&self) -> &Path {
        &self.0
    }

    /// The application's home.
    pub fn application(&self) -> PathBuf {
        self.0.join("application")
    }

    /// Where the application listens, as seen from the folder.
    pub fn socket() -> String {
        format!("unix://{SOCKET}")
    }

    /// Writes configuration, keys and genesis. What the process keeps itself, above all what it signed last, stays as it is.
    pub fn write(&self, settings: &Settings<'_>, genesis: &Value) -> Result<()> {
        self.lay_out()?;
        self.put("config/config.toml", &toml(settings))?;
        self.put("config/genesis.json", &pretty(genesis))?;
        let key = keys::validator_key(&settings.validator_key);
        self.put_private("config/priv_validator_key.json", &key)?;
        let key = keys::node_key(&settings.node_key);
        self.put_private("config/node_key.json", &key)
    }

    /// Makes the folders, and notes that nothing was signed yet where nothing is noted.
    pub fn lay_out(&self) -> Result<()> {
        for folder in [
            self.0.join("config"),
            self.0.join("data"),
            self.application(),
        ] {
            fs::create_dir_all(&folder).map_err(Error::file(folder))?;
        }
        let signed = "data/priv_validator_state.json";
        if self.0.join(signed).exists() {
            return Ok(());
        }
        self.put_private(signed, &json!({ "height": "0", "round": 0, "step": 0 }))
    }

    /// Writes a file that anybody may read.
    pub fn put(&self, file: &str, text: &str) -> Result<()> {
        write_public(&self.0.join(file), text)
    }

    /// Writes a document that only the owner may read.
    pub fn put_private(&self, file: &str, document: &Value) -> Result<()> {
        write_private(&self.0.join(file), pretty(document))
    }
}

/// A document as CometBFT's files have it, for people to read.
pub fn pretty(document: &Value) -> String {
    format!("{document:#}\n")
}

/// `config.toml`.
fn toml(settings: &Settings<'_>) -> String {
    let Settings {
        moniker,
        rpc,
        p2p,
        peers,
        idle,
        ..
    } = settings;
    let mut others = String::new();
    for Peer { id, address } in *peers {
        let comma = if others.is_empty() { "" } else { "," };
        let _ = write!(others, "{comma}{id}@{address}");
    }
    let moniker = Value::from(*moniker);
    format!(
        r#"proxy_app = "{socket}"
moniker = {moniker}
log_level = "info"

[rpc]
laddr = "tcp://{rpc}"
# Pages of any origin may ask: what is answered is public, and verified by who asked.
cors_allowed_origins = ["*"]
pprof_laddr = ""

[p2p]
laddr = "tcp://{p2p}"
persistent_peers = "{others}"
pex = false
addr_book_strict = false
allow_duplicate_ip = true

{common}{state_sync}"#,
        socket = Home::socket(),
        common = common(*idle),
        state_sync = settings
            .state_sync
            .map(StateSync::section)
            .unwrap_or_default()
    )
}
