//! The wire form of proofs (`cosmos.ics23.v1`), read strictly: no unknown fields, no field twice, so that one proof has one encoding
//! that could be accepted.

use alloc::vec::Vec;

use super::Ics23Error;
use super::spec::{HashOp, LengthOp};
use crate::proto::{Field, Malformed, Reader};

pub(super) enum Proof {
    Exist(ExistenceProof),
    NonExist(NonExistenceProof),
}

#[derive(Default)]
pub(super) struct ExistenceProof {
    pub(super) key: Vec<u8>,
    pub(super) value: Vec<u8>,
    pub(super) leaf: Option<LeafOp>,
    /// From the leaf up to the root.
    pub(super) path: Vec<InnerOp>,
}

#[derive(Default)]
pub(super) struct NonExistenceProof {
    pub(super) key: Vec<u8>,
    pub(super) left: Option<ExistenceProof>,
    pub(super) right: Option<ExistenceProof>,
}

pub(super) struct LeafOp {
    pub(super) hash: HashOp,
    pub(super) prehash_key: HashOp,
    pub(super) prehash_value: HashOp,
    pub(super) length: LengthOp,
    pub(super) prefix: Vec<u8>,
}

/// Hashes prefix ‖ child ‖ suffix.
#[derive(PartialEq)]
pub(super) struct InnerOp {
    pub(super) hash: HashOp,
    pub(super) prefix: Vec<u8>,
    pub(super) suffix: Vec<u8>,
}

impl Proof {
    pub(super) fn decode(bytes: &[u8]) -> Result<Proof, Ics23Error> {
        decode_proof(bytes).map_err(|Malformed| Ics23Error::Malformed)
    }
}

fn decode_proof(bytes: &[u8]) -> Result<Proof, Malformed> {
    let mut reader = Reader(bytes);
    let proof = match reader.next()? {
        Some((1, Field::Bytes(content))) => Proof::Exist(decode_existence(content)?),
        Some((2, Field::Bytes(content))) => Proof::NonExist(decode_non_existence(content)?),
        _ => return Err(Malformed),
    };
    if reader.next()?.is_some() {
        Err(Malformed)
    } else {
        Ok(proof)
    }
}

fn decode_existence(bytes: &[u8]) -> Result<ExistenceProof, Malformed> {
    let (mut key, mut value, mut leaf, mut path) = (None, None, None, Vec::new());
    let mut reader = Reader(bytes);
    while let Some(field) = reader.next()? {
        match field {
            (1, Field::Bytes(content)) => set(&mut key, content.to_vec())?,
            (2, Field::Bytes(content)) => set(&mut value, content.to_vec())?,
            (3, Field::Bytes(content)) => set(&mut leaf, decode_leaf(content)?)?,
            (4, Field::Bytes(content)) => path.push(decode_inner(content)?),
            _ => return Err(Malformed),
        }
    }
    Ok(ExistenceProof {
        key: key.unwrap_or_default(),
        value: value.unwrap_or_default(),
        leaf,
        path,
    })
}

fn decode_non_existence(bytes: &[u8]) -> Result<NonExistenceProof, Malformed> {
    let (mut key, mut left, mut right) = (None, None, None);
    let mut reader = Reader(bytes);
    while let Some(field) = reader.next()? {
        match field {
            (1, Field::Bytes(content)) => set(&mut key, content.to_vec())?,
            (2, Field::Bytes(content)) => set(&mut left, decode_existence(content)?)?,
            (3, Field::Bytes(content)) => set(&mut right, decode_existence(content)?)?,
            _ => return Err(Malformed),
        }
    }
    Ok(NonExistenceProof {
        key: key.unwrap_or_default(),
        left,
        right,
    })
}

fn decode_leaf(bytes: &[u8]) -> Result<LeafOp, Malformed> {
    let (mut hash, mut prehash_key, mut prehash_value, mut length, mut prefix) =
        (None, None, None, None, None);
    let mut reader = Reader(bytes);
    while let Some(field) = reader.next()? {
        match field {
            (1, Field::Varint(number)) => set(&mut hash, number)?,
            (2, Field::Varint(number)) => set(&mut prehash_key, number)?,
            (3, Field::Varint(number)) => set(&mut prehash_value, number)?,
            (4, Field::Varint(number)) => set(&mut length, number)?,
            (5, Field::Bytes(content)) => set(&mut prefix, content.to_vec())?,
            _ => return Err(Malformed),
        }
    }
    Ok(LeafOp {
        hash: hash.unwrap_or_default().into(),
        prehash_key: prehash_key.unwrap_or_default().into(),
        prehash_value: prehash_value.unwrap_or_default().into(),
        length: length.unwrap_or_default().into(),
        prefix: prefix.unwrap_or_default(),
    })
}

fn decode_inner(bytes: &[u8]) -> Result<InnerOp, Malformed> {
    let (mut hash, mut prefix, mut suffix) = (None, None, None);
    let mut reader = Reader(bytes);
    while let Some(field) = reader.next()? {
        match field {
            (1, Field::Varint(number)) => set(&mut hash, number)?,
            (2, Field::Bytes(content)) => set(&mut prefix, content.to_vec())?,
            (3, Field::Bytes(content)) => set(&mut suffix, content.to_vec())?,
            _ => return Err(Malformed),
        }
    }
    Ok(InnerOp {
        hash: hash.unwrap_or_default().into(),
        prefix: prefix.unwrap_or_default(),
        suffix: suffix.unwrap_or_default(),
    })
}

fn set<T>(slot: &mut Option<T>, value: T) -> Result<(), Malformed> {
    if slot.replace(value).is_some() {
        Err(Malformed)
    } else {
        Ok(())
    }
}
