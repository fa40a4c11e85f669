//! Short proofs: a record's own part of a proof file, without what every node of the chain answers for that height.

use super::{
    asked::Asked,
    format::{self, Portable, SHORT, Shelf, Unreadable},
    make::NotMade,
};
use crate::{chains::Chain, reasons, verdict::Verdict};
use alloc::{string::String, vec::Vec};
use light_client::Hash;
use litemap::LiteMap;
use records::{RecordName, codes::Link};

/// Longest short proof, bytes: more than any code holds, and nothing to burden a phone with.
pub const MAX_SHORT: usize = 16 * 1024;

/// The most that one QR code holds, bytes: version 40 with the least error correction (ISO/IEC 18004).
pub const MOST_IN_CODE: usize = 2_953;

/// A short proof. Nothing of it is verified yet; it brings no header, no validators and no keys, and so proves nothing until it is
/// [completed](super::complete).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Short {
    /// The chain that it speaks of.
    pub chain: String,
    /// What was asked.
    pub asked: Asked,
    /// What it says of the record.
    pub own: Own,
}

/// A record's own part of a proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Own {
    /// Height and hash of the header under which everything is proven.
    pub header: (u64, Hash),
    /// The record by its tree key.
    pub shelves: LiteMap<Hash, Shelf>,
}

impl Short {
    /// What a file says of its record alone. None where it holds no such record, or was renewed: its header is below what nodes hold states of.
    pub fn of(proof: &Portable, record: &RecordName) -> Option<Self> {
        let (header, key) = (proof.header(), record.tree_key());
        let shelf = proof.shelves.get(&key);
        let shelf = shelf.filter(|_| proof.older.is_none())?;
        Some(Self {
            chain: proof.chain.clone(),
            asked: proof.asked.clone(),
            own: Own {
                header: (header.height, header.hash()),
                shelves: [(key, shelf.clone())].into_iter().collect(),
            },
        })
    }

    /// The short proof. None where it would be longer than [`MAX_SHORT`], or something in it has no place in the format.
    pub fn encode(&self) -> Option<Vec<u8>> {
        let (height, hash) = &self.own.header;
        let mut out = format::begun(SHORT, &self.chain, &self.asked);
        out.number(*height);
        out.0.extend_from_slice(hash);
        format::write_shelves(&mut out, &self.own.shelves)?;
        Some(out.0).filter(|bytes| bytes.len() <= MAX_SHORT)
    }

    /// Reads a short proof, in its one encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        if bytes.len() > MAX_SHORT {
            return Err(Unreadable::TooLong);
        }
        let (chain, asked, mut from) = format::begin(SHORT, bytes)?;
        let short = Self {
            chain,
            asked,
            own: Own {
                header: (from.number()?, from.array()?),
                shelves: format::read_shelves(&mut from)?,
            },
        };
        // Nor stands anything behind it.
        match short.encode() {
            Some(again) if again == bytes => Ok(short),
            _ => Err(Unreadable::Torn),
        }
    }

    /// The short proof as a link to its record, to put behind the address of any page: it stands where other links bring openings. None where it cannot be
    /// encoded.
    pub fn to_link(&self) -> Option<String> {
        let name = self.asked.question()?.record?;
        let link = Link::new(name.kind(), name.id(), Some(self.encode()?))?;
        Some(link.to_fragment())
    }

    /// A short proof, and the reader's own chain of which it speaks.
    pub fn read<'a>(chains: &'a [Chain], bytes: &[u8]) -> Result<(&'a Chain, Self), NotMade> {
        let short = Self::decode(bytes)?;
        match chains.iter().find(|chain| chain.id == short.chain) {
            None => Err(reasons::PROOF_CHAIN_UNKNOWN.into()),
            Some(chain) if short.own.header.0 < chain.checkpoint_height => {
                Err(reasons::PROOF_NOT_ANCHORED.into())
            }
            Some(chain) => Ok((chain, short)),
        }
    }

    /// Whether these bytes begin as a short proof does.
    pub fn is(bytes: &[u8]) -> bool {
        format::of_format(SHORT, bytes).is_ok()
    }
}

impl Own {
    /// Whether it is what a file of its own height, made for its own question and chain, says of its record alone.
    pub(super) fn is_of(&self, proof: &Portable, verdict: &Verdict) -> bool {
        let name = RecordName::new(&verdict.kind, &verdict.id);
        let shelf = name.and_then(|name| {
            let key = name.tree_key();
            Some((proof.shelves.get(&key)?, self.shelves.get(&key)?))
        });
        proof.header().hash() == self.header.1
            && self.shelves.len() == 1
            && shelf.is_some_and(|(found, given)| found == given)
    }
}
