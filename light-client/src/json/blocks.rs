//! Headers, commits and light blocks.

use super::cursor::Cursor;
use super::sets::set_in;
use super::{JsonError, Value, open};
use crate::commit::{BlockIdFlag, Commit, CommitSig};
use crate::header::{BlockId, Header};
use crate::trust::{LightBlock, SignedHeader};
use crate::validators::MAX_VALIDATORS;

/// The answer to `/commit`: header and commit. At the newest height the commit is the node's own (`canonical` false): as
/// good a proof as any, but its bytes may differ from node to node.
pub fn commit(answer: &Value) -> Result<SignedHeader, JsonError> {
    signed_header_at(&open(answer)?.field("signed_header")?)
}

/// The answer to `/header`.
pub fn header(answer: &Value) -> Result<Header, JsonError> {
    header_at(&open(answer)?.field("header")?)
}

/// A bare `{header, commit}`.
pub fn signed_header(value: &Value) -> Result<SignedHeader, JsonError> {
    signed_header_at(&Cursor::root(value))
}

/// A light block `{signed_header, validator_set, next_validator_set}` as it stands in files; the last may be missing.
pub fn light_block(value: &Value) -> Result<LightBlock, JsonError> {
    let root = Cursor::root(value);
    let next = root.optional("next_validator_set");
    Ok(LightBlock {
        signed_header: signed_header_at(&root.field("signed_header")?)?,
        validators: set_in(&root.field("validator_set")?)?,
        next_validators: next.map(|set| set_in(&set)).transpose()?,
    })
}

pub(super) fn signed_header_at(at: &Cursor<'_, '_>) -> Result<SignedHeader, JsonError> {
    Ok(SignedHeader {
        header: header_at(&at.field("header")?)?,
        commit: commit_at(&at.field("commit")?)?,
    })
}

pub(super) fn header_at(at: &Cursor<'_, '_>) -> Result<Header, JsonError> {
    let version = at.field("version")?;
    let height = at.field("height")?;
    Ok(Header {
        block_version: version.field("block")?.uint64()?,
        // A zero version may be left out.
        app_version: version.optional("app").map_or(Ok(0), |app| app.uint64())?,
        chain_id: at.field("chain_id")?.string()?,
        height: match height.int64()? {
            0 => return Err(height.malformed("a height, which starts at 1")),
            height => height,
        },
        time: at.field("time")?.time()?,
        last_block_id: at
            .optional("last_block_id")
            .map_or(Ok(BlockId::default()), |id| block_id_at(&id))?,
        last_commit_hash: at.field("last_commit_hash")?.optional_hash()?,
        data_hash: at.field("data_hash")?.optional_hash()?,
        validators_hash: at.field("validators_hash")?.hash()?,
        next_validators_hash: at.field("next_validators_hash")?.optional_hash()?,
        consensus_hash: at.field("consensus_hash")?.optional_hash()?,
        app_hash: at.field("app_hash")?.hex()?,
        last_results_hash: at.field("last_results_hash")?.optional_hash()?,
        evidence_hash: at.field("evidence_hash")?.optional_hash()?,
        proposer_address: at.field("proposer_address")?.address()?,
    })
}

pub(super) fn block_id_at(at: &Cursor<'_, '_>) -> Result<BlockId, JsonError> {
    // Nodes write `parts`; files written by other light clients say `part_set_header`.
    let parts = at
        .optional("part_set_header")
        .map_or_else(|| at.field("parts"), Ok)?;
    Ok(BlockId {
        hash: at.field("hash")?.optional_hash()?,
        parts_total: parts.field("total")?.number()?,
        parts_hash: parts.field("hash")?.optional_hash()?,
    })
}

pub(super) fn commit_at(at: &Cursor<'_, '_>) -> Result<Commit, JsonError> {
    let round = at.field("round")?;
    let signatures = at.field("signatures")?;
    Ok(Commit {
        height: at.field("height")?.int64()?,
        round: match round.number()? {
            number if number > i32::MAX.unsigned_abs() => return Err(round.malformed("a round")),
            number => number,
        },
        block_id: block_id_at(&at.field("block_id")?)?,
        // Nobody is led to fetch a validator set that no chain has.
        signatures: match signatures.items(|entry| commit_sig_at(&entry))? {
            votes if votes.len() > MAX_VALIDATORS => {
                return Err(signatures.malformed("at most 10 000 votes"));
            }
            votes => votes,
        },
    })
}

fn commit_sig_at(at: &Cursor<'_, '_>) -> Result<CommitSig, JsonError> {
    let flag = at.field("block_id_flag")?;
    let address = at.field("validator_address")?;
    Ok(CommitSig {
        flag: match flag.number()? {
            1 => BlockIdFlag::Absent,
            2 => BlockIdFlag::Commit,
            3 => BlockIdFlag::Nil,
            _ => return Err(flag.malformed("1 (absent), 2 (commit) or 3 (nil)")),
        },
        address: if address.text()?.is_empty() {
            None
        } else {
            Some(address.address()?)
        },
        timestamp: at.field("timestamp")?.time()?,
        signature: at.field("signature")?.base64_or_null()?,
    })
}
