//! Who names a blob: a record's state does in a field of its own, and a published roster's list does.

use crate::{
    error::Result,
    merkle::Hash,
    store::{Changes, Snapshot, Table},
};
use records::{Digest, Payload, canonical, hash::parse_hash};

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
    /// Who names it: a record, by its tree key, or a list, by its hash.
    pub by: Hash,
}

impl Name {
    /// What an event's subject will name.
    pub fn of(event: &Payload) -> Vec<Self> {
        Self::all(event.subject.tree_key(), &event.body)
    }

    /// What a record names whose state has this data.
    pub fn all(by: Hash, data: &canonical::Value) -> Vec<Self> {
        let text = |field| data.get(field).and_then(canonical::Value::as_str);
        let erased = text("status") == Some(ERASED);
        let names = FIELDS.iter().filter_map(|&(field, list)| {
            let hash = parse_hash(text(field)?)?;
            Some(Self {
                hash,
                list,
                erased,
                by,
            })
        });
        names.collect()
    }

    /// What a list names that has this hash; nothing where it is none.
    pub fn parts(by: Hash, list: &[u8]) -> Vec<Self> {
        let parts: Vec<Digest> = canonical::decode(list).unwrap_or_default();
        let part = |part: &Digest| Self {
            hash: part.0,
            list: false,
            erased: false,
            by,
        };
        match parts.len() {
            0..=MAX_PARTS => parts.iter().map(part).collect(),
            _ => Vec::new(),
        }
    }

    /// Writes that it is named; from then on it is not an erased one.
    pub fn note(&self, changes: &mut Changes) {
        changes.put(Table::BlobNames, self.row(), Vec::new());
        changes.remove(Table::ErasedBlobs, self.hash.to_vec());
    }

    /// Writes that it is not named any more by who named it.
    pub fn take_back(&self, changes: &mut Changes) {
        changes.remove(Table::BlobNames, self.row());
    }

    /// Whether anybody names a blob of this hash.
    pub fn is_one_of(snapshot: &Snapshot, hash: &Hash) -> Result<bool> {
        let end = [&hash[..], &[0xff; 33]].concat();
        let rows = snapshot.range(Table::BlobNames, hash, &end, 1)?;
        Ok(!rows.is_empty())
    }

    /// Whether anybody else than these names it too.
    pub fn is_named_besides(&self, gone: &[Self], snapshot: &Snapshot) -> Result<bool> {
        let of_it = gone.iter().filter(|name| name.hash == self.hash);
        let gone: Vec<_> = of_it.map(Self::row).collect();
        // One more than are gone: however many name it.
        let rows = snapshot.range(
            Table::BlobNames,
            &self.hash,
            &[&self.hash[..], &[0xff; 33]].concat(),
            gone.len() + 1,
        )?;
        Ok(rows.iter().any(|(row, _)| !gone.contains(row)))
    }

    /// How it is wanted where it is not here.
    pub fn wanted(&self) -> Wanted {
        Wanted {
            hash: self.hash,
            list: self.list,
        }
    }

    fn row(&self) -> Vec<u8> {
        [self.hash, self.by].concat()
    }
}

/// A blob that is named and not here: as itself, or as a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::application) struct Wanted {
    pub hash: Hash,
    pub list: bool,
}

impl Wanted {
    /// How a blob is wanted: as itself, as a list, both, or not at all.
    pub fn all(snapshot: &Snapshot, hash: &Hash) -> Result<Vec<Self>> {
        let rows = snapshot.range(Table::WantedBlobs, hash, &[&hash[..], &[0xff]].concat(), 2)?;
        Ok(rows.iter().filter_map(|(row, _)| Self::read(row)).collect())
    }

    /// As the store has it.
    pub fn read(row: &[u8]) -> Option<Self> {
        let (hash, list) = row.split_first_chunk()?;
        Some(Self {
            hash: *hash,
            list: *list == [1],
        })
    }

    /// Writes that it is wanted.
    pub fn write(&self, changes: &mut Changes) {
        changes.put(Table::WantedBlobs, self.row(), Vec::new());
    }

    /// Writes that it is wanted no more.
    pub fn forget(&self, changes: &mut Changes) {
        changes.remove(Table::WantedBlobs, self.row());
    }

    fn row(&self) -> Vec<u8> {
        [&self.hash[..], &[self.list.into()]].concat()
    }
}
