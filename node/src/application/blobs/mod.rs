//! Blobs: what a record's state names stays until it is erased; what an event names that waits for its block has room of its own; what nobody names
//! waits in bounded room, for anyone may hand in a blob; what is named and not here is wanted.
//!
//! Local to this node and no part of consensus. A promise goes with the answer "kept": at least [`queue::PATIENCE`] to have the event written.

mod names;
mod promises;
mod queue;
#[cfg(test)]
mod tests;
mod wanted;

pub(super) use names::Name;
pub(super) use wanted::note_looked;

use super::QueryResponse;
use super::query::refused;
use super::{Application, code, rates::Payer};
use crate::{
    error::{Error, Result},
    merkle::{Hash, sha256},
    store::{Changes, Snapshot, Store, Table},
};
use names::Wanted;
use queue::{Blob, Queue, ROOM};
use std::{collections::HashSet, sync::Mutex, time::Instant};

/// Largest blob.
pub const MAX_BLOB: usize = 256 * 1024;
/// Row of [`Table::Meta`]: the hashes that the last block had erased which had any erased. Those before are settled.
const LAST_ERASED: &[u8] = b"last-erased-blobs";
/// Rows read in one go.
const PAGE: usize = 10_000;

/// What becomes of a blob that is handed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    /// It is here: for good where it is wanted, else until it is named.
    Here,
    /// Nothing names it, and there is no room now.
    NoRoom,
    /// All who named it had it erased.
    Erased,
}

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
        // A crash may have come between a block and what it wanted, or had erased.
        let waiting: Vec<Hash> = queue.hashes().collect();
        let blobs = Self::new(queue);
        blobs.settle(store, &waiting)?;
        let erased = store.snapshot().get(Table::Meta, LAST_ERASED)?;
        blobs.remove(store, erased.unwrap_or_default().as_chunks().0)?;
        Ok(blobs)
    }

    fn new(queue: Queue) -> Self {
        Self {
            queue: Mutex::new(queue),
            writing: Mutex::new(()),
        }
    }

    /// Keeps a blob: where it is wanted for good, else until it is named.
    fn keep(&self, store: &Store, hash: Hash, blob: &[u8], now: Instant) -> Result<Kept> {
        let _writing = super::lock(&self.writing);
        let snapshot = store.snapshot();
        if snapshot.has(Table::ErasedBlobs, &hash)? {
            return Ok(Kept::Erased);
        }
        let mut changes = Changes::default();
        if self.keep_wanted(&snapshot, &hash, blob, &mut changes)? {
            store.commit(changes)?;
            return Ok(Kept::Here);
        }
        let bytes = blob.len() as u64;
        let known = store.snapshot().has(Table::Blobs, &hash)?;
        let row = {
            let mut queue = super::lock(&self.queue);
            if queue.renew(&hash, now) || known {
                return Ok(Kept::Here);
            }
            let is_promised = queue.promises.has(&hash, now);
            if !is_promised && !queue.make_room(bytes, now, &mut changes) {
                return Ok(Kept::NoRoom);
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
        // Whatever names it is synced after it, and it with that.
        let written = store.commit_soon(changes);
        {
            let mut queue = super::lock(&self.queue);
            queue.arriving = None;
            written?;
            queue.add(waits);
        }
        // A block may have come to want it meanwhile.
        self.settle(store, &[hash])?;
        Ok(Kept::Here)
    }

    /// Writes down a blob that is wanted; false where it is not.
    fn keep_wanted(
        &self,
        snapshot: &Snapshot,
        hash: &Hash,
        blob: &[u8],
        changes: &mut Changes,
    ) -> Result<bool> {
        let wanted = Wanted::all(snapshot, hash)?;
        if wanted.is_empty() {
            return Ok(false);
        }
        changes.put(Table::Blobs, hash.to_vec(), blob.to_vec());
        let mut parts = Vec::new();
        for name in wanted {
            name.forget(changes);
            if name.list {
                parts.extend(Name::parts(*hash, blob));
            }
        }
        sort(&mut super::lock(&self.queue), parts, snapshot, changes)?;
        Ok(true)
    }

    /// These payers handed in an event that names these blobs, and may be written: they have room, and time until it is.
    pub fn promise(&self, names: &[Name], payers: &[Vec<Payer>], now: Instant) {
        if names.is_empty() {
            return;
        }
        let mut queue = super::lock(&self.queue);
        for name in names {
            queue.renew(&name.hash, now);
            queue.promises.make(name.hash, payers, now);
        }
    }

    /// A block is about to be executed; the one before it was committed, or it is the same and was not: then what it named waits again.
    pub fn begin(&self) {
        let mut queue = super::lock(&self.queue);
        queue.missing.clear();
        queue.erased.clear();
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
        if !queue.erased.is_empty() {
            changes.put(Table::Meta, LAST_ERASED.to_vec(), queue.erased.concat());
        }
        Ok(())
    }

    /// The executed block is committed: what it named waits no more, and what it wants, or had erased, may have come since it looked.
    pub fn committed(&self, store: &Store) -> Result<()> {
        let (missing, erased) = {
            let mut queue = super::lock(&self.queue);
            queue.leaving.clear();
            (
                std::mem::take(&mut queue.missing),
                std::mem::take(&mut queue.erased),
            )
        };
        self.settle(store, &missing)?;
        self.remove(store, &erased)
    }

    /// Keeps those that are here and wanted.
    fn settle(&self, store: &Store, hashes: &[Hash]) -> Result<()> {
        let snapshot = store.snapshot();
        let mut queue = super::lock(&self.queue);
        let mut changes = Changes::default();
        let mut names = Vec::new();
        for hash in hashes {
            if !snapshot.has(Table::Blobs, hash)? {
                continue;
            }
            for name in Wanted::all(&snapshot, hash)? {
                names.extend(arrived(&mut queue, name, &snapshot, &mut changes)?.1);
            }
        }
        sort(&mut queue, names, &snapshot, &mut changes)?;
        drop(queue);
        match changes.is_empty() {
            true => Ok(()),
            false => store.commit(changes),
        }
    }

    /// Removes those of these erased ones that came while their block was executed. Who was writing one down has finished.
    fn remove(&self, store: &Store, erased: &[Hash]) -> Result<()> {
        if erased.is_empty() {
            return Ok(());
        }
        let _writing = super::lock(&self.writing);
        let snapshot = store.snapshot();
        let mut changes = Changes::default();
        for hash in erased {
            if snapshot.has(Table::Blobs, hash)? {
                changes.remove(Table::Blobs, hash.to_vec());
            }
            if let Some(blob) = super::lock(&self.queue).take(hash) {
                blob.wait_no_more(&mut changes);
            }
        }
        match changes.is_empty() {
            true => Ok(()),
            false => store.commit(changes),
        }
    }
}

impl Application {
    /// The blob of this hash, where somebody names it: what only waits is nobody's to ask for, or anybody could leave things here for anybody.
    pub(super) fn named_blob(&self, snapshot: &Snapshot, hash: &Hash) -> Result<Option<Vec<u8>>> {
        match Name::is_one_of(snapshot, hash)? {
            true => snapshot.get(Table::Blobs, hash),
            false => Ok(None),
        }
    }

    /// Keeps a blob under its hash, at this node. Blobs are no part of the state: events name them by their hash, and replay never needs them.
    /// That it is a query lets CometBFT's own RPC carry it.
    pub(super) fn keep_blob(&self, blob: &[u8]) -> Result<QueryResponse> {
        if blob.is_empty() || blob.len() > MAX_BLOB {
            return Ok(refused((code::BAD_QUERY, "a blob has 1 byte to 256 KiB")));
        }
        let hash = sha256(blob);
        Ok(
            match self.blobs.keep(&self.store, hash, blob, Instant::now())? {
                Kept::Here => QueryResponse {
                    key: hash.to_vec(),
                    value: hash.to_vec(),
                    ..QueryResponse::default()
                },
                Kept::NoRoom => {
                    let why = "no room for more blobs that no event names: hand in the event first";
                    refused((code::TOO_MANY, why))
                }
                Kept::Erased => refused((code::NO_SUCH_BLOB, "it was erased")),
            },
        )
    }
}

/// Sorts what is named: what is here waits no more, and what is not is wanted; what is erased goes, unless somebody else names it. Those that waited
/// until now.
fn sort(
    queue: &mut Queue,
    names: Vec<Name>,
    snapshot: &Snapshot,
    changes: &mut Changes,
) -> Result<Vec<Blob>> {
    let (erased, mut names): (Vec<Name>, _) = names.into_iter().partition(|name| name.erased);
    let (mut stay, mut named) = (Vec::new(), HashSet::new());
    while let Some(name) = names.pop() {
        name.note(changes);
        named.insert(name.hash);
        let (blob, parts) = arrived(queue, name.wanted(), snapshot, changes)?;
        stay.extend(blob);
        names.extend(parts);
    }
    for name in &erased {
        name.take_back(changes);
        if named.contains(&name.hash) || name.is_named_besides(&erased, snapshot)? {
            continue;
        }
        let list = !name.wanted().list;
        for wanted in [
            name.wanted(),
            Wanted {
                list,
                ..name.wanted()
            },
        ] {
            wanted.forget(changes);
        }
        changes.remove(Table::Blobs, name.hash.to_vec());
        changes.put(Table::ErasedBlobs, name.hash.to_vec(), Vec::new());
        if let Some(blob) = queue.take(&name.hash) {
            blob.wait_no_more(changes);
            stay.push(blob);
        }
        queue.erased.push(name.hash);
    }
    Ok(stay)
}

/// A named blob waits no more where it is here, and names its parts; it is wanted where it is not. With what waited until now.
fn arrived(
    queue: &mut Queue,
    name: Wanted,
    snapshot: &Snapshot,
    changes: &mut Changes,
) -> Result<(Option<Blob>, Vec<Name>)> {
    queue.promises.end(&name.hash);
    let waited = queue.take(&name.hash);
    if waited.is_none() && !queue.is_here(&name.hash, snapshot)? {
        name.write(changes);
        queue.missing.push(name.hash);
        return Ok((None, Vec::new()));
    }
    name.forget(changes);
    if let Some(blob) = &waited {
        blob.wait_no_more(changes);
    }
    let parts = match name.list {
        true => {
            let list = snapshot.get(Table::Blobs, &name.hash)?;
            Name::parts(name.hash, &list.unwrap_or_default())
        }
        false => Vec::new(),
    };
    Ok((waited, parts))
}
