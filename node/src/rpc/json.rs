//! CometBFT's JSON: 64-bit integers are strings, 32-bit ones numbers; hashes upper-case hex; keys, signatures and transactions base64.

use crate::comet::{
    self, Block, BlockId, BlockIdFlag, BlockMeta, Commit, CommitSig, Event, ExecTxResult, Header,
    Timestamp, Validator, ValidatorSet,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};
use tendermint_proto::v0_38::abci::{ResponseFinalizeBlock, ValidatorUpdate};
use tendermint_proto::v0_38::crypto::public_key;

pub(super) fn hex_of(bytes: &[u8]) -> String {
    hex::encode_upper(bytes)
}

pub(super) fn base64_of(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// Go writes an empty byte slice of an answer as null.
pub(super) fn base64_or_null(bytes: &[u8]) -> Value {
    match bytes {
        [] => Value::Null,
        bytes => json!(base64_of(bytes)),
    }
}

fn time(time: &Option<Timestamp>) -> String {
    comet::rfc3339(&time.unwrap_or_else(comet::zero_timestamp))
}

pub(super) fn block_id(id: &BlockId) -> Value {
    let parts = id.part_set_header.clone().unwrap_or_default();
    json!({
        "hash": hex_of(&id.hash),
        "parts": { "total": parts.total, "hash": hex_of(&parts.hash) },
    })
}

fn optional_block_id(id: &Option<BlockId>) -> Value {
    block_id(&id.clone().unwrap_or_default())
}

pub(super) fn header(header: &Header) -> Value {
    let version = header.version.unwrap_or_default();
    let mut shown_version = json!({ "block": version.block.to_string() });
    if version.app != 0 {
        shown_version["app"] = json!(version.app.to_string());
    }
    json!({
        "version": shown_version,
        "chain_id": header.chain_id,
        "height": header.height.to_string(),
        "time": time(&header.time),
        "last_block_id": optional_block_id(&header.last_block_id),
        "last_commit_hash": hex_of(&header.last_commit_hash),
        "data_hash": hex_of(&header.data_hash),
        "validators_hash": hex_of(&header.validators_hash),
        "next_validators_hash": hex_of(&header.next_validators_hash),
        "consensus_hash": hex_of(&header.consensus_hash),
        "app_hash": hex_of(&header.app_hash),
        "last_results_hash": hex_of(&header.last_results_hash),
        "evidence_hash": hex_of(&header.evidence_hash),
        "proposer_address": hex_of(&header.proposer_address),
    })
}

pub(super) fn commit(commit: &Commit) -> Value {
    let signatures: Vec<Value> = commit.signatures.iter().map(commit_sig).collect();
    json!({
        "height": commit.height.to_string(),
        "round": commit.round,
        "block_id": optional_block_id(&commit.block_id),
        "signatures": signatures,
    })
}

fn commit_sig(vote: &CommitSig) -> Value {
    let absent = vote.block_id_flag == BlockIdFlag::Absent as i32;
    json!({
        "block_id_flag": vote.block_id_flag,
        "validator_address": hex_of(&vote.validator_address),
        "timestamp": time(&vote.timestamp),
        "signature": if absent { Value::Null } else { json!(base64_of(&vote.signature)) },
    })
}

pub(super) fn block(block: &Block) -> Value {
    let txs = block.data.iter().flat_map(|data| &data.txs);
    let txs: Vec<String> = txs.map(|tx| base64_of(tx)).collect();
    json!({
        "header": block.header.as_ref().map(header),
        "data": { "txs": txs },
        "evidence": { "evidence": [] },
        "last_commit": block.last_commit.as_ref().map(commit),
    })
}

pub(super) fn block_meta(meta: &BlockMeta) -> Value {
    json!({
        "block_id": optional_block_id(&meta.block_id),
        "block_size": meta.block_size.to_string(),
        "header": meta.header.as_ref().map(header),
        "num_txs": meta.num_txs.to_string(),
    })
}

pub(super) fn pub_key(key: &[u8]) -> Value {
    json!({ "type": "tendermint/PubKeyEd25519", "value": base64_of(key) })
}

pub(super) fn validator(validator: &Validator) -> Value {
    json!({
        "address": hex_of(&validator.address()),
        "pub_key": pub_key(&validator.key),
        "voting_power": validator.power.to_string(),
        "proposer_priority": validator.priority.to_string(),
    })
}

pub(super) fn validators(set: &ValidatorSet, skip: usize, take: usize) -> Vec<Value> {
    set.iter().skip(skip).take(take).map(validator).collect()
}

pub(super) fn tx_result(result: &ExecTxResult) -> Value {
    json!({
        "code": result.code,
        "data": base64_or_null(&result.data),
        "log": result.log,
        "info": result.info,
        "gas_wanted": result.gas_wanted.to_string(),
        "gas_used": result.gas_used.to_string(),
        "events": events(&result.events),
        "codespace": result.codespace,
    })
}

/// A result as events carry it: Go's protocol buffers leave out there what is empty.
pub(super) fn tx_result_of_event(result: &ExecTxResult) -> Value {
    let mut shown = tx_result(result);
    if let Value::Object(fields) = &mut shown {
        fields.retain(|_, value| {
            let empty = [json!(null), json!(""), json!(0), json!("0"), json!([])];
            !empty.contains(value)
        });
    }
    shown
}

fn events(events: &[Event]) -> Vec<Value> {
    let attribute = |attribute: &comet::EventAttribute| json!({ "key": attribute.key, "value": attribute.value, "index": attribute.index });
    events
        .iter()
        .map(|event| {
            let attributes: Vec<Value> = event.attributes.iter().map(attribute).collect();
            json!({ "type": event.r#type, "attributes": attributes })
        })
        .collect()
}

pub(super) fn block_results(height: u64, results: &ResponseFinalizeBlock) -> Value {
    let txs: Vec<Value> = results.tx_results.iter().map(tx_result).collect();
    let updates: Vec<Value> = results
        .validator_updates
        .iter()
        .map(validator_update)
        .collect();
    let params = results.consensus_param_updates.as_ref().map(|params| {
        let version = params.version.unwrap_or_default();
        json!({
            "block": null,
            "evidence": null,
            "validator": null,
            "version": { "app": version.app.to_string() },
            "abci": null,
        })
    });
    json!({
        "height": height.to_string(),
        "txs_results": list_or_null(txs),
        "finalize_block_events": null,
        "validator_updates": list_or_null(updates),
        "consensus_param_updates": params,
        "app_hash": base64_or_null(&results.app_hash),
    })
}

/// What became of a block, as events carry it: without what is empty.
pub(super) fn finalized(results: &ResponseFinalizeBlock) -> Value {
    let updates: Vec<Value> = results
        .validator_updates
        .iter()
        .map(validator_update)
        .collect();
    let mut shown = json!({ "validator_updates": updates });
    if !results.tx_results.is_empty() {
        let txs: Vec<Value> = results.tx_results.iter().map(tx_result_of_event).collect();
        shown["tx_results"] = json!(txs);
    }
    if let Some(version) = results
        .consensus_param_updates
        .as_ref()
        .and_then(|params| params.version)
    {
        shown["consensus_param_updates"] = json!({ "version": { "app": version.app.to_string() } });
    }
    if !results.app_hash.is_empty() {
        shown["app_hash"] = json!(base64_of(&results.app_hash));
    }
    shown
}

fn validator_update(update: &ValidatorUpdate) -> Value {
    let key = match update.pub_key.as_ref().and_then(|key| key.sum.as_ref()) {
        Some(public_key::Sum::Ed25519(key)) => base64_of(key),
        _ => String::new(),
    };
    let sum = json!({ "type": "tendermint.crypto.PublicKey_Ed25519", "value": { "ed25519": key } });
    let mut shown = json!({ "pub_key": { "Sum": sum } });
    if update.power != 0 {
        shown["power"] = json!(update.power.to_string());
    }
    shown
}

/// Go writes a list that was never filled as null.
fn list_or_null(list: Vec<Value>) -> Value {
    if list.is_empty() {
        Value::Null
    } else {
        Value::Array(list)
    }
}
