//! A light client's pure core for CometBFT chains: headers, validators, commits, Merkle and ICS-23 proofs.
//!
//! Data comes from nodes that nobody trusts; what leaves this crate as a [`VerifiedHeader`] or as [`Proven`] was checked.
//! There is no I/O, no clock (the time is an argument) and no panic, whatever the input; `no_std` with `alloc`.
//! It speaks block protocol 11: CometBFT v0.34 to v0.40.
//!
//! ```
//! use light_client::{Bisection, Budget, LightBlock, Options, Progress, Reason, Time, TrustedState, VerifiedHeader};
//!
//! /// From a checkpoint to the header at `target`. `fetch` asks any node; what it brings is verified here.
//! fn follow(
//!     checkpoint: &LightBlock,
//!     checkpoint_hash: [u8; 32],
//!     target: u64,
//!     now: Time,
//!     mut fetch: impl FnMut(u64) -> LightBlock,
//! ) -> Result<VerifiedHeader, Reason> {
//!     let trusted = TrustedState::from_checkpoint(checkpoint, &checkpoint_hash)?;
//!     let mut bisection = Bisection::new(trusted, target, Options::default(), Budget::new(5_000));
//!     loop {
//!         match bisection.next() {
//!             Progress::Need(height) => {
//!                 let block = fetch(*height);
//!                 bisection.supply(block, now);
//!             }
//!             Progress::Done => return Ok(bisection.trusted().verified().clone()),
//!             Progress::Failed(reason) => return Err(reason.clone()),
//!         }
//!     }
//! }
//! ```
//!
//! [`client::LightClient`] does all of this over several nodes: it changes nodes that fail, compares what members hold, and stops
//! for good where it proves that the chain has forked. [`client`] shows how to begin; `examples/follow.rs` is a whole program over
//! HTTP that follows a chain and proves a transaction and a value of the application's state.
//!
//! # Features
//! - `secp256k1` (default): validators with secp256k1 keys, in CometBFT's and in Ethereum's form.
//! - `ml-dsa` (default): validators with ML-DSA-65 keys (FIPS 204).
//!
//! Ed25519 is always there. A set with a key of a type that is left out, or that nobody knows, is an error that names the key.
//!
//! # Whom one must believe
#![doc = include_str!("../trust.svg")]
//!
//! - **Whoever names the checkpoint**: a height and the hash of its block. All else follows from it. It must be younger than the
//!   trusting period, and that shorter than the time for which validators answer for what they sign (mostly the unbonding period):
//!   keys that no longer count sign any past.
//! - **Validators**: while less than a third of the power lies there is one chain, and it follows the application's rules.
//! - **One node of another member**, a *witness*: where more than that lies, one honest node that answers exposes the second chain.
//!   Who is a member the caller says ([`client::Provider::member`]); ten nodes of one member are one witness, and no setting does without.
//! - **The clock** that the caller gives, for the age of headers. A wrong one ends in an error, not in a forged header, as long as
//!   it is not set back so far that trust which has expired counts again.
//! - **SHA-256 and the signatures** of the chain's own key types.
//!
//! A node can refuse, delay, lie and answer without end. The most that comes of it is no answer ([`client::Failure`]), within
//! [`client::Limits`]; what remains possible, row by row, says `docs/trust.md` of the repository. A [`client::KeptStore`] is read again as
//! untrusted, but whoever can write into it can put another chain there.
//!
//! # Errors
//! Each check has an error type of its own with the numbers in question: [`Reason`] of headers, [`client::Failure`] of the client,
//! [`client::Fault`] of a node, [`QueryError`], [`TxError`], [`ContentsError`], [`MerkleError`], [`Ics23Error`],
//! [`json::JsonError`]. All of them are [`core::error::Error`]. Those that are shown or logged have a stable name too, from `code()`;
//! `docs/codes.md` of the repository lists them.
//!
//! # What is verified
//! - A step ([`verify_step`]) checks everything that its documentation lists: chain, heights, times, trusting period, the hashes
//!   that bind header, commit and validators to each other, voting power in the old and in the new set, signatures.
//! - [`verify_query`]: that a key of the application's state has a value, or none, under the header after it.
//! - [`verify_tx`]: that the transaction that was asked for is in a block; [`verify_outcome`]: whether it was accepted there.
//! - [`verify_block`]: that transactions, evidence of misbehaviour and last commit are a header's block's;
//!   [`verify_consensus_params`]: a block's limits. [`data_hash`], [`evidence_hash`], [`consensus_hash`], [`results_hash`] and
//!   [`Commit::hash`] are the hashes that headers commit to them by.
//! - [`verify_inclusion`] and [`verify_consistency`]: RFC 6962 logs.
//!
//! # What is not
//! - **That there is no second chain.** More than the trust level of the old validators can sign two headers for one height;
//!   whoever is shown only one of them cannot know. A single step cannot see it; [`client`] asks other members' nodes.
//! - **Age.** `now` is believed, and a header may be as old as the trusting period; how old is too old is for the caller.
//! - **Signatures that were not needed** ([`Vote::Unchecked`]) unless [`SignatureCheck::All`] is asked for, and votes for no
//!   block ([`Vote::Nil`]) in any case.
//! - A checkpoint's commit: a checkpoint rests on its hash alone.
//! - What no header commits to: proposer priorities, logs and events of transactions, and all that a node says of itself
//!   ([`json::Status`]).
//! - The application's rules. A proof shows what the validators agreed on, not that it is right.
#![no_std]
#![forbid(unsafe_code)]
#![deny(missing_docs)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

extern crate alloc;

mod bisection;
pub mod client;
mod codes;
mod commit;
mod contents;
mod count;
mod evidence;
mod header;
mod ics23;
pub mod json;
mod keys;
mod merkle;
mod proto;
mod query;
mod reason;
mod step;
mod stored;
mod time;
mod trust;
mod validators;
mod vote;
mod wire;

pub use bisection::{Bisection, Leg, Progress};
pub use commit::{BlockIdFlag, Commit, CommitSig};
pub use contents::{
    ContentsError, TxError, consensus_hash, data_hash, results_hash, verify_block,
    verify_consensus_params, verify_outcome, verify_tx,
};
pub use evidence::{DuplicateVote, Evidence, LightClientAttack, Ranked, SignedVote, evidence_hash};
pub use header::{Address, BLOCK_PROTOCOL, BlockId, Header, MAX_CHAIN_ID_LENGTH};
pub use ics23::{
    IAVL_SPEC, Ics23Error, JMT_SPEC, SMT_SPEC, Spec, TENDERMINT_SPEC, jmt_inner, jmt_leaf,
    pack_jmt, unpack_jmt, verify_membership, verify_non_membership,
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
pub use stored::StoredError;
pub use time::Time;
pub use trust::{
    Budget, LightBlock, Options, Share, SignatureCheck, SignedHeader, Signer, Tally, TrustLevel,
    TrustedState, VerifiedHeader, Vote,
};
pub use validators::{MAX_TOTAL_POWER, MAX_VALIDATORS, Validator, ValidatorSet, ValidatorSetError};
pub use wire::WireError;

/// The example in the README is a test as well.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
