//! A validator signs two blocks of one height. CometBFT judges the evidence, the application writes it down, and by rule the validator is suspended.

use super::{Consortium, governance};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lianyan_tests::lying_node::{Lie, LyingNode};
use lianyan_tests::{Outcome, place};
use node::comet::{self, BlockId, PartSetHeader};
use records::{RecordName, SecretKey, State, canonical, kinds::misbehaviour::Misbehaviour};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::process::Command;

/// The notary's machine, with its key in two places, votes for a second block.
pub fn who_signs_twice_is_suspended(consortium: &mut Consortium) -> Outcome {
    let evidence = two_votes(consortium, 4)?;
    let client = consortium.client(1);
    client.call("broadcast_evidence", json!({ "evidence": evidence }))?;
    let found = written_down(consortium, 4)?;
    assert_eq!(
        (found.member.as_str(), found.incidents),
        ("notary-office", 1)
    );
    let own = governance::address(consortium, 4);
    let (height, _) = consortium.client(0).newest()?;
    consortium.wait_for(0, height + 3)?;
    let validators = consortium.validators(height + 3)?;
    assert!(validators.iter().all(|(address, _)| *address != own));
    consortium.agreed().map(drop)
}

/// What a validator's record of misbehaviour holds, once it is there.
pub fn written_down(consortium: &mut Consortium, node: usize) -> Outcome<Misbehaviour> {
    let address = governance::address(consortium, node);
    let name = RecordName::new("misbehaviour", &address).ok_or("no name")?;
    let client = consortium.client(0);
    let found = move || {
        let bytes = client.query("/state", &name.tree_key()).ok()?;
        let state = State::decode(&bytes).ok()?;
        canonical::from_value(&state.data).ok()
    };
    consortium.wait("misbehaviour is written down", || found().is_some())?;
    Ok(found().ok_or("no misbehaviour")?)
}

/// `DuplicateVoteEvidence`: the vote that is in the chain, and one for a block that never was.
fn two_votes(consortium: &Consortium, node: usize) -> Outcome<Value> {
    let client = consortium.client(0);
    let height = client.newest()?.0 - 1;
    let params = json!({ "height": height.to_string() });
    let signed = client.call("commit", params.clone())?["signed_header"].take();
    let commit = &signed["commit"];
    let own = governance::address(consortium, node);
    let votes = commit["signatures"].as_array().ok_or("no votes")?;
    let index = votes.iter().position(|vote| {
        let address = vote["validator_address"].as_str().unwrap_or_default();
        address.to_lowercase() == own
    });
    let index = index.ok_or("it did not vote")?;
    let validators = consortium.validators(height)?;
    let time = votes[index]["timestamp"].as_str().ok_or("no time")?;
    let round = commit["round"].as_i64().ok_or("no round")? as i32;
    let other = BlockId {
        hash: Sha256::digest(b"another block").to_vec(),
        part_set_header: Some(PartSetHeader {
            total: 1,
            hash: Sha256::digest(b"its parts").to_vec(),
        }),
    };
    let at = comet::from_rfc3339(time).ok_or("no time")?;
    let bytes = comet::precommit_sign_bytes(&consortium.chain, height as i64, round, &other, &at);
    let signature = SecretKey::from_seed(&consortium.key(node).seed).sign(&bytes);
    let vote = |block_id: Value, signature: Value| {
        json!({
            "type": 2, "height": height.to_string(), "round": round, "block_id": block_id,
            "timestamp": time, "validator_address": own.to_uppercase(), "validator_index": index,
            "signature": signature,
        })
    };
    let upper = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02X}"))
            .collect::<String>()
    };
    let parts = other.part_set_header.as_ref().ok_or("no parts")?;
    let other = json!({
        "hash": upper(&other.hash),
        "parts": { "total": parts.total, "hash": upper(&parts.hash) },
    });
    let mut pair = [
        vote(
            commit["block_id"].clone(),
            votes[index]["signature"].clone(),
        ),
        vote(other, BASE64.encode(signature).into()),
    ];
    // The votes stand in the order of their blocks' hashes.
    pair.sort_by_key(|vote| {
        vote["block_id"]["hash"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    });
    let [a, b] = pair;
    let total: u64 = validators.iter().map(|(_, power)| power).sum();
    Ok(json!({
        "type": "tendermint/DuplicateVoteEvidence",
        "value": {
            "vote_a": a, "vote_b": b,
            "TotalVotingPower": total.to_string(),
            "ValidatorPower": validators[index].1.to_string(),
            "Timestamp": signed["header"]["time"],
        },
    }))
}

/// Two members' validators, which hold more than two thirds of the power that is left, sign another header for a light client. It compares two
/// nodes, believes neither, and reports both; the evidence is good for CometBFT, and too much power would be missing without either.
pub fn who_deceives_light_clients_is_written_down(consortium: &mut Consortium) -> Outcome {
    let liars = [0, 1];
    let height = voted_by(consortium, &liars)?;
    let before = consortium.validators(height)?;
    let seeds = liars.map(|node| consortium.key(node).seed).to_vec();
    let forger = LyingNode::before(&format!("http://{}", consortium.client(1).0))?;
    forger.tell(Lie::Forked {
        from: height,
        seeds,
    })?;
    let output = Command::new(place::program("lianyan"))
        .args(["light", "--once", "--height", &height.to_string()])
        .args(["--chain-id", &consortium.chain])
        .args(["--trust-height", &(height - 1).to_string()])
        .args([
            "--trust-hash",
            &consortium.client(0).block_hash(height - 1)?,
        ])
        .args(["--node", &format!("http://{}", consortium.client(0).0)])
        .args(["--witness", &forger.address()])
        .output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        output.status.code(),
        Some(1),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        forger.told() > 0,
        "a lie that was never told proves nothing"
    );
    for (node, member) in liars.into_iter().zip(["tax-bureau", "hospital-group"]) {
        assert_eq!(written_down(consortium, node)?.member, member, "{said}");
    }
    let (height, _) = consortium.client(0).newest()?;
    consortium.wait_for(0, height + 3)?;
    assert_eq!(
        consortium.validators(height + 3)?,
        before,
        "nobody is suspended"
    );
    consortium.agreed().map(drop)
}

/// A height from now on in whose commit all these nodes' validators stand: who was late for it cannot be made to sign another one in its place.
fn voted_by(consortium: &mut Consortium, nodes: &[usize]) -> Outcome<u64> {
    let client = consortium.client(0);
    let (now, _) = client.newest()?;
    for height in now + 1..now + 30 {
        consortium.wait_for(0, height + 2)?;
        let params = json!({ "height": height.to_string() });
        let answer = client.call("commit", params)?;
        let votes = &answer["signed_header"]["commit"]["signatures"];
        let votes = votes.as_array().ok_or("no votes")?;
        let has_voted = |node: &usize| {
            let own = governance::address(consortium, *node).to_uppercase();
            let for_it = |vote: &&Value| vote["block_id_flag"] == 2;
            let mut votes = votes.iter().filter(for_it);
            votes.any(|vote| vote["validator_address"] == *own)
        };
        if nodes.iter().all(has_voted) {
            return Ok(height);
        }
    }
    Err("they never stand in one commit".into())
}
