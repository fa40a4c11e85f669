//! The blobs that wait, in the order in which they were handed in, and the room that they take.

use super::promises::Promises;
use crate::{
    error::Result,
    merkle::Hash,
    store::{Changes, Snapshot, Table},
};
use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

/// Bytes of all blobs that wait, with [`OWN`] for each.
pub(super) const ROOM: u64 = 256 * 1024 * 1024;
/// What a blob takes beside its bytes, in the database and here: however small they are, 65 536 have no room.
pub(super) const OWN: u64 = 4 * 1024;
/// A blob that waits may have to make way for another only after this.
pub(super) const PATIENCE: Duration = Duration::from_mins(10);

/// A blob that waits.
pub(super) struct Blob {
    pub hash: Hash,
    pub bytes: u64,
    pub since: Instant,
    /// Its row in the store.
    pub row: u64,
}

impl Blob {
    /// As the store has it.
    pub fn read(row: &[u8], place: &[u8], since: Instant) -> Option<Self> {
        let (hash, bytes) = place.split_first_chunk::<32>()?;
        Some(Self {
            hash: *hash,
            bytes: u64::from_be_bytes(bytes.try_into().ok()?),
            since,
            row: u64::from_be_bytes(row.try_into().ok()?),
        })
    }

    /// Writes that it waits.
    pub fn write(&self, changes: &mut Changes) {
        let place = [&self.hash[..], &self.bytes.to_be_bytes()].concat();
        changes.put(Table::WaitingBlobs, self.row.to_be_bytes().to_vec(), place);
    }

    /// Writes that it waits no more.
    pub fn wait_no_more(&self, changes: &mut Changes) {
        changes.remove(Table::WaitingBlobs, self.row.to_be_bytes().to_vec());
    }

    fn forget(&self, changes: &mut Changes) {
        self.wait_no_more(changes);
        changes.remove(Table::Blobs, self.hash.to_vec());
    }

    fn takes(&self) -> u64 {
        self.bytes.saturating_add(OWN)
    }
}

pub(super) struct Queue {
    room: u64,
    pub bytes: u64,
    next: u64,
    order: BTreeMap<u64, Blob>,
    pub places: HashMap<Hash, u64>,
    /// Named by a block that is executed and not committed: they may be forgotten no more, and wait again where the block is executed anew.
    pub leaving: Vec<Blob>,
    /// Wanted by that block.
    pub missing: Vec<Hash>,
    /// Erased by that block.
    pub erased: Vec<Hash>,
    /// Named by events that wait for their block.
    pub promises: Promises,
    /// The one that is being written down, and waits from then on.
    pub arriving: Option<Hash>,
}

impl Queue {
    pub fn new(room: u64) -> Self {
        Self {
            room,
            bytes: 0,
            next: 0,
            order: BTreeMap::new(),
            places: HashMap::new(),
            leaving: Vec::new(),
            missing: Vec::new(),
            erased: Vec::new(),
            promises: Promises::default(),
            arriving: None,
        }
    }

    /// All that wait.
    pub fn hashes(&self) -> impl Iterator<Item = Hash> {
        self.places.keys().copied()
    }

    /// Whether a blob that does not wait is here. One that arrives is not: it will wait.
    pub fn is_here(&self, hash: &Hash, snapshot: &Snapshot) -> Result<bool> {
        Ok(self.arriving.as_ref() != Some(hash) && snapshot.has(Table::Blobs, hash)?)
    }

    /// A row of the store that none of them has.
    pub fn next_row(&self) -> u64 {
        self.next
    }

    /// Puts a blob at the end.
    pub fn add(&mut self, blob: Blob) {
        self.bytes += blob.takes();
        self.places.insert(blob.hash, self.next);
        self.order.insert(self.next, blob);
        self.next += 1;
    }

    /// Puts one at the end that has its row already.
    pub fn restore(&mut self, blob: Blob) {
        self.next = self.next.max(blob.row);
        self.add(blob);
    }

    /// Takes a blob out of those that wait, where it is among them.
    pub fn take(&mut self, hash: &Hash) -> Option<Blob> {
        let place = self.places.remove(hash)?;
        let blob = self.order.remove(&place)?;
        self.bytes -= blob.takes();
        Some(blob)
    }

    /// Handed in again it waits anew, as the last; whether it waits at all.
    pub fn renew(&mut self, hash: &Hash, now: Instant) -> bool {
        let blob = self.take(hash);
        let waits = blob.is_some();
        if let Some(blob) = blob {
            self.add(Blob { since: now, ..blob });
        }
        waits
    }

    /// Forgets the oldest until there is room, as long as they waited long enough. Where that does not make room nothing is forgotten.
    pub fn make_room(&mut self, bytes: u64, now: Instant, changes: &mut Changes) -> bool {
        let mut missing = (self.bytes + bytes + OWN).saturating_sub(self.room);
        let mut old = Vec::new();
        for blob in self.order.values() {
            if missing == 0 || now.saturating_duration_since(blob.since) < PATIENCE {
                break;
            }
            missing = missing.saturating_sub(blob.takes());
            old.push(blob.hash);
        }
        if missing > 0 {
            return false;
        }
        for blob in old.iter().filter_map(|hash| self.take(hash)) {
            blob.forget(changes);
        }
        true
    }

    /// Forgets the oldest, however short they waited, until all take no more than this; whether it forgot any.
    pub fn shrink(&mut self, most: u64, changes: &mut Changes) -> bool {
        let before = self.order.len();
        while self.bytes > most
            && let Some(hash) = self.order.values().next().map(|blob| blob.hash)
            && let Some(blob) = self.take(&hash)
        {
            blob.forget(changes);
        }
        self.order.len() < before
    }
}
