//! Counting votes: in the header's own validator set and in the trusted one at once.

use alloc::vec::Vec;

use crate::commit::{BlockIdFlag, Commit, CommitSig};
use crate::trust::{Share, SignatureCheck, Tally, TrustLevel};
use crate::validators::{Validator, ValidatorSet};

/// The votes for the block, in the commit's order.
pub(crate) struct Votes<'a> {
    votes: Vec<CountedVote<'a>>,
    own_total: u64,
    overlap: Option<Overlap<'a>>,
}

/// The trusted set, and how much of it must have signed.
#[derive(Clone, Copy)]
pub(crate) struct Overlap<'a> {
    pub(crate) trusted: &'a ValidatorSet,
    pub(crate) level: TrustLevel,
}

/// A vote for the block, with its weight in both counts.
#[derive(Clone, Copy)]
pub(crate) struct CountedVote<'a> {
    /// Position in the commit and in the header's own validator set.
    pub(crate) index: usize,
    pub(crate) entry: &'a CommitSig,
    pub(crate) validator: &'a Validator,
    trusted_power: u64,
}

impl<'a> Votes<'a> {
    /// The commit's entries stand at their validators' positions (checked before).
    pub(crate) fn new(
        commit: &'a Commit,
        validators: &'a ValidatorSet,
        overlap: Option<Overlap<'a>>,
    ) -> Votes<'a> {
        let entries = commit
            .signatures
            .iter()
            .zip(validators.validators())
            .enumerate();
        let votes = entries
            .filter(|(_, (entry, _))| entry.flag == BlockIdFlag::Commit)
            .map(|(index, (entry, validator))| {
                let trusted_power =
                    overlap.map_or(0, |overlap| power_in(overlap.trusted, validator));
                CountedVote {
                    index,
                    entry,
                    validator,
                    trusted_power,
                }
            })
            .collect();
        Votes {
            votes,
            own_total: validators.total_power(),
            overlap,
        }
    }

    /// What the commit claims.
    pub(crate) fn claimed(&self) -> Tally {
        self.tally(&self.votes)
    }

    /// The sum of these votes. It cannot overflow: a set's power is bounded, and each member votes once.
    pub(crate) fn tally(&self, votes: &[CountedVote<'_>]) -> Tally {
        let trusted = votes
            .iter()
            .map(|vote| vote.trusted_power)
            .fold(0, u64::saturating_add);
        let own = votes
            .iter()
            .map(|vote| vote.validator.power())
            .fold(0, u64::saturating_add);
        Tally {
            trusted: self.overlap.map(|overlap| Share {
                signed: trusted,
                total: overlap.trusted.total_power(),
            }),
            own: Share {
                signed: own,
                total: self.own_total,
            },
        }
    }

    pub(crate) fn is_trusted(&self, tally: &Tally) -> bool {
        match (self.overlap, &tally.trusted) {
            (Some(overlap), Some(share)) => overlap.level.is_exceeded_by(share),
            _ => true,
        }
    }

    /// The votes whose signatures are to be checked, in order. For `Sufficient` these are the very ones that CometBFT's light
    /// client checks: it stops either count where that is decided.
    pub(crate) fn select(&self, check: SignatureCheck) -> Vec<CountedVote<'a>> {
        if check == SignatureCheck::All {
            return self.votes.clone();
        }
        let mut sum = self.tally(&[]);
        let mut selected = Vec::with_capacity(self.votes.len());
        for vote in &self.votes {
            let for_own = !TrustLevel::TWO_THIRDS.is_exceeded_by(&sum.own);
            let for_trust = vote.trusted_power > 0 && !self.is_trusted(&sum);
            if for_own || for_trust {
                sum.own.signed = sum.own.signed.saturating_add(vote.validator.power());
                if let Some(trusted) = &mut sum.trusted {
                    trusted.signed = trusted.signed.saturating_add(vote.trusted_power);
                }
                selected.push(*vote);
            }
        }
        selected
    }
}

/// The signature is checked against the key in the new set, so it counts in the trusted set only under the same key.
fn power_in(trusted: &ValidatorSet, validator: &Validator) -> u64 {
    let known = trusted
        .by_address(validator.address())
        .filter(|known| known.key() == validator.key());
    known.map_or(0, Validator::power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::PublicKey;

    #[test]
    fn a_validator_with_the_same_address_and_another_key_is_a_stranger() {
        let known = Validator::new(PublicKey::Ed25519([1; 32]), 10);
        let trusted = ValidatorSet::new(alloc::vec![known.clone()]).unwrap();
        let stranger =
            Validator::new(PublicKey::Ed25519([2; 32]), 10).under_address(*known.address());
        assert_eq!(
            power_in(&trusted, &Validator::new(known.key().clone(), 99)),
            10
        );
        assert_eq!(power_in(&trusted, &stranger), 0);
    }
}
