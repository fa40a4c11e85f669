//! Blocks as CometBFT writes them, written a second time: what validators sign, and the JSON of headers and commits.

use super::signing::Key;
use light_client::{
    BlockId, Commit, DuplicateVote, Evidence, Header, SignedVote, Time,
    json::{ConsensusParams, TxResult},
};
use records::SecretKey;
use serde_json::{Value, json};

fn varint(mut value: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
    out
}

fn field(number: u64, bytes: &[u8]) -> Vec<u8> {
    [
        varint(number << 3 | 2),
        varint(bytes.len() as u64),
        bytes.to_vec(),
    ]
    .concat()
}

fn number(number: u64, value: u64) -> Vec<u8> {
    if value == 0 {
        Vec::new()
    } else {
        [varint(number << 3), varint(value)].concat()
    }
}

/// `CanonicalVote`, length-prefixed: a precommit of round 0 for this block.
fn sign_bytes(chain_id: &str, height: u64, id: &BlockId, time: &Time) -> Vec<u8> {
    let parts = [
        number(1, id.parts_total.into()),
        field(2, &id.parts_hash.expect("set")),
    ]
    .concat();
    let block_id = [field(1, &id.hash.expect("set")), field(2, &parts)].concat();
    let time = [
        number(1, time.seconds() as u64),
        number(2, time.nanos().into()),
    ]
    .concat();
    let vote = [
        number(1, 2),
        [vec![2 << 3 | 1], height.to_le_bytes().to_vec()].concat(),
        field(4, &block_id),
        field(5, &time),
        field(6, chain_id.as_bytes()),
    ]
    .concat();
    [varint(vote.len() as u64), vote].concat()
}

pub fn block_id(header: &Header) -> BlockId {
    BlockId {
        hash: Some(header.hash()),
        parts_total: 1,
        parts_hash: Some([6; 32]),
    }
}

/// A validator's key and power.
pub struct Seat {
    pub key: Key,
    pub power: u64,
}

impl Seat {
    /// A seat whose validator signs with a key as people have them.
    pub fn of(key: &SecretKey, power: u64) -> Self {
        Self {
            key: Key::Ed25519(key.seed().into()),
            power,
        }
    }

    pub fn light(&self) -> light_client::Validator {
        light_client::Validator::new(self.key.public(), self.power)
    }
}

/// Seats in the order of the set.
pub fn in_order(seats: &[Seat]) -> Vec<&Seat> {
    let set = set(seats);
    set.validators()
        .iter()
        .map(|validator| {
            seats
                .iter()
                .find(|seat| seat.light().address() == validator.address())
                .expect("is there")
        })
        .collect()
}

pub fn set(seats: &[Seat]) -> light_client::ValidatorSet {
    light_client::ValidatorSet::new(seats.iter().map(Seat::light).collect()).expect("a set")
}

fn hex_or_empty(hash: &Option<[u8; 32]>) -> String {
    hash.map(hex::encode_upper).unwrap_or_default()
}

pub fn block_id_json(id: &BlockId) -> Value {
    json!({ "hash": hex_or_empty(&id.hash), "parts": { "total": id.parts_total, "hash": hex_or_empty(&id.parts_hash) } })
}

pub fn header_json(header: &Header) -> Value {
    json!({
        "version": { "block": header.block_version.to_string(), "app": header.app_version.to_string() },
        "chain_id": header.chain_id,
        "height": header.height.to_string(),
        "time": header.time.to_string(),
        "last_block_id": block_id_json(&header.last_block_id),
        "last_commit_hash": hex_or_empty(&header.last_commit_hash),
        "data_hash": hex_or_empty(&header.data_hash),
        "validators_hash": hex::encode_upper(header.validators_hash),
        "next_validators_hash": hex_or_empty(&header.next_validators_hash),
        "consensus_hash": hex_or_empty(&header.consensus_hash),
        "app_hash": hex::encode_upper(&header.app_hash),
        "last_results_hash": hex_or_empty(&header.last_results_hash),
        "evidence_hash": hex_or_empty(&header.evidence_hash),
        "proposer_address": hex::encode_upper(header.proposer_address),
    })
}

/// The answer to `/commit`: signed by the seats for which `signs` holds.
pub fn commit_json(header: &Header, seats: &[Seat], signs: impl Fn(usize) -> bool) -> Value {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let id = block_id(header);
    let entry = |(index, seat): (usize, &Seat)| {
        if !signs(index) {
            return json!({ "block_id_flag": 1, "validator_address": "", "timestamp": "0001-01-01T00:00:00Z", "signature": null });
        }
        let time =
            Time::from_unix_nanos(header.time.unix_nanos() + 1_000_000 * (index as i128 + 1))
                .expect("a time");
        let signature = seat
            .key
            .sign(&sign_bytes(&header.chain_id, header.height, &id, &time));
        json!({
            "block_id_flag": 2,
            "validator_address": hex::encode_upper(seat.light().address()),
            "timestamp": time.to_string(),
            "signature": STANDARD.encode(signature),
        })
    };
    let signatures: Vec<Value> = in_order(seats).into_iter().enumerate().map(entry).collect();
    json!({ "signed_header": {
        "header": header_json(header),
        "commit": {
            "height": header.height.to_string(), "round": 0,
            "block_id": block_id_json(&id), "signatures": signatures,
        },
    }, "canonical": true })
}

/// The answer to `/validators`, as CometBFT pages it: thirty where nobody says how many, at most a hundred; of the height after the newest
/// where nobody says which.
pub fn validators_json(newest: u64, params: &Value, seats: &[Seat]) -> Value {
    let one = |seat: &&Seat| -> Value {
        let validator = light_client::json::write::validator(&seat.light());
        serde_json::from_str(&validator).expect("JSON")
    };
    let number = |name: &str| {
        let text = params[name].as_str();
        text.map(|text| text.parse::<usize>().expect("a number"))
    };
    let height = number("height").map_or(newest + 1, |height| height as u64);
    let (page, size) = (
        number("page").unwrap_or(1),
        number("per_page").unwrap_or(30).min(100),
    );
    let order = in_order(seats);
    let given = order.iter().skip((page - 1) * size).take(size);
    let given: Vec<Value> = given.map(one).collect();
    json!({
        "block_height": height.to_string(), "validators": given,
        "count": given.len().to_string(), "total": order.len().to_string(),
    })
}

/// The siblings of a leaf from below, split as RFC 6962 splits; leaves are given by their hashes.
pub fn audit_path(leaves: &[[u8; 32]], index: usize) -> Vec<[u8; 32]> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (inside, beside, index) = if index < left.len() {
        (left, right, index)
    } else {
        (right, left, index - left.len())
    };
    let mut path = audit_path(inside, index);
    path.push(light_client::root_of_hashes(beside.to_vec()));
    path
}

/// Why a tree begins with its first `old` leaves (RFC 9162 §2.1.4.1); `own`: the verifier knows the root of those.
pub fn consistency_path(leaves: &[[u8; 32]], old: usize, own: bool) -> Vec<[u8; 32]> {
    if old == leaves.len() {
        return match own {
            true => Vec::new(),
            false => Vec::from([light_client::root_of_hashes(leaves.to_vec())]),
        };
    }
    let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
    let (mut path, beside) = match old <= left.len() {
        true => (consistency_path(left, old, own), right),
        false => (consistency_path(right, old - left.len(), false), left),
    };
    path.push(light_client::root_of_hashes(beside.to_vec()));
    path
}

fn result_json(result: &TxResult) -> Value {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    json!({
        "code": result.code, "data": STANDARD.encode(&result.data), "log": "", "codespace": "", "events": [],
        "gas_wanted": result.gas_wanted.to_string(), "gas_used": result.gas_used.to_string(),
    })
}

/// The answer to `/block_results`.
pub fn results_json(height: u64, block: &[(Vec<u8>, TxResult)]) -> Value {
    let results: Vec<Value> = block
        .iter()
        .map(|(_, result)| result_json(result))
        .collect();
    json!({ "height": height.to_string(), "txs_results": results })
}

/// The answer to `/tx` with proof.
pub fn tx_json(blocks: &[Vec<(Vec<u8>, TxResult)>], hash: &[u8]) -> Option<Value> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let sha = |tx: &[u8]| light_client::sha256(&[tx]);
    let of = |block: &Vec<(Vec<u8>, TxResult)>| block.iter().position(|(tx, _)| sha(tx) == hash);
    let (height, block, index) = (1..)
        .zip(blocks)
        .find_map(|(height, block)| Some((height, block, of(block)?)))?;
    let (tx, result) = &block[index];
    let leaves: Vec<[u8; 32]> = block
        .iter()
        .map(|(tx, _)| light_client::leaf_hash(&sha(tx)))
        .collect();
    let aunts: Vec<String> = audit_path(&leaves, index)
        .iter()
        .map(|aunt| STANDARD.encode(aunt))
        .collect();
    Some(json!({
        "hash": hex::encode_upper(hash), "height": height.to_string(), "index": index, "tx": STANDARD.encode(tx),
        "tx_result": result_json(result),
        "proof": { "proof": {
            "total": block.len().to_string(), "index": index.to_string(),
            "leaf_hash": STANDARD.encode(leaves[index]), "aunts": aunts,
        } },
    }))
}

/// Evidence of misbehaviour, which every block here holds.
pub fn evidence() -> Evidence {
    let vote = |hash| SignedVote {
        kind: 2,
        height: 1,
        round: 0,
        block_id: BlockId {
            hash: Some([hash; 32]),
            parts_total: 1,
            parts_hash: Some([6; 32]),
        },
        timestamp: Time::from_unix_nanos(1).expect("a time"),
        address: [3; 20],
        index: 0,
        signature: vec![hash; 64],
        extension: Vec::new(),
        extension_signature: Vec::new(),
    };
    Evidence::DuplicateVote(Box::new(DuplicateVote {
        votes: [vote(1), vote(2)],
        total_power: 100,
        power: 31,
        time: Time::from_unix_nanos(2).expect("a time"),
    }))
}

/// The commit that a block after this header holds.
pub fn last_commit(before: Option<&Header>, seats: &[Seat]) -> Commit {
    let signed = before.map(|before| commit_json(before, seats, |_| true));
    let signed = signed.map(|signed| light_client::json::commit(&signed).expect("a commit"));
    signed.map_or_else(no_commit, |signed| signed.commit)
}

fn no_commit() -> Commit {
    Commit {
        height: 0,
        round: 0,
        block_id: BlockId::default(),
        signatures: Vec::new(),
    }
}

/// The answer to `/block`.
pub fn block_json(
    header: &Header,
    before: Option<&Header>,
    seats: &[Seat],
    txs: &[(Vec<u8>, TxResult)],
) -> Value {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let txs: Vec<String> = txs.iter().map(|(tx, _)| STANDARD.encode(tx)).collect();
    let evidence = light_client::json::write::evidence(&evidence());
    let evidence: Value = serde_json::from_str(&evidence).expect("JSON");
    let last = light_client::json::write::commit(&last_commit(before, seats));
    let last: Value = serde_json::from_str(&last).expect("JSON");
    json!({ "block_id": block_id_json(&block_id(header)), "block": {
        "header": header_json(header), "data": { "txs": txs },
        "evidence": { "evidence": [evidence] }, "last_commit": last,
    } })
}

/// The answer to `/consensus_params`; of what no header commits to, the node says what it likes.
pub fn params_json(params: &ConsensusParams) -> Value {
    json!({ "block_height": params.height.to_string(), "consensus_params": {
        "block": { "max_bytes": params.max_bytes.to_string(), "max_gas": params.max_gas.to_string() },
        "validator": { "pub_key_types": ["any"] },
    } })
}
