//! What stands in a block, and what blocks may hold, against the hashes in headers.

use super::recorded::verified;
use crate::common::generate::{Recipe, members};
use crate::common::{self, CHAINS, chain, files, public_vectors, read, recorded, trust};
use light_client::json::{self, Block, BlockResults, ConsensusParams, TxAnswer, TxResult, Value};
use light_client::{
    ContentsError, DuplicateVote, Evidence, InclusionProof, LightBlock, SignedVote, Time, TxError,
    VerifiedHeader, consensus_hash, data_hash, evidence_hash, leaf_hash, results_hash, sha256,
    verify_block, verify_consensus_params, verify_outcome,
};
use prost::Message;
use tendermint_proto::v0_38::types as proto;

fn hash(text: &str) -> [u8; 32] {
    hex::decode(text).unwrap().try_into().unwrap()
}

/// The answer to `/consensus_params` at a height, made of a genesis file.
fn params(genesis: &Value, height: u64) -> ConsensusParams {
    let params = &genesis["consensus_params"];
    let answer = format!(r#"{{"block_height":"{height}","consensus_params":{params}}}"#);
    json::consensus_params(&json::parse(answer.as_bytes()).unwrap()).unwrap()
}

#[test]
fn parameters_of_recorded_chains_are_in_every_header_and_no_others_are() {
    for name in CHAINS {
        let genesis = read(&recorded().join(name).join("genesis.json"));
        let blocks = chain(name);
        let header = verified(&blocks, 2).unwrap();
        let honest = params(&genesis, 2);
        assert_eq!(verify_consensus_params(&honest, &header), Ok(()), "{name}");
        let refused = |change: fn(&mut ConsensusParams), why| {
            let mut bent = honest;
            change(&mut bent);
            assert_eq!(verify_consensus_params(&bent, &header), Err(why), "{name}");
        };
        refused(|params| params.max_bytes += 1, ContentsError::OtherParams);
        refused(|params| params.max_gas -= 1, ContentsError::OtherParams);
        refused(|params| params.height += 1, ContentsError::OtherBlock);
    }
}

/// From CometBFT's own tests (`types/consensus_breakage_test.go`).
#[test]
fn hashes_are_those_that_cometbft_gives() {
    let params = ConsensusParams {
        height: 1,
        max_bytes: 4_194_304,
        max_gas: 10_000_000,
    };
    let known = "68ecd6f333119ce43751ece583b981f23508aeaf4221ff582b1bb33be42bcefa";
    assert_eq!(consensus_hash(&params), hash(known));
    let known = "92a76b394337f0c04c951546adc75a59cb7cae7bca070e49fc93c1111409b5e2";
    assert_eq!(sha256(&[&duplicate_vote().to_bytes()]), hash(known));
    assert_eq!(evidence_hash(&[]), sha256(&[]));
}

fn duplicate_vote() -> Evidence {
    let key = hash("d9838d11f68ae4679bd91bc2693cdf62faabaea7b4290a70ed5f200b4b67881c");
    let vote = |kind| SignedVote {
        kind,
        height: 3,
        round: 2,
        block_id: light_client::BlockId {
            hash: Some(sha256(&[b"blockID_hash"])),
            parts_total: 1_000_000,
            parts_hash: Some(sha256(&[b"blockID_part_set_header_hash"])),
        },
        timestamp: Time::parse_rfc3339("2017-12-25T03:00:01.234Z").unwrap(),
        address: sha256(&[&key])[..20].try_into().unwrap(),
        index: 56_789,
        signature: Vec::new(),
        extension: Vec::new(),
        extension_signature: Vec::new(),
    };
    Evidence::DuplicateVote(Box::new(DuplicateVote {
        votes: [vote(2), vote(1)],
        total_power: 1,
        power: 1,
        time: Time::parse_rfc3339("2019-01-01T00:00:00Z").unwrap(),
    }))
}

/// Recorded blocks whose headers are verified.
fn blocks(name: &str) -> Vec<(Block, VerifiedHeader)> {
    let light = chain(name);
    let files = files(&recorded().join(name).join("rpc"));
    let blocks = files
        .iter()
        .filter(|path| common::name(path).starts_with("block-"))
        .map(|path| json::block(&read(path)).unwrap());
    let found: Vec<_> = blocks
        .filter_map(|block| {
            let header = verified(&light, block.header.height)?;
            Some((block, header))
        })
        .collect();
    assert!(!found.is_empty(), "{name}");
    found
}

#[test]
fn nothing_is_added_to_a_recorded_block_or_taken_out_of_it() {
    for name in CHAINS {
        for (block, header) in blocks(name) {
            assert_eq!(verify_block(&block, &header), Ok(()), "{name}");
            let refused = |change: &dyn Fn(&mut Block), why| {
                let mut bent = block.clone();
                change(&mut bent);
                assert_eq!(verify_block(&bent, &header), Err(why), "{name}");
            };
            let vote = duplicate_vote();
            refused(
                &|block| block.evidence.push(vote.clone()),
                ContentsError::OtherEvidence,
            );
            refused(&|block| block.txs.push(vec![1]), ContentsError::OtherTxs);
            refused(&|block| block.header.height += 1, ContentsError::OtherBlock);
            let last: [fn(&mut Block); 4] = [
                |block| block.last_commit = None,
                |block| block.last_commit.as_mut().unwrap().height += 1,
                |block| block.last_commit.as_mut().unwrap().block_id.parts_total += 1,
                |block| drop(block.last_commit.as_mut().unwrap().signatures.pop()),
            ];
            for change in last {
                refused(&change, ContentsError::OtherLastCommit);
            }
        }
    }
}

#[test]
fn a_vote_in_evidence_is_of_a_round_that_a_chain_can_have() {
    let files = files(&recorded().join("v0.40-ed25519/rpc"));
    let block = files
        .iter()
        .find(|path| common::name(path).starts_with("block-"));
    let block = read(block.expect("recorded"));
    let highest = u32::MAX >> 1;
    for (round, is_read) in [(highest, true), (highest + 1, false)] {
        let mut evidence = duplicate_vote();
        if let Evidence::DuplicateVote(evidence) = &mut evidence {
            evidence.votes[0].round = round;
        }
        let mut with = block.clone();
        let place = with.pointer_mut("/block/evidence/evidence");
        let written = json::write::evidence(&evidence);
        *place.expect("a list") = vec![json::parse(written.as_bytes()).unwrap()].into();
        assert_eq!(json::block(&with).is_ok(), is_read, "{round}");
    }
}

#[test]
fn evidence_of_a_real_chain_is_in_its_header_and_survives_being_written() {
    let Some(folder) = public_vectors("rpc-v0.38") else {
        return;
    };
    let answer = read(&folder.join("block_search_evidence.json"));
    let block = json::block(&answer["result"]["blocks"][0]).unwrap();
    let [evidence] = &block.evidence[..] else {
        panic!("{:?}", block.evidence);
    };
    let written = |evidence| {
        let text = json::write::evidence(evidence);
        let block = r#"{"block_id":{"hash":"","parts":{"total":0,"hash":""}},"block":"#;
        let header = json::write::header(&block_header(&answer));
        let text = format!(
            r#"{block}{{"header":{header},"data":{{"txs":null}},"evidence":{{"evidence":[{text}]}}}}}}"#
        );
        json::block(&json::parse(text.as_bytes()).unwrap())
            .unwrap()
            .evidence
    };
    assert_eq!(written(evidence), block.evidence);
    let committed = block.header.evidence_hash;
    assert_eq!(committed, Some(evidence_hash(&block.evidence)));
    let Evidence::DuplicateVote(vote) = evidence else {
        panic!("{evidence:?}");
    };
    let changes: [fn(&mut DuplicateVote); 6] = [
        |vote| vote.votes.swap(0, 1),
        |vote| vote.votes[0].signature[5] ^= 1,
        |vote| vote.votes[1].extension.push(1),
        |vote| vote.votes[1].address[0] ^= 1,
        |vote| vote.power += 1,
        |vote| vote.total_power += 1,
    ];
    for change in changes {
        let mut bent = vote.as_ref().clone();
        change(&mut bent);
        let bent = [Evidence::DuplicateVote(Box::new(bent))];
        assert_ne!(committed, Some(evidence_hash(&bent)));
    }
}

fn block_header(answer: &Value) -> light_client::Header {
    json::header(&answer["result"]["blocks"][0]["block"]).unwrap()
}

/// The JSON of evidence as Go writes it: with addresses, priorities, and a set in the order in which it was sent.
fn attack_json(block: &LightBlock) -> String {
    let validators: Vec<String> = (block.validators.validators().iter().rev())
        .zip([-7_i64, 9, 0, 1 << 40])
        .map(|(validator, priority)| {
            let text = json::write::validator(validator);
            text.replace(
                r#""proposer_priority":"0""#,
                &format!(r#""proposer_priority":"{priority}""#),
            )
        })
        .collect();
    format!(
        r#"{{"type":"tendermint/LightClientAttackEvidence","value":{{"ConflictingBlock":{{"signed_header":{},"validator_set":{{"validators":[{}],"proposer":{}}}}},"CommonHeight":"3","ByzantineValidators":[{}],"TotalVotingPower":"40","Timestamp":"2026-01-02T03:04:05.6Z"}}}}"#,
        json::write::signed_header(&block.signed_header),
        validators.join(","),
        validators[1],
        validators[0],
    )
}

#[test]
fn evidence_of_an_attack_on_light_clients_is_written_as_cometbft_does() {
    let light = chain("v0.40-ed25519").remove(4);
    let text = attack_json(&light);
    let mut answer = read(&recorded().join("v0.40-ed25519/rpc/block-005.json"));
    answer["block"]["evidence"]["evidence"] = vec![json::parse(text.as_bytes()).unwrap()].into();
    let evidence = json::block(&answer).unwrap().evidence.remove(0);
    assert_eq!(json::write::evidence(&evidence), text);
    let bytes = evidence.to_bytes();
    let other = proto::LightClientAttackEvidence::decode(&bytes[..]).unwrap();
    assert_eq!(other.encode_to_vec(), bytes);
    assert_eq!((other.common_height, other.total_voting_power), (3, 40));
    assert_eq!(other.timestamp.unwrap().nanos, 600_000_000);
    let block = other.conflicting_block.unwrap();
    let signed = block.signed_header.unwrap();
    let header = signed.header.unwrap().encode_to_vec();
    assert_eq!(header, light.signed_header.header.to_bytes());
    let addresses = signed.commit.unwrap().signatures.into_iter();
    let addresses: Vec<Vec<u8>> = addresses.map(|entry| entry.validator_address).collect();
    let entries = light.signed_header.commit.signatures.iter();
    let expected: Vec<Vec<u8>> = entries
        .map(|entry| entry.address.map_or(Vec::new(), |address| address.to_vec()))
        .collect();
    assert_eq!(addresses, expected);
    let set = block.validator_set.unwrap();
    assert_eq!(set.total_voting_power, 0);
    let priorities: Vec<i64> = set
        .validators
        .iter()
        .map(|one| one.proposer_priority)
        .collect();
    assert_eq!(priorities, [-7_i64, 9, 0, 1 << 40]);
    assert_eq!(set.proposer.as_ref(), set.validators.get(1));
    assert_eq!(other.byzantine_validators, set.validators[..1]);
    let first = &light.validators.validators()[3];
    assert_eq!(set.validators[0].address, first.address());
    assert_eq!(set.validators[0].voting_power as u64, first.power());
    // A kind that nobody knows is no evidence, whatever it holds.
    answer["block"]["evidence"]["evidence"][0]["type"] = "tendermint/Other".into();
    let error = json::block(&answer).unwrap_err().to_string();
    assert_eq!(
        error,
        "block.evidence.evidence[0].type is not a known type of evidence"
    );
}

/// A block of two transactions, and the header after it, which commits to the results of one alone.
#[test]
fn an_outcome_is_one_of_as_many_as_there_are_transactions() {
    let members = members(0, 4, 10);
    let txs = [b"one".to_vec(), b"two".to_vec()];
    let result = TxResult {
        code: 0,
        data: Vec::new(),
        gas_wanted: 0,
        gas_used: 0,
    };
    let mut own = Recipe::new(8, &members).block();
    own.signed_header.header.data_hash = Some(data_hash(&txs));
    let mut next = Recipe::new(9, &members).block();
    next.signed_header.header.last_block_id.hash = Some(own.signed_header.header.hash());
    let asked = sha256(&[&txs[0]]);
    let [one, two] = txs.each_ref().map(|tx| sha256(&[tx]));
    let answer = TxAnswer {
        hash: asked,
        height: 8,
        tx: txs[0].clone(),
        result: result.clone(),
        proof: Some(InclusionProof {
            total: 2,
            index: 0,
            leaf_hash: leaf_hash(&one),
            aunts: vec![leaf_hash(&two)],
        }),
    };
    let mut outcome = |results: Vec<TxResult>| {
        next.signed_header.header.last_results_hash = Some(results_hash(&results));
        let results = BlockResults { height: 8, results };
        let (own, next) = (trust(&own), trust(&next));
        verify_outcome(&answer, &results, &asked, own.verified(), next.verified())
    };
    let both = outcome(vec![result.clone(), result.clone()]);
    assert_eq!(both, Ok(result.clone()));
    assert_eq!(outcome(vec![result]), Err(TxError::OtherResults));
}
