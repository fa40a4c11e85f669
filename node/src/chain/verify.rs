//! Judging a block and its commit before following them.

use super::ChainState;
use crate::{
    comet::{self, Block, BlockId, BlockIdFlag, Commit, ValidatorSet},
    error::{Error, Result},
};
use ed25519_dalek::{Signature, VerifyingKey};

/// Requires that the block is the one header that follows from this state, with a commit of the block before; `seen` is one that was verified.
pub(super) fn block_follows(
    state: &ChainState,
    block: &Block,
    seen: Option<&Commit>,
) -> Result<()> {
    let refuse = |why: &str| Error::BadBlock {
        height: state.height + 1,
        why: why.into(),
    };
    let header = block.header.as_ref().ok_or_else(|| refuse("no header"))?;
    let txs = block.data.as_ref().ok_or_else(|| refuse("no data"))?;
    let last_commit = block
        .last_commit
        .as_ref()
        .ok_or_else(|| refuse("no last commit"))?;
    if comet::block_size(block) > usize::try_from(state.params.max_bytes).unwrap_or(usize::MAX) {
        return Err(refuse("larger than the consensus parameters allow"));
    }
    if *header != state.next_header(&txs.txs, last_commit)? {
        return Err(refuse("its header does not follow from the chain"));
    }
    if state.height > 0 && seen != Some(last_commit) {
        let last_id = state.last_block_id()?;
        commit_carries(
            &state.chain_id,
            state.height,
            &last_id,
            last_commit,
            &state.last_validators,
        )?;
    }
    Ok(())
}

/// Requires more than two thirds of the power for this block; every signature must verify (types/validation.go `VerifyCommit`).
pub(super) fn commit_carries(
    chain_id: &str,
    height: i64,
    id: &BlockId,
    commit: &Commit,
    validators: &ValidatorSet,
) -> Result<()> {
    let refuse = |why: &str| Error::BadBlock {
        height,
        why: format!("its commit: {why}"),
    };
    if commit.height != height || commit.block_id.as_ref() != Some(id) {
        return Err(refuse("it is for another block"));
    }
    if commit.signatures.len() != validators.len() {
        return Err(refuse("another number of validators"));
    }
    let mut power: i128 = 0;
    for (vote, validator) in commit.signatures.iter().zip(validators.iter()) {
        if vote.block_id_flag == BlockIdFlag::Absent as i32 {
            continue;
        }
        let time = vote
            .timestamp
            .as_ref()
            .ok_or_else(|| refuse("a vote without time"))?;
        let bytes = comet::precommit_sign_bytes(chain_id, height, commit.round, id, time);
        let genuine = VerifyingKey::from_bytes(&validator.key)
            .and_then(|key| key.verify_strict(&bytes, &Signature::from_slice(&vote.signature)?));
        if vote.block_id_flag != BlockIdFlag::Commit as i32
            || vote.validator_address != validator.address()
            || genuine.is_err()
        {
            return Err(refuse("a vote that is not its validator's for this block"));
        }
        power += i128::from(validator.power);
    }
    if power * 3 > i128::from(validators.total_power()) * 2 {
        Ok(())
    } else {
        Err(refuse("two thirds of the power or less"))
    }
}
