//! The node's database: one file, and one atomic, durable transaction per block.
//!
//! Whatever a block changes is gathered in [`Changes`] and written by one [`Store::commit`]; readers look at a [`Snapshot`], which stays as it
//! was however many blocks follow.

mod changes;
mod log;
mod prune;
mod record;
mod snapshot;
mod tables;
mod tree;

pub use changes::Changes;
pub use log::{EntryPlace, MAX_LOG_ANSWER};
pub use prune::prune;
pub use record::StoredRecord;
pub use snapshot::Snapshot;
pub use tables::Table;
pub use tree::{TreeView, UpperNodes};

use crate::error::{Error, Result};
use redb::{Builder, Database, Durability, ReadableDatabase, StorageBackend};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// Bytes that [`Store::commit_soon`] leaves for the next sync; with more it syncs by itself.
const UNSYNCED: u64 = 8 * 1024 * 1024;
/// Memory that the database may use to keep pages at hand.
const CACHE_BYTES: usize = 128 * 1024 * 1024;

fn builder() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

/// The database.
pub struct Store {
    /// As of the last commit: whoever reads between two commits shares what is open already.
    newest: RwLock<Arc<Snapshot>>,
    database: Database,
    /// None on a storage of another kind.
    file: Option<PathBuf>,
    /// Every so many commits are made durable together.
    durable_every: AtomicU64,
    commits: AtomicU64,
    /// Bytes written since the last sync.
    unsynced: AtomicU64,
}

impl Store {
    /// Opens the database in this file; makes it where there is none.
    pub fn open(file: &Path) -> Result<Self> {
        Self::prepared(builder().create(file)?, Some(file.into()))
    }

    /// Opens the database on a storage of another kind; makes it where that is empty.
    pub fn over(storage: impl StorageBackend) -> Result<Self> {
        Self::prepared(builder().create_with_backend(storage)?, None)
    }

    fn prepared(database: Database, file: Option<PathBuf>) -> Result<Self> {
        let transaction = database.begin_write()?;
        for table in Table::ALL {
            transaction.open_table(table.definition())?;
        }
        transaction.commit()?;
        Ok(Self {
            newest: RwLock::new(Arc::new(Snapshot::of(database.begin_read()?))),
            database,
            file,
            durable_every: AtomicU64::new(1),
            commits: AtomicU64::new(0),
            unsynced: AtomicU64::new(0),
        })
    }

    /// The state as of the last commit.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        let newest = self.newest.read();
        newest.unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn renew_snapshot(&self) -> Result<()> {
        let mut newest = self.newest.write().unwrap_or_else(PoisonError::into_inner);
        *newest = Arc::new(Snapshot::of(self.database.begin_read()?));
        Ok(())
    }

    /// Makes every so many commits durable together; 1, every commit, is how it opens. For writing what can be written again.
    pub fn set_durable_every(&self, commits: u64) {
        self.durable_every.store(commits.max(1), Ordering::Relaxed);
    }

    fn durability(&self) -> Durability {
        let every = self.durable_every.load(Ordering::Relaxed);
        match (self.commits.fetch_add(1, Ordering::Relaxed) + 1) % every {
            0 => Durability::Immediate,
            _ => Durability::None,
        }
    }

    /// Bytes that the database has or could have: what is in it, and what is free on its disk. No bound on a storage of another kind.
    pub fn room(&self) -> Result<u64> {
        let Some(file) = &self.file else {
            return Ok(u64::MAX);
        };
        let taken = file.metadata().map_err(Error::file(file))?.len();
        let disk = rustix::fs::statvfs(file).map_err(|error| Error::file(file)(error.into()))?;
        let free = disk.f_bavail.saturating_mul(disk.f_frsize);
        Ok(taken.saturating_add(free))
    }

    /// Empties every table but those of the blobs that are here, which no state vouches for.
    pub fn clear(&self) -> Result<()> {
        let transaction = self.database.begin_write()?;
        for table in Table::ALL {
            if matches!(table, Table::Blobs | Table::WaitingBlobs) {
                continue;
            }
            transaction.delete_table(table.definition())?;
            transaction.open_table(table.definition())?;
        }
        transaction.commit()?;
        self.renew_snapshot()
    }

    /// Writes every change or none. When this returns, they survive a crash.
    pub fn commit(&self, changes: Changes) -> Result<()> {
        self.write(changes, self.durability())
    }

    /// Writes every change or none. They survive a crash once a later [`Store::commit`] has returned: for what anybody may hand in, who could else have
    /// the disk sync all the time.
    pub fn commit_soon(&self, changes: Changes) -> Result<()> {
        let bytes = changes.bytes();
        let unsynced = self.unsynced.fetch_add(bytes, Ordering::Relaxed) + bytes;
        self.write(
            changes,
            match unsynced > UNSYNCED {
                true => Durability::Immediate,
                false => Durability::None,
            },
        )
    }

    fn write(&self, changes: Changes, durability: Durability) -> Result<()> {
        let mut transaction = self.database.begin_write()?;
        if matches!(durability, Durability::Immediate) {
            self.unsynced.store(0, Ordering::Relaxed);
        }
        transaction
            .set_durability(durability)
            .map_err(redb::Error::from)?;
        for (table, entries) in changes.into_tables() {
            let mut table = transaction.open_table(table.definition())?;
            for (key, value) in entries {
                match value {
                    Some(value) => table.insert(key.as_slice(), value.as_slice())?,
                    None => table.remove(key.as_slice())?,
                };
            }
        }
        transaction.commit()?;
        self.renew_snapshot()
    }
}
