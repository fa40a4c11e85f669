//! Blobs that no event names yet. Anyone may hand in a blob, so room for them is bounded; a blob that an accepted event names stays.
//!
//! Local to this node and no part of consensus. A promise goes with the answer "kept": at least [`queue::PATIENCE`] to have the event written.

mod queue;
#[cfg(test)]
mod tests;

use super::QueryResponse;
use super::query::refused;
use super::{Application, code};
use crate::{
    error::{Error, Result},
    merkle::{Hash, sha256},
    store::{Changes, Store, Table},
};
use queue::{Blob, Queue, ROOM};
use records::canonical::Value;
use std::{sync::Mutex, time::Instant};

/// Largest blob.
const MAX_BLOB: usize = 256 * 1024;
/// Rows read in one go.
const PAGE: usize = 10_000;

/// The blobs that wait, in the order in which they were handed in.
pub(super) struct Waiting {
    queue: Mutex<Queue>,
    /// Held by who writes a blob: one at a time, and the disk keeps no block waiting for the queue.
    writing: Mutex<()>,
}

impl Waiting {
    /// As the store left them; all of them as if handed in now. Beyond twice the room, which only a program without this bound let in, the oldest
    /// are forgotten: once the room is for those that wait, and once for those that a block took out and will name anew.
    pub fn load(store: &Store, now: Instant) -> Result<Self> {
        let mut queue = Queue::new(ROOM);
        let mut from = Vec::new();
        loop {
            let snapshot = store.snapshot();
            let rows = snapshot.range(Table::WaitingBlobs, &from, &[0xff; 9], PAGE)?;
            let Some((last, _)) = rows.last() else {
                return Ok(Self::new(queue));
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
    }

    fn new(queue: Queue) -> Self {
        Self {
            queue: Mutex::new(queue),
            writing: Mutex::new(()),
        }
    }

    /// Keeps a blob until an event names it; false where there is no room now.
    fn keep(&self, store: &Store, hash: Hash, blob: &[u8], now: Instant) -> Result<bool> {
        let _writing = super::lock(&self.writing);
        let bytes = blob.len() as u64;
        let known = store.snapshot().get(Table::Blobs, &hash)?.is_some();
        let mut changes = Changes::default();
        let row = {
            let mut queue = super::lock(&self.queue);
            if queue.renew(&hash, now) || known {
                return Ok(true);
            }
            if !queue.make_room(bytes, now, &mut changes) {
                return Ok(false);
            }
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
        store.commit(changes)?;
        super::lock(&self.queue).add(waits);
        Ok(true)
    }

    /// A block is about to be executed; the one before it was committed, or it is the same and was not: then what it named waits again.
    pub fn begin(&self) {
        let mut queue = super::lock(&self.queue);
        for blob in std::mem::take(&mut queue.leaving) {
            queue.add(blob);
        }
    }

    /// What an accepted event names stays, and what those blobs name: a published roster is a list of lists.
    pub fn named(&self, body: &Value, store: &Store, changes: &mut Changes) -> Result<()> {
        let mut queue = super::lock(&self.queue);
        if queue.is_empty() {
            return Ok(());
        }
        let mut names = Vec::new();
        strings(body, &mut |text| names.extend(hashes(text.as_bytes())));
        // Later than the block's own snapshot: whatever is in the queue is in it.
        let snapshot = store.snapshot();
        while let Some(hash) = names.pop() {
            if let Some(blob) = queue.take(&hash) {
                blob.wait_no_more(changes);
                queue.leaving.push(blob);
                let blob = snapshot.get(Table::Blobs, &hash)?.unwrap_or_default();
                names.extend(hashes(&blob));
            }
        }
        Ok(())
    }

    /// The executed block is committed: what it named waits no more.
    pub fn committed(&self) {
        super::lock(&self.queue).leaving.clear();
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
        if !self.waiting.keep(&self.store, hash, blob, Instant::now())? {
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

/// Every text in a value.
fn strings(value: &Value, see: &mut impl FnMut(&str)) {
    match value {
        Value::Integer(_) => {}
        Value::String(text) => see(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, see)),
        Value::Object(map) => map.iter().for_each(|(_, item)| strings(item, see)),
    }
}

/// Runs of exactly 64 hex digits, as hashes.
fn hashes(text: &[u8]) -> impl Iterator<Item = Hash> {
    text.split(|byte| !byte.is_ascii_hexdigit())
        .filter(|run| run.len() == 64)
        .filter_map(|run| {
            let mut hash = Hash::default();
            hex::decode_to_slice(run, &mut hash).ok()?;
            Some(hash)
        })
}
