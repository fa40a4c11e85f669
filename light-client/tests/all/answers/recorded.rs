//! Answers of real nodes: the public recordings of v0.38, and our own of v0.38 and v0.40.

use crate::common::{
    self, CHAINS, chain, files, name, options, public_vectors, read, recorded, soon_after, trust,
};
use light_client::json::{self, BlockResults, JsonError, Value};
use light_client::{
    Budget, Verdict, VerifiedHeader, data_hash, results_hash, sha256, verify_outcome, verify_step,
    verify_tx,
};

/// The header of this height, where it and the one before were recorded.
pub fn verified(chain: &[light_client::LightBlock], height: u64) -> Option<VerifiedHeader> {
    let find = |height| chain.iter().find(|block| block.height() == height);
    let (from, to) = (find(height - 1)?, find(height)?);
    match verify_step(
        &trust(from),
        to,
        &options(),
        soon_after(to),
        &mut Budget::new(1_000),
    ) {
        Verdict::Trusted(state, _) => Some(state.verified().clone()),
        verdict => panic!("{verdict:?}"),
    }
}

#[test]
fn recorded_blocks_are_bound_to_their_headers() {
    for name in CHAINS {
        let blocks = chain(name);
        let mut txs = 0;
        for path in files(&recorded().join(name).join("rpc"))
            .iter()
            .filter(|path| common::name(path).starts_with("block-"))
        {
            let block = json::block(&read(path)).unwrap();
            let header = &block.header;
            assert_eq!(
                block.block_id.hash,
                Some(header.hash()),
                "{}",
                path.display()
            );
            assert_eq!(
                header.data_hash,
                Some(data_hash(&block.txs)),
                "{}",
                path.display()
            );
            let last_commit = block.last_commit.as_ref().unwrap();
            assert_eq!(
                header.last_commit_hash,
                Some(last_commit.hash()),
                "{}",
                path.display()
            );
            if let Some(light) = blocks.iter().find(|light| light.height() == header.height) {
                assert_eq!(&light.signed_header.header, header);
            }
            txs += block.txs.len();
        }
        assert!(txs > 0, "{name}");
    }
}

#[test]
fn recorded_results_are_in_the_next_header() {
    for name in CHAINS {
        let blocks = chain(name);
        let files = files(&recorded().join(name).join("rpc"));
        let mut checked = 0;
        for path in files
            .iter()
            .filter(|path| common::name(path).starts_with("block_results-"))
        {
            let answer = json::block_results(&read(path)).unwrap();
            let header_at = |height| {
                blocks
                    .iter()
                    .find(|block| block.height() == height)
                    .map(|block| &block.signed_header.header)
            };
            let Some(next) = header_at(answer.height + 1) else {
                continue;
            };
            let hash = Some(results_hash(&answer.results));
            assert_eq!(next.last_results_hash, hash, "{}", path.display());
            let same = header_at(answer.height).unwrap();
            if !answer.results.is_empty() && same.last_results_hash != next.last_results_hash {
                assert_ne!(
                    same.last_results_hash, hash,
                    "the header of the same height holds the results before"
                );
                checked += 1;
            }
        }
        assert!(checked > 0, "{name}");
    }
}

#[test]
fn a_recorded_transaction_is_proven_and_nothing_else_is() {
    for name in CHAINS {
        let blocks = chain(name);
        let mut proven = 0;
        let files = files(&recorded().join(name).join("rpc"));
        for path in files
            .iter()
            .filter(|path| common::name(path).starts_with("tx-"))
        {
            let answer = json::tx(&read(path)).unwrap();
            let asked = sha256(&[&answer.tx]);
            assert_eq!(answer.hash, asked);
            let Some(header) = verified(&blocks, answer.height) else {
                continue;
            };
            proven += 1;
            assert!(
                verify_tx(&answer, &asked, &header).is_ok(),
                "{}",
                path.display()
            );
            // Bytes that are not the ones asked for, though the node repeats the hash.
            let mut other = answer.clone();
            other.tx.push(0);
            assert!(verify_tx(&other, &asked, &header).is_err());
            assert!(verify_tx(&answer, &[7; 32], &header).is_err());
            assert!(verify_tx(&other, &sha256(&[&other.tx]), &header).is_err());
            // Another height, no proof.
            let mut other = answer.clone();
            other.height += 1;
            assert!(verify_tx(&other, &asked, &header).is_err());
            let mut other = answer.clone();
            other.proof = None;
            assert!(verify_tx(&other, &asked, &header).is_err());
        }
        assert!(proven > 0, "{name}");
    }
}

#[test]
fn a_recorded_outcome_is_proven_and_no_other_is() {
    for name in CHAINS {
        let blocks = chain(name);
        let rpc = recorded().join(name).join("rpc");
        let mut proven = 0;
        for path in files(&rpc)
            .iter()
            .filter(|path| common::name(path).starts_with("tx-"))
        {
            let answer = json::tx(&read(path)).unwrap();
            let results = rpc.join(format!("block_results-{:03}.json", answer.height));
            let header = |height| verified(&blocks, height);
            let (Some(own), Some(next), true) = (
                header(answer.height),
                header(answer.height + 1),
                results.exists(),
            ) else {
                continue;
            };
            let results = json::block_results(&read(&results)).unwrap();
            let asked = answer.hash;
            let outcome = verify_outcome(&answer, &results, &asked, &own, &next).unwrap();
            assert_eq!(outcome, answer.result, "what the node says is so");
            proven += 1;
            let refused = |results: &BlockResults, own, next| {
                assert!(verify_outcome(&answer, results, &asked, own, next).is_err());
            };
            let index = answer.proof.as_ref().unwrap().index as usize;
            let mut bent = results.clone();
            bent.results[index].code ^= 1;
            refused(&bent, &own, &next);
            let mut bent = results.clone();
            bent.results[index].data.push(0);
            refused(&bent, &own, &next);
            let mut bent = results.clone();
            bent.results.push(results.results[index].clone());
            refused(&bent, &own, &next);
            let mut bent = results.clone();
            bent.height += 1;
            refused(&bent, &own, &next);
            // Two headers that do not follow on each other.
            refused(&results, &own, &own);
            refused(&results, &next, &next);
        }
        assert!(proven > 0, "{name}");
    }
}

#[test]
fn no_flipped_byte_of_a_transactions_proof_is_accepted() {
    let blocks = chain("v0.40-ed25519");
    let files = files(&recorded().join("v0.40-ed25519/rpc"));
    let path = files.iter().find(|path| {
        let is_tx = common::name(path).starts_with("tx-");
        is_tx && verified(&blocks, json::tx(&read(path)).unwrap().height).is_some()
    });
    let path = path.unwrap();
    let original = json::tx(&read(path)).unwrap();
    let (asked, header) = (original.hash, verified(&blocks, original.height).unwrap());
    let text = std::fs::read(path).unwrap();
    let mut tried = 0;
    for position in 0..text.len() {
        for mask in [0x01, 0x04, 0x20] {
            let mut text = text.clone();
            text[position] ^= mask;
            let Some(bent) = json::parse(&text)
                .ok()
                .and_then(|value| json::tx(&value).ok())
            else {
                continue;
            };
            tried += 1;
            if verify_tx(&bent, &asked, &header).is_ok() {
                // What the node says of the hash and the result is not part of the proof.
                let same = (&bent.tx, bent.height, &bent.proof)
                    == (&original.tx, original.height, &original.proof);
                assert!(same, "byte {position} xor {mask:#x}");
            }
        }
    }
    assert!(tried > 100);
}

#[test]
fn public_recordings_are_read_and_are_consistent() {
    let Some(folder) = public_vectors("rpc-v0.38") else {
        return;
    };
    let mut seen = 0;
    for path in files(&folder) {
        let (label, answer) = (name(&path), read(&path));
        match label.as_str() {
            "commit_at_height_10" => {
                let signed = json::commit(&answer).unwrap();
                assert_eq!(signed.commit.block_id.hash, Some(signed.header.hash()));
                assert_eq!((signed.commit.round, signed.commit.height), (0, 10));
            }
            "block_at_height_1" | "block_at_height_10" | "block_by_hash" => {
                let block = json::block(&answer).unwrap();
                assert_eq!(block.block_id.hash, Some(block.header.hash()), "{label}");
                assert_eq!(
                    block.header.data_hash,
                    Some(data_hash(&block.txs)),
                    "{label}"
                );
                let last = block.last_commit.map(|commit| commit.hash());
                assert_eq!(block.header.last_commit_hash, last, "{label}");
            }
            "block_search" | "block_search_evidence" => {
                for item in answer["result"]["blocks"].as_array().unwrap() {
                    let block = json::block(item).unwrap();
                    assert_eq!(block.block_id.hash, Some(block.header.hash()), "{label}");
                }
            }
            "blockchain_from_1_to_10" => {
                for meta in answer["result"]["block_metas"].as_array().unwrap() {
                    let header = json::header(meta).unwrap();
                    assert_eq!(
                        hex::encode_upper(header.hash()),
                        meta["block_id"]["hash"].as_str().unwrap()
                    );
                }
            }
            "tx_search_no_prove" | "tx_search_with_prove" => {
                for item in answer["result"]["txs"].as_array().unwrap() {
                    let tx = json::tx(item).unwrap();
                    assert_eq!(tx.hash, sha256(&[&tx.tx]));
                    let Some(proof) = tx.proof else { continue };
                    let root = hex::decode(item["proof"]["root_hash"].as_str().unwrap()).unwrap();
                    assert_eq!(
                        proof.verify(&tx.hash, &root.try_into().unwrap()),
                        Ok(()),
                        "{label}"
                    );
                }
            }
            "status" => {
                let status = json::status(&answer).unwrap();
                assert_eq!(
                    (status.chain_id.as_str(), status.latest_height),
                    ("dockerchain", 232)
                );
                assert_eq!(
                    status.latest_time.to_string(),
                    "2023-05-17T14:14:48.530153458Z"
                );
            }
            "abci_query_with_existing_key" => {
                let query = json::abci_query(&answer).unwrap();
                assert_eq!(
                    (&query.key[..], &query.value[..], query.height),
                    (&b"tx0"[..], &b"value"[..], 254)
                );
                assert!(query.proof_ops.is_empty());
            }
            "abci_query_with_non_existent_key" => {
                assert!(json::abci_query(&answer).unwrap().value.is_empty())
            }
            "block_results_at_height_10" => {
                assert_eq!(json::block_results(&answer).unwrap().height, 10)
            }
            "block_at_height_0" => {
                let error = json::block(&answer).unwrap_err();
                assert!(
                    matches!(&error, JsonError::Node { code: -32603, data, .. } if data.starts_with("height must be"))
                );
            }
            _ if label.starts_with("subscribe_newblock_") => {
                new_block_event(&answer["result"]["data"]["value"])
            }
            // Nothing in these is committed to by a header.
            _ => continue,
        }
        seen += 1;
    }
    assert_eq!(seen, 19);
}

fn new_block_event(value: &Value) {
    let header = json::header(&value["block"]).unwrap();
    assert_eq!(
        hex::encode_upper(header.hash()),
        value["block_id"]["hash"].as_str().unwrap()
    );
}
