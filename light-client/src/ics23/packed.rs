//! Proofs of a Jellyfish Merkle tree without what every such proof has in common: what is left are values and siblings. A third of the size.
//!
//! The side of each sibling is a bit of the key's hash, so it need not be written either.

use alloc::vec::Vec;

use super::proof::{ExistenceProof, InnerOp, Proof};
use super::spec::{JMT_INNER_PREFIX, JMT_SPEC};
use crate::merkle::{Hash, sha256};
use crate::proto::{Writer, push_delimited, push_varint, take_varint};

const EXISTS: u8 = 1;
const ABSENT: u8 = 2;
const LEFT: u8 = 1;
const RIGHT: u8 = 2;
/// The absent key is named by its place in the tree.
const BY_PLACE: u8 = 4;
/// SHA-256 in `cosmos.ics23.v1.HashOp`.
const SHA256: u64 = 1;

/// Packs a `CommitmentProof` about `key`; none where it is no proof of such a tree, or is not written in the usual way.
pub fn pack_jmt(proof: &[u8], key: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    match Proof::decode(proof).ok()? {
        Proof::Exist(shown) => {
            out.push(EXISTS);
            pack_shown(&mut out, &shown);
        }
        Proof::NonExist(absent) => {
            let by_place = absent.key != key;
            let flag = |is: bool, flag: u8| if is { flag } else { 0 };
            out.push(ABSENT);
            out.push(
                flag(absent.left.is_some(), LEFT)
                    | flag(absent.right.is_some(), RIGHT)
                    | flag(by_place, BY_PLACE),
            );
            for shown in [&absent.left, &absent.right].into_iter().flatten() {
                push_delimited(&mut out, &shown.key);
                pack_shown(&mut out, shown);
            }
        }
    }
    // What was left out must come back as it was.
    let (again, _) = unpack_jmt(&out, key)?;
    (again == proof).then_some(out)
}

/// The `CommitmentProof` about `key` that was packed, and the value that it shows, empty for absence. Nothing of it is checked.
pub fn unpack_jmt(packed: &[u8], key: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut rest = Rest(packed);
    let (field, message, value) = match rest.byte()? {
        EXISTS => {
            let (shown, value) = rest.shown(key)?;
            (1, shown, value)
        }
        ABSENT => {
            let flags = rest
                .byte()
                .filter(|flags| *flags <= LEFT + RIGHT + BY_PLACE)?;
            let place = sha256(&[key]);
            let named = if flags & BY_PLACE == 0 {
                key
            } else {
                &place[..]
            };
            let mut absent = Writer::default().bytes(1, named);
            for (flag, field) in [(LEFT, 2), (RIGHT, 3)] {
                if flags & flag != 0 {
                    let key = rest.delimited()?;
                    absent = absent.message(field, &rest.shown(key)?.0);
                }
            }
            (2, absent.finish(), Vec::new())
        }
        _ => return None,
    };
    let proof = Writer::default().message(field, &message).finish();
    rest.0.is_empty().then_some((proof, value))
}

/// The node of a leaf of such a tree, which stands where its key's hash leads.
pub fn jmt_leaf(place: &Hash, value: &[u8]) -> Hash {
    sha256(&[JMT_SPEC.leaf.prefix, place, &sha256(&[value])])
}

/// The node above these two.
pub fn jmt_inner(left: &Hash, right: &Hash) -> Hash {
    sha256(&[JMT_INNER_PREFIX, left, right])
}

fn pack_shown(out: &mut Vec<u8>, shown: &ExistenceProof) {
    push_delimited(out, &shown.value);
    push_varint(out, shown.path.len() as u64);
    for step in &shown.path {
        out.extend_from_slice(sibling(step));
    }
}

/// The sibling in an inner node, wherever it stands.
fn sibling(step: &InnerOp) -> &[u8] {
    match step.prefix.strip_prefix(JMT_INNER_PREFIX) {
        Some([]) | None => &step.suffix,
        Some(left) => left,
    }
}

struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*byte)
    }

    fn number(&mut self) -> Option<usize> {
        let (number, rest) = take_varint(self.0)?;
        self.0 = rest;
        usize::try_from(number).ok()
    }

    fn delimited(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn hash(&mut self) -> Option<&'a Hash> {
        let (hash, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(hash)
    }

    /// An `ExistenceProof`, and its value.
    fn shown(&mut self, key: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
        let value = self.delimited()?;
        let depth = self.number()?;
        let place = sha256(&[key]);
        let leaf = Writer::default()
            .uint(1, SHA256)
            .uint(2, SHA256)
            .uint(3, SHA256)
            .bytes(5, JMT_SPEC.leaf.prefix);
        let mut shown = Writer::default()
            .bytes(1, key)
            .bytes(2, value)
            .message(3, &leaf.finish());
        for layer in (0..depth).rev() {
            let hash = self.hash()?;
            let byte = place.get(layer / 8)?;
            let inner = Writer::default().uint(1, SHA256);
            let inner = match byte << (layer % 8) & 0x80 {
                0 => inner.bytes(2, JMT_INNER_PREFIX).bytes(3, hash),
                _ => inner.bytes(2, &[JMT_INNER_PREFIX, hash].concat()),
            };
            shown = shown.message(4, &inner.finish());
        }
        Some((shown.finish(), value.to_vec()))
    }
}
