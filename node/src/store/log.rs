//! Logs of records: entries by reference, and the RFC 6962 nodes that make append, root, inclusion and consistency O(log n).

use super::{Changes, Snapshot, Table};
use crate::{
    error::{Error, Result},
    merkle::{Hash, inner_hash, split_point},
};
use records::log::LogTree;

/// Longest answer to a range of a log, bytes.
pub const MAX_LOG_ANSWER: usize = 1024 * 1024;
/// Entries of a log found in one go.
const PAGE: usize = 256;

/// Where an entry's bytes are: height and position in the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EntryPlace {
    /// Height of the block; 0 for founding events.
    pub height: u64,
    /// Position among the block's transactions.
    pub position: u32,
}

impl EntryPlace {
    /// As a key.
    pub fn encode(self) -> Vec<u8> {
        [&self.height.to_be_bytes()[..], &self.position.to_be_bytes()].concat()
    }

    /// The reverse of [`EntryPlace::encode`].
    pub fn decode(bytes: &[u8]) -> Result<Self> {
        let parts = bytes
            .split_first_chunk()
            .and_then(|(height, position)| Some((height, position.try_into().ok()?)));
        let (height, position) = parts.ok_or(Error::Damaged("the place of an entry"))?;
        Ok(Self {
            height: u64::from_be_bytes(*height),
            position: u32::from_be_bytes(position),
        })
    }
}

impl Changes {
    /// Appends a leaf to a record's log and keeps every subtree that this completes.
    pub fn append_log(&mut self, key: &Hash, log: &mut LogTree, leaf: Hash) {
        for (level, index, hash) in log.append(leaf) {
            self.put(Table::LogNodes, node_key(key, level, index), hash.to_vec());
        }
    }

    /// Says which transaction is the entry at this index of a record's log.
    pub fn refer(&mut self, key: &Hash, index: u64, place: EntryPlace) {
        self.put(Table::LogRefs, ref_key(key, index), place.encode());
    }
}

impl Snapshot {
    /// The log of a record, ready to append to.
    pub fn log_tree(&self, key: &Hash, size: u64) -> Result<LogTree> {
        let mut peaks = Vec::new();
        let mut start = 0;
        for level in (0..u64::BITS).rev().filter(|level| size >> level & 1 == 1) {
            peaks.push(self.log_node(key, level, start >> level)?);
            start += 1 << level;
        }
        LogTree::from_peaks(size, peaks).ok_or(Error::Damaged("a log's peaks"))
    }

    fn log_node(&self, key: &Hash, level: u32, index: u64) -> Result<Hash> {
        let hash = self.require(Table::LogNodes, &node_key(key, level, index))?;
        hash.try_into().map_err(|_| Error::Damaged("a log's node"))
    }

    /// Root over the entries `start..start + size`, where `start` is a multiple of the next power of two.
    fn subtree(&self, key: &Hash, start: u64, size: u64) -> Result<Hash> {
        if size.is_power_of_two() {
            let level = size.trailing_zeros();
            return self.log_node(key, level, start >> level);
        }
        let left = split_point(size);
        Ok(inner_hash(
            &self.subtree(key, start, left)?,
            &self.subtree(key, start + left, size - left)?,
        ))
    }

    /// Audit path of entry `index` in the log's first `size` entries (RFC 6962 §2.1.1), from the leaf up. Requires `index < size`.
    pub fn log_inclusion(&self, key: &Hash, index: u64, size: u64) -> Result<Vec<Hash>> {
        let (mut start, mut size) = (0, size);
        let mut path = Vec::new();
        while size > 1 {
            let left = split_point(size);
            if index - start < left {
                path.push(self.subtree(key, start + left, size - left)?);
                size = left;
            } else {
                path.push(self.subtree(key, start, left)?);
                start += left;
                size -= left;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// Consistency path between the log's first `from` and first `to` entries (RFC 6962 §2.1.2). Requires `0 < from <= to`.
    pub fn log_consistency(&self, key: &Hash, from: u64, to: u64) -> Result<Vec<Hash>> {
        let (mut start, mut size) = (0, to);
        let mut path = Vec::new();
        // Whether the old tree is still one whole subtree of the new one, whose root the verifier knows.
        let mut whole = true;
        while from - start < size {
            let left = split_point(size);
            if from - start <= left {
                path.push(self.subtree(key, start + left, size - left)?);
                size = left;
            } else {
                path.push(self.subtree(key, start, left)?);
                start += left;
                size -= left;
                whole = false;
            }
        }
        if !whole {
            path.push(self.subtree(key, start, size)?);
        }
        path.reverse();
        Ok(path)
    }

    /// Where a record's log's entries are, from `start`, at most `count`.
    pub fn log_places(&self, key: &Hash, start: u64, count: usize) -> Result<Vec<EntryPlace>> {
        let (from, to) = (
            ref_key(key, start),
            ref_key(key, start.saturating_add(count as u64)),
        );
        let rows = self.range(Table::LogRefs, &from, &to, count)?;
        rows.iter()
            .map(|(_, place)| EntryPlace::decode(place))
            .collect()
    }

    /// Entries of a record's log from `start`, at most `count` and no more than [`MAX_LOG_ANSWER`] when packed; the first always.
    pub fn log_entries(&self, key: &Hash, start: u64, count: u64) -> Result<Vec<Vec<u8>>> {
        let end = start.saturating_add(count.min(MAX_LOG_ANSWER as u64 / 16));
        let (mut entries, mut total, mut next) = (Vec::new(), 0, start);
        while next < end {
            // Of large entries the first few fill the answer.
            let page = PAGE.min(usize::try_from(end - next).unwrap_or(PAGE));
            let places = self.log_places(key, next, page)?;
            for place in &places {
                let entry = self.require(Table::Entries, &place.encode())?;
                total += 4 + entry.len();
                if total > MAX_LOG_ANSWER && !entries.is_empty() {
                    return Ok(entries);
                }
                entries.push(entry);
            }
            if places.len() < page {
                break;
            }
            next += page as u64;
        }
        Ok(entries)
    }
}

fn node_key(key: &Hash, level: u32, index: u64) -> Vec<u8> {
    [&key[..], &[level as u8], &index.to_be_bytes()].concat()
}

fn ref_key(key: &Hash, index: u64) -> Vec<u8> {
    [&key[..], &index.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    const KEY: Hash = [7; 32];

    /// A log with entries of these sizes, and behind them one that cannot be found.
    fn log(sizes: &[usize]) -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("db")).expect("opens");
        let mut changes = Changes::default();
        for (position, size) in (0..).zip(sizes) {
            let place = EntryPlace {
                height: 1,
                position,
            };
            changes.refer(&KEY, position.into(), place);
            let entry = vec![position as u8; *size];
            changes.put(Table::Entries, place.encode(), entry);
        }
        let row = ref_key(&KEY, sizes.len() as u64);
        changes.put(Table::LogRefs, row, b"no place".to_vec());
        store.commit(changes).expect("writes");
        (folder, store)
    }

    /// *Attack: anybody asks for 65 536 entries again and again, of a log whose first ones fill the answer.*
    #[test]
    fn a_part_of_a_log_looks_for_no_more_than_it_shows() {
        let (_folder, store) = log(&[[MAX_LOG_ANSWER / 4; 4].as_slice(), &[1; PAGE]].concat());
        let entries = store.snapshot().log_entries(&KEY, 0, u64::MAX);
        assert_eq!(entries.expect("reads").len(), 3);
    }

    #[test]
    fn a_part_of_a_log_has_the_entries_that_were_asked_for() {
        let sizes = [1; 2 * PAGE + 1];
        let (_folder, store) = log(&sizes);
        for (start, count) in [(0, 2 * PAGE + 1), (1, 2 * PAGE), (PAGE, PAGE), (5, 1)] {
            let entries = store
                .snapshot()
                .log_entries(&KEY, start as u64, count as u64)
                .expect("reads");
            let expected = (start..start + count).map(|position| vec![position as u8]);
            assert_eq!(entries, expected.collect::<Vec<_>>(), "{start} {count}");
        }
        let damaged = store.snapshot().log_entries(&KEY, 0, u64::MAX);
        assert!(damaged.is_err(), "what is there is read to its end");
    }
}
