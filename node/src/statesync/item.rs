//! What stands in a chunk: records one after the other, each with its log and then its state.

use crate::{merkle::Hash, store::EntryPlace};

/// A part of a record. Items never cross the edge of a chunk; a record may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// A record begins: its tree key. Records stand in the order of the hashes of their keys.
    Record(Hash),
    /// The next entry of its log, which stands here for the first time.
    Entry(EntryPlace, &'a [u8]),
    /// The next entry of its log, which another record brought.
    Again(EntryPlace),
    /// The next entry of `block-hashes/main`: the hash alone.
    BlockHash(Hash),
    /// The record's state, with which it ends.
    State(&'a [u8]),
}

const PLACE: usize = 12;

impl<'a> Item<'a> {
    /// Appends it to a chunk.
    pub fn write(&self, chunk: &mut Vec<u8>) {
        match self {
            Self::Record(key) => put(chunk, 0, key),
            Self::Entry(place, entry) => {
                put(chunk, 1, &place.encode());
                put_long(chunk, entry);
            }
            Self::Again(place) => put(chunk, 2, &place.encode()),
            Self::BlockHash(hash) => put(chunk, 3, hash),
            Self::State(state) => {
                chunk.push(4);
                put_long(chunk, state);
            }
        }
    }

    /// Takes the first one off a chunk; none where it is none, or cut off.
    pub fn read(chunk: &mut &'a [u8]) -> Option<Self> {
        let (tag, rest) = chunk.split_first()?;
        *chunk = rest;
        Some(match tag {
            0 => Self::Record(*take(chunk)?),
            1 => Self::Entry(take_place(chunk)?, take_long(chunk)?),
            2 => Self::Again(take_place(chunk)?),
            3 => Self::BlockHash(*take(chunk)?),
            4 => Self::State(take_long(chunk)?),
            _ => return None,
        })
    }
}

fn put(chunk: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    chunk.push(tag);
    chunk.extend_from_slice(bytes);
}

fn put_long(chunk: &mut Vec<u8>, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    chunk.extend_from_slice(&length.to_be_bytes());
    chunk.extend_from_slice(bytes);
}

fn take<'a, const N: usize>(chunk: &mut &'a [u8]) -> Option<&'a [u8; N]> {
    let (taken, rest) = chunk.split_first_chunk()?;
    *chunk = rest;
    Some(taken)
}

fn take_place(chunk: &mut &[u8]) -> Option<EntryPlace> {
    EntryPlace::decode(take::<PLACE>(chunk)?).ok()
}

fn take_long<'a>(chunk: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = u32::from_be_bytes(*take(chunk)?);
    let (taken, rest) = chunk.split_at_checked(usize::try_from(length).ok()?)?;
    *chunk = rest;
    Some(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: EntryPlace = EntryPlace {
        height: 3,
        position: 1,
    };

    #[test]
    fn items_are_read_as_they_were_written_and_not_when_cut_off() {
        let items = [
            Item::Record([7; 32]),
            Item::Entry(PLACE, b"an entry"),
            Item::Again(PLACE),
            Item::BlockHash([9; 32]),
            Item::State(b"{}"),
        ];
        let mut chunk = Vec::new();
        for item in items {
            let start = chunk.len();
            item.write(&mut chunk);
            for cut in start..chunk.len() {
                assert_eq!(Item::read(&mut &chunk[start..cut]), None, "{item:?}");
            }
        }
        let mut rest = chunk.as_slice();
        for item in items {
            assert_eq!(Item::read(&mut rest), Some(item));
        }
        assert!(rest.is_empty());
    }

    #[test]
    fn what_is_no_item_is_none() {
        for bytes in [&[][..], &[5], &[255; 40], &[4, 255, 255, 255, 255, 1]] {
            assert_eq!(Item::read(&mut &bytes[..]), None, "{bytes:?}");
        }
    }
}
