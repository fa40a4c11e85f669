//! What stands in a block, against the hashes in headers.

use alloc::vec::Vec;

use thiserror::Error;

use crate::evidence::evidence_hash;
use crate::json::{Block, BlockResults, ConsensusParams, TxAnswer, TxResult};
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

/// What a header carries as `consensus_hash`. Only a block's limits are in it (CometBFT `HashedParams`).
pub fn consensus_hash(params: &ConsensusParams) -> Hash {
    let hashed = Writer::default()
        .int(1, params.max_bytes)
        .int(2, params.max_gas);
    sha256(&[&hashed.finish()])
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
    /// The results are not those that the next header commits to, or not one for each transaction.
    #[error("the results are not those that the next header commits to")]
    OtherResults,
}

/// Checks that the transaction with the hash that was asked for (SHA-256 of its bytes) is in the header's block; gives its position, from 0.
///
/// # Errors
/// Any [`TxError`] but `OtherResults`: nothing is proven then, least of all that the transaction is in no block.
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

/// What became of the transaction with the hash that was asked for: code, data and gas, which the header after its block commits
/// to. Log and events of a result are never proven.
///
/// `answer` and `results` are a node's, `header` is the block's and `next` the one after it, which must follow on `header`.
///
/// # Errors
/// Any [`TxError`]: nothing is proven then. `OtherHeight` where `next` does not follow on `header` too.
pub fn verify_outcome(
    answer: &TxAnswer,
    results: &BlockResults,
    asked: &Hash,
    header: &VerifiedHeader,
    next: &VerifiedHeader,
) -> Result<TxResult, TxError> {
    let index = verify_tx(answer, asked, header)?;
    let (own, next) = (header.header(), next.header());
    let follows = next.last_block_id.hash == Some(*header.hash());
    if results.height != own.height || !follows {
        return Err(TxError::OtherHeight {
            header: own.height,
            found: results.height,
        });
    }
    let total = answer.proof.as_ref().map_or(0, |proof| proof.total);
    let committed = next.last_results_hash == Some(results_hash(&results.results))
        && usize::try_from(total).is_ok_and(|total| total == results.results.len());
    let result = usize::try_from(index)
        .ok()
        .and_then(|index| results.results.get(index));
    match result {
        Some(result) if committed => Ok(result.clone()),
        _ => Err(TxError::OtherResults),
    }
}

/// Why a block, or parameters, are not those that a header commits to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ContentsError {
    /// It is another block, or another height.
    #[error("the node sent another block's")]
    OtherBlock,
    /// Transactions.
    #[error("the transactions are not those that the header commits to")]
    OtherTxs,
    /// Evidence of misbehaviour.
    #[error("the evidence is not what the header commits to")]
    OtherEvidence,
    /// The commit for the block before.
    #[error("the last commit is not the one that the header commits to")]
    OtherLastCommit,
    /// Consensus parameters.
    #[error("the parameters are not those that the header commits to")]
    OtherParams,
}

/// Checks that transactions, evidence and last commit are the header's block's. The last commit's round is in no hash: only its signatures
/// tell it. Nor do the contents tell the parts in which the block was gossiped: [`Block::block_id`] is not looked at.
///
/// # Errors
/// The [`ContentsError`] of the first that does not fit, in the order: block, transactions, evidence, last commit.
pub fn verify_block(block: &Block, header: &VerifiedHeader) -> Result<(), ContentsError> {
    if block.header.hash() != *header.hash() {
        return Err(ContentsError::OtherBlock);
    }
    let header = header.header();
    if header.data_hash != Some(data_hash(&block.txs)) {
        return Err(ContentsError::OtherTxs);
    }
    if header.evidence_hash != Some(evidence_hash(&block.evidence)) {
        return Err(ContentsError::OtherEvidence);
    }
    let last = block.last_commit.as_ref().filter(|last| {
        last.height.checked_add(1) == Some(header.height) && last.block_id == header.last_block_id
    });
    match last {
        Some(last) if header.last_commit_hash == Some(last.hash()) => Ok(()),
        _ => Err(ContentsError::OtherLastCommit),
    }
}

/// Checks that these limits of a block are in force at the header's height.
///
/// # Errors
/// [`ContentsError::OtherBlock`] or [`ContentsError::OtherParams`].
pub fn verify_consensus_params(
    params: &ConsensusParams,
    header: &VerifiedHeader,
) -> Result<(), ContentsError> {
    let header = header.header();
    if params.height != header.height {
        return Err(ContentsError::OtherBlock);
    }
    if header.consensus_hash == Some(consensus_hash(params)) {
        Ok(())
    } else {
        Err(ContentsError::OtherParams)
    }
}
