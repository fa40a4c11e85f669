//! Evidence of misbehaviour in blocks.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::JsonError;
use super::blocks::{block_id_at, signed_header_at};
use super::cursor::Cursor;
use super::sets::validator_at;
use crate::evidence::{DuplicateVote, Evidence, LightClientAttack, Ranked, SignedVote};

/// `{type, value}`. Fields without a JSON name in Go have their names there; tendermint-rs writes some of them in its own way.
pub(super) fn evidence_at(at: &Cursor<'_, '_>) -> Result<Evidence, JsonError> {
    let (kind, value) = (at.field("type")?, at.field("value")?);
    match kind.text()? {
        "tendermint/DuplicateVoteEvidence" => {
            let evidence = duplicate_vote_at(&value)?;
            Ok(Evidence::DuplicateVote(Box::new(evidence)))
        }
        "tendermint/LightClientAttackEvidence" => {
            let evidence = attack_at(&value)?;
            Ok(Evidence::LightClientAttack(Box::new(evidence)))
        }
        _ => Err(kind.malformed("a known type of evidence")),
    }
}

fn duplicate_vote_at(at: &Cursor<'_, '_>) -> Result<DuplicateVote, JsonError> {
    let either = |name, other| at.optional(other).map_or_else(|| at.field(name), Ok);
    Ok(DuplicateVote {
        votes: [
            vote_at(&at.field("vote_a")?)?,
            vote_at(&at.field("vote_b")?)?,
        ],
        total_power: either("TotalVotingPower", "total_voting_power")?.int64()?,
        power: either("ValidatorPower", "validator_power")?.int64()?,
        time: either("Timestamp", "timestamp")?.time()?,
    })
}

fn vote_at(at: &Cursor<'_, '_>) -> Result<SignedVote, JsonError> {
    let bytes = |name| {
        at.optional(name)
            .map_or(Ok(Vec::new()), |value| value.base64())
    };
    Ok(SignedVote {
        kind: at.field("type")?.number()?,
        height: at.field("height")?.int64()?,
        round: at.field("round")?.int32()?,
        block_id: block_id_at(&at.field("block_id")?)?,
        timestamp: at.field("timestamp")?.time()?,
        address: at.field("validator_address")?.address()?,
        index: at.field("validator_index")?.int32()?,
        signature: at.field("signature")?.base64()?,
        extension: bytes("extension")?,
        extension_signature: bytes("extension_signature")?,
    })
}

fn attack_at(at: &Cursor<'_, '_>) -> Result<LightClientAttack, JsonError> {
    let block = at.field("ConflictingBlock")?;
    let set = block.field("validator_set")?;
    let ranked = |list: Cursor<'_, '_>| list.items(|one| ranked_at(&one));
    Ok(LightClientAttack {
        conflicting: signed_header_at(&block.field("signed_header")?)?,
        validators: ranked(set.field("validators")?)?,
        proposer: ranked_at(&set.field("proposer")?)?,
        common_height: at.field("CommonHeight")?.int64()?,
        byzantine: ranked(at.field("ByzantineValidators")?)?,
        total_power: at.field("TotalVotingPower")?.int64()?,
        time: at.field("Timestamp")?.time()?,
    })
}

fn ranked_at(at: &Cursor<'_, '_>) -> Result<Ranked, JsonError> {
    Ok(Ranked {
        validator: validator_at(at)?,
        priority: at.field("proposer_priority")?.signed()?,
    })
}
