//! A light client's pure core for CometBFT chains: headers, validators, commits, Merkle and ICS-23 proofs.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

extern crate alloc;

mod bisection;
mod commit;
mod contents;
mod count;
mod header;
mod ics23;
pub mod json;
mod keys;
mod merkle;
mod proto;
mod query;
mod reason;
mod step;
mod time;
mod trust;
mod validators;
mod vote;

pub use bisection::{Bisection, Progress};
pub use commit::{BlockIdFlag, Commit, CommitSig};
pub use contents::{TxError, data_hash, results_hash, verify_tx};
pub use header::{Address, BLOCK_PROTOCOL, BlockId, Header, MAX_CHAIN_ID_LENGTH};
pub use ics23::{
    IAVL_SPEC, Ics23Error, JMT_SPEC, SMT_SPEC, Spec, TENDERMINT_SPEC, verify_membership,
    verify_non_membership,
};
pub use keys::PublicKey;
#[cfg(feature = "secp256k1")]
pub use keys::Secp256k1EthKey;
pub use merkle::{
    Hash, InclusionProof, MerkleError, inner_hash, leaf_hash, root, root_of_hashes, sha256,
    verify_consistency, verify_inclusion,
};
pub use query::{COSMOS_STATE, JMT_STATE, ProofLayer, Proven, QueryError, verify_query};
pub use reason::Reason;
pub use step::{Verdict, verify_step};
pub use time::Time;
pub use trust::{
    Budget, LightBlock, Options, Share, SignatureCheck, SignedHeader, Signer, Tally, TrustLevel,
    TrustedState, VerifiedHeader, Vote,
};
pub use validators::{MAX_TOTAL_POWER, MAX_VALIDATORS, Validator, ValidatorSet, ValidatorSetError};
