//! The snapshots that a node keeps: a folder each, written beside the chain as it goes on.

use super::{Manifest, write};
use crate::{
    error::{Error, Result},
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
    kept: Mutex<BTreeMap<u64, Manifest>>,
    writing: AtomicBool,
}

impl Shelf {
    /// The shelf in this folder, with what is whole there.
    pub fn open(folder: PathBuf, pace: Pace) -> Result<Self> {
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
        let (kept, writing) = (Mutex::new(kept), AtomicBool::new(false));
        Ok(Self(Arc::new(Inner {
            folder,
            pace,
            kept,
            writing,
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
        fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        let mut chunks = Vec::new();
        write(snapshot, version, |chunk| {
            put(&chunk_file(&folder, chunks.len()), &chunk)?;
            chunks.push(sha256(&chunk));
            Ok(())
        })?;
        let manifest = Manifest { height, chunks };
        put(&folder.join(MANIFEST), &manifest.metadata())?;
        sync_names(&folder)?;
        let whole = self.path(height);
        fs::rename(&folder, &whole).map_err(Error::file(&whole))?;
        sync_names(&self.folder)?;
        self.kept().insert(height, manifest);
        self.thin_out()
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
            remove(&self.path(height))?;
        }
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

/// Makes the names in a folder durable: a file's bytes are of no use under none.
fn sync_names(folder: &Path) -> Result<()> {
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(Error::file(folder))
}

fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Error::file(folder)(error))
        }
        _ => Ok(()),
    }
}
