//! Transactions: what may wait for a block is what a proposal may hold.

use super::WORLD;
use crate::targets::records::story;
use node::application::{
    CheckTxRequest, PrepareProposalRequest, ProcessProposalRequest, Proposal, code,
};
use records::log::Entry;

pub fn seeds() -> Vec<Vec<u8>> {
    let entries = story::told_entries();
    entries
        .iter()
        .filter_map(|entry| Some(Entry::decode(entry)?.envelope.to_vec()))
        .collect()
}

pub fn run(bytes: &[u8]) {
    let application = &WORLD.node.application;
    let txs = [bytes.to_vec()];
    let request = CheckTxRequest {
        tx: bytes,
        again: false,
    };
    let may_wait = application.check_tx(request).code == code::OK;
    let proposal = application
        .process_proposal(&ProcessProposalRequest { txs: &txs })
        .expect("founded");
    assert!(
        !may_wait || proposal == Proposal::Accept,
        "it may wait, and is in no block"
    );
    let request = PrepareProposalRequest {
        max_tx_bytes: 1 << 20,
        txs: txs.to_vec(),
        time: WORLD.now,
        local_time: WORLD.now,
    };
    let prepared = application.prepare_proposal(request).expect("founded");
    assert!(
        prepared.is_empty() || proposal == Proposal::Accept,
        "it is proposed, and refused"
    );
}
