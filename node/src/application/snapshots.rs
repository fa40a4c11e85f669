//! ABCI's calls about snapshots: what this node offers to those who join, and what it begins with itself.

use super::{Application, Offer, Offered, Taken, block_hashes::block_hashes, position::Position};
use crate::{
    error::{Error, Result},
    statesync::{FORMAT, Fault, Manifest, Restore, Restored, Shelf},
    store::{Changes, Snapshot},
};
use records::{Directory, Event, RecordName, kinds::consortium, log::Entry};

/// Blocks after a snapshot's own before it is offered: who joins asks for the two next headers, and its nodes may be a block behind.
const SETTLED: u64 = 3;

impl Application {
    /// Takes snapshots and offers them.
    #[must_use]
    pub fn with_snapshots(self, shelf: Shelf) -> Self {
        Self {
            shelf: Some(shelf),
            ..self
        }
    }

    /// `ListSnapshots`: those that can be joined from, oldest first.
    pub fn list_snapshots(&self) -> Vec<Manifest> {
        let height = self.position().map_or(0, |position| position.height);
        let mut list = self.shelf.as_ref().map(Shelf::list).unwrap_or_default();
        list.retain(|manifest| manifest.height.saturating_add(SETTLED) <= height);
        list
    }

    /// `LoadSnapshotChunk`.
    pub fn load_snapshot_chunk(&self, height: u64, format: u32, index: u32) -> Option<Vec<u8>> {
        let shelf = self.shelf.as_ref().filter(|_| format == FORMAT)?;
        shelf.chunk(height, index)
    }

    /// A block was committed: takes a snapshot where one is due. It shows the state as of the last block with events, whose log of block
    /// hashes is complete.
    pub(super) fn take_snapshot(&self, position: &Position) -> Result<()> {
        let last = position.hashes_logged;
        if let Some(shelf) = &self.shelf
            && shelf.wants(position.height, last)
        {
            shelf.take(self.store.snapshot(), last, position.version);
        }
        Ok(())
    }

    /// `OfferSnapshot`: begins to restore, or goes on where this snapshot was left.
    pub fn offer_snapshot(&self, offer: &Offer<'_>) -> Result<Offered> {
        // After a crash before its first block, CometBFT begins again.
        let first = self.store.snapshot().first_height()?;
        if let Some(position) = self.position().filter(|p| Some(p.height) > first) {
            eprintln!(
                "a snapshot is offered to an application that is at height {} of {}: who joins begins with an empty folder",
                position.height, position.chain_id
            );
            return Ok(Offered::Abort);
        }
        if offer.format != FORMAT {
            return Ok(Offered::RejectFormat);
        }
        let manifest = Manifest::read(offer.height, offer.metadata).filter(|manifest| {
            manifest.chunks.len() as u64 == u64::from(offer.chunks)
                && manifest.hash() == offer.hash
                && manifest.height > 0
        });
        let (Some(manifest), Ok(app_hash)) = (manifest, offer.app_hash.try_into()) else {
            return Ok(Offered::RejectSender);
        };
        *super::write_lock(&self.committed) = None;
        let restore = Restore::begin(&self.store, &self.upper, manifest, app_hash)?;
        if restore.done() > 0 {
            eprintln!(
                "the snapshot of height {} is taken up again after {} of {} chunks",
                offer.height,
                restore.done(),
                offer.chunks
            );
        }
        *super::lock(&self.restoring) = Some(restore);
        Ok(Offered::Accept)
    }

    /// `ApplySnapshotChunk`: takes in a chunk; with the last one the snapshot is the state, or is refused.
    pub fn apply_snapshot_chunk(&self, index: u32, chunk: &[u8]) -> Result<Taken> {
        let mut restoring = super::lock(&self.restoring);
        let Some(restore) = restoring.as_mut() else {
            return Ok(Taken::Abort);
        };
        if index > restore.done() {
            return Ok(Taken::RetrySnapshot);
        }
        if !restore.is_chunk(index, chunk) {
            return Ok(Taken::RefuseChunk);
        }
        let taken = match index == restore.done() {
            true => restore.take_in(&self.store, &self.upper, chunk),
            // Before a crash.
            false => Ok(()),
        };
        let is_last = index as usize + 1 == restore.manifest.chunks.len();
        let taken = taken.and_then(|()| match is_last {
            true => self.begin_with(restore),
            false => Ok(()),
        });
        match taken {
            Ok(()) => {
                if is_last {
                    *restoring = None;
                }
                Ok(Taken::Accept)
            }
            Err(Fault::Theirs(why)) => {
                eprintln!(
                    "the snapshot of height {} is refused: {why}",
                    restore.manifest.height
                );
                *restoring = None;
                crate::statesync::forget(&self.store, &self.upper)?;
                Ok(Taken::RejectSnapshot)
            }
            Err(Fault::Ours(error)) => Err(error),
        }
    }

    /// The whole is there: where it gives the app hash, it is the state from now on.
    fn begin_with(&self, restore: &Restore) -> Restored<()> {
        let mut changes = Changes::default();
        let finished = restore.finish(&self.store, &mut changes)?;
        let (snapshot, height) = (self.store.snapshot(), restore.manifest.height);
        let hashes_logged = log_size(&snapshot, &block_hashes(), finished.version)?;
        if hashes_logged != height {
            return Err(Fault::Theirs("it has no block hashes"));
        }
        let directory = self.governing(&snapshot, Some(finished.version));
        let app_version = directory.rules_version(height + 1);
        let position = Position {
            chain_id: chain_id(&snapshot)?,
            height,
            time: finished.time,
            app_hash: finished.app_hash,
            version: finished.version,
            hashes_logged,
            app_version: app_version.map_err(|_| Fault::Theirs("its rules cannot be read"))?,
        };
        position.save(&mut changes)?;
        self.store.commit(changes)?;
        *super::write_lock(&self.committed) = Some(position);
        self.blobs.look_once(&self.store, finished.version)?;
        Ok(())
    }
}

fn log_size(snapshot: &Snapshot, record: &RecordName, version: u64) -> Result<u64> {
    let record = snapshot.record(&record.tree_key(), version)?;
    Ok(record.map_or(0, |(_, record)| record.head.log_size))
}

/// The chain's id, as its founding event has it.
fn chain_id(snapshot: &Snapshot) -> Restored<String> {
    let record = RecordName::new(consortium::NAME, consortium::ID)
        .ok_or(Error::Damaged("a constant record name"))?;
    let entries = snapshot.log_entries(&record.tree_key(), 0, 1)?;
    let founding = entries
        .first()
        .and_then(|entry| Entry::decode(entry))
        .and_then(|entry| Event::open(entry.envelope).ok());
    let founding = founding.ok_or(Fault::Theirs("it has no founding event"))?;
    Ok(founding.payload().chain.clone())
}
