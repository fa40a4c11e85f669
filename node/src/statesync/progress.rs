//! How far a restoration is, kept beside what it has restored.

use crate::{
    error::{Error, Result},
    merkle::Hash,
    store::{Changes, Snapshot, Table},
};
use serde::{Deserialize, Serialize};

const KEY: &[u8] = b"restoration";

/// How far a restoration is after a chunk.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// Which snapshot it is.
    pub snapshot: Hash,
    /// What the whole must give.
    pub app_hash: Hash,
    /// Chunks that are done.
    pub chunks: u32,
    /// The record that is not at its end: its tree key, and the entries of its log so far.
    pub open: Option<(Hash, u64)>,
    /// Hash of the last record's tree key.
    pub last: Option<Hash>,
    /// Latest time of an entry, Unix ns.
    pub time: i64,
    /// Versions of the state tree so far.
    pub versions: u64,
    /// Root of its last one.
    pub root: Hash,
    /// Bytes of the rows so far.
    #[serde(default)]
    pub written: u64,
}

impl Progress {
    /// Reads it; none where nothing is being restored.
    pub fn load(snapshot: &Snapshot) -> Result<Option<Self>> {
        let bytes = snapshot.get(Table::Meta, KEY)?;
        let read = |bytes: Vec<u8>| {
            serde_json::from_slice(&bytes).map_err(|_| Error::Damaged("a restoration"))
        };
        bytes.map(read).transpose()
    }

    /// Writes it.
    pub fn save(&self, changes: &mut Changes) -> Result<()> {
        let bytes = serde_json::to_vec(self).map_err(|error| Error::Setup(error.to_string()))?;
        changes.put(Table::Meta, KEY.to_vec(), bytes);
        Ok(())
    }

    /// Ends it.
    pub fn remove(changes: &mut Changes) {
        changes.remove(Table::Meta, KEY.to_vec());
    }
}
