//! Blobs: what a record's state names stays; what nobody names waits in bounded room, for anyone may hand in a blob; what is named and not here is wanted.
//!
//! Local to this node and no part of consensus. A promise goes with the answer "kept": at least [`queue::PATIENCE`] to have the event written.

mod names;
mod queue;
#[cfg(test)]
mod tests;
mod wanted;

pub(super) use names::Name;
pub(super) use wanted::note_looked;

use super::QueryResponse;
use super::query::refused;
use super::{Application, code};
use crate::{
    error::{Error, Result},
    merkle::{Hash, sha256},
    store::{Changes, Snapshot, Store, Table},
};
use queue::{Blob, Queue, ROOM};
use std::{sync::Mutex, time::Instant};

/// Largest blob.
pub const MAX_BLOB: usize = 256 * 1024;
/// Rows read in one go.
const PAGE: usize = 10_000;

/// The blobs that wait, in the order in which they were handed in.
pub(super) struct Blobs {
    queue: Mutex<Queue>,
    /// Held by who writes a blob: one at a time, and the disk keeps no block waiting for the queue.
    writing: Mutex<()>,
}

impl Blobs {
    /// As the store left them; all of them as if handed in now. Beyond twice the room, which only a program without this bound let in, the oldest
    /// are forgotten: once the room is for those that wait, and once for those that a block took out and will name anew.
    pub fn load(store: &Store, now: Instant) -> Result<Self> {
        let mut queue = Queue::new(ROOM);
        let mut from = Vec::new();
        loop {
            let snapshot = store.snapshot();
            let rows = snapshot.range(Table::WaitingBlobs, &from, &[0xff; 9], PAGE)?;
            let Some((last, _)) = rows.last() else {
                break;
            };
            from = [last, &[0][..]].concat();
            for (row, place) in &rows {
                let blob = Blob::read(row, place, now);
                queue.restore(blob.ok_or(Error::Damaged("a blob that waits"))?);
            }
            let mut changes = Changes::default();
            if queue.shrink(2 * ROOM, &mut changes) {
                store.commit(changes)?;
            }
        }
        // A crash may have come between a block and what it wanted.
        let waiting: Vec<Hash> = queue.hashes().collect();
        let blobs = Self::new(queue);
        blobs.settle(store, &waiting)?;
        Ok(blobs)
    }

    fn new(queue: Queue) -> Self {
        Self {
            queue: Mutex::new(queue),
            writing: Mutex::new(()),
        }
    }

    /// Keeps a blob: where it is wanted for good, else until it is named; false where there is no room now.
    fn keep(&self, store: &Store, hash: Hash, blob: &[u8], now: Instant) -> Result<bool> {
        let _writing = super::lock(&self.writing);
        let mut changes = Changes::default();
        if self.keep_wanted(&store.snapshot(), &hash, blob, &mut changes)? {
            store.commit(changes)?;
            return Ok(true);
        }
        let bytes = blob.len() as u64;
        let known = store.snapshot().has(Table::Blobs, &hash)?;
        let row = {
            let mut queue = super::lock(&self.queue);
            if queue.renew(&hash, now) || known {
                return Ok(true);
            }
            if !queue.make_room(bytes, now, &mut changes) {
                return Ok(false);
            }
            queue.arriving = Some(hash);
            queue.next_row()
        };
        let waits = Blob {
            hash,
            bytes,
            since: now,
            row,
        };
        waits.write(&mut changes);
        changes.put(Table::Blobs, hash.to_vec(), blob.to_vec());
        let written = store.commit(changes);
        {
            let mut queue = super::lock(&self.queue);
            queue.arriving = None;
            written?;
            queue.add(waits);
        }
        // A block may have come to want it meanwhile.
        self.settle(store, &[hash])?;
        Ok(true)
    }

    /// Writes down a blob that is wanted; false where it is not.
    fn keep_wanted(
        &self,
        snapshot: &Snapshot,
        hash: &Hash,
        blob: &[u8],
        changes: &mut Changes,
    ) -> Result<bool> {
        let wanted = Name::wanted(snapshot, hash)?;
        if wanted.is_empty() {
            return Ok(false);
        }
        changes.put(Table::Blobs, hash.to_vec(), blob.to_vec());
        let mut parts = Vec::new();
        for name in wanted {
            name.want_no_more(changes);
            if name.list {
                parts.extend(Name::parts(blob));
            }
        }
        sort(&mut super::lock(&self.queue), parts, snapshot, changes)?;
        Ok(true)
    }

    /// A block is about to be executed; the one before it was committed, or it is the same and was not: then what it named waits again.
    pub fn begin(&self) {
        let mut queue = super::lock(&self.queue);
        queue.missing.clear();
        for blob in std::mem::take(&mut queue.leaving) {
            queue.add(blob);
        }
    }

    /// What a record's state names stays, and what those blobs name: a published roster is a list of lists. What is not here is wanted.
    pub fn named(&self, names: Vec<Name>, store: &Store, changes: &mut Changes) -> Result<()> {
        if names.is_empty() {
            return Ok(());
        }
        let mut queue = super::lock(&self.queue);
        // Later than the block's own snapshot: whatever is in the queue is in it.
        let stay = sort(&mut queue, names, &store.snapshot(), changes)?;
        queue.leaving.extend(stay);
        Ok(())
    }

    /// The executed block is committed: what it named waits no more, and what it wants may have come since it looked.
    pub fn committed(&self, store: &Store) -> Result<()> {
        let missing = {
            let mut queue = super::lock(&self.queue);
            queue.leaving.clear();
            std::mem::take(&mut queue.missing)
        };
        self.settle(store, &missing)
    }

    /// Keeps those that are here and wanted.
    fn settle(&self, store: &Store, hashes: &[Hash]) -> Result<()> {
        let snapshot = store.snapshot();
        let mut names = Vec::new();
        for hash in hashes {
            if snapshot.has(Table::Blobs, hash)? {
                names.extend(Name::wanted(&snapshot, hash)?);
            }
        }
        if names.is_empty() {
            return Ok(());
        }
        let mut changes = Changes::default();
        sort(
            &mut super::lock(&self.queue),
            names,
            &snapshot,
            &mut changes,
        )?;
        store.commit(changes)
    }
}

impl Application {
    /// Keeps a blob under its hash, at this node. Blobs are no part of the state: events name them by their hash, and replay never needs them.
    /// That it is a query lets CometBFT's own RPC carry it.
    pub(super) fn keep_blob(&self, blob: &[u8]) -> Result<QueryResponse> {
        if blob.is_empty() || blob.len() > MAX_BLOB {
            return Ok(refused((code::BAD_QUERY, "a blob has 1 byte to 256 KiB")));
        }
        let hash = sha256(blob);
        if !self.blobs.keep(&self.store, hash, blob, Instant::now())? {
            let why = "no room for more blobs that no event names: wait a little";
            return Ok(refused((code::TOO_MANY, why)));
        }
        Ok(QueryResponse {
            key: hash.to_vec(),
            value: hash.to_vec(),
            ..QueryResponse::default()
        })
    }
}

/// Sorts what is named: what is here waits no more, and what is not is wanted. Those that waited until now.
fn sort(
    queue: &mut Queue,
    mut names: Vec<Name>,
    snapshot: &Snapshot,
    changes: &mut Changes,
) -> Result<Vec<Blob>> {
    let mut stay = Vec::new();
    while let Some(name) = names.pop() {
        if name.erased {
            name.want_no_more(changes);
            continue;
        }
        let waited = queue.take(&name.hash);
        if waited.is_none() && !queue.is_here(&name.hash, snapshot)? {
            name.want(changes);
            queue.missing.push(name.hash);
            continue;
        }
        name.want_no_more(changes);
        if name.list {
            let list = snapshot.get(Table::Blobs, &name.hash)?;
            names.extend(Name::parts(&list.unwrap_or_default()));
        }
        if let Some(blob) = waited {
            blob.wait_no_more(changes);
            stay.push(blob);
        }
    }
    Ok(stay)
}
