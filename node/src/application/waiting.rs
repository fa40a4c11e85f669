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
pub(super) struct Waiting(Mutex<Queue>);

struct Queue {
    room: u64,
    bytes: u64,
    next: u64,
    order: BTreeMap<u64, Blob>,
    places: HashMap<Hash, u64>,
}

struct Blob {
    hash: Hash,
    bytes: u64,
    since: Instant,
}

impl Waiting {
    /// As the store left them; all of them as if handed in now.
    pub fn load(snapshot: &Snapshot, now: Instant) -> Result<Self> {
        let mut queue = Queue::new(ROOM);
        let rows = snapshot.range(Table::WaitingBlobs, &[], &[0xff; 9], usize::MAX)?;
        for (place, row) in rows {
            let damaged = || Error::Damaged("a blob that waits");
            let place: [u8; 8] = place.try_into().map_err(|_| damaged())?;
            let (hash, bytes) = row.split_first_chunk::<32>().ok_or_else(damaged)?;
            let bytes: [u8; 8] = bytes.try_into().map_err(|_| damaged())?;
            queue.add(
                u64::from_be_bytes(place),
                *hash,
                u64::from_be_bytes(bytes),
                now,
            );
        }
        Ok(Self(Mutex::new(queue)))
    }

    /// Keeps a blob until an event names it; false where there is no room now.
    fn keep(&self, store: &Store, hash: Hash, blob: &[u8], now: Instant) -> Result<bool> {
        let mut queue = super::lock(&self.0);
        let known = store.snapshot()?.get(Table::Blobs, &hash)?.is_some();
        if known && !queue.places.contains_key(&hash) {
            return Ok(true);
        }
        let mut changes = Changes::default();
        queue.remove(&hash, &mut changes);
        if !queue.make_room(blob.len() as u64, now, &mut changes) {
            return Ok(false);
        }
        let place = queue.next;
        let row = [&hash[..], &(blob.len() as u64).to_be_bytes()].concat();
        changes.put(Table::WaitingBlobs, place.to_be_bytes().to_vec(), row);
        changes.put(Table::Blobs, hash.to_vec(), blob.to_vec());
        store.commit(changes)?;
        queue.add(place, hash, blob.len() as u64, now);
        Ok(true)
    }

    /// What an accepted event names stays, and what those blobs name: a published roster is a list of lists.
    pub fn named(&self, body: &Value, snapshot: &Snapshot, changes: &mut Changes) -> Result<()> {
        let mut queue = super::lock(&self.0);
        if queue.order.is_empty() {
            return Ok(());
        }
        let mut names = Vec::new();
        strings(body, &mut |text| names.extend(hashes(text.as_bytes())));
        while let Some(hash) = names.pop() {
            if queue.remove(&hash, changes) {
                let blob = snapshot.get(Table::Blobs, &hash)?.unwrap_or_default();
                names.extend(hashes(&blob));
            }
        }
        Ok(())
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
        }
    }

    fn add(&mut self, place: u64, hash: Hash, bytes: u64, since: Instant) {
        self.bytes += bytes;
        self.next = self.next.max(place + 1);
        self.places.insert(hash, place);
        self.order.insert(place, Blob { hash, bytes, since });
    }

    /// Takes a blob out of those that wait; whether it was among them.
    fn remove(&mut self, hash: &Hash, changes: &mut Changes) -> bool {
        let Some(place) = self.places.remove(hash) else {
            return false;
        };
        let blob = self.order.remove(&place);
        self.bytes -= blob.map_or(0, |blob| blob.bytes);
        changes.remove(Table::WaitingBlobs, place.to_be_bytes().to_vec());
        true
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
        for hash in old {
            self.remove(&hash, changes);
            changes.remove(Table::Blobs, hash.to_vec());
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
        Waiting(Mutex::new(Queue::new(room)))
    }

    fn has(store: &Store, blob: &[u8]) -> bool {
        let snapshot = store.snapshot().expect("a snapshot");
        let found = snapshot.get(Table::Blobs, &sha256(blob)).expect("read");
        found.is_some_and(|found| found == blob)
    }

    fn keep(waiting: &Waiting, store: &Store, blob: &[u8], now: Instant) -> bool {
        waiting
            .keep(store, sha256(blob), blob, now)
            .expect("the store works")
    }

    /// What an event with this body does.
    fn name(waiting: &Waiting, store: &Store, body: &Value) {
        let mut changes = Changes::default();
        let snapshot = store.snapshot().expect("a snapshot");
        waiting.named(body, &snapshot, &mut changes).expect("named");
        store.commit(changes).expect("written");
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
        assert!(super::super::lock(&waiting.0).order.is_empty());
        assert!(has(&store, b"part"));
    }

    #[test]
    fn a_restart_forgets_none_and_bounds_them_all() {
        let ((_folder, store), start) = (store(), Instant::now());
        let first = waiting(1000);
        assert!(keep(&first, &store, b"one", start));
        assert!(keep(&first, &store, b"two", start));
        name(&first, &store, &text(b"one"));
        let snapshot = store.snapshot().expect("a snapshot");
        let again = Waiting::load(&snapshot, start).expect("loaded");
        let queue = super::super::lock(&again.0);
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
