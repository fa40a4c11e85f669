//! What a proof file holds, and its one encoding.

use super::{
    asked::Asked,
    bytes::{In, Out, Torn},
    entry,
    heads::{Bare, share},
};
use alloc::{string::String, sync::Arc, vec::Vec};
use light_client::{
    BlockIdFlag, Commit, CommitSig, Hash, Header, LightBlock, MAX_CHAIN_ID_LENGTH, SignedHeader,
    ValidatorSet, sha256,
};
use litemap::LiteMap;

/// Longest file, bytes.
pub const MAX_FILE: usize = 4 * 1024 * 1024;
/// How every file begins; its format, one byte, stands behind it.
const MAGIC: &[u8] = b"lianyan";
/// The format of a proof file.
const WHOLE: u8 = 1;
/// The format of a [short proof](super::Short).
pub(super) const SHORT: u8 = 2;
const MAX_STEPS: usize = 1_000;
const MAX_BLOCK: usize = 1024 * 1024;
/// Validators over all steps: a set is written once and held once for each step.
const MAX_VOTERS: usize = 200_000;
const MAX_RECORDS: usize = 20_000;
const MAX_PROOF: usize = 64 * 1024;
const MAX_ENTRIES: usize = 100_000;
/// As many as one question asks for.
const MAX_HEADERS: usize = crate::headers::MOST;
/// An RFC 6962 path is no longer than a number of entries has bits.
const MAX_PATH: usize = 64;
const MAX_BLOBS: usize = 257;
const MAX_BLOB: usize = 256 * 1024;

/// Why bytes are no proof file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It begins as no proof file does.
    #[error("not a proof file")]
    NotAProof,
    /// A later format, or one that is of no use here.
    #[error("a proof file of format {0}; this program reads 1 and, where it may ask nodes, 2")]
    Version(u8),
    /// Longer than [`MAX_FILE`].
    #[error("longer than a proof file may be")]
    TooLong,
    /// Cut, bent, or not in the one encoding.
    #[error("not a proof file in its one encoding")]
    Torn,
}

impl From<Torn> for Unreadable {
    fn from(Torn: Torn) -> Self {
        Self::Torn
    }
}

/// The proof of a record's head, or of its absence, and its log where that was replayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shelf {
    /// The ICS-23 proof, packed.
    pub proof: Vec<u8>,
    /// The log, as nodes hand it out.
    pub log: Vec<Arc<[u8]>>,
}

/// A header and its place in the log of block hashes.
pub type Logged = (Header, Vec<Hash>);

/// A proof file. Nothing of it is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portable {
    /// The chain that it speaks of.
    pub chain: String,
    /// What was asked.
    pub asked: Asked,
    /// The header from which the way starts, which must be the reader's checkpoint, and its validators.
    pub start: (Header, ValidatorSet),
    /// The way from there.
    pub steps: Vec<LightBlock>,
    /// An older header on which everything else rests, in the log of block hashes under the last step's, with the head of that log; none where it rests on that header itself.
    pub older: Option<(Logged, Vec<u8>)>,
    /// Records by their tree keys.
    pub shelves: LiteMap<Hash, Shelf>,
    /// Headers that tell when events happened.
    pub times: LiteMap<u64, Logged>,
    /// Blobs by their hashes.
    pub blobs: LiteMap<Hash, Vec<u8>>,
}

impl Portable {
    /// The header to which the way leads.
    pub fn last(&self) -> &Header {
        self.steps
            .last()
            .map_or(&self.start.0, |block| &block.signed_header.header)
    }

    /// The header on which everything rests, as the file has it.
    pub fn header(&self) -> &Header {
        self.older
            .as_ref()
            .map_or(self.last(), |((header, _), _)| header)
    }

    /// How many blocks, records, log entries, headers and blobs it holds.
    pub fn contents(&self) -> [usize; 5] {
        let places = distinct(self.shelves.values().flat_map(|shelf| &shelf.log));
        let last = places.values().max();
        [
            self.steps.len() + 1,
            self.shelves.len(),
            last.map_or(0, |last| last + 1),
            self.times.len(),
            self.blobs.len(),
        ]
    }

    /// The file. None where something in it has no place in the format.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let mut out = begun(WHOLE, &self.chain, &self.asked);
        self.write_way(&mut out);
        match &self.older {
            None => out.number(0),
            Some((logged, head)) => {
                out.number(1);
                write_logged(&mut out, logged);
                out.bytes(head);
            }
        }
        write_shelves(&mut out, &self.shelves)?;
        out.count(self.times.len());
        for logged in self.times.values() {
            write_logged(&mut out, logged);
        }
        out.count(self.blobs.len());
        for blob in self.blobs.values() {
            out.bytes(blob);
        }
        Some(out.0)
    }

    /// Reads a file. Only the one encoding is read: no two files hold the same.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.len() > MAX_FILE {
            return Err(Unreadable::TooLong);
        }
        let proof = read(begin(WHOLE, bytes)?)?;
        match proof.encode() {
            Some(again) if again == bytes => Ok(proof),
            _ => Err(Unreadable::Torn),
        }
    }

    /// The way; each validator set once, where it is first needed.
    fn write_way(&self, out: &mut Out) {
        let mut sets = Vec::new();
        let (header, validators) = &self.start;
        out.bytes(&header.to_bytes());
        write_set(out, &mut sets, validators);
        out.count(self.steps.len());
        for block in &self.steps {
            out.bytes(&block.signed_header.header.to_bytes());
            write_set(out, &mut sets, &block.validators);
            out.bytes(&block.signed_header.commit.to_bytes());
        }
    }
}

/// A file of this format that has only begun.
pub(super) fn begun(format: u8, chain: &str, asked: &Asked) -> Out {
    let mut out = Out([MAGIC, &[format]].concat());
    out.bytes(chain.as_bytes());
    asked.write(&mut out);
    out
}

/// What stands behind the beginning of a file of this format.
pub(super) fn of_format(format: u8, bytes: &[u8]) -> Result<&[u8], Unreadable> {
    let rest = bytes.strip_prefix(MAGIC).and_then(<[u8]>::split_first);
    match rest {
        Some((found, rest)) if *found == format => Ok(rest),
        Some((found, _)) => Err(Unreadable::Version(*found)),
        None => Err(Unreadable::NotAProof),
    }
}

/// The chain and what was asked, of a file of this format, and what stands behind them.
pub(super) fn begin(format: u8, bytes: &[u8]) -> Result<(String, Asked, In<'_>), Unreadable> {
    let mut from = In(of_format(format, bytes)?);
    let chain = from.text(MAX_CHAIN_ID_LENGTH)?.into();
    let asked = Asked::read(&mut from)?;
    Ok((chain, asked, from))
}

fn write_set<'a>(out: &mut Out, known: &mut Vec<&'a ValidatorSet>, set: &'a ValidatorSet) {
    match known.iter().position(|known| *known == set) {
        Some(place) => out.count(place),
        None => {
            out.count(known.len());
            out.bytes(&set.to_bytes());
            known.push(set);
        }
    }
}

/// Which of them are the same, by address: a number for each content. One entry may stand in thousands of logs; its bytes are compared once for each time
/// that it is here.
fn distinct<'a, T: Ord + ?Sized + 'a>(
    entries: impl Iterator<Item = &'a Arc<T>>,
) -> LiteMap<usize, usize> {
    let mut entries: Vec<(usize, &T)> = entries.map(|one| (address(one), &**one)).collect();
    entries.sort_unstable_by_key(|(address, _)| *address);
    entries.dedup_by_key(|(address, _)| *address);
    entries.sort_by_key(|(_, content)| *content);
    let (mut number, mut before) = (0, None);
    let numbered = entries.into_iter().map(|(address, content)| {
        if before
            .replace(content)
            .is_some_and(|before| before != content)
        {
            number += 1;
        }
        (address, number)
    });
    let mut numbered: Vec<(usize, usize)> = numbered.collect();
    numbered.sort_unstable();
    LiteMap::from_sorted_store_unchecked(numbered)
}

fn address<T: ?Sized>(entry: &Arc<T>) -> usize {
    Arc::as_ptr(entry).addr()
}

/// Records by tree key; each log entry once, where it is first needed.
pub(super) fn write_shelves(out: &mut Out, shelves: &LiteMap<Hash, Shelf>) -> Option<()> {
    let entries = distinct(shelves.values().flat_map(|shelf| &shelf.log));
    // Where each stands in the file, once it is written.
    let mut places: Vec<Option<usize>> = alloc::vec![None; entries.len()];
    let mut next = 0;
    let mut heads = Vec::new();
    out.count(shelves.len());
    for (key, shelf) in shelves {
        out.0.extend_from_slice(key);
        let head = Bare::read(&mut In(&shelf.proof), key, true).ok()?;
        head.write(out, false);
        heads.push(head);
        out.count(shelf.log.len());
        for one in &shelf.log {
            let place = places.get_mut(*entries.get(&address(one))?)?;
            if let Some(place) = *place {
                out.count(place);
                continue;
            }
            *place = Some(next);
            out.count(next);
            next += 1;
            if !entry::write(out, one) {
                return None;
            }
        }
    }
    let given = |sibling: Hash| {
        out.0.extend_from_slice(&sibling);
        Ok(sibling)
    };
    share(&mut heads, given).ok()?;
    // What was left out must come back as it was: these are proofs in one tree.
    let mut back = heads.iter().zip(shelves.values());
    back.all(|(head, shelf)| head.packed() == shelf.proof)
        .then_some(())
}

fn write_logged(out: &mut Out, (header, path): &Logged) {
    out.bytes(&header.to_bytes());
    out.hashes(path);
}

fn read((chain, asked, mut from): (String, Asked, In<'_>)) -> Result<Portable, Torn> {
    let from = &mut from;
    let (start, steps) = read_way(from)?;
    let older = match from.byte()? {
        0 => None,
        _ => Some((read_logged(from)?, from.bytes(MAX_PROOF)?.to_vec())),
    };
    let shelves = read_shelves(from)?;
    let times = from.list(MAX_HEADERS, |from| {
        let logged = read_logged(from)?;
        Ok((logged.0.height, logged))
    })?;
    let blobs = from.list(MAX_BLOBS, |from| {
        let blob = from.bytes(MAX_BLOB)?;
        Ok((sha256(&[blob]), blob.to_vec()))
    })?;
    let proof = Portable {
        chain,
        asked,
        start,
        steps,
        older,
        shelves,
        times: rising(times)?,
        blobs: rising(blobs)?,
    };
    if from.0.is_empty() {
        Ok(proof)
    } else {
        Err(Torn)
    }
}

type Way = ((Header, ValidatorSet), Vec<LightBlock>);

fn read_way(from: &mut In<'_>) -> Result<Way, Torn> {
    let mut sets: Vec<ValidatorSet> = Vec::new();
    let mut left = MAX_VOTERS;
    let mut set = |from: &mut In<'_>| {
        let place = from.count(MAX_STEPS)?;
        if place == sets.len() {
            let bytes = from.bytes(MAX_BLOCK)?;
            sets.push(ValidatorSet::from_bytes(bytes).map_err(|_| Torn)?);
        }
        let set = sets.get(place).ok_or(Torn)?;
        left = left.checked_sub(set.validators().len()).ok_or(Torn)?;
        Ok(set.clone())
    };
    let start = (read_header(from)?, set(from)?);
    let steps = from.list(MAX_STEPS, |from| {
        let (header, validators) = (read_header(from)?, set(from)?);
        let commit = from.bytes(MAX_BLOCK)?;
        let commit = Commit::from_bytes(commit, &validators).map_err(|_| Torn)?;
        if commit.signatures.iter().any(is_nil) {
            return Err(Torn);
        }
        Ok(LightBlock {
            signed_header: SignedHeader { header, commit },
            validators,
            next_validators: None,
        })
    })?;
    Ok((start, steps))
}

/// Votes for no block prove nothing and their signatures are not checked: a file holds none.
pub(super) fn is_nil(vote: &CommitSig) -> bool {
    vote.flag == BlockIdFlag::Nil
}

fn read_header(from: &mut In<'_>) -> Result<Header, Torn> {
    Header::from_bytes(from.bytes(MAX_BLOCK)?).map_err(|_| Torn)
}

fn read_logged(from: &mut In<'_>) -> Result<Logged, Torn> {
    Ok((read_header(from)?, from.hashes(MAX_PATH)?))
}

pub(super) fn read_shelves(from: &mut In<'_>) -> Result<LiteMap<Hash, Shelf>, Torn> {
    // Each with the number of the record that named it last.
    let mut entries: Vec<(Arc<[u8]>, usize)> = Vec::new();
    let mut heads = Vec::new();
    let mut shelves = from.list(MAX_RECORDS, |from| {
        let key = from.array()?;
        heads.push(Bare::read(from, &key, false)?);
        let record = heads.len();
        let log = from.list(MAX_ENTRIES, |from| {
            let place = from.count(MAX_ENTRIES)?;
            if place == entries.len() {
                entries.push((entry::read(from)?.into(), 0));
            }
            let (entry, named) = entries.get_mut(place).ok_or(Torn)?;
            // No event is in one log twice; a short file cannot make a long log.
            match core::mem::replace(named, record) == record {
                true => Err(Torn),
                false => Ok(entry.clone()),
            }
        })?;
        let proof = Vec::new();
        Ok((key, Shelf { proof, log }))
    })?;
    share(&mut heads, |_| from.array())?;
    for ((_, shelf), head) in shelves.iter_mut().zip(&heads) {
        shelf.proof = head.packed();
    }
    rising(shelves)
}

/// What stands in a file by rising key.
fn rising<K: Ord, V>(items: Vec<(K, V)>) -> Result<LiteMap<K, V>, Torn> {
    match items.is_sorted_by(|(one, _), (next, _)| one < next) {
        true => Ok(LiteMap::from_sorted_store_unchecked(items)),
        false => Err(Torn),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::{
        cmp::Ordering,
        sync::atomic::{AtomicUsize, Ordering::Relaxed},
    };

    /// An entry whose comparisons are counted.
    #[derive(Clone)]
    struct Counted(u8, Arc<AtomicUsize>);

    impl Ord for Counted {
        fn cmp(&self, other: &Self) -> Ordering {
            self.1.fetch_add(1, Relaxed);
            self.0.cmp(&other.0)
        }
    }

    impl PartialOrd for Counted {
        fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
            Some(self.cmp(other))
        }
    }

    impl PartialEq for Counted {
        fn eq(&self, other: &Self) -> bool {
            self.cmp(other) == Ordering::Equal
        }
    }

    impl Eq for Counted {}

    /// *Attack: a file of 3 MB lists each of its long entries, which differ in their last byte, in 20 000 logs.*
    #[test]
    fn entries_are_compared_once_however_many_logs_they_stand_in() {
        let count = Arc::new(AtomicUsize::new(0));
        let mut entries: Vec<Arc<Counted>> = (0..25)
            .map(|number| Arc::new(Counted(number, count.clone())))
            .collect();
        // Two nodes gave it.
        entries.push(Arc::new(Counted(7, count.clone())));
        let logs: Vec<Arc<Counted>> = (0..1_000).flat_map(|_| entries.clone()).collect();
        let numbers = distinct(logs.iter());
        assert_eq!(numbers.len(), 26);
        let number = |at: usize| numbers[&address(&entries[at])];
        assert_eq!(number(7), number(25));
        let all: Vec<usize> = (0..25).map(number).collect();
        assert_eq!(all, (0..25).collect::<Vec<_>>());
        let compared = count.load(Relaxed);
        assert!(compared < 500, "{compared}");
    }
}
