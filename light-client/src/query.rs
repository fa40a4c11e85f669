//! Application state: an answer to `/abci_query` against a verified header.

use alloc::string::String;
use alloc::vec::Vec;

use thiserror::Error;

use crate::ics23::{self, Ics23Error, Spec};
use crate::json::AbciQuery;
use crate::trust::VerifiedHeader;

/// One tree on the way from a value up to the app hash.
#[derive(Clone, Debug)]
pub struct ProofLayer {
    /// The type that the proof's operation must have.
    pub kind: &'static str,
    /// How the tree is hashed.
    pub spec: Spec,
}

/// State in one Jellyfish Merkle tree whose root is the app hash; the path is the key alone.
pub const JMT_STATE: &[ProofLayer] = &[ProofLayer {
    kind: "ics23:jmt",
    spec: ics23::JMT_SPEC,
}];

/// Cosmos SDK: IAVL stores under a simple tree; the path is the store's name, then the key.
pub const COSMOS_STATE: &[ProofLayer] = &[
    ProofLayer {
        kind: "ics23:iavl",
        spec: ics23::IAVL_SPEC,
    },
    ProofLayer {
        kind: "ics23:simple",
        spec: ics23::TENDERMINT_SPEC,
    },
];

/// What was proven about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proven {
    /// It has this value.
    Present(Vec<u8>),
    /// It is not in the state.
    Absent,
}

/// Why an answer proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The application could not answer.
    #[error("the application answers with code {code}: {log}")]
    Refused {
        /// Its code, not 0.
        code: u32,
        /// What it has to say.
        log: String,
    },
    /// The answer is about another key than the one asked for.
    #[error("the answer is about another key")]
    OtherKey,
    /// The state of height h is in header h + 1, and this is another header.
    #[error("state of height {state} is in header {state} + 1, not in header {header}")]
    OtherHeight {
        /// Height of the state.
        state: u64,
        /// Height of the header.
        header: u64,
    },
    /// The proof has other operations than this state has trees, or the path has another number of keys.
    #[error("the proof's operations are not those of this state")]
    OtherOps,
    /// A proof does not hold.
    #[error(transparent)]
    Proof(#[from] Ics23Error),
}

/// Checks an answer to `/abci_query` for the key at `path` (from the app hash down; the last one is the key asked for).
///
/// The state of height h is committed to by header **h + 1**; `layers` come from the value up to the app hash and are the caller's
/// choice, not the node's. An empty value is a claim of absence: no tree here holds one.
///
/// # Errors
/// Any [`QueryError`]: nothing is proven then, neither that the key has a value nor that it has none. `OtherHeight` says which header is wanted.
pub fn verify_query(
    answer: &AbciQuery,
    layers: &[ProofLayer],
    path: &[&[u8]],
    header: &VerifiedHeader,
) -> Result<Proven, QueryError> {
    if answer.code != 0 {
        return Err(QueryError::Refused {
            code: answer.code,
            log: answer.log.clone(),
        });
    }
    if path.last().is_none_or(|key| *key != answer.key) {
        return Err(QueryError::OtherKey);
    }
    let header = header.header();
    if answer.height == 0 || answer.height.checked_add(1) != Some(header.height) {
        return Err(QueryError::OtherHeight {
            state: answer.height,
            header: header.height,
        });
    }
    if layers.len() != path.len() || layers.len() != answer.proof_ops.len() {
        return Err(QueryError::OtherOps);
    }
    let mut proven = if answer.value.is_empty() {
        None
    } else {
        Some(answer.value.clone())
    };
    for ((op, layer), key) in answer.proof_ops.iter().zip(layers).zip(path.iter().rev()) {
        if op.kind != layer.kind || op.key != *key {
            return Err(QueryError::OtherOps);
        }
        // Each tree's root is the value that the tree above must hold under the next key.
        proven = Some(ics23::proven_root(&layer.spec, &op.data, key, proven.as_deref())?.to_vec());
    }
    if proven.as_ref() != Some(&header.app_hash) {
        return Err(QueryError::Proof(Ics23Error::WrongRoot));
    }
    Ok(if answer.value.is_empty() {
        Proven::Absent
    } else {
        Proven::Present(answer.value.clone())
    })
}
