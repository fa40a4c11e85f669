//! Where the application stands, kept beside the state.

use crate::{
    error::{Error, Result},
    merkle::Hash,
    store::{Changes, Snapshot, Table},
};
use serde::{Deserialize, Serialize};

const KEY: &[u8] = b"application";

/// Where the application stands after a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    /// Chain id.
    pub chain_id: String,
    /// Height of the last block; 0 after genesis.
    pub height: u64,
    /// Its time, Unix ns.
    pub time: i64,
    /// App hash after it.
    pub app_hash: Hash,
    /// Version of the state tree: how many blocks changed it.
    pub version: u64,
    /// Heights of which the log of block hashes knows.
    pub hashes_logged: u64,
    /// Version of the rules in force at the next height.
    pub app_version: u64,
}

impl Position {
    /// Reads it; none before genesis.
    pub fn load(snapshot: &Snapshot) -> Result<Option<Self>> {
        let bytes = snapshot.get(Table::Meta, KEY)?;
        bytes
            .map(|bytes| {
                serde_json::from_slice(&bytes)
                    .map_err(|_| Error::Damaged("where the application stands"))
            })
            .transpose()
    }

    /// Writes it, and which version of the tree shows this height.
    pub fn save(&self, changes: &mut Changes) -> Result<()> {
        let bytes = serde_json::to_vec(self).map_err(|error| Error::Setup(error.to_string()))?;
        changes.put(Table::Meta, KEY.to_vec(), bytes);
        Ok(())
    }
}
