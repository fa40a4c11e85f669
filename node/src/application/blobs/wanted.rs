//! What is named and not here.

use super::{Blobs, MAX_BLOB, Name, Wanted};
use crate::{
    application::Application,
    error::Result,
    merkle::{Hash, sha256},
    store::{Changes, Store, Table},
};

/// Row of [`Table::Meta`]: what the records name was looked at, from the first one on.
const LOOKED: &[u8] = b"blob-names";
/// Names that are written down in one go.
const AT_ONCE: usize = 1_000;

/// Writes that every state from now on is looked at as it comes.
pub(in crate::application) fn note_looked(changes: &mut Changes) {
    changes.put(Table::Meta, LOOKED.to_vec(), Vec::new());
}

impl Blobs {
    /// Looks once at every record of a state that came by other ways than events: with a snapshot, or from a program that did not look.
    pub fn look_once(&self, store: &Store, version: u64) -> Result<()> {
        let snapshot = store.snapshot();
        if snapshot.has(Table::Meta, LOOKED)? {
            return Ok(());
        }
        let (mut names, mut erased) = (Vec::new(), Vec::new());
        snapshot.each_record(version, |key, record| {
            for name in Name::all(*key, &record.decode_state()?.data) {
                match name.erased {
                    true => erased.push(name),
                    false => names.push(name),
                }
            }
            if names.len() < AT_ONCE {
                return Ok(());
            }
            self.write(std::mem::take(&mut names), store, Changes::default())
        })?;
        self.write(names, store, Changes::default())?;
        // Not before it is known who else names them.
        let mut changes = Changes::default();
        note_looked(&mut changes);
        self.write(erased, store, changes)
    }

    /// What a block does that names these.
    fn write(&self, names: Vec<Name>, store: &Store, mut changes: Changes) -> Result<()> {
        self.named(names, store, &mut changes)?;
        store.commit(changes)?;
        self.committed(store)
    }
}

impl Application {
    /// How many blobs are wanted: named, and not here.
    pub fn wanted_count(&self) -> Result<u64> {
        self.store.snapshot().count(Table::WantedBlobs)
    }

    /// Hashes of wanted blobs, in order, from the first that is greater than `after`; at most `most`.
    pub fn wanted_blobs(&self, after: Option<&Hash>, most: usize) -> Result<Vec<Hash>> {
        let from = after.map_or(Vec::new(), |hash| [&hash[..], &[0xff]].concat());
        let snapshot = self.store.snapshot();
        let rows = snapshot.range(Table::WantedBlobs, &from, &[0xff; 34], most)?;
        let names = rows.iter().filter_map(|(row, _)| Wanted::read(row));
        let mut hashes: Vec<Hash> = names.map(|name| name.hash).collect();
        hashes.dedup();
        Ok(hashes)
    }

    /// Keeps those of these blobs that are wanted, in one durable transaction; how many.
    pub fn keep_wanted(&self, blobs: &[Vec<u8>]) -> Result<usize> {
        let _writing = super::super::lock(&self.blobs.writing);
        let snapshot = self.store.snapshot();
        let (mut changes, mut kept) = (Changes::default(), 0);
        for blob in blobs.iter().filter(|blob| blob.len() <= MAX_BLOB) {
            let (blobs, hash) = (&self.blobs, sha256(blob));
            kept += usize::from(blobs.keep_wanted(&snapshot, &hash, blob, &mut changes)?);
        }
        if kept > 0 {
            self.store.commit(changes)?;
        }
        Ok(kept)
    }
}
