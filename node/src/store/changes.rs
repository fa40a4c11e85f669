//! What is to be written.

use super::Table;
use std::collections::BTreeMap;

type Entries = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Changes to the tables, sorted as the database wants them; the later of two to one key wins.
#[derive(Debug, Default)]
pub struct Changes {
    tables: BTreeMap<Table, Entries>,
}

impl Changes {
    /// Sets a key.
    pub fn put(&mut self, table: Table, key: Vec<u8>, value: Vec<u8>) {
        self.tables
            .entry(table)
            .or_default()
            .insert(key, Some(value));
    }

    /// Removes a key.
    pub fn remove(&mut self, table: Table, key: Vec<u8>) {
        self.tables.entry(table).or_default().insert(key, None);
    }

    /// Takes over other changes.
    pub fn extend(&mut self, other: Self) {
        for (table, entries) in other.tables {
            self.tables.entry(table).or_default().extend(entries);
        }
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    /// Bytes of all keys and values.
    pub fn bytes(&self) -> u64 {
        let entries = self.tables.values().flatten();
        let bytes = entries.map(|(key, value)| key.len() + value.as_ref().map_or(0, Vec::len));
        bytes.sum::<usize>() as u64
    }

    pub(super) fn into_tables(self) -> BTreeMap<Table, Entries> {
        self.tables
    }
}
