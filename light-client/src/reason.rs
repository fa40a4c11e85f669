//! Why a light block is not accepted.

use thiserror::Error;

use crate::codes::codes;
use crate::header::Address;
use crate::merkle::Hash;
use crate::time::Time;

/// Why a light block was rejected. [`Reason::code`] names it for machines and for translation.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Reason {
    /// The block is of another chain.
    #[error("the header is of chain {found}, not of {expected}")]
    WrongChain {
        /// The chain we follow.
        expected: alloc::string::String,
        /// The chain in the header.
        found: alloc::string::String,
    },
    /// The header's block protocol is not 11, or its chain id is too long.
    #[error("the header's block protocol is {0}, not 11")]
    WrongBlockProtocol(u64),
    /// The chain id is longer than 50 bytes.
    #[error("the chain id is too long")]
    ChainIdTooLong,
    /// The header is not above the trusted one.
    #[error("height {found} is not above the trusted height {trusted}")]
    HeightNotAbove {
        /// Height that is trusted already.
        trusted: u64,
        /// Height of the header.
        found: u64,
    },
    /// The trusting period of the trusted header is over.
    #[error("trust in the header of {trusted} has expired")]
    TrustExpired {
        /// Time of the trusted header.
        trusted: Time,
        /// The time given as now.
        now: Time,
    },
    /// The header is not later than the trusted one.
    #[error("the header's time {found} is not after the trusted header's {trusted}")]
    TimeNotAfter {
        /// Time of the trusted header.
        trusted: Time,
        /// Time of the header.
        found: Time,
    },
    /// The header is from the future, further than clocks may differ.
    #[error("the header's time {found} is in the future")]
    FromFuture {
        /// The time given as now.
        now: Time,
        /// Time of the header.
        found: Time,
    },
    /// The commit is for another height.
    #[error("the commit is for height {found}, not {expected}")]
    CommitHeight {
        /// Height of the header.
        expected: u64,
        /// Height in the commit.
        found: u64,
    },
    /// The commit is for another header.
    #[error("the commit is for another header")]
    CommitForOtherHeader {
        /// Hash of the header.
        header: Hash,
        /// Hash in the commit's block id, if it has one.
        commit: Option<Hash>,
    },
    /// The commit has another number of entries than there are validators.
    #[error("the commit has {found} entries for {expected} validators")]
    CommitSize {
        /// Number of validators.
        expected: usize,
        /// Number of entries.
        found: usize,
    },
    /// An entry of the commit names another validator than the one at its position.
    #[error("entry {index} of the commit is not of the validator at that position")]
    CommitAddress {
        /// Position in the commit.
        index: usize,
    },
    /// An entry for an absent validator carries an address, a time or a signature.
    #[error("entry {index} of the commit is marked absent and yet carries a vote")]
    AbsentWithVote {
        /// Position in the commit.
        index: usize,
    },
    /// The validators are not those that the header commits to.
    #[error("the validators are not those of the header")]
    ValidatorsHash {
        /// `validators_hash` of the header.
        expected: Hash,
        /// Hash of the validators.
        found: Hash,
    },
    /// The next validators are not those that the header commits to.
    #[error("the next validators are not those of the header")]
    NextValidatorsHash {
        /// `next_validators_hash` of the header.
        expected: Option<Hash>,
        /// Hash of the next validators.
        found: Hash,
    },
    /// The next block's validators are not those that the trusted header announced.
    #[error("the validators are not those that the header before announced")]
    NotTheAnnouncedValidators {
        /// `next_validators_hash` of the trusted header.
        expected: Option<Hash>,
        /// `validators_hash` of the header.
        found: Hash,
    },
    /// Not more than two thirds of the voting power signed.
    #[error("only {signed} of {total} voting power signed")]
    TooLittlePower {
        /// Power of those who voted for the block.
        signed: u64,
        /// Power of all validators.
        total: u64,
    },
    /// A signature does not hold.
    #[error("the signature of validator {} does not hold", hex::encode_upper(.address))]
    BadSignature {
        /// Position in the commit.
        index: usize,
        /// Whose signature it should be.
        address: Address,
    },
    /// The signature budget is used up.
    #[error("checking the signatures costs {needed}, {left} is left of the budget")]
    BudgetExceeded {
        /// Cost of the signatures.
        needed: u32,
        /// What is left.
        left: u32,
    },
    /// The header does not have the hash that the checkpoint names.
    #[error("the header's hash is not the checkpoint's")]
    WrongCheckpoint {
        /// Hash in the checkpoint.
        expected: Hash,
        /// Hash of the header.
        found: Hash,
    },
    /// A header's hash is not the one that the header above it names.
    #[error("this is not the header that the one above it names")]
    NotTheHeaderBefore {
        /// Hash in the header above.
        expected: Option<Hash>,
        /// Hash of this header.
        found: Hash,
    },
    /// The block that was supplied is not at the height that was asked for.
    #[error("got a block of height {found} instead of {expected}")]
    WrongHeight {
        /// Height that was asked for.
        expected: u64,
        /// Height of the header.
        found: u64,
    },
}

codes!(Reason {
    Reason::WrongChain { .. } => "wrong-chain" "the header is of another chain",
    Reason::WrongBlockProtocol(_) => "wrong-block-protocol" "the header is of another block protocol than 11",
    Reason::ChainIdTooLong => "chain-id-too-long" "the chain id is longer than CometBFT allows",
    Reason::HeightNotAbove { .. } => "height-not-above" "the header is not above what is trusted",
    Reason::TrustExpired { .. } => "trust-expired" "the trusting period of what is trusted is over",
    Reason::TimeNotAfter { .. } => "time-not-after" "the header is not later than what is trusted",
    Reason::FromFuture { .. } => "from-future" "the header is later than the clock, by more than clocks may differ",
    Reason::CommitHeight { .. } => "commit-height" "the votes are for another height",
    Reason::CommitForOtherHeader { .. } => "commit-for-other-header" "the votes are for another header",
    Reason::CommitSize { .. } => "commit-size" "there are not as many votes as validators",
    Reason::CommitAddress { .. } => "commit-address" "a vote names another validator than the one in its place",
    Reason::AbsentWithVote { .. } => "absent-with-vote" "an absent vote carries what only a vote has",
    Reason::ValidatorsHash { .. } => "validators-hash" "the validators are not those that the header names",
    Reason::NextValidatorsHash { .. } => "next-validators-hash" "the next validators are not those that the header names",
    Reason::NotTheAnnouncedValidators { .. } => "not-the-announced-validators" "the header before announced other validators",
    Reason::TooLittlePower { .. } => "too-little-power" "too little voting power signed",
    Reason::BadSignature { .. } => "bad-signature" "a signature does not verify",
    Reason::BudgetExceeded { .. } => "budget-exceeded" "it takes more signatures than the budget has left",
    Reason::WrongCheckpoint { .. } => "wrong-checkpoint" "the header is not that of the checkpoint",
    Reason::NotTheHeaderBefore { .. } => "not-the-header-before" "the header above names another one before it",
    Reason::WrongHeight { .. } => "wrong-height" "the header is of another height than was asked for",
});
