//! From chunks to the state.

use super::{Item, MAX_CHUNK, Manifest, progress::Progress};
use crate::{
    application::{block_hash_entry, block_hashes, note_accepted, note_keys},
    comet,
    error::{Error, Result},
    merkle::{Hash, sha256},
    store::{Changes, EntryPlace, Snapshot, Store, StoredRecord, Table, TreeView, UpperNodes},
};
use records::{
    Envelope, Head, RecordName, State, canonical,
    event::MAX_UNTIL_AHEAD,
    kinds::member::{self, Member},
    log::{Entry, LogTree, leaf_hash},
};
use std::{collections::HashMap, sync::Arc};

/// Chunks that are made durable together: what a crash takes is fetched again.
const DURABLE_EVERY: u64 = 16;

/// What the rows of a state take in the database, as pages: so many times their bytes.
const PAGES: u64 = 2;

/// Why a chunk was not taken in.
#[derive(Debug)]
pub enum Fault {
    /// This node failed.
    Ours(Error),
    /// The snapshot is false, and this is how it shows.
    Theirs(&'static str),
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Ours(error)
    }
}

/// A result of restoring.
pub type Restored<T> = Result<T, Fault>;

/// A restoration under way. What it writes is no state before [`Restore::finish`].
pub struct Restore {
    /// What is restored.
    pub manifest: Manifest,
    progress: Progress,
    /// Bytes that the whole may take on this disk: a false one shows only at its end.
    room: u64,
}

/// What the whole gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The newest version of the state tree.
    pub version: u64,
    /// Its root.
    pub app_hash: Hash,
    /// Latest time of an entry, Unix ns.
    pub time: i64,
}

impl Restore {
    /// Goes on where this snapshot's restoration was left; whatever else the store holds, apart from blobs, is forgotten.
    pub fn begin(
        store: &Store,
        upper: &UpperNodes,
        manifest: Manifest,
        app_hash: Hash,
    ) -> Result<Self> {
        let snapshot = manifest.hash();
        let left = Progress::load(&store.snapshot())?;
        let same = |left: &Progress| left.snapshot == snapshot && left.app_hash == app_hash;
        let progress = match left.filter(same) {
            Some(left) => left,
            None => {
                forget(store, upper)?;
                Progress {
                    snapshot,
                    app_hash,
                    ..Progress::default()
                }
            }
        };
        Ok(Self {
            manifest,
            progress,
            room: store.room()?,
        })
    }

    /// Chunks that are done.
    pub fn done(&self) -> u32 {
        self.progress.chunks
    }

    /// Whether these are the bytes that the snapshot has as the chunk at this index.
    pub fn is_chunk(&self, index: u32, bytes: &[u8]) -> bool {
        let hash = usize::try_from(index)
            .ok()
            .and_then(|index| self.manifest.chunks.get(index));
        bytes.len() <= MAX_CHUNK && hash == Some(&sha256(bytes))
    }

    /// Takes in the next chunk, whole or not at all.
    pub fn take_in(
        &mut self,
        store: &Store,
        upper: &Arc<UpperNodes>,
        bytes: &[u8],
    ) -> Restored<()> {
        let snapshot = store.snapshot();
        let mut intake = Intake::new(&snapshot, self.manifest.height, self.progress.clone())?;
        let mut rest = bytes;
        while !rest.is_empty() {
            let item = Item::read(&mut rest).ok_or(Fault::Theirs("a chunk is malformed"))?;
            intake.item(&item)?;
        }
        let (progress, changes) = intake.end(upper)?;
        if progress.written.saturating_mul(PAGES) > self.room {
            return Err(Fault::Theirs("it needs more room than this disk has"));
        }
        // From here on the store says that a restoration is under way, and whoever ends it makes every commit durable again.
        store.set_durable_every(DURABLE_EVERY);
        store.commit(changes)?;
        self.progress = progress;
        Ok(())
    }

    /// Whether the whole gives the app hash: then it is the state. `changes` end the restoration, durably like every commit from now on.
    pub fn finish(&self, store: &Store, changes: &mut Changes) -> Restored<Finished> {
        store.set_durable_every(1);
        let Progress {
            open,
            versions,
            root,
            app_hash,
            time,
            ..
        } = self.progress;
        if open.is_some() {
            return Err(Fault::Theirs("the last record has no end"));
        }
        let version = versions.checked_sub(1).filter(|_| root == app_hash);
        let version = version.ok_or(Fault::Theirs("the whole does not give the app hash"))?;
        let height = self.manifest.height.to_be_bytes().to_vec();
        changes.put(Table::Versions, height, version.to_be_bytes().to_vec());
        Progress::remove(changes);
        Ok(Finished {
            version,
            app_hash,
            time,
        })
    }
}

/// Forgets whatever was restored.
pub fn forget(store: &Store, upper: &UpperNodes) -> Result<()> {
    store.set_durable_every(1);
    store.clear()?;
    upper.clear();
    Ok(())
}

/// A chunk being taken in.
struct Intake<'a> {
    snapshot: &'a Snapshot,
    height: u64,
    progress: Progress,
    changes: Changes,
    open: Option<(Hash, LogTree)>,
    heads: Vec<(Hash, Head)>,
    /// Entries that this chunk brought: their leaf hashes.
    brought: HashMap<EntryPlace, Hash>,
}

impl<'a> Intake<'a> {
    fn new(snapshot: &'a Snapshot, height: u64, progress: Progress) -> Result<Self> {
        let open = progress.open.map(|(key, size)| {
            let log = snapshot.log_tree(&key, size)?;
            Ok::<_, Error>((key, log))
        });
        Ok(Self {
            snapshot,
            height,
            open: open.transpose()?,
            progress,
            changes: Changes::default(),
            heads: Vec::new(),
            brought: HashMap::new(),
        })
    }

    fn item(&mut self, item: &Item<'_>) -> Restored<()> {
        match item {
            Item::Record(key) => self.record(*key),
            Item::Entry(place, entry) => self.entry(*place, entry),
            Item::Again(place) => self.again(*place),
            Item::BlockHash(hash) => self.block_hash(hash),
            Item::State(state) => self.state(state),
        }
    }

    fn record(&mut self, key: Hash) -> Restored<()> {
        let hashed = sha256(&key);
        if self.open.is_some() || self.progress.last >= Some(hashed) {
            return Err(Fault::Theirs("records are out of order"));
        }
        self.progress.last = Some(hashed);
        self.open = Some((key, LogTree::new()));
        Ok(())
    }

    fn entry(&mut self, place: EntryPlace, entry: &[u8]) -> Restored<()> {
        let read = Entry::decode(entry)
            .filter(|read| read.height == place.height && place.height <= self.height)
            .ok_or(Fault::Theirs("an entry does not fit its place"))?;
        // A second one would stand in the logs that were built on the first.
        if self.leaf(place)?.is_some() {
            return Err(Fault::Theirs("an entry stands twice"));
        }
        self.progress.time = self.progress.time.max(read.time);
        // Nobody can hand in an older one again.
        if read.time.saturating_add(MAX_UNTIL_AHEAD) >= self.progress.time
            && let Ok(envelope) = Envelope::decode(read.envelope)
        {
            note_accepted(&envelope.id(), place, &mut self.changes);
        }
        if place.height > 0 {
            let hash = comet::tx_hash(read.envelope).to_vec();
            self.changes.put(Table::TxIndex, hash, place.encode());
        }
        self.changes
            .put(Table::Entries, place.encode(), entry.to_vec());
        let leaf = leaf_hash(entry);
        self.brought.insert(place, leaf);
        self.refer(place, leaf)
    }

    fn again(&mut self, place: EntryPlace) -> Restored<()> {
        let leaf = self.leaf(place)?;
        self.refer(place, leaf.ok_or(Fault::Theirs("an entry is nowhere"))?)
    }

    fn leaf(&self, place: EntryPlace) -> Result<Option<Hash>> {
        if let Some(leaf) = self.brought.get(&place) {
            return Ok(Some(*leaf));
        }
        let entry = self.snapshot.get(Table::Entries, &place.encode())?;
        Ok(entry.map(|entry| leaf_hash(&entry)))
    }

    fn refer(&mut self, place: EntryPlace, leaf: Hash) -> Restored<()> {
        let block_hashes = block_hashes().tree_key();
        let (key, log) = self
            .open
            .as_mut()
            .filter(|(key, _)| *key != block_hashes)
            .ok_or(Fault::Theirs("an entry belongs to no record"))?;
        self.changes.refer(key, log.size(), place);
        self.changes.append_log(key, log, leaf);
        Ok(())
    }

    fn block_hash(&mut self, hash: &Hash) -> Restored<()> {
        let block_hashes = block_hashes().tree_key();
        let (key, log) = self
            .open
            .as_mut()
            .filter(|(key, log)| *key == block_hashes && log.size() < self.height)
            .ok_or(Fault::Theirs("a block hash out of place"))?;
        let height = log.size() + 1;
        let leaf = leaf_hash(&block_hash_entry(height, hash));
        self.changes.append_log(key, log, leaf);
        let height = height.to_be_bytes().to_vec();
        self.changes.put(Table::BlockHashes, height, hash.to_vec());
        Ok(())
    }

    fn state(&mut self, state: &[u8]) -> Restored<()> {
        let open = self.open.take();
        let (key, log) = open.ok_or(Fault::Theirs("a state belongs to no record"))?;
        // The hashes of later blocks would have to be taken on trust.
        if key == block_hashes().tree_key() && log.size() != self.height {
            return Err(Fault::Theirs("its last block carried no events"));
        }
        let record = StoredRecord {
            head: Head::new(state, &log),
            state: state.to_vec(),
        };
        self.changes
            .put_record(&key, self.progress.versions, &record, None);
        self.heads.push((key, record.head));
        if let Some(member) = member(&key, state) {
            note_keys(&member, &mut self.changes);
        }
        Ok(())
    }

    /// Each chunk that ends a record is a version of the tree.
    fn end(mut self, upper: &Arc<UpperNodes>) -> Result<(Progress, Changes)> {
        if !self.heads.is_empty() {
            let tree = TreeView::new(self.snapshot, upper.clone());
            let heads = std::mem::take(&mut self.heads);
            self.progress.root = tree.update(heads, self.progress.versions, &mut self.changes)?;
            self.progress.versions += 1;
        }
        self.progress.open = self.open.map(|(key, log)| (key, log.size()));
        self.progress.chunks += 1;
        self.progress.written += self.changes.bytes();
        self.progress.save(&mut self.changes)?;
        Ok((self.progress, self.changes))
    }
}

/// The member whose record this is; none where it is another kind's.
fn member(key: &Hash, state: &[u8]) -> Option<Member> {
    let state = State::decode(state).ok()?;
    let member: Member = canonical::from_value(&state.data).ok()?;
    let name = RecordName::new(member::NAME, &member.id)?;
    (name.tree_key() == *key).then_some(member)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// *Attack: a peer offers a state without end, which would show to be false when the disk is full.*
    #[test]
    fn a_snapshot_that_the_disk_has_no_room_for_is_refused_before_it_is_full() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("db")).expect("opens");
        let mut chunk = Vec::new();
        Item::Record([7; 32]).write(&mut chunk);
        Item::State(&[7; 10_000]).write(&mut chunk);
        let chunks = vec![sha256(&chunk); 3];
        let manifest = Manifest { height: 1, chunks };
        let upper = Arc::default();
        let restore = Restore::begin(&store, &upper, manifest, [0; 32]);
        let mut restore = restore.expect("begins");
        let room = std::mem::replace(&mut restore.room, 20_000);
        let refused = restore.take_in(&store, &upper, &chunk);
        assert!(matches!(refused, Err(Fault::Theirs(why)) if why.contains("room")));
        let progress = Progress::load(&store.snapshot()).expect("reads");
        assert_eq!((restore.done(), progress), (0, None));
        assert!(room > 100_000, "{room} bytes on this disk");
        restore.room = 30_000;
        assert!(restore.take_in(&store, &upper, &chunk).is_ok());
        // What is there already counts.
        let mut next = Vec::new();
        Item::Record([8; 32]).write(&mut next);
        Item::State(&[8; 10_000]).write(&mut next);
        assert!(restore.take_in(&store, &upper, &next).is_err());
    }
}
