//! ICS-23 commitment proofs: a key has this value, or none, under a root.
//!
//! The rules are those of the Go implementation, `cosmos/ics23`, all of them, and nothing panics. The spec is always chosen by
//! the verifier, never read from the proof. Batch proofs, which state queries do not use, are not accepted.

mod check;
mod ops;
mod packed;
mod proof;
mod spec;
#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::merkle::Hash;
pub use packed::{jmt_inner, jmt_leaf, pack_jmt, unpack_jmt};
use proof::{ExistenceProof, NonExistenceProof, Proof};
pub use spec::{IAVL_SPEC, JMT_SPEC, SMT_SPEC, Spec, TENDERMINT_SPEC};

/// Why a commitment proof does not hold.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Ics23Error {
    /// The bytes are no `CommitmentProof`, or one of a kind that is not accepted.
    #[error("the bytes are not a commitment proof")]
    Malformed,
    /// A proof of absence where one of presence is needed, or the other way round.
    #[error("the proof is of the other kind")]
    OtherKind,
    /// The proof is about another key.
    #[error("the proof is about another key")]
    OtherKey,
    /// The proof is about another value.
    #[error("the proof is about another value")]
    OtherValue,
    /// Neither a key nor a value may be empty.
    #[error("a key or a value is empty")]
    Empty,
    /// An operation that none of the specs has.
    #[error("the proof uses an operation that is not supported")]
    Unsupported,
    /// The leaf is not hashed as the spec says.
    #[error("the leaf is not made as the spec says")]
    Leaf,
    /// An inner node is not hashed as the spec says.
    #[error("inner node {layer} is not made as the spec says")]
    Inner {
        /// Counted from 1, which is next to the leaf.
        layer: usize,
    },
    /// The path is shorter or longer than the spec allows.
    #[error("a path of {0} nodes is not what the spec allows")]
    Depth(usize),
    /// The proof leads to another root.
    #[error("the proof leads to another root")]
    WrongRoot,
    /// A proof of absence without any neighbour.
    #[error("the proof of absence shows no neighbour")]
    NoNeighbour,
    /// The absent key is not between the neighbours that are shown.
    #[error("the key is not between the neighbours that are shown")]
    NotBetween,
    /// Something could stand between the neighbours, or outside of the only one.
    #[error("the entries that are shown are not neighbours")]
    NotNeighbours,
}

/// Checks that `key` has `value` in the tree with this root. `proof` is a protobuf `CommitmentProof`.
pub fn verify_membership(
    spec: &Spec,
    proof: &[u8],
    root: &[u8],
    key: &[u8],
    value: &[u8],
) -> Result<(), Ics23Error> {
    existence(&Proof::decode(proof)?)?.verify(spec, root, key, value)
}

/// Checks that `key` is not in the tree with this root. `proof` is a protobuf `CommitmentProof`.
pub fn verify_non_membership(
    spec: &Spec,
    proof: &[u8],
    root: &[u8],
    key: &[u8],
) -> Result<(), Ics23Error> {
    absence(&Proof::decode(proof)?)?.verify(spec, root, key)
}

/// The root that a proof of `value` (or of absence, without one) at `key` leads to; whoever calls must compare it.
pub(crate) fn proven_root(
    spec: &Spec,
    proof: &[u8],
    key: &[u8],
    value: Option<&[u8]>,
) -> Result<Hash, Ics23Error> {
    let proof = Proof::decode(proof)?;
    let shown = match &proof {
        Proof::Exist(proof) => proof,
        Proof::NonExist(proof) => proof
            .left
            .as_ref()
            .or(proof.right.as_ref())
            .ok_or(Ics23Error::NoNeighbour)?,
    };
    let root = shown.root(spec)?;
    match value {
        Some(value) => existence(&proof)?.verify(spec, &root, key, value)?,
        None => absence(&proof)?.verify(spec, &root, key)?,
    }
    Ok(root)
}

fn existence(proof: &Proof) -> Result<&ExistenceProof, Ics23Error> {
    match proof {
        Proof::Exist(proof) => Ok(proof),
        Proof::NonExist(_) => Err(Ics23Error::OtherKind),
    }
}

fn absence(proof: &Proof) -> Result<&NonExistenceProof, Ics23Error> {
    match proof {
        Proof::NonExist(proof) => Ok(proof),
        Proof::Exist(_) => Err(Ics23Error::OtherKind),
    }
}
