//! Records as they are stored: head and state together, one row per version that changed them.

use super::{Changes, Snapshot, Table};
use crate::{
    error::{Error, Result},
    merkle::{Hash, sha256},
};
use records::{Head, State};

/// A record's head and state bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredRecord {
    /// What the tree holds.
    pub head: Head,
    /// State document.
    pub state: Vec<u8>,
}

impl StoredRecord {
    fn decode(bytes: &[u8]) -> Result<Self> {
        let (head, state) = bytes
            .split_at_checked(Head::SIZE)
            .ok_or(Error::Damaged("a record is too short"))?;
        Ok(Self {
            head: Head::decode(head).ok_or(Error::Damaged("a record's head"))?,
            state: state.to_vec(),
        })
    }

    /// The state document, decoded.
    pub fn decode_state(&self) -> Result<State> {
        State::decode(&self.state).map_err(|_| Error::Damaged("a record's state"))
    }
}

/// Rows read in one go.
const PAGE: usize = 1_000;

impl Snapshot {
    /// Shows every record, by its tree key, as of a version of the state tree; in the order of SHA-256(tree key).
    pub fn each_record(
        &self,
        version: u64,
        mut see: impl FnMut(&Hash, StoredRecord) -> Result<()>,
    ) -> Result<()> {
        let (mut from, end) = (Vec::new(), [0xff; 33]);
        loop {
            let page = self.range(Table::Preimages, &from, &end, PAGE)?;
            let Some((last, _)) = page.last() else {
                return Ok(());
            };
            from = [last, &[0][..]].concat();
            for (_, key) in page {
                let key = key.try_into().map_err(|_| Error::Damaged("a tree key"))?;
                if let Some((_, record)) = self.record(&key, version)? {
                    see(&key, record)?;
                }
            }
        }
    }

    /// A record as of a version of the state tree, and the version that wrote it.
    pub fn record(&self, key: &Hash, version: u64) -> Result<Option<(u64, StoredRecord)>> {
        let found = self.last_in(
            Table::Records,
            &record_key(key, 0),
            &record_key(key, version),
        )?;
        let Some((row, value)) = found else {
            return Ok(None);
        };
        let written = row
            .last_chunk()
            .ok_or(Error::Damaged("a record's version"))?;
        Ok(Some((
            u64::from_be_bytes(*written),
            StoredRecord::decode(&value)?,
        )))
    }

    /// The tree key behind a hashed key.
    pub fn preimage(&self, hashed: &Hash) -> Result<Option<Hash>> {
        let key = self.get(Table::Preimages, hashed)?;
        key.map(|key| key.try_into().map_err(|_| Error::Damaged("a tree key")))
            .transpose()
    }

    /// The height of the first state that was here: 0, or that of the snapshot that the node began with; none before.
    pub fn first_height(&self) -> Result<Option<u64>> {
        let first = self.range(Table::Versions, &[0; 8], &[0xff; 9], 1)?;
        let height = first
            .into_iter()
            .next()
            .map(|(height, _)| height.try_into());
        let height = height.transpose().map_err(|_| Error::Damaged("a height"))?;
        Ok(height.map(u64::from_be_bytes))
    }

    /// The version of the state tree after the block at `height`; none where the node began with a later state.
    pub fn version_at(&self, height: u64) -> Result<Option<u64>> {
        let found = self.last_in(Table::Versions, &[0; 8], &height.to_be_bytes())?;
        let Some((_, version)) = found else {
            return Ok(None);
        };
        let version = version
            .try_into()
            .map_err(|_| Error::Damaged("a version"))?;
        Ok(Some(u64::from_be_bytes(version)))
    }
}

impl Changes {
    /// Writes a record at a version; `before` is the version that wrote the row it replaces.
    pub fn put_record(
        &mut self,
        key: &Hash,
        version: u64,
        record: &StoredRecord,
        before: Option<u64>,
    ) {
        let value = [&record.head.encode()[..], &record.state].concat();
        self.put(Table::Records, record_key(key, version), value);
        match before {
            Some(before) => {
                let stale = [&version.to_be_bytes()[..], &record_key(key, before)].concat();
                self.put(Table::StaleRecords, stale, Vec::new());
            }
            None => self.put(Table::Preimages, sha256(key).to_vec(), key.to_vec()),
        }
    }
}

fn record_key(key: &Hash, version: u64) -> Vec<u8> {
    [&key[..], &version.to_be_bytes()].concat()
}
