//! Reading: everything as of one commit.

use super::Table;
use crate::error::{Error, Result};
use redb::{ReadOnlyTable, ReadTransaction};

/// The database as of one commit; later commits do not show.
pub struct Snapshot {
    tables: Vec<ReadOnlyTable<&'static [u8], &'static [u8]>>,
}

impl Snapshot {
    pub(super) fn of(transaction: &ReadTransaction) -> Result<Self> {
        let tables: Result<Vec<_>> = Table::ALL
            .iter()
            .map(|table| Ok(transaction.open_table(table.definition())?))
            .collect();
        Ok(Self { tables: tables? })
    }

    fn table(&self, table: Table) -> &ReadOnlyTable<&'static [u8], &'static [u8]> {
        &self.tables[table as usize]
    }

    /// The value of a key.
    pub fn get(&self, table: Table, key: &[u8]) -> Result<Option<Vec<u8>>> {
        let value = self.table(table).get(key)?;
        Ok(value.map(|value| value.value().to_vec()))
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
        let mut range = self.table(table).range(from..=to)?;
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
        self.table(table)
            .range(from..to)?
            .take(limit)
            .map(|entry| {
                let (key, value) = entry?;
                Ok((key.value().to_vec(), value.value().to_vec()))
            })
            .collect()
    }
}
