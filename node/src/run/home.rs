//! The demo's folder: which chain it is, its keys, and the nodes' databases.

use crate::{
    chain::Genesis,
    demo::{Size, Tempo},
    error::{Error, Result},
    files::write_public,
};
use records::KeyType;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};

const CHAIN_FILE: &str = "chain.json";
/// CometBFT processes of a network: the founders' validators, and a full node without a vote.
pub(super) const PROCESSES: usize = 5;

/// A folder that holds a chain.
pub(super) struct Home {
    folder: PathBuf,
}

/// What [`CHAIN_FILE`] says.
pub(super) struct Chain {
    /// From which every development key follows.
    pub secret: [u8; 32],
    /// The type of the validators' first keys.
    pub key_type: KeyType,
    /// What the chain started from.
    pub genesis: Genesis,
    /// How much demo data it has.
    pub size: Size,
    /// When the demo's events happen.
    pub tempo: Tempo,
    /// Whether the demo data was written into it to the end.
    pub filled: bool,
}

impl Home {
    /// Opens the folder; makes it where there is none, and empties it of an older chain where a fresh one is wanted.
    pub fn open(folder: &Path, fresh: bool) -> Result<Self> {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        let home = Self {
            folder: folder.into(),
        };
        if fresh {
            home.clear()?;
        }
        Ok(home)
    }

    /// Forgets the chain, and with the chain its databases.
    pub fn clear(&self) -> Result<()> {
        let chain = self.folder.join(CHAIN_FILE);
        let databases = (0..3).map(|node| self.database(node));
        let processes = (0..PROCESSES).map(|node| self.folder.join(format!("node-{node}")));
        for folder in processes.chain([self.try_folder()]) {
            if folder.exists() {
                fs::remove_dir_all(&folder).map_err(Error::file(folder))?;
            }
        }
        for file in std::iter::once(chain).chain(databases) {
            match fs::remove_file(&file) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(Error::file(file)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// The database of a node.
    pub fn database(&self, node: usize) -> PathBuf {
        self.folder.join(format!("node-{node}.redb"))
    }

    /// What is served under `/try/`.
    pub fn try_folder(&self) -> PathBuf {
        self.folder.join("try")
    }

    /// The chain; none where it has not begun.
    pub fn chain(&self) -> Result<Option<Chain>> {
        let file = self.folder.join(CHAIN_FILE);
        let bytes = match fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::file(file)(error)),
        };
        let damaged = || {
            Error::Setup(format!(
                "{} cannot be read; --fresh starts over",
                file.display()
            ))
        };
        let document: Value = serde_json::from_slice(&bytes).map_err(|_| damaged())?;
        let mut secret = [0; 32];
        let text = document["secret"].as_str().ok_or_else(damaged)?;
        hex::decode_to_slice(text, &mut secret).map_err(|_| damaged())?;
        let flag = |name: &str| document[name].as_bool().unwrap_or(false);
        let key_type = match document["keys"].as_str() {
            Some(word) if word == KeyType::MlDsa65.word() => KeyType::MlDsa65,
            _ => KeyType::Ed25519,
        };
        Ok(Some(Chain {
            secret,
            key_type,
            genesis: Genesis::from_json(&document["genesis"])?,
            size: if flag("small") {
                Size::Small
            } else {
                Size::Full
            },
            tempo: if flag("live") {
                Tempo::Live
            } else {
                Tempo::Past
            },
            filled: flag("filled"),
        }))
    }

    /// Writes the chain down, whole or not at all.
    pub fn save(&self, chain: &Chain) -> Result<()> {
        let document = json!({
            "secret": hex::encode(chain.secret),
            "keys": chain.key_type.word(),
            "small": chain.size == Size::Small,
            "live": chain.tempo == Tempo::Live,
            "filled": chain.filled,
            "genesis": chain.genesis.to_json(),
        });
        write_public(&self.folder.join(CHAIN_FILE), document.to_string())
    }
}
