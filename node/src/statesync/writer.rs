//! From the state to chunks: the same bytes at every node that is at the same height.

use super::{Item, MAX_CHUNK};
use crate::{
    application::block_hashes,
    error::{Error, Result},
    merkle::Hash,
    store::{EntryPlace, Snapshot, StoredRecord, Table},
};
use std::collections::HashMap;

/// Entries of a log found in one go.
const PAGE: usize = 1_000;

/// Writes the state as of a version of the tree, chunk by chunk.
pub fn write(
    snapshot: &Snapshot,
    version: u64,
    take: impl FnMut(Vec<u8>) -> Result<()>,
) -> Result<()> {
    let mut writer = Writer {
        snapshot,
        chunk: Vec::new(),
        brought: Places::default(),
        take,
    };
    snapshot.each_record(version, |key, record| writer.record(key, &record))?;
    writer.end()
}

struct Writer<'a, F> {
    snapshot: &'a Snapshot,
    chunk: Vec<u8>,
    brought: Places,
    take: F,
}

impl<F: FnMut(Vec<u8>) -> Result<()>> Writer<'_, F> {
    fn record(&mut self, key: &Hash, record: &StoredRecord) -> Result<()> {
        self.put(&Item::Record(*key))?;
        if *key == block_hashes().tree_key() {
            self.block_hashes(record.head.log_size)?;
        } else {
            self.log(key, record.head.log_size)?;
        }
        self.put(&Item::State(&record.state))
    }

    fn log(&mut self, key: &Hash, size: u64) -> Result<()> {
        let mut index = 0;
        while index < size {
            let page = PAGE.min(usize::try_from(size - index).unwrap_or(PAGE));
            let places = self.snapshot.log_places(key, index, page)?;
            if places.len() != page {
                return Err(Error::Damaged("a log's entries"));
            }
            for place in places {
                self.entry(place)?;
            }
            index += page as u64;
        }
        Ok(())
    }

    fn entry(&mut self, place: EntryPlace) -> Result<()> {
        if !self.brought.insert(place) {
            return self.put(&Item::Again(place));
        }
        let entry = self.snapshot.require(Table::Entries, &place.encode())?;
        self.put(&Item::Entry(place, &entry))
    }

    fn block_hashes(&mut self, size: u64) -> Result<()> {
        for height in 1..=size {
            let height = height.to_be_bytes();
            let hash = self.snapshot.require(Table::BlockHashes, &height)?;
            let hash = hash.try_into();
            self.put(&Item::BlockHash(
                hash.map_err(|_| Error::Damaged("a block hash"))?,
            ))?;
        }
        Ok(())
    }

    /// Where an item does not fit any more, the chunk ends before it.
    fn put(&mut self, item: &Item<'_>) -> Result<()> {
        let before = self.chunk.len();
        item.write(&mut self.chunk);
        if self.chunk.len() > MAX_CHUNK {
            let next = self.chunk.split_off(before);
            (self.take)(std::mem::replace(&mut self.chunk, next))?;
        }
        Ok(())
    }

    fn end(mut self) -> Result<()> {
        match self.chunk.is_empty() {
            true => Ok(()),
            false => (self.take)(self.chunk),
        }
    }
}

/// Which entries were brought: 64 neighbours in a word, for there may be a hundred million.
#[derive(Default)]
struct Places(HashMap<(u64, u32), u64>);

impl Places {
    /// Whether the place is new.
    fn insert(&mut self, place: EntryPlace) -> bool {
        let word = self.0.entry((place.height, place.position / 64));
        let (word, bit) = (word.or_default(), 1 << (place.position % 64));
        let new = *word & bit == 0;
        *word |= bit;
        new
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_new_once() {
        let mut places = Places::default();
        for height in [0, 7] {
            for position in [0, 63, 64, u32::MAX] {
                let place = EntryPlace { height, position };
                assert!(places.insert(place));
                assert!(!places.insert(place));
            }
        }
    }
}
