//! Requests and answers, named as ABCI 2.0 names them. Times are Unix nanoseconds.

use crate::{comet::ExecTxResult, merkle::Hash};
use records::{ValidatorKey, kinds::misbehaviour::Incident};

/// Result and query codes.
pub mod code {
    /// Accepted.
    pub const OK: u32 = 0;
    /// Refused by a record's rule.
    pub const REFUSED: u32 = 1;
    /// Malformed; never in a block.
    pub const MALFORMED: u32 = 2;
    /// Unknown query path, or malformed query data.
    pub const BAD_QUERY: u32 = 3;
    /// Height pruned, or not yet there.
    pub const NO_SUCH_HEIGHT: u32 = 4;
    /// No such blob.
    pub const NO_SUCH_BLOB: u32 = 5;
    /// The node could not answer.
    pub const FAILED: u32 = 6;
    /// In a block already.
    pub const KNOWN: u32 = 7;
    /// Its key has handed in too much lately.
    pub const TOO_MANY: u32 = 8;
}

/// Where the application stands.
#[derive(Clone, Debug)]
pub struct InfoResponse {
    /// What this is.
    pub data: String,
    /// Version of the program.
    pub version: String,
    /// Version of the rules in force at the next height.
    pub app_version: u64,
    /// Height of the last committed block.
    pub last_block_height: u64,
    /// App hash after it.
    pub last_block_app_hash: Vec<u8>,
}

/// Type of the one operation of a proof.
pub const PROOF_TYPE: &str = "ics23:jmt";

/// A validator's power, to be set; 0 removes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValidatorUpdate {
    /// Its key.
    pub key: ValidatorKey,
    /// Voting power.
    pub power: i64,
}

/// The chain begins.
#[derive(Clone, Debug)]
pub struct InitChainRequest {
    /// Genesis time.
    pub time: i64,
    /// Chain id.
    pub chain_id: String,
    /// Validators in the genesis; must be those of the founding event.
    pub validators: Vec<ValidatorUpdate>,
    /// Types of keys that CometBFT takes from validators, in its words.
    pub key_types: Vec<String>,
    /// JSON of [`super::AppState`].
    pub app_state_bytes: Vec<u8>,
}

/// Answer to [`InitChainRequest`].
#[derive(Clone, Debug)]
pub struct InitChainResponse {
    /// The founding members' validators.
    pub validators: Vec<ValidatorUpdate>,
    /// App hash that the first header commits to.
    pub app_hash: Hash,
}

/// Whether a transaction may wait for a block.
#[derive(Clone, Copy, Debug)]
pub struct CheckTxRequest<'a> {
    /// The transaction.
    pub tx: &'a [u8],
    /// Whether it waits already, and is only looked at again.
    pub again: bool,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckTxResponse {
    /// [`code::OK`], [`code::MALFORMED`], [`code::KNOWN`] or [`code::TOO_MANY`].
    pub code: u32,
    /// Why not.
    pub log: String,
}

/// The proposer asks what to put into a block.
#[derive(Clone, Debug)]
pub struct PrepareProposalRequest {
    /// Most bytes of transactions.
    pub max_tx_bytes: usize,
    /// Waiting transactions, in order of arrival.
    pub txs: Vec<Vec<u8>>,
    /// Block time.
    pub time: i64,
    /// The proposer's own clock.
    pub local_time: i64,
}

/// A validator asks whether a proposed block is acceptable.
#[derive(Clone, Debug)]
pub struct ProcessProposalRequest<'a> {
    /// The block's transactions.
    pub txs: &'a [Vec<u8>],
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proposal {
    /// Sign it.
    Accept,
    /// Do not, for this reason.
    Reject(String),
}

/// A validator that misbehaved, as the evidence in a block proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misbehaviour {
    /// Its address.
    pub address: [u8; 20],
    /// What it did.
    pub incident: Incident,
}

/// A block that is proposed: what will be asked to be executed if it is decided.
#[derive(Clone, Debug)]
pub struct ProposedBlock {
    /// Its transactions.
    pub txs: Vec<Vec<u8>>,
    /// What its evidence proves.
    pub misbehaviour: Vec<Misbehaviour>,
    /// Its hash.
    pub hash: Hash,
    /// Its height.
    pub height: u64,
    /// Its time.
    pub time: i64,
}

impl ProposedBlock {
    /// The request once it is decided.
    pub fn decided(&self) -> FinalizeBlockRequest<'_> {
        FinalizeBlockRequest {
            txs: &self.txs,
            misbehaviour: &self.misbehaviour,
            hash: self.hash,
            height: self.height,
            time: self.time,
        }
    }
}

/// A decided block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FinalizeBlockRequest<'a> {
    /// Its transactions.
    pub txs: &'a [Vec<u8>],
    /// What its evidence proves.
    pub misbehaviour: &'a [Misbehaviour],
    /// Its hash.
    pub hash: Hash,
    /// Its height.
    pub height: u64,
    /// Its time.
    pub time: i64,
}

/// What executing a block gave.
#[derive(Clone, Debug, PartialEq)]
pub struct FinalizeBlockResponse {
    /// One result per transaction. The next header commits to code and data of each.
    pub tx_results: Vec<ExecTxResult>,
    /// Changed powers; they hold from the second block after this one.
    pub validator_updates: Vec<ValidatorUpdate>,
    /// The rules' version from the next block on, where it changes.
    pub app_version: Option<u64>,
    /// App hash that the next header commits to.
    pub app_hash: Hash,
}

/// A question to the state.
#[derive(Clone, Debug)]
pub struct QueryRequest {
    /// Path, see docs/formats.md.
    pub path: String,
    /// Data, as the path wants it.
    pub data: Vec<u8>,
    /// Height; 0 is the newest that is provable.
    pub height: u64,
    /// Whether a proof is wanted.
    pub prove: bool,
}

/// The answer.
#[derive(Clone, Debug, Default)]
pub struct QueryResponse {
    /// One of [`code`].
    pub code: u32,
    /// Why the code is not 0.
    pub log: String,
    /// The key asked for.
    pub key: Vec<u8>,
    /// The value; empty when absent.
    pub value: Vec<u8>,
    /// Protocol-buffer bytes of the ICS-23 commitment proof.
    pub proof: Option<Vec<u8>>,
    /// Height whose state this shows; the header after it commits to it.
    pub height: u64,
}

/// A snapshot is offered to a node that joins.
#[derive(Clone, Copy, Debug)]
pub struct Offer<'a> {
    /// Its height.
    pub height: u64,
    /// Its format.
    pub format: u32,
    /// How many chunks it has.
    pub chunks: u32,
    /// Its hash.
    pub hash: &'a [u8],
    /// The hashes of its chunks.
    pub metadata: &'a [u8],
    /// App hash after the block at its height, as the light client of CometBFT found it: the only thing here that is verified.
    pub app_hash: &'a [u8],
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offered {
    /// Send its chunks.
    Accept,
    /// No snapshot can be taken.
    Abort,
    /// Offer none of this format.
    RejectFormat,
    /// Who sent it contradicts itself: offer none of its snapshots.
    RejectSender,
}

/// What became of a chunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is taken in.
    Accept,
    /// No snapshot is being restored.
    Abort,
    /// These are not its bytes: fetch it from somebody else than its sender.
    RefuseChunk,
    /// It is not the next one: begin again.
    RetrySnapshot,
    /// The snapshot is false; its sender knew.
    RejectSnapshot,
}
