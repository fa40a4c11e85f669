//! One step of trust, from a trusted header to a higher one.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::commit::{BlockIdFlag, Commit, CommitSig};
use crate::count::{CountedVote, Overlap, Votes};
use crate::header::{BLOCK_PROTOCOL, Header, MAX_CHAIN_ID_LENGTH};
use crate::keys::{Claim, verify_all};
use crate::merkle::Hash;
use crate::reason::Reason;
use crate::time::Time;
use crate::trust::{
    Budget, LightBlock, Options, SignatureCheck, SignedHeader, Signer, Tally, TrustLevel,
    TrustedState, VerifiedHeader, Vote, check_next_validators, check_validators,
};
use crate::validators::ValidatorSet;
use crate::vote::SignBytes;

/// The outcome of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The header is verified and is now trusted.
    Trusted(Box<TrustedState>, Tally),
    /// Too few of the trusted validators signed to skip this far; a header in between may bridge the gap.
    NotEnoughTrust(Tally),
    /// The block is wrong in itself or against the trusted header.
    Rejected(Reason),
}

/// Verifies `block` on the strength of `trusted`, at the time `now`. The cheap checks come first:
///
/// 1. the chain is the trusted one (and the pinned one), the block protocol is 11;
/// 2. the height is above the trusted height;
/// 3. trust has not expired (`trusted.time + period > now`), the header's time is after the trusted header's and before
///    `now + clock_drift`, each strictly;
/// 4. to the next height: its validators are those that the trusted header announced;
/// 5. the commit is for this height and for this header's hash, with one entry for each validator, in their order;
/// 6. the validators (and the next ones, where given) are those whose hash stands in the header;
/// 7. beyond the next height: more than the trust level of the **trusted** validators voted for the block, else the verdict
///    is `NotEnoughTrust`;
/// 8. more than two thirds of the header's **own** validators did;
/// 9. the signatures hold, each checked once for both counts and within the budget.
///
/// Counting precedes signatures: a claimed count that is too small stays so, and a huge false set costs nothing but hashing.
pub fn verify_step(
    trusted: &TrustedState,
    block: &LightBlock,
    options: &Options,
    now: Time,
    budget: &mut Budget,
) -> Verdict {
    match try_step(trusted, block, options, now, budget) {
        Ok(verdict) => verdict,
        Err(reason) => Verdict::Rejected(reason),
    }
}

fn try_step(
    trusted: &TrustedState,
    block: &LightBlock,
    options: &Options,
    now: Time,
    budget: &mut Budget,
) -> Result<Verdict, Reason> {
    let header = &block.signed_header.header;
    let commit = &block.signed_header.commit;
    check_chain(header, trusted.header(), options)?;
    check_height_and_time(header, trusted.header(), options, now)?;
    let adjacent = trusted.height().checked_add(1) == Some(header.height);
    if adjacent && trusted.header().next_validators_hash != Some(header.validators_hash) {
        let (expected, found) = (
            trusted.header().next_validators_hash,
            header.validators_hash,
        );
        return Err(Reason::NotTheAnnouncedValidators { expected, found });
    }
    let hash = check_bound(block)?;
    let overlap = Overlap {
        trusted: trusted.validators(),
        level: options.trust_level,
    };
    let votes = Votes::new(
        commit,
        &block.validators,
        if adjacent { None } else { Some(overlap) },
    );
    let claimed = votes.claimed();
    if !votes.is_trusted(&claimed) {
        return Ok(Verdict::NotEnoughTrust(claimed));
    }
    let (verified, tally) = count(block, hash, &votes, options.signatures, budget)?;
    Ok(Verdict::Trusted(
        Box::new(TrustedState::of_block(verified, block)),
        tally,
    ))
}

/// What a block proves by itself, whoever its validators may be: the checks 5, 6, 8 and 9 of [`verify_step`]. For blocks that were
/// trusted before and come back from a store.
pub(crate) fn recheck(
    block: &LightBlock,
    check: SignatureCheck,
    budget: &mut Budget,
) -> Result<VerifiedHeader, Reason> {
    let hash = check_bound(block)?;
    let votes = Votes::new(&block.signed_header.commit, &block.validators, None);
    Ok(count(block, hash, &votes, check, budget)?.0)
}

/// The block with those of its votes for it that hold; the others count as absent. More than two thirds may hold although not all do, and evidence is
/// judged by all of its votes. They are counted, and yet no budget is too small: what is proven already must not be lost.
pub(crate) fn without_bad_votes(block: &LightBlock, budget: &mut Budget) -> LightBlock {
    let mut held = block.clone();
    let commit = &block.signed_header.commit;
    let votes = Votes::new(commit, &block.validators, None).select(SignatureCheck::All);
    if budget.spend(cost(&votes)).is_err() {
        *budget = Budget::new(0);
    }
    let sign_bytes = SignBytes::new(commit, &block.signed_header.header.chain_id);
    for (vote, holds) in votes.iter().zip(verify_all(&claims(&votes, &sign_bytes))) {
        let entries = &mut held.signed_header.commit.signatures;
        if let Some(entry) = entries.get_mut(vote.index).filter(|_| !holds) {
            *entry = CommitSig::absent();
        }
    }
    held
}

/// Commit, header and validators belong together; gives the header's hash.
fn check_bound(block: &LightBlock) -> Result<Hash, Reason> {
    let SignedHeader { header, commit } = &block.signed_header;
    check_commit_shape(commit, header, &block.validators)?;
    let hash = header.hash();
    if commit.block_id.hash != Some(hash) {
        return Err(Reason::CommitForOtherHeader {
            header: hash,
            commit: commit.block_id.hash,
        });
    }
    check_validators(header, &block.validators)?;
    if let Some(next) = &block.next_validators {
        check_next_validators(header, next)?;
    }
    Ok(hash)
}

/// More than two thirds of the header's own validators signed, and the signatures hold.
fn count(
    block: &LightBlock,
    hash: Hash,
    votes: &Votes<'_>,
    check: SignatureCheck,
    budget: &mut Budget,
) -> Result<(VerifiedHeader, Tally), Reason> {
    let SignedHeader { header, commit } = &block.signed_header;
    let claimed = votes.claimed();
    if !TrustLevel::TWO_THIRDS.is_exceeded_by(&claimed.own) {
        return Err(Reason::TooLittlePower {
            signed: claimed.own.signed,
            total: claimed.own.total,
        });
    }
    let selected = votes.select(check);
    check_signatures(&selected, &SignBytes::new(commit, &header.chain_id), budget)?;
    let signers = signers(commit, &block.validators, &selected);
    let verified = VerifiedHeader::new(header.clone(), hash, signers);
    Ok((verified, votes.tally(&selected)))
}

fn check_chain(header: &Header, trusted: &Header, options: &Options) -> Result<(), Reason> {
    let expected = options.chain_id.as_ref().unwrap_or(&trusted.chain_id);
    for chain_id in [&trusted.chain_id, &header.chain_id] {
        if chain_id != expected {
            return Err(Reason::WrongChain {
                expected: expected.clone(),
                found: chain_id.clone(),
            });
        }
    }
    if header.block_version != BLOCK_PROTOCOL {
        return Err(Reason::WrongBlockProtocol(header.block_version));
    }
    if header.chain_id.len() > MAX_CHAIN_ID_LENGTH {
        return Err(Reason::ChainIdTooLong);
    }
    Ok(())
}

fn check_height_and_time(
    header: &Header,
    trusted: &Header,
    options: &Options,
    now: Time,
) -> Result<(), Reason> {
    if header.height <= trusted.height {
        return Err(Reason::HeightNotAbove {
            trusted: trusted.height,
            found: header.height,
        });
    }
    if trusted.time.unix_nanos_after(options.trusting_period) <= now.unix_nanos() {
        return Err(Reason::TrustExpired {
            trusted: trusted.time,
            now,
        });
    }
    if header.time <= trusted.time {
        return Err(Reason::TimeNotAfter {
            trusted: trusted.time,
            found: header.time,
        });
    }
    if header.time.unix_nanos() >= now.unix_nanos_after(options.clock_drift) {
        return Err(Reason::FromFuture {
            now,
            found: header.time,
        });
    }
    Ok(())
}

/// Height and entries of the commit. An entry at a position speaks for the validator at that position and for no other;
/// CometBFT looks at votes for the block only, we also at votes for none, because they are shown by name.
fn check_commit_shape(
    commit: &Commit,
    header: &Header,
    validators: &ValidatorSet,
) -> Result<(), Reason> {
    if commit.height != header.height {
        return Err(Reason::CommitHeight {
            expected: header.height,
            found: commit.height,
        });
    }
    let (expected, found) = (validators.validators().len(), commit.signatures.len());
    if expected != found {
        return Err(Reason::CommitSize { expected, found });
    }
    for (index, (entry, validator)) in commit
        .signatures
        .iter()
        .zip(validators.validators())
        .enumerate()
    {
        if entry.flag == BlockIdFlag::Absent {
            let timeless = [Time::GO_ZERO, Time::UNIX_EPOCH].contains(&entry.timestamp);
            if entry.address.is_some() || !entry.signature.is_empty() || !timeless {
                return Err(Reason::AbsentWithVote { index });
            }
        } else if entry.address.as_ref() != Some(validator.address()) {
            return Err(Reason::CommitAddress { index });
        }
    }
    Ok(())
}

fn check_signatures(
    votes: &[CountedVote<'_>],
    sign_bytes: &SignBytes,
    budget: &mut Budget,
) -> Result<(), Reason> {
    budget.spend(cost(votes))?;
    for (vote, holds) in votes.iter().zip(verify_all(&claims(votes, sign_bytes))) {
        if !holds {
            return Err(Reason::BadSignature {
                index: vote.index,
                address: *vote.validator.address(),
            });
        }
    }
    Ok(())
}

fn cost(votes: &[CountedVote<'_>]) -> u32 {
    let costs = votes.iter().map(|vote| vote.validator.key().cost());
    costs.fold(0, u32::saturating_add)
}

fn claims<'a>(votes: &[CountedVote<'a>], sign_bytes: &SignBytes) -> Vec<Claim<'a>> {
    let claim = |vote: &CountedVote<'a>| Claim {
        key: vote.validator.key(),
        message: sign_bytes.at(&vote.entry.timestamp),
        signature: &vote.entry.signature,
    };
    votes.iter().map(claim).collect()
}

fn signers(commit: &Commit, validators: &ValidatorSet, checked: &[CountedVote<'_>]) -> Vec<Signer> {
    let entries = commit
        .signatures
        .iter()
        .zip(validators.validators())
        .enumerate();
    entries
        .map(|(index, (entry, validator))| Signer {
            address: *validator.address(),
            power: validator.power(),
            key_type: validator.key().type_name(),
            vote: match entry.flag {
                BlockIdFlag::Absent => Vote::Absent,
                BlockIdFlag::Nil => Vote::Nil,
                BlockIdFlag::Commit
                    if checked
                        .binary_search_by_key(&index, |vote| vote.index)
                        .is_ok() =>
                {
                    Vote::Signed
                }
                BlockIdFlag::Commit => Vote::Unchecked,
            },
        })
        .collect()
}
