//! Answers of nodes, as text: every reader sees every text. What reads is written and read again.

use crate::vectors;
use light_client::{
    Commit, Header, ValidatorSet, consensus_hash, data_hash, evidence_hash, json, results_hash,
};

/// Longer answers are slow to read and hold nothing that shorter ones do not.
const LONGEST: usize = 20_000;

pub fn seeds() -> Vec<Vec<u8>> {
    let recorded = ["v0.38-ed25519", "v0.40-mixed-keys"].map(vectors::recorded);
    let files = recorded
        .into_iter()
        .flatten()
        .chain(vectors::public("rpc-v0.38"));
    let answers = files
        .map(|(_, bytes)| bytes)
        .filter(|bytes| bytes.len() <= LONGEST);
    answers.chain([br#"{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal error","data":"x"}}"#.to_vec()]).collect()
}

pub fn run(bytes: &[u8]) {
    let Ok(answer) = json::parse(bytes) else {
        return;
    };
    let _ = json::status(&answer);
    let _ = json::abci_query(&answer);
    let _ = json::tx(&answer);
    let _ = json::consensus_params(&answer).map(|params| consensus_hash(&params));
    if let Ok(results) = json::block_results(&answer) {
        results_hash(&results.results);
    }
    if let Ok(block) = json::block(&answer) {
        data_hash(&block.txs);
        evidence_hash(&block.evidence);
        header(&block.header);
    }
    if let Ok(found) = json::header(&answer) {
        header(&found);
    }
    for signed in [json::commit(&answer), json::signed_header(&answer)]
        .into_iter()
        .flatten()
    {
        header(&signed.header);
        commit(&signed.commit);
        let again = json::parse(json::write::signed_header(&signed).as_bytes());
        let again = again.and_then(|again| json::signed_header(&again));
        assert_eq!(again.as_ref(), Ok(&signed), "written and read again");
    }
    if let Ok(page) = json::validators(&answer) {
        let _ = json::join_pages(vec![page.clone(), page]);
    }
    if let Ok(set) = json::validator_set(&answer) {
        assert_eq!(ValidatorSet::from_bytes(&set.to_bytes()).as_ref(), Ok(&set));
    }
    if let Ok(block) = json::light_block(&answer) {
        let again = json::parse(json::write::light_block(&block).as_bytes());
        let again = again.and_then(|again| json::light_block(&again));
        assert_eq!(again.as_ref(), Ok(&block), "written and read again");
    }
}

fn header(header: &Header) {
    header.hash();
    let bytes = header.to_bytes();
    let again = Header::from_bytes(&bytes).expect("what is written can be read");
    assert_eq!((again.hash(), again.to_bytes()), (header.hash(), bytes));
}

fn commit(commit: &Commit) {
    commit.hash();
    commit.to_bytes();
    for index in 0..=commit.signatures.len() {
        commit.vote_sign_bytes("chain", index);
    }
}
