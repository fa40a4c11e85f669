//! What is trusted, and under which conditions trust moves on.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::commit::Commit;
use crate::header::{Address, Header};
use crate::merkle::Hash;
use crate::reason::Reason;
use crate::validators::ValidatorSet;

/// A header with the commit that made it final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeader {
    /// The header.
    pub header: Header,
    /// The votes for it.
    pub commit: Commit,
}

/// Everything that a step needs about one height, as nodes hand it out: nothing of it is trusted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LightBlock {
    /// Header and commit.
    pub signed_header: SignedHeader,
    /// The validators of this height.
    pub validators: ValidatorSet,
    /// The validators of the next height. Where given, later skips are judged by them instead of by `validators`; both are sound.
    pub next_validators: Option<ValidatorSet>,
}

impl LightBlock {
    /// Height of the header.
    pub fn height(&self) -> u64 {
        self.signed_header.header.height
    }
}

/// The share of a trusted validator set that must have signed a header further up: a fraction between 1/3 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TrustLevel {
    numerator: u64,
    denominator: u64,
}

impl TrustLevel {
    /// CometBFT's default: at least one honest validator among the signers.
    pub const ONE_THIRD: TrustLevel = TrustLevel {
        numerator: 1,
        denominator: 3,
    };
    /// For chains whose validators change slowly: a minority of ill will cannot invent a new set.
    pub const TWO_THIRDS: TrustLevel = TrustLevel {
        numerator: 2,
        denominator: 3,
    };

    /// A fraction between 1/3 and 1 (CometBFT `ValidateTrustLevel`), else none.
    pub fn new(numerator: u64, denominator: u64) -> Option<TrustLevel> {
        let at_least_a_third = u128::from(numerator) * 3 >= u128::from(denominator);
        let sound = denominator > 0 && at_least_a_third && numerator <= denominator;
        sound.then_some(TrustLevel {
            numerator,
            denominator,
        })
    }

    /// Whether `share` is strictly more than this fraction. 128 bits, so that no product wraps.
    pub(crate) fn is_exceeded_by(&self, share: &Share) -> bool {
        u128::from(share.signed) * u128::from(self.denominator)
            > u128::from(share.total) * u128::from(self.numerator)
    }
}

/// Which of the commit's signatures are checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SignatureCheck {
    /// As many as prove the verdict, in the commit's order, like CometBFT's light client: those up to more than two thirds
    /// of the power, then those of trusted validators up to the trust level. A bad signature behind these goes unseen.
    #[default]
    Sufficient,
    /// Every vote for the block. One bad signature rejects the block, even where enough others are good.
    All,
}

/// The conditions of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The only chain to accept; without it, the trusted header's.
    pub chain_id: Option<String>,
    /// What share of the trusted validators must have signed a header that is not the next one.
    pub trust_level: TrustLevel,
    /// How long a header is trusted after its own time. Must be shorter than validators remain accountable.
    pub trusting_period: Duration,
    /// How far a header's time may lie ahead of our clock.
    pub clock_drift: Duration,
    /// Which signatures are checked.
    pub signatures: SignatureCheck,
}

impl Default for Options {
    /// Trust level 1/3, a week of trust, ten seconds of drift, as in CometBFT.
    fn default() -> Options {
        Options {
            chain_id: None,
            trust_level: TrustLevel::ONE_THIRD,
            trusting_period: Duration::from_secs(7 * 24 * 3600),
            clock_drift: Duration::from_secs(10),
            signatures: SignatureCheck::Sufficient,
        }
    }
}

/// How much signature checking a caller is willing to pay for, so that a hostile node cannot burn the CPU.
///
/// One Ed25519 signature costs 1, a secp256k1 signature 3, an ML-DSA-65 signature 5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget(u32);

impl Budget {
    /// A budget of this many Ed25519 signatures.
    pub fn new(signatures: u32) -> Budget {
        Budget(signatures)
    }

    /// What is left.
    pub fn left(&self) -> u32 {
        self.0
    }

    pub(crate) fn spend(&mut self, cost: u32) -> Result<(), Reason> {
        let left = self.0.checked_sub(cost).ok_or(Reason::BudgetExceeded {
            needed: cost,
            left: self.0,
        })?;
        self.0 = left;
        Ok(())
    }
}

/// The power that signed, out of the power that could.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    /// Power of those who signed.
    pub signed: u64,
    /// Power of the whole set.
    pub total: u64,
}

/// How a header's votes count.
///
/// With [`Verdict::Trusted`](crate::Verdict) the power of signatures that were checked; with `NotEnoughTrust` the power that the
/// commit claims, an upper bound, since no signature needs checking to see that it is too little.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Among the trusted validators; none in a step to the next height, which needs no such overlap.
    pub trusted: Option<Share>,
    /// Among the header's own validators.
    pub own: Share,
}

/// How a validator stands to a verified header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// It voted for the block, and its signature was checked.
    Signed,
    /// The commit says it voted for the block; the signature was not needed and not checked.
    Unchecked,
    /// The commit says it voted for no block; such signatures are not checked.
    Nil,
    /// No vote.
    Absent,
}

/// A validator and its vote for a verified header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signer {
    /// The validator's address.
    pub address: Address,
    /// Its voting power at this height.
    pub power: u64,
    /// The type of its key, as in JSON: `tendermint/PubKeyEd25519`.
    pub key_type: &'static str,
    /// How it voted.
    pub vote: Vote,
}

/// A header that was verified; only this crate's verification makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedHeader {
    header: Header,
    hash: Hash,
    signers: Vec<Signer>,
}

impl VerifiedHeader {
    /// Trusts a header because it has the hash that is known from elsewhere: a log of block hashes that was itself proven. Nothing is
    /// known of its signers; none where the hash is another.
    pub fn by_hash(header: Header, expected_hash: &Hash) -> Option<VerifiedHeader> {
        let hash = header.hash();
        (hash == *expected_hash).then(|| VerifiedHeader::new(header, hash, Vec::new()))
    }

    /// The caller has verified all three.
    pub(crate) fn new(header: Header, hash: Hash, signers: Vec<Signer>) -> VerifiedHeader {
        VerifiedHeader {
            header,
            hash,
            signers,
        }
    }

    /// The header before this one, known by the hash that this one names.
    pub fn before(&self, header: Header) -> Result<VerifiedHeader, Reason> {
        let hash = header.hash();
        let follows = header.height.checked_add(1) == Some(self.header.height);
        if self.header.last_block_id.hash != Some(hash) || !follows {
            return Err(Reason::NotTheHeaderBefore {
                expected: self.header.last_block_id.hash,
                found: hash,
            });
        }
        Ok(VerifiedHeader::new(header, hash, Vec::new()))
    }

    /// The header.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// Its hash, the block hash.
    pub fn hash(&self) -> &Hash {
        &self.hash
    }

    /// Its validators and how they voted, largest power first. Empty for a checkpoint and for a header that one above
    /// it names: these rest on their hash alone.
    pub fn signers(&self) -> &[Signer] {
        &self.signers
    }
}

/// A trusted header and the validators by which headers further up are judged.
///
/// Comes from a checkpoint or from a verified step, never from parts that a node supplied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustedState {
    header: VerifiedHeader,
    validators: ValidatorSet,
    signed: Option<Signed>,
}

/// What the signers of a trusted header rest on, so that a store can check it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) commit: Commit,
    /// The header's own validators, where others judge what follows.
    pub(crate) own: Option<ValidatorSet>,
}

impl TrustedState {
    /// The caller has verified the block.
    pub(crate) fn of_block(header: VerifiedHeader, block: &LightBlock) -> TrustedState {
        let own = &block.validators;
        TrustedState {
            header,
            validators: block.next_validators.as_ref().unwrap_or(own).clone(),
            signed: Some(Signed {
                commit: block.signed_header.commit.clone(),
                own: block.next_validators.is_some().then(|| own.clone()),
            }),
        }
    }

    /// Trusts a block because its header has a hash that is known from elsewhere: a page's configuration, or a verdict of
    /// ours that was stored. The validators must be those that the header commits to; the commit is not looked at.
    pub fn from_checkpoint(
        block: &LightBlock,
        expected_hash: &Hash,
    ) -> Result<TrustedState, Reason> {
        let header = &block.signed_header.header;
        check_validators(header, &block.validators)?;
        match &block.next_validators {
            None => TrustedState::from_header(header, block.validators.clone(), expected_hash),
            Some(next) => {
                check_next_validators(header, next)?;
                TrustedState::from_header(header, next.clone(), expected_hash)
            }
        }
    }

    /// Like [`TrustedState::from_checkpoint`], with either the header's own validators or the next height's.
    pub fn from_header(
        header: &Header,
        validators: ValidatorSet,
        expected_hash: &Hash,
    ) -> Result<TrustedState, Reason> {
        let found = header.hash();
        if found != *expected_hash {
            return Err(Reason::WrongCheckpoint {
                expected: *expected_hash,
                found,
            });
        }
        check_validators(header, &validators)
            .or_else(|_| check_next_validators(header, &validators))?;
        Ok(TrustedState {
            header: VerifiedHeader::new(header.clone(), found, Vec::new()),
            validators,
            signed: None,
        })
    }

    /// The trusted header.
    pub fn verified(&self) -> &VerifiedHeader {
        &self.header
    }

    /// The trusted header's content.
    pub fn header(&self) -> &Header {
        &self.header.header
    }

    /// Its height.
    pub fn height(&self) -> u64 {
        self.header.header.height
    }

    /// The validators by which headers further up are judged: this height's or the next one's.
    pub fn validators(&self) -> &ValidatorSet {
        &self.validators
    }

    pub(crate) fn signed(&self) -> Option<&Signed> {
        self.signed.as_ref()
    }
}

pub(crate) fn check_validators(header: &Header, validators: &ValidatorSet) -> Result<(), Reason> {
    let (expected, found) = (header.validators_hash, validators.hash());
    if expected == found {
        Ok(())
    } else {
        Err(Reason::ValidatorsHash { expected, found })
    }
}

pub(crate) fn check_next_validators(header: &Header, next: &ValidatorSet) -> Result<(), Reason> {
    let (expected, found) = (header.next_validators_hash, next.hash());
    if expected == Some(found) {
        Ok(())
    } else {
        Err(Reason::NextValidatorsHash { expected, found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trust_level_lies_between_one_third_and_one() {
        for (numerator, denominator) in [(1, 3), (2, 3), (1, 1), (u64::MAX, u64::MAX)] {
            assert!(TrustLevel::new(numerator, denominator).is_some());
        }
        for (numerator, denominator) in [
            (4, 3),
            (1, 4),
            (33, 100),
            (1, 0),
            (0, 0),
            (0, 1),
            (u64::MAX / 3 - 1, u64::MAX),
        ] {
            let level = TrustLevel::new(numerator, denominator);
            assert_eq!(level, None, "{numerator}/{denominator}");
        }
    }
}
