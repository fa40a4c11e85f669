//! What stands in a block, against the hashes in headers.

use alloc::vec::Vec;

use thiserror::Error;

use crate::json::{TxAnswer, TxResult};
use crate::merkle::{self, Hash, MerkleError, sha256};
use crate::proto::Writer;
use crate::trust::VerifiedHeader;

/// What a header carries as `data_hash`. A leaf is the SHA-256 of a transaction, which is then hashed as a leaf.
pub fn data_hash<T: AsRef<[u8]>>(txs: &[T]) -> Hash {
    let leaves: Vec<Hash> = txs.iter().map(|tx| sha256(&[tx.as_ref()])).collect();
    merkle::root(&leaves)
}

/// What header h + 1 carries as `last_results_hash` for the results of block h. Code, data and gas are committed to; log and
/// events are not.
pub fn results_hash(results: &[TxResult]) -> Hash {
    let leaves: Vec<Vec<u8>> = results.iter().map(encode_result).collect();
    merkle::root(&leaves)
}

fn encode_result(result: &TxResult) -> Vec<u8> {
    Writer::default()
        .uint(1, result.code.into())
        .bytes(2, &result.data)
        .int(5, result.gas_wanted)
        .int(6, result.gas_used)
        .finish()
}

/// Why an answer to `/tx` does not prove that the transaction is in the block.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TxError {
    /// The transaction has another hash than the one asked for.
    #[error("the node sent another transaction")]
    OtherTx,
    /// The answer is for another height than the header's.
    #[error("the transaction is in block {found}, not in block {header}")]
    OtherHeight {
        /// Height of the header.
        header: u64,
        /// Height in the answer.
        found: u64,
    },
    /// There is no proof: not asked for, or the block was pruned.
    #[error("there is no proof")]
    NoProof,
    /// The header's block has no transactions.
    #[error("the block has no transactions")]
    EmptyBlock,
    /// The proof does not hold.
    #[error(transparent)]
    Proof(#[from] MerkleError),
}

/// Checks that the transaction with the hash that was asked for is in the header's block; gives its position.
pub fn verify_tx(answer: &TxAnswer, asked: &Hash, header: &VerifiedHeader) -> Result<u64, TxError> {
    let tx_hash = sha256(&[&answer.tx]);
    if tx_hash != *asked {
        return Err(TxError::OtherTx);
    }
    let header = header.header();
    if answer.height != header.height {
        return Err(TxError::OtherHeight {
            header: header.height,
            found: answer.height,
        });
    }
    let proof = answer.proof.as_ref().ok_or(TxError::NoProof)?;
    let data_hash = header.data_hash.as_ref().ok_or(TxError::EmptyBlock)?;
    proof.verify(&tx_hash, data_hash)?;
    Ok(proof.index)
}
