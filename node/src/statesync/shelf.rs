//! The snapshots that a node keeps: a folder each, written beside the chain as it goes on.

use super::{MAX_CHUNKS, Manifest, write};
use crate::{
    error::{Error, Result},
    files::sync_names,
    merkle::sha256,
    store::Snapshot,
};
use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

/// Ending of a folder that is not whole yet.
const PARTIAL: &str = "partial";
/// The file with the chunks' hashes.
const MANIFEST: &str = "manifest";

/// How often snapshots are taken, and how many are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// Heights between two looks whether the state has changed; 0 takes none.
    pub every: u64,
    /// Snapshots kept; the oldest goes first.
    pub keep: usize,
}

/// Where nothing else is said.
pub const DEFAULT_PACE: Pace = Pace {
    every: 10_000,
    keep: 2,
};

/// A folder of snapshots.
#[derive(Clone)]
pub struct Shelf(Arc<Inner>);

struct Inner {
    folder: PathBuf,
    pace: Pace,
    /// Most chunks of one.
    most: usize,
    kept: Mutex<BTreeMap<u64, Manifest>>,
    writing: AtomicBool,
    /// The state needs more chunks than that, and no state after it needs fewer: nothing that was logged goes.
    outgrown: AtomicBool,
}

impl Shelf {
    /// The shelf in this folder, with what is whole there.
    pub fn open(folder: PathBuf, pace: Pace) -> Result<Self> {
        Self::bounded(folder, pace, MAX_CHUNKS)
    }

    fn bounded(folder: PathBuf, pace: Pace, most: usize) -> Result<Self> {
        fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        let mut kept = BTreeMap::new();
        for entry in fs::read_dir(&folder).map_err(Error::file(&folder))? {
            let path = entry.map_err(Error::file(&folder))?.path();
            if path.extension().is_some_and(|ending| ending == PARTIAL) {
                // A crash left it so.
                remove(&path)?;
            } else if let Some(manifest) = found(&path) {
                kept.insert(manifest.height, manifest);
            }
        }
        Ok(Self(Arc::new(Inner {
            folder,
            pace,
            most,
            kept: Mutex::new(kept),
            writing: AtomicBool::new(false),
            outgrown: AtomicBool::new(false),
        })))
    }

    /// What is kept, oldest first.
    pub fn list(&self) -> Vec<Manifest> {
        self.0.kept().values().cloned().collect()
    }

    /// The height of the oldest that is kept.
    pub fn oldest(&self) -> Option<u64> {
        self.0.kept().keys().next().copied()
    }

    /// A chunk; none where there is none, or where the disk gives back other bytes than were written.
    pub fn chunk(&self, height: u64, index: u32) -> Option<Vec<u8>> {
        let index = usize::try_from(index).ok()?;
        let hash = *self.0.kept().get(&height)?.chunks.get(index)?;
        let bytes = fs::read(chunk_file(&self.0.path(height), index)).ok()?;
        (sha256(&bytes) == hash).then_some(bytes)
    }

    /// Whether a snapshot of the state after the block at `state` is to be taken, the chain being at `height`.
    pub fn wants(&self, height: u64, state: u64) -> bool {
        let Pace { every, keep } = self.0.pace;
        every > 0
            && keep > 0
            && height.is_multiple_of(every)
            && state > 0
            && !self.0.writing.load(Ordering::Relaxed)
            && !self.0.outgrown.load(Ordering::Relaxed)
            && !self.0.kept().contains_key(&state)
    }

    /// Takes a snapshot of the state after the block at `height`, in a thread of its own: the chain goes on meanwhile.
    pub fn take(
        &self,
        snapshot: Arc<Snapshot>,
        height: u64,
        version: u64,
    ) -> thread::JoinHandle<()> {
        let shelf = self.clone();
        shelf.0.writing.store(true, Ordering::Relaxed);
        thread::spawn(move || {
            if let Err(error) = shelf.0.write(&snapshot, height, version) {
                eprintln!("no snapshot of the state at height {height}: {error}");
            }
            shelf.0.writing.store(false, Ordering::Relaxed);
        })
    }
}

impl Inner {
    fn kept(&self) -> MutexGuard<'_, BTreeMap<u64, Manifest>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn path(&self, height: u64) -> PathBuf {
        self.folder.join(height.to_string())
    }

    fn write(&self, snapshot: &Snapshot, height: u64, version: u64) -> Result<()> {
        let folder = self.path(height).with_extension(PARTIAL);
        remove(&folder)?;
        let manifest = match self.write_chunks(snapshot, &folder, (height, version)) {
            Ok(manifest) => manifest,
            Err(error) => {
                // As large as what is whole, and of no use.
                remove(&folder)?;
                return Err(error);
            }
        };
        let whole = self.path(height);
        fs::rename(&folder, &whole).map_err(Error::file(&whole))?;
        sync_names(&self.folder)?;
        self.kept().insert(height, manifest);
        self.thin_out()
    }

    fn write_chunks(
        &self,
        snapshot: &Snapshot,
        folder: &Path,
        (height, version): (u64, u64),
    ) -> Result<Manifest> {
        fs::create_dir_all(folder).map_err(Error::file(folder))?;
        let mut chunks = Vec::new();
        write(snapshot, version, |chunk| {
            if chunks.len() == self.most {
                self.outgrown.store(true, Ordering::Relaxed);
                return Err(self.too_large());
            }
            put(&chunk_file(folder, chunks.len()), &chunk)?;
            chunks.push(sha256(&chunk));
            Ok(())
        })?;
        let manifest = Manifest { height, chunks };
        put(&folder.join(MANIFEST), &manifest.metadata())?;
        sync_names(folder)?;
        Ok(manifest)
    }

    fn too_large(&self) -> Error {
        Error::Setup(format!(
            "it needs more than {} chunks, which nobody who joins would take; no other is tried before the next start, and those that are kept stay, with the blocks after them",
            self.most
        ))
    }

    fn thin_out(&self) -> Result<()> {
        loop {
            let oldest = {
                let mut kept = self.kept();
                match kept.len() > self.pace.keep {
                    true => kept.pop_first(),
                    false => None,
                }
            };
            let Some((height, _)) = oldest else {
                return Ok(());
            };
            self.take_away(height)?;
        }
    }

    /// Removes a snapshot. What a crash leaves of it bears the name of what is not whole.
    fn take_away(&self, height: u64) -> Result<()> {
        let whole = self.path(height);
        let partial = whole.with_extension(PARTIAL);
        fs::rename(&whole, &partial).map_err(Error::file(&whole))?;
        sync_names(&self.folder)?;
        remove(&partial)
    }
}

fn chunk_file(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("{index:06}"))
}

/// The manifest of a whole snapshot.
fn found(folder: &Path) -> Option<Manifest> {
    let height = folder.file_name()?.to_str()?.parse().ok()?;
    Manifest::read(height, &fs::read(folder.join(MANIFEST)).ok()?)
}

/// Writes a file that is there after a power cut.
fn put(file: &Path, bytes: &[u8]) -> Result<()> {
    let write = || {
        let mut file = File::create(file)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(Error::file(file))
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file(folder)(error))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{Changes, Store, StoredRecord};
    use records::{Head, log::LogTree};

    const VERSION: u64 = 1;

    /// *Attack: the power is cut while thousands of chunks are removed, and what is left of them is offered to who joins.*
    #[test]
    fn a_snapshot_that_is_half_removed_has_not_the_name_of_a_whole_one() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, shelves) = (state(folder.path(), 1), folder.path().join("snapshots"));
        let pace = Pace { every: 10, keep: 1 };
        let shelf = Shelf::open(shelves.clone(), pace).expect("opens");
        let take = |height| shelf.take(store.snapshot(), height, VERSION);
        take(10).join().expect("ends");
        let oldest = shelves.join("10");
        for chunk in 1..5_000 {
            fs::write(chunk_file(&oldest, chunk), []).expect("writes");
        }
        let count = || fs::read_dir(&oldest).map(Iterator::count);
        let whole = count().expect("is there");
        let newer = take(20);
        while !newer.is_finished() {
            // It may go while it is counted.
            let left = count().unwrap_or(whole);
            assert!(left == whole || !oldest.exists(), "{left} of {whole}");
        }
        newer.join().expect("ends");
        let left: Vec<_> = fs::read_dir(&shelves)
            .expect("a folder")
            .flatten()
            .collect();
        assert_eq!((left.len(), shelf.oldest()), (1, Some(20)));
    }

    /// A state of so many records, each of which fills most of a chunk.
    fn state(folder: &Path, records: u8) -> Store {
        let store = Store::open(&folder.join("db")).expect("opens");
        let mut changes = Changes::default();
        for number in 0..records {
            let state = vec![number; 3 * 1024 * 1024];
            let head = Head::new(&state, &LogTree::new());
            let record = StoredRecord { head, state };
            changes.put_record(&[number; 32], VERSION, &record, None);
        }
        store.commit(changes).expect("writes");
        store
    }

    #[test]
    fn a_snapshot_that_nobody_would_take_is_not_written_and_fills_no_disk() {
        let folder = tempfile::tempdir().expect("a folder");
        let (store, shelves) = (state(folder.path(), 3), folder.path().join("snapshots"));
        let pace = Pace { every: 10, keep: 2 };
        let take = |most, height| {
            let shelf = Shelf::bounded(shelves.clone(), pace, most).expect("opens");
            let written = shelf.take(store.snapshot(), height, VERSION);
            written.join().expect("ends");
            shelf
        };
        assert_eq!(take(3, 10).oldest(), Some(10));
        let outgrown = take(2, 20);
        assert!(!outgrown.wants(30, 30), "the next is not smaller");
        assert_eq!(outgrown.list().len(), 1);
        let left = fs::read_dir(&shelves).expect("reads");
        let left: Vec<_> = left
            .map(|entry| entry.expect("is there").file_name())
            .collect();
        assert_eq!(left, ["10"]);
    }
}
