//! Answers about state, transactions and results.

use alloc::string::String;
use alloc::vec::Vec;

use super::blocks::{block_id_at, commit_at, header_at};
use super::cursor::Cursor;
use super::evidence::evidence_at;
use super::{JsonError, Value, open};
use crate::commit::Commit;
use crate::evidence::Evidence;
use crate::header::{BlockId, Header};
use crate::merkle::{Hash, InclusionProof};
use crate::time::Time;

/// The answer to `/status`: what the node says of itself. Nothing of it is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The chain that the node follows.
    pub chain_id: String,
    /// The newest height it has.
    pub latest_height: u64,
    /// Hash of that block; none before the first.
    pub latest_hash: Option<Hash>,
    /// Time of that block.
    pub latest_time: Time,
    /// The lowest height it still has.
    pub earliest_height: u64,
    /// Whether it is still fetching old blocks.
    pub catching_up: bool,
}

/// Reads the answer to `/status`.
pub fn status(answer: &Value) -> Result<Status, JsonError> {
    let at = open(answer)?;
    let sync = at.field("sync_info")?;
    Ok(Status {
        chain_id: at.field("node_info")?.field("network")?.string()?,
        latest_height: sync.field("latest_block_height")?.int64()?,
        latest_hash: sync.field("latest_block_hash")?.optional_hash()?,
        latest_time: sync.field("latest_block_time")?.time()?,
        earliest_height: sync
            .optional("earliest_block_height")
            .map_or(Ok(0), |height| height.int64())?,
        catching_up: sync.field("catching_up")?.flag()?,
    })
}

/// The answer to `/block`, as far as a header commits to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// What the node calls the block.
    pub block_id: BlockId,
    /// Its header.
    pub header: Header,
    /// Its transactions; their root is the header's `data_hash`.
    pub txs: Vec<Vec<u8>>,
    /// Evidence of misbehaviour; its root is the header's `evidence_hash`.
    pub evidence: Vec<Evidence>,
    /// The commit for the block before; its root is the header's `last_commit_hash`.
    pub last_commit: Option<Commit>,
}

/// Reads the answer to `/block` or `/block_by_hash`.
pub fn block(answer: &Value) -> Result<Block, JsonError> {
    let at = open(answer)?;
    let block = at.field("block")?;
    Ok(Block {
        block_id: block_id_at(&at.field("block_id")?)?,
        header: header_at(&block.field("header")?)?,
        txs: block.field("data")?.field("txs")?.items(|tx| tx.base64())?,
        evidence: block
            .field("evidence")?
            .field("evidence")?
            .items(|evidence| evidence_at(&evidence))?,
        last_commit: block
            .optional("last_commit")
            .map(|commit| commit_at(&commit))
            .transpose()?,
    })
}

/// The answer to `/consensus_params`, as far as a header commits to it: a block's limits. Of all other parameters nothing is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsensusParams {
    /// The height at which they are in force.
    pub height: u64,
    /// Most bytes of a block; −1 for as many as CometBFT allows.
    pub max_bytes: i64,
    /// Most gas of a block's transactions; −1 is without limit.
    pub max_gas: i64,
}

/// Reads the answer to `/consensus_params`.
pub fn consensus_params(answer: &Value) -> Result<ConsensusParams, JsonError> {
    let at = open(answer)?;
    let params = at.field("consensus_params")?;
    let block = params.field("block")?;
    Ok(ConsensusParams {
        height: at.field("block_height")?.int64()?,
        max_bytes: block.field("max_bytes")?.signed()?,
        max_gas: block.field("max_gas")?.signed()?,
    })
}

/// One operation of a state proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofOp {
    /// Its type, such as `ics23:iavl`.
    pub kind: String,
    /// The key that it proves something about.
    pub key: Vec<u8>,
    /// The proof.
    pub data: Vec<u8>,
}

/// The answer to `/abci_query`. [`verify_query`](crate::verify_query) judges it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbciQuery {
    /// 0 when the application could answer.
    pub code: u32,
    /// What the application has to say, mostly why it could not answer.
    pub log: String,
    /// The key that the answer is about.
    pub key: Vec<u8>,
    /// The value; empty when absent.
    pub value: Vec<u8>,
    /// The height whose state it shows; header `height + 1` commits to that state.
    pub height: u64,
    /// The proof, from the value up to the app hash; empty when none was asked for or the application gives none.
    pub proof_ops: Vec<ProofOp>,
}

/// Reads the answer to `/abci_query`.
pub fn abci_query(answer: &Value) -> Result<AbciQuery, JsonError> {
    let at = open(answer)?;
    let response = at.field("response")?;
    let base64 = |name| {
        response
            .optional(name)
            .map_or(Ok(Vec::new()), |value| value.base64())
    };
    let proof_ops = match response.optional("proofOps") {
        Some(proof) => proof.field("ops")?.items(|op| proof_op_at(&op))?,
        None => Vec::new(),
    };
    Ok(AbciQuery {
        code: response
            .optional("code")
            .map_or(Ok(0), |code| code.number())?,
        log: response
            .optional("log")
            .map_or(Ok(String::new()), |log| log.string())?,
        key: base64("key")?,
        value: base64("value")?,
        height: response
            .optional("height")
            .map_or(Ok(0), |height| height.int64())?,
        proof_ops,
    })
}

fn proof_op_at(at: &Cursor<'_, '_>) -> Result<ProofOp, JsonError> {
    Ok(ProofOp {
        kind: at.field("type")?.string()?,
        key: at.field("key")?.base64_or_null()?,
        data: at.field("data")?.base64_or_null()?,
    })
}

/// What a transaction did, as far as the next header commits to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxResult {
    /// 0 when it was accepted.
    pub code: u32,
    /// What the application returned.
    pub data: Vec<u8>,
    /// Gas that the transaction offered.
    pub gas_wanted: i64,
    /// Gas that it used.
    pub gas_used: i64,
}

/// The answer to `/block_results`; [`results_hash`](crate::results_hash) is in the **next** header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockResults {
    /// The height of the block.
    pub height: u64,
    /// One result for each transaction.
    pub results: Vec<TxResult>,
}

/// Reads the answer to `/block_results`.
pub fn block_results(answer: &Value) -> Result<BlockResults, JsonError> {
    let at = open(answer)?;
    Ok(BlockResults {
        height: at.field("height")?.int64()?,
        results: at
            .field("txs_results")?
            .items(|result| tx_result_at(&result))?,
    })
}

fn tx_result_at(at: &Cursor<'_, '_>) -> Result<TxResult, JsonError> {
    let gas = |name| at.optional(name).map_or(Ok(0), |gas| gas.signed());
    Ok(TxResult {
        code: at.optional("code").map_or(Ok(0), |code| code.number())?,
        data: at
            .optional("data")
            .map_or(Ok(Vec::new()), |data| data.base64())?,
        gas_wanted: gas("gas_wanted")?,
        gas_used: gas("gas_used")?,
    })
}

/// The answer to `/tx`. [`verify_tx`](crate::verify_tx) judges it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxAnswer {
    /// SHA-256 of the transaction, as the node says.
    pub hash: Hash,
    /// The height of its block.
    pub height: u64,
    /// The transaction.
    pub tx: Vec<u8>,
    /// What it did; proven by `/block_results` of the same height only.
    pub result: TxResult,
    /// Its place in the block; nodes that have pruned the block leave it out.
    pub proof: Option<InclusionProof>,
}

/// Reads the answer to `/tx`, asked with `prove=true`.
pub fn tx(answer: &Value) -> Result<TxAnswer, JsonError> {
    let at = open(answer)?;
    let proof = match at.optional("proof") {
        Some(outer) => outer
            .optional("proof")
            .map(|proof| inclusion_at(&proof))
            .transpose()?,
        None => None,
    };
    Ok(TxAnswer {
        hash: at.field("hash")?.hash()?,
        height: at.field("height")?.int64()?,
        tx: at.field("tx")?.base64()?,
        result: tx_result_at(&at.field("tx_result")?)?,
        proof,
    })
}

fn inclusion_at(at: &Cursor<'_, '_>) -> Result<InclusionProof, JsonError> {
    Ok(InclusionProof {
        total: at.field("total")?.int64()?,
        index: at.field("index")?.int64()?,
        leaf_hash: at.field("leaf_hash")?.base64_hash()?,
        aunts: at.field("aunts")?.items(|aunt| aunt.base64_hash())?,
    })
}
