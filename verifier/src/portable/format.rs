//! What a proof file holds, and its one encoding.

use super::{
    bytes::{In, Out, Torn},
    entry,
};
use crate::question::Question;
use alloc::{string::String, sync::Arc, vec::Vec};
use light_client::{
    BlockIdFlag, Commit, CommitSig, Hash, Header, LightBlock, MAX_CHAIN_ID_LENGTH, SignedHeader,
    ValidatorSet, sha256,
};
use litemap::LiteMap;
use records::kinds::vote;

/// Longest file, bytes.
pub const MAX_FILE: usize = 4 * 1024 * 1024;
/// How every file begins: what it is, and the version of its format.
const MAGIC: &[u8] = b"lianyan\x01";
const MAX_TEXT: usize = 8 * 1024;
const MAX_NAME: usize = 96;
const MAX_OPENING: usize = 64 * 1024;
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
    /// A later format.
    #[error("a proof file of format {0}; this program reads format 1")]
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

/// What was asked when the file was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// What a printed code says.
    Text(String),
    /// A record, with openings of the fields that its keeper chose to show.
    Record {
        /// Its kind.
        kind: String,
        /// Its id.
        id: String,
        /// The openings, where there are any.
        opening: Option<Vec<u8>>,
    },
}

impl Asked {
    /// What a scanned, pasted or typed text asks. A link becomes the record that it names, so that its openings can be narrowed.
    pub fn text(text: &str) -> Self {
        match records::codes::read(text) {
            records::codes::Scanned::Link(link) => Self::Record {
                kind: link.kind().into(),
                id: link.id().into(),
                opening: link.openings().map(<[u8]>::to_vec),
            },
            _ => Self::Text(text.into()),
        }
    }

    /// The same question with these fields shown and all others withheld. None where a name is no field of the record, or the opening cannot be narrowed.
    pub fn showing(self, fields: &[&str]) -> Option<Self> {
        let Self::Record { kind, id, opening } = self else {
            return None;
        };
        let schema = crate::kinds::schema(&kind)?;
        let shown: Option<Vec<usize>> = fields.iter().map(|name| schema.index(name)).collect();
        let (opening, shown) = (opening?, shown?);
        let opening = match shown.is_empty() {
            true => None,
            false => Some(schema.narrow(&opening, &shown).ok()?),
        };
        Some(Self::Record { kind, id, opening })
    }

    /// The question, about a record. Every ballot of a vote is counted: a sample of somebody else's choice proves nothing.
    pub(super) fn question(&self) -> Option<Question> {
        let mut question = match self {
            Self::Text(text) => Question::text(text),
            Self::Record { kind, id, opening } => Question::record(kind, id, opening.clone())?,
        };
        let name = question.record.as_ref()?;
        question.count = (name.kind() == vote::NAME).then_some(0);
        Some(question)
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
        let logs = self.shelves.values().flat_map(|shelf| &shelf.log);
        let mut entries: Vec<&Arc<[u8]>> = logs.collect();
        entries.sort_unstable();
        entries.dedup();
        [
            self.steps.len() + 1,
            self.shelves.len(),
            entries.len(),
            self.times.len(),
            self.blobs.len(),
        ]
    }

    /// The file. None where something in it has no place in the format.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let mut out = Out(MAGIC.to_vec());
        out.bytes(self.chain.as_bytes());
        self.write_asked(&mut out);
        self.write_way(&mut out);
        match &self.older {
            None => out.number(0),
            Some((logged, head)) => {
                out.number(1);
                write_logged(&mut out, logged);
                out.bytes(head);
            }
        }
        self.write_shelves(&mut out)?;
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

    /// Reads a file. Only the one encoding is read, so that no two files say the same.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.len() > MAX_FILE {
            return Err(Unreadable::TooLong);
        }
        let (name, version) = MAGIC.split_at(MAGIC.len() - 1);
        let rest = bytes.strip_prefix(name).ok_or(Unreadable::NotAProof)?;
        let rest = match rest.split_first() {
            Some((found, rest)) if version == [*found] => rest,
            Some((found, _)) => return Err(Unreadable::Version(*found)),
            None => return Err(Unreadable::NotAProof),
        };
        let proof = read(&mut In(rest))?;
        match proof.encode() {
            Some(again) if again == bytes => Ok(proof),
            _ => Err(Unreadable::Torn),
        }
    }

    fn write_asked(&self, out: &mut Out) {
        match &self.asked {
            Asked::Text(text) => {
                out.number(1);
                out.bytes(text.as_bytes());
            }
            Asked::Record { kind, id, opening } => {
                out.number(2);
                out.bytes(kind.as_bytes());
                out.bytes(id.as_bytes());
                out.bytes(opening.as_deref().unwrap_or_default());
            }
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

    /// Records by tree key; each log entry once, where it is first needed.
    fn write_shelves(&self, out: &mut Out) -> Option<()> {
        let logs = self.shelves.values().flat_map(|shelf| &shelf.log);
        let mut entries: Vec<&[u8]> = logs.map(AsRef::as_ref).collect();
        entries.sort_unstable();
        entries.dedup();
        // Where each stands in the file, once it is written.
        let mut places: Vec<Option<usize>> = alloc::vec![None; entries.len()];
        let mut next = 0;
        out.count(self.shelves.len());
        for (key, shelf) in &self.shelves {
            out.0.extend_from_slice(key);
            out.bytes(&shelf.proof);
            out.count(shelf.log.len());
            for one in &shelf.log {
                let at = entries.binary_search(&one.as_ref()).ok()?;
                let place = places.get_mut(at)?;
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
        Some(())
    }
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

fn write_logged(out: &mut Out, (header, path): &Logged) {
    out.bytes(&header.to_bytes());
    out.hashes(path);
}

fn read(from: &mut In<'_>) -> Result<Portable, Torn> {
    let chain = from.text(MAX_CHAIN_ID_LENGTH)?.into();
    let asked = read_asked(from)?;
    let (start, steps) = read_way(from)?;
    let older = match from.byte()? {
        0 => None,
        _ => Some((read_logged(from)?, from.bytes(MAX_PROOF)?.to_vec())),
    };
    let shelves = read_shelves(from)?;
    let times = from.list(MAX_HEADERS, read_logged)?;
    let times = times.into_iter().map(|logged| (logged.0.height, logged));
    let blobs = from.list(MAX_BLOBS, |from| Ok(from.bytes(MAX_BLOB)?.to_vec()))?;
    let blobs = blobs.into_iter().map(|blob| (sha256(&[&blob]), blob));
    let proof = Portable {
        chain,
        asked,
        start,
        steps,
        older,
        shelves,
        times: times.collect(),
        blobs: blobs.collect(),
    };
    if from.0.is_empty() {
        Ok(proof)
    } else {
        Err(Torn)
    }
}

fn read_asked(from: &mut In<'_>) -> Result<Asked, Torn> {
    match from.byte()? {
        1 => Ok(Asked::Text(from.text(MAX_TEXT)?.into())),
        2 => Ok(Asked::Record {
            kind: from.text(MAX_NAME)?.into(),
            id: from.text(MAX_NAME)?.into(),
            opening: match from.bytes(MAX_OPENING)? {
                [] => None,
                opening => Some(opening.to_vec()),
            },
        }),
        _ => Err(Torn),
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

fn read_shelves(from: &mut In<'_>) -> Result<LiteMap<Hash, Shelf>, Torn> {
    let mut entries: Vec<Arc<[u8]>> = Vec::new();
    let shelves = from.list(MAX_RECORDS, |from| {
        let (key, proof) = (from.array()?, from.bytes(MAX_PROOF)?.to_vec());
        // By place, of the entries so far.
        let mut seen: Vec<bool> = Vec::new();
        let log = from.list(MAX_ENTRIES, |from| {
            let place = from.count(MAX_ENTRIES)?;
            if place == entries.len() {
                entries.push(entry::read(from)?.into());
            }
            let entry = entries.get(place).ok_or(Torn)?;
            seen.resize(entries.len(), false);
            // No event is in one log twice; a short file cannot make a long log.
            match seen.get_mut(place) {
                Some(seen) if !*seen => *seen = true,
                _ => return Err(Torn),
            }
            Ok(entry.clone())
        })?;
        Ok((key, Shelf { proof, log }))
    })?;
    Ok(shelves.into_iter().collect())
}
