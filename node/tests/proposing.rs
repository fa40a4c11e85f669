//! What a proposer leaves out of a block: never the first of two events that rest on each other alone.

mod common;

use common::{Chain, SECOND, admit, approve, founder_key, key, payload};
use node::application::{
    PrepareProposalRequest, ProcessProposalRequest, Proposal, TX_OVERHEAD, code,
};
use records::{
    Payload, RecordName, SecretKey,
    canonical::Value,
    kinds::{
        member::Rekey,
        proposal::{Act, Approve},
    },
};

/// Keys that come with the event after `seq` others.
fn new(seq: u64, keys: usize) -> Vec<SecretKey> {
    (0..keys)
        .map(|number| key(&format!("key {seq} {number}")))
        .collect()
}

/// The event by which the first founder adds so many keys, as the one after `seq` others.
fn rekey(chain: &Chain, seq: u64, keys: usize) -> Payload {
    let body = Rekey {
        add: new(seq, keys).iter().map(SecretKey::public).collect(),
        end: Vec::new(),
        seal_key: None,
    };
    let subject = ("member", "founder-0");
    payload("member.rekey", subject, seq, &body, chain.time())
}

fn signed(event: &Payload, signers: &[&SecretKey]) -> Vec<u8> {
    event.sign(signers).expect("signs").encode()
}

/// The same, signed by whoever, and by the keys that come.
fn agreed(chain: &Chain, seq: u64, keys: usize, by: &SecretKey) -> Vec<u8> {
    let new = new(seq, keys);
    let signers: Vec<_> = [by].into_iter().chain(&new).collect();
    signed(&rekey(chain, seq, keys), &signers)
}

/// What goes into a block with room for so many bytes of transactions.
fn prepare(chain: &Chain, room: usize, txs: &[&Vec<u8>]) -> Vec<Vec<u8>> {
    let request = PrepareProposalRequest {
        max_tx_bytes: room + txs.len() * TX_OVERHEAD,
        txs: txs.iter().map(|tx| (*tx).clone()).collect(),
        time: chain.time(),
        local_time: chain.time(),
    };
    let prepared = chain.node.application.prepare_proposal(request);
    prepared.expect("answers")
}

/// Codes of the block with these.
fn decide(chain: &Chain, txs: Vec<Vec<u8>>) -> Vec<u32> {
    let (block, _) = chain.decide(txs);
    let height = block.header.expect("a header").height as u64;
    let results = chain.node.snapshot().results(height);
    let results = results.expect("reads").expect("is there").tx_results;
    results.iter().map(|result| result.code).collect()
}

#[test]
fn what_rests_on_an_event_that_does_not_fit_waits_with_it() {
    let chain = Chain::new();
    let founder = founder_key(0);
    let [first, large, last] =
        [(0, 1), (1, 15), (2, 1)].map(|(seq, keys)| agreed(&chain, seq, keys, &founder));
    let other = admit("m", chain.time());
    let room = first.len() + last.len() + other.len();
    assert!(large.len() > last.len() + other.len());
    let block = prepare(&chain, room, &[&first, &large, &last, &other]);
    assert_eq!(block, [first, other]);
    assert_eq!(decide(&chain, block), [code::OK; 2]);
    let block = prepare(&chain, large.len() + last.len(), &[&large, &last]);
    assert_eq!(decide(&chain, block), [code::OK; 2]);
}

#[test]
fn what_rests_on_an_event_that_is_too_late_waits() {
    let chain = Chain::new();
    let founder = founder_key(0);
    let late = Payload {
        until: chain.time() - SECOND,
        ..rekey(&chain, 0, 1)
    };
    let (late, next) = (signed(&late, &[&founder]), agreed(&chain, 1, 1, &founder));
    assert!(prepare(&chain, usize::MAX >> 1, &[&late, &next]).is_empty());
}

/// Anybody may sign an event about any record.
#[test]
fn nobody_keeps_anothers_event_out_with_one_that_is_left_out() {
    let chain = Chain::new();
    let (founder, stranger) = (founder_key(0), key("stranger"));
    let late = Payload {
        until: chain.time() - SECOND,
        ..rekey(&chain, 0, 1)
    };
    let late = signed(&late, &[&stranger]);
    let large = signed(&rekey(&chain, 0, 30), &[&stranger]);
    let own = agreed(&chain, 0, 1, &founder);
    let next = agreed(&chain, 1, 1, &founder);
    let room = own.len() + next.len();
    let block = prepare(&chain, room, &[&late, &large, &own, &next]);
    assert_eq!(block, [own, next]);
    assert_eq!(decide(&chain, block), [code::OK; 2]);
}

/// So many small events of a stranger about one large proposal, and the event that makes it.
fn about_a_large_record(chain: &Chain, events: usize) -> (Vec<u8>, Vec<Vec<u8>>) {
    let act = Act {
        body: Value::String("x".repeat(30_000)),
        seq: 0,
        subject: RecordName::new("consortium", "main").expect("a name"),
        event_type: "consortium.seat".into(),
    };
    let (id, stranger) = (act.proposal().expect("an id"), key("stranger"));
    let about = |number: usize| {
        let by = format!("{number}");
        let subject = ("proposal", id.as_str());
        let body = Approve { by };
        let event = payload("proposal.approve", subject, 1, &body, chain.time());
        signed(&event, &[&stranger])
    };
    let made = approve(&act, 0, 0, chain.time());
    (made, (0..events).map(about).collect())
}

/// Requires that as many of these go into a block as read sixteen MiB, and that nobody votes for one with all.
fn require_few(chain: &Chain, txs: &[Vec<u8>]) {
    let judge = |txs: &[Vec<u8>]| {
        let request = ProcessProposalRequest { txs };
        let judged = chain.node.application.process_proposal(&request);
        judged.expect("answers")
    };
    let room = 4 * 1024 * 1024;
    let block = prepare(chain, room, &txs.iter().collect::<Vec<_>>());
    assert!((400..600).contains(&block.len()), "{}", block.len());
    assert_eq!(judge(&block), Proposal::Accept);
    let judged = judge(txs);
    assert!(
        matches!(&judged, Proposal::Reject(why) if why.contains("large records")),
        "{judged:?}"
    );
    // Others are not kept out by it.
    let other = admit("m", chain.time());
    let all: Vec<&Vec<u8>> = txs.iter().chain([&other]).collect();
    assert!(prepare(chain, room, &all).contains(&other));
}

/// *Attack: a lying validator fills its blocks with small events of strangers about one large record, and every node reads that for each of them.*
#[test]
fn a_block_that_touches_a_large_record_all_the_time_is_neither_made_nor_accepted() {
    let chain = Chain::new();
    let (made, txs) = about_a_large_record(&chain, 700);
    assert_eq!(decide(&chain, vec![made]), [code::OK]);
    require_few(&chain, &txs);
}

/// *Attack: the same, of a record that the block itself makes.*
#[test]
fn a_record_that_the_block_makes_is_as_large_as_one_that_was_there() {
    let chain = Chain::new();
    let (made, txs) = about_a_large_record(&chain, 700);
    let txs: Vec<_> = [made].into_iter().chain(txs).collect();
    require_few(&chain, &txs);
}
