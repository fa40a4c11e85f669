//! Reading: everything as of one commit.

use super::Table;
use crate::error::{Error, Result};
use redb::{ReadOnlyTable, ReadTransaction, ReadableTableMetadata};
use std::sync::OnceLock;

type Opened = ReadOnlyTable<&'static [u8], &'static [u8]>;

/// The database as of one commit; later commits do not show.
pub struct Snapshot {
    transaction: ReadTransaction,
    /// Opened when first read: most questions look at few.
    tables: [OnceLock<Opened>; Table::ALL.len()],
}

impl Snapshot {
    pub(super) fn of(transaction: ReadTransaction) -> Self {
        Self {
            transaction,
            tables: [const { OnceLock::new() }; Table::ALL.len()],
        }
    }

    fn table(&self, table: Table) -> Result<&Opened> {
        let place = &self.tables[table as usize];
        if let Some(opened) = place.get() {
            return Ok(opened);
        }
        let opened = self.transaction.open_table(table.definition())?;
        Ok(place.get_or_init(|| opened))
    }

    /// The value of a key.
    pub fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let value = self.table(table)?.get(key)?;
        Ok(value.map(|value| value.value().to_vec()))
    }

    /// Whether a key is there.
    pub fn has(&self, table: Table, key: &[u8]) -> Result<bool> {
        Ok(self.table(table)?.get(key)?.is_some())
    }

    /// How many keys there are.
    pub fn count(&self, table: Table) -> Result<u64> {
        Ok(self.table(table)?.len()?)
    }

    /// The value of a key that must be there.
    pub fn require(&self, table: Table, key: &[u8]) -> Result<Vec<u8>> {
        self.get(table, key)?
            .ok_or(Error::Damaged("an entry is missing"))
    }

    /// The entry with the greatest key in `from..=to`.
    pub fn last_in(
        &self,
        table: Table,
        from: &[u8],
        to: &[u8],
    ) -> Result<Option<(Vec<u8>, Vec<u8>)>> {
        let mut range = self.table(table)?.range(from..=to)?;
        let Some(entry) = range.next_back() else {
            return Ok(None);
        };
        let (key, value) = entry?;
        Ok(Some((key.value().to_vec(), value.value().to_vec())))
    }

    /// Entries with keys in `from..to`, at most `limit`.
    pub fn range(
        &self,
        table: Table,
        from: &[u8],
        to: &[u8],
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        self.table(table)?
            .range(from..to)?
            .take(limit)
            .map(|entry| {
                let (key, value) = entry?;
                Ok((key.value().to_vec(), value.value().to_vec()))
            })
            .collect()
    }
}
