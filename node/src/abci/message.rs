//! The messages (`proto/tendermint/abci/types.proto` of CometBFT v0.38 and v0.40, which agree). Those with keys are our own, for v0.40's validators may hold
//! ML-DSA-65 keys; those with transactions declare only what is read.

use prost::{Message, Oneof};
use tendermint_proto::{
    google::protobuf::Timestamp,
    v0_38::{
        abci::{
            ExecTxResult, Misbehavior, RequestApplySnapshotChunk, RequestCheckTx, RequestCommit,
            RequestEcho, RequestExtendVote, RequestFlush, RequestInfo, RequestListSnapshots,
            RequestLoadSnapshotChunk, RequestOfferSnapshot, RequestQuery,
            RequestVerifyVoteExtension, ResponseApplySnapshotChunk, ResponseCheckTx,
            ResponseCommit, ResponseEcho, ResponseException, ResponseExtendVote, ResponseFlush,
            ResponseInfo, ResponseListSnapshots, ResponseLoadSnapshotChunk, ResponseOfferSnapshot,
            ResponsePrepareProposal, ResponseProcessProposal, ResponseQuery,
            ResponseVerifyVoteExtension,
        },
        types::ConsensusParams,
    },
};

/// What CometBFT asks.
#[derive(Clone, PartialEq, Message)]
pub struct Request {
    #[prost(
        oneof = "Ask",
        tags = "1, 2, 3, 5, 6, 8, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20"
    )]
    pub ask: Option<Ask>,
}

/// The kinds of requests.
#[derive(Clone, PartialEq, Oneof)]
pub enum Ask {
    #[prost(message, tag = "1")]
    Echo(RequestEcho),
    #[prost(message, tag = "2")]
    Flush(RequestFlush),
    #[prost(message, tag = "3")]
    Info(RequestInfo),
    #[prost(message, tag = "5")]
    InitChain(InitChain),
    #[prost(message, tag = "6")]
    Query(RequestQuery),
    #[prost(message, tag = "8")]
    CheckTx(RequestCheckTx),
    #[prost(message, tag = "11")]
    Commit(RequestCommit),
    #[prost(message, tag = "12")]
    ListSnapshots(RequestListSnapshots),
    #[prost(message, tag = "13")]
    OfferSnapshot(RequestOfferSnapshot),
    #[prost(message, tag = "14")]
    LoadSnapshotChunk(RequestLoadSnapshotChunk),
    #[prost(message, tag = "15")]
    ApplySnapshotChunk(RequestApplySnapshotChunk),
    #[prost(message, tag = "16")]
    PrepareProposal(PrepareProposal),
    #[prost(message, tag = "17")]
    ProcessProposal(Block),
    #[prost(message, tag = "18")]
    ExtendVote(RequestExtendVote),
    #[prost(message, tag = "19")]
    VerifyVoteExtension(RequestVerifyVoteExtension),
    #[prost(message, tag = "20")]
    FinalizeBlock(Block),
}

/// What the application answers.
#[derive(Clone, PartialEq, Message)]
pub struct Response {
    #[prost(
        oneof = "Answer",
        tags = "1, 2, 3, 4, 6, 7, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21"
    )]
    pub answer: Option<Answer>,
}

/// The kinds of answers.
#[derive(Clone, PartialEq, Oneof)]
pub enum Answer {
    #[prost(message, tag = "1")]
    Exception(ResponseException),
    #[prost(message, tag = "2")]
    Echo(ResponseEcho),
    #[prost(message, tag = "3")]
    Flush(ResponseFlush),
    #[prost(message, tag = "4")]
    Info(ResponseInfo),
    #[prost(message, tag = "6")]
    InitChain(InitChainAnswer),
    #[prost(message, tag = "7")]
    Query(ResponseQuery),
    #[prost(message, tag = "9")]
    CheckTx(ResponseCheckTx),
    #[prost(message, tag = "12")]
    Commit(ResponseCommit),
    #[prost(message, tag = "13")]
    ListSnapshots(ResponseListSnapshots),
    #[prost(message, tag = "14")]
    OfferSnapshot(ResponseOfferSnapshot),
    #[prost(message, tag = "15")]
    LoadSnapshotChunk(ResponseLoadSnapshotChunk),
    #[prost(message, tag = "16")]
    ApplySnapshotChunk(ResponseApplySnapshotChunk),
    #[prost(message, tag = "17")]
    PrepareProposal(ResponsePrepareProposal),
    #[prost(message, tag = "18")]
    ProcessProposal(ResponseProcessProposal),
    #[prost(message, tag = "19")]
    ExtendVote(ResponseExtendVote),
    #[prost(message, tag = "20")]
    VerifyVoteExtension(ResponseVerifyVoteExtension),
    #[prost(message, tag = "21")]
    FinalizeBlock(FinalizeBlockAnswer),
}

/// A validator's consensus key (`proto/tendermint/crypto/keys.proto` of v0.40; v0.38 knows the first two).
#[derive(Clone, PartialEq, Message)]
pub struct PublicKey {
    #[prost(oneof = "Key", tags = "1, 2, 3, 4, 5")]
    pub key: Option<Key>,
}

/// The kinds of keys.
#[derive(Clone, PartialEq, Oneof)]
pub enum Key {
    #[prost(bytes, tag = "1")]
    Ed25519(Vec<u8>),
    #[prost(bytes, tag = "2")]
    Secp256k1(Vec<u8>),
    #[prost(bytes, tag = "3")]
    Bls12381(Vec<u8>),
    #[prost(bytes, tag = "4")]
    MlDsa65(Vec<u8>),
    #[prost(bytes, tag = "5")]
    Secp256k1Eth(Vec<u8>),
}

/// A validator's power, to be set.
#[derive(Clone, PartialEq, Message)]
pub struct ValidatorUpdate {
    #[prost(message, optional, tag = "1")]
    pub pub_key: Option<PublicKey>,
    #[prost(int64, tag = "2")]
    pub power: i64,
}

/// The chain begins.
#[derive(Clone, PartialEq, Message)]
pub struct InitChain {
    #[prost(message, optional, tag = "1")]
    pub time: Option<Timestamp>,
    #[prost(string, tag = "2")]
    pub chain_id: String,
    #[prost(message, optional, tag = "3")]
    pub consensus_params: Option<ConsensusParams>,
    #[prost(message, repeated, tag = "4")]
    pub validators: Vec<ValidatorUpdate>,
    #[prost(bytes = "vec", tag = "5")]
    pub app_state_bytes: Vec<u8>,
    #[prost(int64, tag = "6")]
    pub initial_height: i64,
}

/// Answer to [`InitChain`].
#[derive(Clone, PartialEq, Message)]
pub struct InitChainAnswer {
    #[prost(message, repeated, tag = "2")]
    pub validators: Vec<ValidatorUpdate>,
    #[prost(bytes = "vec", tag = "3")]
    pub app_hash: Vec<u8>,
}

/// What to put into a block.
#[derive(Clone, PartialEq, Message)]
pub struct PrepareProposal {
    #[prost(int64, tag = "1")]
    pub max_tx_bytes: i64,
    #[prost(bytes = "vec", repeated, tag = "2")]
    pub txs: Vec<Vec<u8>>,
    #[prost(message, optional, tag = "6")]
    pub time: Option<Timestamp>,
}

/// A block that is proposed, or decided.
#[derive(Clone, PartialEq, Message)]
pub struct Block {
    #[prost(bytes = "vec", repeated, tag = "1")]
    pub txs: Vec<Vec<u8>>,
    #[prost(message, repeated, tag = "3")]
    pub misbehavior: Vec<Misbehavior>,
    #[prost(bytes = "vec", tag = "4")]
    pub hash: Vec<u8>,
    #[prost(int64, tag = "5")]
    pub height: i64,
    #[prost(message, optional, tag = "6")]
    pub time: Option<Timestamp>,
}

/// What executing a block gave.
#[derive(Clone, PartialEq, Message)]
pub struct FinalizeBlockAnswer {
    #[prost(message, repeated, tag = "2")]
    pub tx_results: Vec<ExecTxResult>,
    #[prost(message, repeated, tag = "3")]
    pub validator_updates: Vec<ValidatorUpdate>,
    #[prost(message, optional, tag = "4")]
    pub consensus_param_updates: Option<ConsensusParams>,
    #[prost(bytes = "vec", tag = "5")]
    pub app_hash: Vec<u8>,
}
