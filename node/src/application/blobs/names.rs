//! Who names a blob: a record's state does in a field of its own, and a published roster's list does.

use crate::{
    merkle::Hash,
    store::{Changes, Snapshot, Table},
};
use records::{Digest, State, canonical, hash::parse_hash};

/// The fields that name a blob by its hash, and whether that blob is a list which names others.
const FIELDS: [(&str, bool); 4] = [
    ("content", false),
    ("notice", false),
    ("published", true),
    ("sealed", false),
];
/// A list names so many blobs at most: no verifier reads a longer one.
const MAX_PARTS: usize = 256;
/// A record with this status names no blob any more.
const ERASED: &str = "erased";

/// A blob as somebody names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::application) struct Name {
    pub hash: Hash,
    /// Whether it is a list of blobs, which it names in turn.
    pub list: bool,
    /// Whether it was named and is to be forgotten.
    pub erased: bool,
}

impl Name {
    /// What a state names.
    pub fn all(state: &State) -> Vec<Self> {
        let text = |field| state.data.get(field).and_then(canonical::Value::as_str);
        let erased = text("status") == Some(ERASED);
        let names = FIELDS.iter().filter_map(|&(field, list)| {
            let hash = parse_hash(text(field)?)?;
            Some(Self { hash, list, erased })
        });
        names.collect()
    }

    /// What a list names; nothing where it is none.
    pub fn parts(list: &[u8]) -> Vec<Self> {
        let parts: Vec<Digest> = canonical::decode(list).unwrap_or_default();
        match parts.len() {
            0..=MAX_PARTS => parts.iter().map(|part| Self::plain(part.0)).collect(),
            _ => Vec::new(),
        }
    }

    fn plain(hash: Hash) -> Self {
        Self {
            hash,
            list: false,
            erased: false,
        }
    }

    /// How a blob is wanted: as itself, as a list, or not at all.
    pub fn wanted(snapshot: &Snapshot, hash: &Hash) -> crate::error::Result<Vec<Self>> {
        let rows = snapshot.range(Table::WantedBlobs, hash, &[&hash[..], &[0xff]].concat(), 2)?;
        Ok(rows.iter().filter_map(|(row, _)| Self::read(row)).collect())
    }

    /// As the store has it.
    pub fn read(row: &[u8]) -> Option<Self> {
        let (hash, list) = row.split_first_chunk()?;
        Some(Self {
            list: *list == [1],
            ..Self::plain(*hash)
        })
    }

    /// Writes that it is wanted.
    pub fn want(&self, changes: &mut Changes) {
        changes.put(Table::WantedBlobs, self.row(), Vec::new());
    }

    /// Writes that it is wanted no more.
    pub fn want_no_more(&self, changes: &mut Changes) {
        changes.remove(Table::WantedBlobs, self.row());
    }

    fn row(&self) -> Vec<u8> {
        [&self.hash[..], &[self.list.into()]].concat()
    }
}
