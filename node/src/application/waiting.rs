//! Blobs that no event names yet. Anyone may hand in a blob, so room for them is bounded; a blob that an accepted event names stays.
//!
//! Local to this node and no part of consensus. A promise goes with the answer "kept": at least [`PATIENCE`] to have the event written.

use super::QueryResponse;
use super::query::refused;
use super::{Application, code};
use crate::{
    error::{Error, Result},
    merkle::{Hash, sha256},
    store::{Changes, Snapshot, Store, Table},
};
use records::canonical::Value;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
    time::{Duration, Instant},
};

/// Largest blob.
const MAX_BLOB: usize = 256 * 1024;
/// Bytes of all blobs that wait.
const ROOM: u64 = 256 * 1024 * 1024;
/// A blob that waits may have to make way for another only after this.
const PATIENCE: Duration = Duration::from_mins(10);

/// The blobs that wait, in the order in which they were handed in.
pub(super) struct Waiting {
    queue: Mutex<Queue>,
    /// Held by who writes a blob: one at a time, and the disk keeps no block waiting for the queue.
    writing: Mutex<()>,
}

struct Queue {
    room: u64,
    bytes: u64,
    next: u64,
    order: BTreeMap<u64, Blob>,
    places: HashMap<Hash, u64>,
    /// Named by a block that is executed and not committed: they may be forgotten no more, and wait again where the block is executed anew.
    leaving: Vec<Blob>,
}

struct Blob {
    hash: Hash,
    bytes: u64,
    since: Instant,
    /// Its row in the store.
    row: u64,
}

impl Waiting {
    /// As the store left them; all of them as if handed in now.
    pub fn load(snapshot: &Snapshot, now: Instant) -> Result<Self> {
        let mut queue = Queue::new(ROOM);
        let rows = snapshot.range(Table::WaitingBlobs, &[], &[0xff; 9], usize::MAX)?;
        for (row, blob) in rows {
            let damaged = || Error::Damaged("a blob that waits");
            let row: [u8; 8] = row.try_into().map_err(|_| damaged())?;
            let (hash, bytes) = blob.split_first_chunk::<32>().ok_or_else(damaged)?;
            let bytes: [u8; 8] = bytes.try_into().map_err(|_| damaged())?;
            let row = u64::from_be_bytes(row);
            queue.next = queue.next.max(row);
            queue.add(Blob {
                hash: *hash,
                bytes: u64::from_be_bytes(bytes),
                since: now,
                row,
            });
        }
        Ok(Self::new(queue))
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
            queue.next
        };
        let place = [&hash[..], &bytes.to_be_bytes()].concat();
        changes.put(Table::WaitingBlobs, row.to_be_bytes().to_vec(), place);
        changes.put(Table::Blobs, hash.to_vec(), blob.to_vec());
        store.commit(changes)?;
        super::lock(&self.queue).add(Blob {
            hash,
            bytes,
            since: now,
            row,
        });
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
        if queue.order.is_empty() {
            return Ok(());
        }
        let mut names = Vec::new();
        strings(body, &mut |text| names.extend(hashes(text.as_bytes())));
        // Later than the block's own snapshot: whatever is in the queue is in it.
        let snapshot = store.snapshot();
        while let Some(hash) = names.pop() {
            if let Some(blob) = queue.take(&hash) {
                changes.remove(Table::WaitingBlobs, blob.row.to_be_bytes().to_vec());
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

impl Queue {
    fn new(room: u64) -> Self {
        Self {
            room,
            bytes: 0,
            next: 0,
            order: BTreeMap::new(),
            places: HashMap::new(),
            leaving: Vec::new(),
        }
    }

    /// Puts a blob at the end.
    fn add(&mut self, blob: Blob) {
        self.bytes += blob.bytes;
        self.places.insert(blob.hash, self.next);
        self.order.insert(self.next, blob);
        self.next += 1;
    }

    /// Takes a blob out of those that wait, where it is among them.
    fn take(&mut self, hash: &Hash) -> Option<Blob> {
        let place = self.places.remove(hash)?;
        let blob = self.order.remove(&place)?;
        self.bytes -= blob.bytes;
        Some(blob)
    }

    /// Handed in again it waits anew, as the last; whether it waits at all.
    fn renew(&mut self, hash: &Hash, now: Instant) -> bool {
        let blob = self.take(hash);
        let waits = blob.is_some();
        if let Some(blob) = blob {
            self.add(Blob { since: now, ..blob });
        }
        waits
    }

    /// Forgets the oldest until there is room, as long as they waited long enough. Where that does not make room nothing is forgotten.
    fn make_room(&mut self, bytes: u64, now: Instant, changes: &mut Changes) -> bool {
        let mut missing = (self.bytes + bytes).saturating_sub(self.room);
        let mut old = Vec::new();
        for blob in self.order.values() {
            if missing == 0 || now.saturating_duration_since(blob.since) < PATIENCE {
                break;
            }
            missing = missing.saturating_sub(blob.bytes);
            old.push(blob.hash);
        }
        if missing > 0 {
            return false;
        }
        for blob in old.iter().filter_map(|hash| self.take(hash)) {
            changes.remove(Table::WaitingBlobs, blob.row.to_be_bytes().to_vec());
            changes.remove(Table::Blobs, blob.hash.to_vec());
        }
        true
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

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("db")).expect("a store");
        (folder, store)
    }

    fn waiting(room: u64) -> Waiting {
        Waiting::new(Queue::new(room))
    }

    fn has(store: &Store, blob: &[u8]) -> bool {
        let snapshot = store.snapshot();
        let found = snapshot.get(Table::Blobs, &sha256(blob)).expect("read");
        found.is_some_and(|found| found == blob)
    }

    fn keep(waiting: &Waiting, store: &Store, blob: &[u8], now: Instant) -> bool {
        waiting
            .keep(store, sha256(blob), blob, now)
            .expect("the store works")
    }

    /// What executing a block with such an event does; nothing is written.
    fn execute(waiting: &Waiting, store: &Store, body: &Value) -> Changes {
        let mut changes = Changes::default();
        waiting.begin();
        waiting.named(body, store, &mut changes).expect("named");
        changes
    }

    /// What a block with such an event does.
    fn name(waiting: &Waiting, store: &Store, body: &Value) {
        let changes = execute(waiting, store, body);
        store.commit(changes).expect("written");
        waiting.committed();
    }

    fn reopen(store: &Store) -> Queue {
        let snapshot = store.snapshot();
        let waiting = Waiting::load(&snapshot, Instant::now()).expect("loaded");
        waiting.queue.into_inner().expect("whole")
    }

    fn text(blob: &[u8]) -> Value {
        Value::String(hex::encode(sha256(blob)))
    }

    #[test]
    fn strangers_cannot_fill_the_disk() {
        let ((_folder, store), start) = (store(), Instant::now());
        let waiting = waiting(20);
        assert!(keep(&waiting, &store, b"the first", start));
        assert!(keep(&waiting, &store, b"the second", start));
        assert!(!keep(&waiting, &store, b"the third", start));
        assert!(has(&store, b"the first") && !has(&store, b"the third"));
        let later = start + PATIENCE;
        assert!(keep(&waiting, &store, b"the third", later));
        assert!(!has(&store, b"the first") && has(&store, b"the second"));
    }

    #[test]
    fn what_an_event_names_stays_and_takes_no_room() {
        let ((_folder, store), start) = (store(), Instant::now());
        let waiting = waiting(20);
        assert!(keep(&waiting, &store, b"named by event", start));
        name(
            &waiting,
            &store,
            &Value::Array(vec![text(b"named by event")]),
        );
        assert!(keep(&waiting, &store, b"0123456789abcdef", start));
        assert!(keep(&waiting, &store, b"0123456789", start + PATIENCE));
        assert!(has(&store, b"named by event") && !has(&store, b"0123456789abcdef"));
        assert!(keep(&waiting, &store, b"named by event", start), "known");
    }

    #[test]
    fn a_list_keeps_what_it_lists() {
        let ((_folder, store), start) = (store(), Instant::now());
        let waiting = waiting(1000);
        let list = format!("[\"{}\"]", hex::encode(sha256(b"part")));
        assert!(keep(&waiting, &store, b"part", start));
        assert!(keep(&waiting, &store, list.as_bytes(), start));
        name(&waiting, &store, &text(list.as_bytes()));
        assert!(super::super::lock(&waiting.queue).order.is_empty());
        assert!(has(&store, b"part"));
    }

    #[test]
    fn a_block_that_is_executed_again_keeps_the_same() {
        let ((_folder, store), start) = (store(), Instant::now());
        let waiting = waiting(100);
        let list = format!("[\"{}\"]", hex::encode(sha256(b"part")));
        assert!(keep(&waiting, &store, b"part", start));
        assert!(keep(&waiting, &store, list.as_bytes(), start));
        execute(&waiting, &store, &text(list.as_bytes()));
        name(&waiting, &store, &text(list.as_bytes()));
        assert!(reopen(&store).order.is_empty());
        let later = start + PATIENCE;
        assert!(keep(&waiting, &store, &[7; 100], later), "all room is free");
        assert!(has(&store, b"part") && has(&store, list.as_bytes()));
    }

    #[test]
    fn what_a_block_names_does_not_make_way_before_its_commit() {
        let ((_folder, store), start) = (store(), Instant::now());
        let waiting = waiting(5);
        let later = start + PATIENCE;
        assert!(keep(&waiting, &store, b"named", start));
        let changes = execute(&waiting, &store, &text(b"named"));
        assert!(keep(&waiting, &store, b"other", later));
        assert!(keep(&waiting, &store, b"named", later), "known");
        store.commit(changes).expect("written");
        waiting.committed();
        assert!(has(&store, b"named"));
        let queue = reopen(&store);
        assert_eq!(queue.places.keys().collect::<Vec<_>>(), [&sha256(b"other")]);
    }

    #[test]
    fn a_restart_forgets_none_and_bounds_them_all() {
        let ((_folder, store), start) = (store(), Instant::now());
        let first = waiting(1000);
        assert!(keep(&first, &store, b"one", start));
        assert!(keep(&first, &store, b"two", start));
        name(&first, &store, &text(b"one"));
        let queue = reopen(&store);
        assert_eq!((queue.bytes, queue.next), (3, 2));
        assert!(queue.places.contains_key(&sha256(b"two")));
    }

    #[test]
    fn handed_in_again_it_waits_anew() {
        let ((_folder, store), start) = (store(), Instant::now());
        let waiting = waiting(8);
        assert!(keep(&waiting, &store, b"old", start));
        assert!(keep(&waiting, &store, b"old", start + PATIENCE));
        assert!(!keep(&waiting, &store, b"newcomer", start + PATIENCE));
        assert!(has(&store, b"old"));
    }
}
