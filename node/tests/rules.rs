//! Soundness rules that the application keeps, each with the attack that it stops.

mod common;

use common::{
    Chain, GENESIS, SECOND, admit, admit_as, begun, document, follow, founder_key, key, member,
    open, payload, time_at, tree_key,
};
use node::{
    application::{
        CheckTxRequest, FinalizeBlockRequest, PrepareProposalRequest, ProcessProposalRequest,
        Proposal, QueryRequest, code,
    },
    store::{Changes, Table},
};
use records::SecretKey;
use records::kinds::member::Rekey;

fn rejected(chain: &Chain, txs: &[Vec<u8>]) -> bool {
    let request = ProcessProposalRequest { txs };
    let answer = chain
        .node
        .application
        .process_proposal(&request)
        .expect("answers");
    matches!(answer, Proposal::Reject(_))
}

fn check(chain: &Chain, tx: &[u8]) -> u32 {
    let request = CheckTxRequest { tx, again: false };
    chain.node.application.check_tx(request).code
}

fn results(chain: &Chain, height: u64) -> Vec<node::comet::ExecTxResult> {
    let snapshot = chain.node.snapshot();
    snapshot
        .results(height)
        .expect("reads")
        .expect("is there")
        .tx_results
}

#[test]
fn a_block_with_anything_malformed_is_refused() {
    let chain = Chain::new();
    let good = chain.admit("good");
    assert!(!rejected(&chain, std::slice::from_ref(&good)));
    let mut unsigned = good.clone();
    let at = unsigned.len() - 20;
    unsigned[at] = if unsigned[at] == b'A' { b'B' } else { b'A' };
    let mut spaced = good.clone();
    spaced.push(b' ');
    let other_chain = {
        let mut payload = payload(
            "member.admit",
            ("member", "x"),
            0,
            &member("x"),
            chain.time(),
        );
        payload.chain = "dev-other-1".into();
        payload.sign(&[&founder_key(0)]).expect("signs").encode()
    };
    let unknown_type = payload(
        "member.promote",
        ("member", "x"),
        0,
        &member("x"),
        chain.time(),
    )
    .sign(&[&founder_key(0)])
    .expect("signs")
    .encode();
    let attacks = [
        ("twice in a block", vec![good.clone(), good.clone()]),
        ("a bad signature", vec![unsigned]),
        ("another encoding", vec![spaced]),
        ("garbage", vec![vec![0xff; 100]]),
        ("oversized", vec![vec![b'{'; 70_000]]),
        ("another chain", vec![other_chain]),
        ("an unknown event type", vec![unknown_type]),
    ];
    for (name, txs) in attacks {
        assert!(rejected(&chain, &txs), "{name}");
        let last = txs.last().expect("a transaction");
        if name != "twice in a block" {
            assert_eq!(check(&chain, last), code::MALFORMED, "{name}");
        }
    }
}

/// Many are opened on every core, and what was opened is kept: neither changes what is said of any.
#[test]
fn in_a_large_block_one_bad_signature_is_found_in_its_place() {
    let chain = Chain::new();
    let good: Vec<Vec<u8>> = (0..200).map(|at| chain.admit(&format!("m-{at}"))).collect();
    let mut bent = good.clone();
    let at = bent[137].len() - 20;
    bent[137][at] = if bent[137][at] == b'A' { b'B' } else { b'A' };
    let judge = |txs: &[Vec<u8>]| {
        let request = ProcessProposalRequest { txs };
        let application = &chain.node.application;
        application.process_proposal(&request).expect("answers")
    };
    // Before anything was seen, and after everything was.
    for _ in 0..2 {
        let Proposal::Reject(why) = judge(&bent) else {
            panic!("a bad signature is accepted");
        };
        assert!(why.starts_with("transaction 137:"), "{why}");
        assert_eq!(judge(&good), Proposal::Accept);
    }
    let proposed = chain
        .node
        .application
        .prepare_proposal(PrepareProposalRequest {
            max_tx_bytes: 4 * 1024 * 1024,
            txs: bent.clone(),
            time: chain.time(),
            local_time: chain.time(),
        });
    bent.remove(137);
    assert_eq!(proposed.expect("proposes"), bent);
}

#[test]
fn one_event_under_other_signatures_is_still_the_same_event() {
    let chain = Chain::new();
    let sign = |keys: &[&SecretKey]| {
        payload(
            "member.admit",
            ("member", "x"),
            0,
            &member("x"),
            chain.time(),
        )
        .sign(keys)
        .expect("signs")
        .encode()
    };
    let keys: Vec<SecretKey> = (0..4).map(founder_key).collect();
    let all = sign(&keys.iter().collect::<Vec<_>>());
    let three = sign(&keys[..3].iter().collect::<Vec<_>>());
    assert_ne!(all, three);
    assert!(rejected(&chain, &[all, three]));
}

#[test]
fn an_event_that_breaks_a_rule_stays_in_the_block_with_its_code() {
    let chain = Chain::new();
    let one = founder_key(0);
    let lone = payload(
        "member.admit",
        ("member", "x"),
        0,
        &member("x"),
        chain.time(),
    )
    .sign(&[&one])
    .expect("signs")
    .encode();
    let before = chain.query("/head", &tree_key("member", "x"), 0).value;
    let (block, _) = chain.decide(vec![lone.clone()]);
    assert_eq!(block.data.expect("data").txs, vec![lone]);
    let result = &results(&chain, 1)[0];
    assert_eq!(
        (result.code, result.codespace.as_str()),
        (code::REFUSED, "member")
    );
    let data: serde_json::Value = serde_json::from_slice(&result.data).expect("JSON");
    assert_eq!(data["code"], "quorum-missing");
    chain.decide(Vec::new());
    assert_eq!(
        chain.query("/head", &tree_key("member", "x"), 0).value,
        before
    );
    let header = chain
        .node
        .snapshot()
        .block_meta(2)
        .expect("reads")
        .expect("there")
        .header;
    let proven = node::comet::results_hash(&results(&chain, 1));
    assert_eq!(
        header.expect("a header").last_results_hash,
        proven,
        "the refusal is proven"
    );
}

#[test]
fn an_event_is_written_once() {
    let chain = Chain::new();
    let event = chain.admit("x");
    chain.decide(vec![event.clone()]);
    chain.decide(vec![event]);
    assert_eq!(results(&chain, 1)[0].code, code::OK);
    let again: serde_json::Value =
        serde_json::from_slice(&results(&chain, 2)[0].data).expect("JSON");
    assert_eq!(again["code"], "wrong-sequence");
}

#[test]
fn an_event_that_is_in_a_block_is_not_taken_again_whoever_sends_it() {
    let chain = Chain::new();
    let (event, other) = (chain.admit("x"), chain.admit("y"));
    assert_eq!(check(&chain, &event), code::OK);
    chain.decide(vec![event.clone()]);
    assert_eq!(check(&chain, &event), code::KNOWN);
    assert_eq!(check(&chain, &other), code::OK);
}

#[test]
fn a_proposal_keeps_the_order_of_arrival() {
    let chain = Chain::new();
    let txs: Vec<Vec<u8>> = ["c", "a", "b"].map(|id| chain.admit(id)).into();
    let (block, _) = chain.decide(txs.clone());
    assert_eq!(block.data.expect("data").txs, txs);
}

/// The event that gives founder-0 one more key, as the event after `seq` others about it.
fn another_key(chain: &Chain, seq: u64) -> Vec<u8> {
    let new = key(&format!("key {seq}"));
    let body = Rekey {
        add: vec![new.public()],
        end: Vec::new(),
        seal_key: None,
    };
    payload(
        "member.rekey",
        ("member", "founder-0"),
        seq,
        &body,
        chain.time(),
    )
    .sign(&[&founder_key(0), &new])
    .expect("signs")
    .encode()
}

/// Gossip may swap two events of one subject on their way to the proposer.
#[test]
fn events_of_one_subject_are_proposed_in_the_order_of_their_numbers() {
    let chain = Chain::new();
    let [first, second, third] = [0, 1, 2].map(|seq| another_key(&chain, seq));
    let (x, y) = (chain.admit("x"), chain.admit("y"));
    let arrived = [&third, &x, &first, &y, &second].map(Clone::clone);
    let (block, _) = chain.decide(arrived.into());
    let proposed = [first, x, second, y, third];
    assert_eq!(block.data.expect("data").txs, proposed);
    assert!(
        results(&chain, 1)
            .iter()
            .all(|result| result.code == code::OK)
    );
}

#[test]
fn an_event_is_found_where_it_was_accepted() {
    let chain = Chain::new();
    let (early, first) = (another_key(&chain, 1), another_key(&chain, 0));
    let found = |event: &[u8]| {
        let snapshot = chain.node.snapshot();
        let place = snapshot.tx_place(&node::comet::tx_hash(event));
        place.expect("reads").map(|place| place.height)
    };
    chain.decide(vec![early.clone()]);
    assert_eq!(found(&early), Some(1), "refused there");
    chain.decide(vec![first.clone(), early.clone()]);
    chain.decide(vec![first.clone(), early.clone()]);
    assert_eq!(results(&chain, 2)[1].code, code::OK);
    assert_eq!((found(&first), found(&early)), (Some(2), Some(2)));
}

/// CometBFT may end between `FinalizeBlock` and `Commit`, and ask for the same block again.
#[test]
fn a_blob_that_an_event_names_waits_no_more_also_where_its_block_is_executed_twice() {
    let folder = tempfile::tempdir().expect("a folder");
    let application = begun(open(&folder.path().join("db")));
    let keep = QueryRequest {
        path: "/blob/keep".into(),
        data: b"sealed".to_vec(),
        height: 0,
        prove: false,
    };
    assert_eq!(application.query(&keep).expect("answers").code, code::OK);
    let waiting = || {
        let snapshot = application.store().snapshot();
        let rows = snapshot.range(Table::WaitingBlobs, &[], &[0xff; 9], 9);
        rows.expect("reads").len()
    };
    assert_eq!(waiting(), 1);
    let hospital = admit_as("hospital", "hospital", GENESIS);
    follow(&application, 1, &[hospital]).expect("admitted");
    let txs = [document("d", b"sealed", GENESIS)];
    let request = FinalizeBlockRequest {
        txs: &txs,
        misbehaviour: &[],
        hash: [1; 32],
        height: 2,
        time: time_at(2),
    };
    for _ in 0..2 {
        let answer = application.finalize_block(&request).expect("executes");
        assert_eq!(answer.tx_results[0].code, code::OK);
    }
    assert_eq!(waiting(), 1, "nothing before the commit");
    application.commit(Changes::default()).expect("commits");
    assert_eq!(waiting(), 0);
}

#[test]
fn an_event_after_its_until_is_refused_and_no_longer_waits() {
    let chain = Chain::new();
    let event = chain.admit("x");
    chain.clock.set(chain.clock.get() + 2 * 3600 * SECOND);
    chain.decide(Vec::new());
    chain.decide(Vec::new());
    assert_eq!(check(&chain, &event), code::MALFORMED);
    let (block, _) = chain.decide(vec![event]);
    assert!(block.data.expect("data").txs.is_empty());
}

#[test]
fn a_block_that_lags_behind_the_clock_carries_no_events() {
    let chain = Chain::new();
    chain.decide(Vec::new());
    let time = chain.time();
    let txs = vec![chain.admit("x")];
    let prepared = |local_time| {
        let request = PrepareProposalRequest {
            max_tx_bytes: 1 << 20,
            txs: txs.clone(),
            time,
            local_time,
        };
        chain
            .node
            .application
            .prepare_proposal(request)
            .expect("answers")
            .len()
    };
    assert_eq!(prepared(time + 30 * SECOND), 1);
    assert_eq!(prepared(time + 30 * SECOND + 1), 0);
    // The clock is never judged by the others: they cannot tell whose is wrong.
    assert!(!rejected(&chain, &txs));
}

#[test]
fn members_are_looked_up_as_of_the_block_before() {
    let chain = Chain::new();
    // One founder replaces its key; in the same block it still counts by the old one.
    let (old, new) = (founder_key(0), key("new key of founder-0"));
    let body = Rekey {
        add: vec![new.public()],
        end: vec![old.public()],
        seal_key: None,
    };
    let rekey = payload(
        "member.rekey",
        ("member", "founder-0"),
        0,
        &body,
        chain.time(),
    )
    .sign(&[&old, &new])
    .expect("signs")
    .encode();
    let three = |id: &str, first: &SecretKey| {
        payload("member.admit", ("member", id), 0, &member(id), chain.time())
            .sign(&[first, &founder_key(1), &founder_key(2)])
            .expect("signs")
            .encode()
    };
    chain.decide(vec![rekey, three("by-old", &old), three("by-new", &new)]);
    let codes: Vec<u32> = results(&chain, 1)
        .iter()
        .map(|result| result.code)
        .collect();
    assert_eq!(codes, [code::OK, code::OK, code::REFUSED]);
    chain.decide(vec![three("by-old-2", &old), three("by-new-2", &new)]);
    let codes: Vec<u32> = results(&chain, 2)
        .iter()
        .map(|result| result.code)
        .collect();
    assert_eq!(codes, [code::REFUSED, code::OK]);
}

#[test]
fn a_block_takes_no_more_than_its_bytes() {
    let chain = Chain::new();
    let txs: Vec<Vec<u8>> = (0..10)
        .map(|i| admit(&format!("m-{i}"), chain.time()))
        .collect();
    let size = txs[0].len();
    let request = PrepareProposalRequest {
        max_tx_bytes: size * 3 + 18,
        txs,
        time: chain.time(),
        local_time: chain.time(),
    };
    assert_eq!(
        chain
            .node
            .application
            .prepare_proposal(request)
            .expect("answers")
            .len(),
        3
    );
}

#[test]
fn state_beyond_the_horizon_is_forgotten_and_the_rest_is_not() {
    let chain = Chain::new();
    for height in 0..1_100 {
        let txs = if height % 20 == 0 {
            vec![chain.admit(&format!("m-{height}"))]
        } else {
            Vec::new()
        };
        chain.decide(txs);
    }
    let key = tree_key("member", "m-0");
    let ask = |height| {
        let request = QueryRequest {
            path: "/head".into(),
            data: key.to_vec(),
            height,
            prove: true,
        };
        chain.node.application.query(&request).expect("answers")
    };
    assert_eq!(ask(99).code, code::NO_SUCH_HEIGHT);
    for height in [100, 101, 500, 1_099] {
        let answer = ask(height);
        assert_eq!((answer.code, answer.height), (code::OK, height));
        assert!(answer.proof.is_some() && !answer.value.is_empty());
    }
}
