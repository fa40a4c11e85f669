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

use crate::error::Result;
use redb::{Database, Durability, ReadableDatabase};
use std::path::Path;

/// Memory that the database may use to keep pages at hand.
const CACHE_BYTES: usize = 128 * 1024 * 1024;

/// The database.
pub struct Store {
    database: Database,
}

impl Store {
    /// Opens the database in this file; makes it where there is none.
    pub fn open(file: &Path) -> Result<Self> {
        let database = Database::builder()
            .set_cache_size(CACHE_BYTES)
            .create(file)?;
        let transaction = database.begin_write()?;
        for table in Table::ALL {
            transaction.open_table(table.definition())?;
        }
        transaction.commit()?;
        Ok(Self { database })
    }

    /// The state as of the last commit.
    pub fn snapshot(&self) -> Result<Snapshot> {
        Snapshot::of(&self.database.begin_read()?)
    }

    /// Writes every change or none. When this returns, they survive a crash.
    pub fn commit(&self, changes: Changes) -> Result<()> {
        let mut transaction = self.database.begin_write()?;
        transaction
            .set_durability(Durability::Immediate)
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
        Ok(())
    }
}
