//! JSON as CometBFT's nodes read it: light blocks, and evidence for `broadcast_evidence`.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::client::AttackEvidence;
use crate::commit::{Commit, CommitSig};
use crate::evidence::{DuplicateVote, Evidence, LightClientAttack, Ranked, SignedVote};
use crate::header::{BlockId, Header};
use crate::merkle::Hash;
use crate::trust::{LightBlock, SignedHeader};
use crate::validators::{Validator, ValidatorSet};

/// `{signed_header, validator_set, next_validator_set}`, as [`super::light_block`] reads it.
pub fn light_block(block: &LightBlock) -> String {
    let next = block
        .next_validators
        .as_ref()
        .map_or("null".to_string(), validator_set);
    format!(
        r#"{{"signed_header":{},"validator_set":{},"next_validator_set":{next}}}"#,
        signed_header(&block.signed_header),
        validator_set(&block.validators),
    )
}

/// Evidence as `broadcast_evidence` takes it (Go: `types.LightClientAttackEvidence`; its fields have no JSON names of their own).
pub fn attack_evidence(evidence: &AttackEvidence) -> String {
    let byzantine: Vec<String> = evidence.byzantine.iter().map(validator).collect();
    format!(
        r#"{{"type":"tendermint/LightClientAttackEvidence","value":{{"ConflictingBlock":{{"signed_header":{},"validator_set":{}}},"CommonHeight":"{}","ByzantineValidators":[{}],"TotalVotingPower":"{}","Timestamp":"{}"}}}}"#,
        signed_header(&evidence.conflicting.signed_header),
        validator_set(&evidence.conflicting.validators),
        evidence.common_height,
        byzantine.join(","),
        evidence.total_power,
        evidence.time,
    )
}

/// Evidence as it stands in a block.
pub fn evidence(evidence: &Evidence) -> String {
    match evidence {
        Evidence::DuplicateVote(evidence) => duplicate_vote(evidence),
        Evidence::LightClientAttack(evidence) => attack(evidence),
    }
}

fn duplicate_vote(evidence: &DuplicateVote) -> String {
    let [a, b] = evidence.votes.each_ref().map(vote);
    format!(
        r#"{{"type":"tendermint/DuplicateVoteEvidence","value":{{"vote_a":{a},"vote_b":{b},"TotalVotingPower":"{}","ValidatorPower":"{}","Timestamp":"{}"}}}}"#,
        evidence.total_power, evidence.power, evidence.time,
    )
}

fn vote(vote: &SignedVote) -> String {
    format!(
        r#"{{"type":{},"height":"{}","round":{},"block_id":{},"timestamp":"{}","validator_address":"{}","validator_index":{},"signature":"{}","extension":"{}","extension_signature":"{}"}}"#,
        vote.kind,
        vote.height,
        vote.round,
        block_id(&vote.block_id),
        vote.timestamp,
        hex::encode_upper(vote.address),
        vote.index,
        STANDARD.encode(&vote.signature),
        STANDARD.encode(&vote.extension),
        STANDARD.encode(&vote.extension_signature),
    )
}

fn attack(evidence: &LightClientAttack) -> String {
    let list = |validators: &[Ranked]| -> String {
        let validators: Vec<String> = validators.iter().map(ranked).collect();
        validators.join(",")
    };
    format!(
        r#"{{"type":"tendermint/LightClientAttackEvidence","value":{{"ConflictingBlock":{{"signed_header":{},"validator_set":{{"validators":[{}],"proposer":{}}}}},"CommonHeight":"{}","ByzantineValidators":[{}],"TotalVotingPower":"{}","Timestamp":"{}"}}}}"#,
        signed_header(&evidence.conflicting),
        list(&evidence.validators),
        ranked(&evidence.proposer),
        evidence.common_height,
        list(&evidence.byzantine),
        evidence.total_power,
        evidence.time,
    )
}

/// `{header, commit}`.
pub fn signed_header(signed: &SignedHeader) -> String {
    format!(
        r#"{{"header":{},"commit":{}}}"#,
        header(&signed.header),
        commit(&signed.commit)
    )
}

/// A header.
pub fn header(header: &Header) -> String {
    format!(
        r#"{{"version":{{"block":"{}","app":"{}"}},"chain_id":{},"height":"{}","time":"{}","last_block_id":{},"last_commit_hash":"{}","data_hash":"{}","validators_hash":"{}","next_validators_hash":"{}","consensus_hash":"{}","app_hash":"{}","last_results_hash":"{}","evidence_hash":"{}","proposer_address":"{}"}}"#,
        header.block_version,
        header.app_version,
        text(&header.chain_id),
        header.height,
        header.time,
        block_id(&header.last_block_id),
        hash(&header.last_commit_hash),
        hash(&header.data_hash),
        hex::encode_upper(header.validators_hash),
        hash(&header.next_validators_hash),
        hash(&header.consensus_hash),
        hex::encode_upper(&header.app_hash),
        hash(&header.last_results_hash),
        hash(&header.evidence_hash),
        hex::encode_upper(header.proposer_address),
    )
}

/// A commit.
pub fn commit(commit: &Commit) -> String {
    let signatures: Vec<String> = commit.signatures.iter().map(commit_sig).collect();
    format!(
        r#"{{"height":"{}","round":{},"block_id":{},"signatures":[{}]}}"#,
        commit.height,
        commit.round,
        block_id(&commit.block_id),
        signatures.join(","),
    )
}

fn commit_sig(entry: &CommitSig) -> String {
    format!(
        r#"{{"block_id_flag":{},"validator_address":"{}","timestamp":"{}","signature":"{}"}}"#,
        entry.flag as u8,
        entry.address.map(hex::encode_upper).unwrap_or_default(),
        entry.timestamp,
        STANDARD.encode(&entry.signature),
    )
}

/// A block's id.
pub fn block_id(id: &BlockId) -> String {
    format!(
        r#"{{"hash":"{}","parts":{{"total":{},"hash":"{}"}}}}"#,
        hash(&id.hash),
        id.parts_total,
        hash(&id.parts_hash)
    )
}

fn hash(hash: &Option<Hash>) -> String {
    hash.map(hex::encode_upper).unwrap_or_default()
}

/// A text. A header that is not verified names its chain as it likes, and says no more by it.
fn text(text: &str) -> String {
    let mut written = String::from('"');
    for letter in text.chars() {
        match letter {
            '"' | '\\' => written.extend(['\\', letter]),
            '\0'..' ' => written += &format!("\\u{:04x}", u32::from(letter)),
            _ => written.push(letter),
        }
    }
    written.push('"');
    written
}

/// A validator set. A proposer must be named and no header commits to one: it is the first.
pub fn validator_set(set: &ValidatorSet) -> String {
    let validators: Vec<String> = set.validators().iter().map(validator).collect();
    let proposer = validators.first().cloned().unwrap_or("null".to_string());
    format!(
        r#"{{"validators":[{}],"proposer":{proposer},"total_voting_power":"{}"}}"#,
        validators.join(","),
        set.total_power()
    )
}

/// A validator. No header commits to a proposer priority: it is 0.
pub fn validator(validator: &Validator) -> String {
    with_priority(validator, 0)
}

fn ranked(ranked: &Ranked) -> String {
    with_priority(&ranked.validator, ranked.priority)
}

fn with_priority(validator: &Validator, priority: i64) -> String {
    format!(
        r#"{{"address":"{}","pub_key":{{"type":"{}","value":"{}"}},"voting_power":"{}","proposer_priority":"{priority}"}}"#,
        hex::encode_upper(validator.address()),
        validator.key().type_name(),
        STANDARD.encode(validator.key().as_bytes()),
        validator.power(),
    )
}
