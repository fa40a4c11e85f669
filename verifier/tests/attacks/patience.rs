//! Nodes that take what they may of a visitor's time, again and again.

use crate::{
    ask::NODES,
    common::{self, Lie, Net, PRINTED, TestChain, chain, lie, link, now, verifier},
    tells::{bend_value, is_about, is_query},
    times::width,
};
use records::{
    kinds::quota::Grant,
    log,
    testing::{SECOND, key},
};
use serde_json::{Value, json};
use std::rc::Rc;
use verifier::{
    Question,
    verdict::{Check, CheckId, Outcome, Verdict},
};

/// A header with validators of its own, so many that no two answers hold them, of which `page` makes the pages.
fn many_votes(votes: usize, page: fn(&mut Value)) -> Lie {
    lie(move |method, params, mut answer| {
        if params["height"] == "1" {
            return answer;
        }
        if method == "commit" {
            let absent = json!({ "block_id_flag": 1, "validator_address": "", "timestamp": "0001-01-01T00:00:00Z", "signature": null });
            let signed = &mut answer["result"]["signed_header"];
            signed["header"]["validators_hash"] = "07".repeat(32).into();
            signed["commit"]["signatures"] = vec![absent; votes].into();
        }
        if method == "validators" {
            answer["result"]["total"] = votes.to_string().into();
            page(&mut answer["result"]);
        }
        answer
    })
}

/// The verdict on the invoice where the first of three nodes does this, and what was asked meanwhile.
fn beside(chain: &Rc<TestChain>, liar: Lie, millis: u32) -> (Verdict, Net) {
    asked(chain, liar, millis, &Question::text(&link()))
}

fn asked(chain: &Rc<TestChain>, liar: Lie, millis: u32, question: &Question) -> (Verdict, Net) {
    let net = Net::at(chain.time() + SECOND)
        .with("http://a", chain, liar)
        .with("http://b", chain, Lie::None)
        .with("http://c", chain, Lie::None)
        .slow("http://a", millis);
    let verdict = now(verifier(chain, &NODES).check(&net, question));
    (verdict, net)
}

/// Why the first check of this kind ended as it did.
fn reason(verdict: &Verdict, id: CheckId) -> &str {
    let check = verdict.checks.iter().find(|check| check.id == id);
    &check.expect("it was reached").reason
}

#[test]
fn nobody_is_led_to_fetch_more_validators_than_a_chain_may_have() {
    let (verdict, net) = beside(&Rc::new(chain()), many_votes(10_001, |_| {}), 0);
    assert_eq!(verdict.headline, "invoice-unchanged-unclaimed");
    assert_eq!(verdict.nodes[0].state, "garbage", "{:#?}", verdict.nodes);
    assert_eq!(net.count("validators"), 1, "the checkpoint's");
}

#[test]
fn the_pages_of_a_set_together_take_as_long_as_one_answer() {
    let chain = Rc::new(chain());
    let (verdict, net) = beside(&chain, many_votes(10_000, |_| {}), 7_000);
    assert_eq!(verdict.headline, "invoice-unchanged-unclaimed");
    assert_eq!(verdict.nodes[0].state, "disagrees");
    let took = (net.now.get() - chain.time()) / SECOND;
    // When it leads and when its header is disputed: the commit, the first page, and all others. Six short answers beside.
    assert!(took < 2 * (7 + 7 + 15) + 6 * 7, "{took}");
}

#[test]
fn a_page_of_validators_weighs_no_more_than_a_hundred_keys_may() {
    let padded = |page: &mut Value| page["padding"] = "0".repeat(600 * 1024).into();
    let (verdict, net) = beside(&Rc::new(chain()), many_votes(300, padded), 0);
    assert_eq!(verdict.headline, "invoice-unchanged-unclaimed");
    assert_eq!(verdict.nodes[0].state, "disagrees");
    // The checkpoint's, and a page when it leads and when its header is disputed.
    assert_eq!(net.count("validators"), 3);
}

/// A long log in stretches of nine entries, as long as they may be and none of them true.
fn long_entries() -> Lie {
    lie(|method, params, mut answer| {
        if is_query(method, params, "/log") && is_about(params, "quota", "shop") {
            let entry = [0; 30_000];
            bend_value(&mut answer, |_| log::pack_entries([&entry[..]; 9]));
        }
        answer
    })
}

fn grant(chain: &mut TestChain) {
    let body = common::json(&Grant {
        by: "tax".into(),
        count: 1,
    });
    chain.submit("quota.grant", ("quota", "shop"), body, &[&key("tax")]);
}

/// A chain with a long log: that of the issuer's quota.
fn granted_often() -> Rc<TestChain> {
    let mut chain = chain();
    (0..120).for_each(|_| grant(&mut chain));
    Rc::new(chain)
}

/// One whose log has so many wide intervals: each ends with a block of its own.
fn granted_now_and_then(times: usize) -> Rc<TestChain> {
    let mut chain = chain();
    for _ in 0..times {
        grant(&mut chain);
        chain.empty();
        chain.ledger.time += 100 * SECOND;
    }
    chain.empty();
    Rc::new(chain)
}

#[test]
fn a_node_that_is_just_in_time_with_everything_is_left_for_another() {
    let chain = granted_often();
    let question = Question::record("quota", "shop", None).expect("a name");
    let (verdict, net) = asked(&chain, long_entries(), 14_000, &question);
    assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
    let took = (net.now.get() - chain.time()) / SECOND;
    // The checkpoint, the newest header, and the first proof.
    assert!(took <= 14 + 14 + 14 + 1, "{took}");
    assert_eq!(verdict.nodes[0].state, "agrees");
}

#[test]
fn dates_of_events_take_no_more_of_a_nodes_time_than_proofs() {
    let chain = granted_now_and_then(50);
    // The others hold the header, and no state.
    let stateless = || {
        lie(|method, _, answer| match method {
            "abci_query" => {
                let error = json!({ "code": -32603, "message": "Internal error", "data": "gone" });
                json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error })
            }
            _ => answer,
        })
    };
    let net = Net::at(chain.time() + SECOND)
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, stateless())
        .with("http://c", &chain, stateless())
        .slow("http://a", 10_000);
    let question = Question::record("quota", "shop", None).expect("a name");
    let verdict = now(verifier(&chain, &NODES).check(&net, &question));
    assert_eq!(
        reason(&verdict, CheckId::HistoryReplayed),
        "history-replayed"
    );
    let dated = verdict
        .history
        .iter()
        .skip(2)
        .filter(|entry| width(entry) == 5);
    assert_eq!(dated.count(), 0, "it was not in time");
    let took = (net.now.get() - chain.time()) / SECOND;
    // The checkpoint, the newest header, and two minutes for all else.
    assert!(took <= 10 + 10 + 120 + 1, "{took}");
    assert_eq!(verdict.nodes[0].reason, "timed-out");
}

#[test]
fn headers_that_date_events_weigh_no_more_together_than_one_answer_may() {
    let chain = granted_now_and_then(50);
    let padded = lie(|method, _, mut answer| {
        if method == "header" {
            answer["result"]["padding"] = "0".repeat(700 * 1024).into();
        }
        answer
    });
    let question = Question::record("quota", "shop", None).expect("a name");
    let (verdict, net) = asked(&chain, padded, 0, &question);
    assert_eq!(verdict.outcome, Outcome::Verified);
    assert!(
        verdict
            .history
            .iter()
            .skip(2)
            .all(|entry| width(entry) == 5)
    );
    assert_eq!(verdict.nodes[0].reason, "too-long");
    let calls = net.calls.borrow();
    let liars = calls
        .iter()
        .filter(|call| **call == ("http://a".into(), "header".into()));
    assert_eq!(
        liars.count(),
        15,
        "five in a batch, and the third is too much"
    );
}

#[test]
fn proofs_that_took_too_long_prove_nothing_that_can_still_change() {
    let chain = Rc::new(chain());
    let absent = PRINTED.replace("26105568", "26105569");
    for (text, sure, stale) in [
        (&link(), "invoice-unchanged-unclaimed", "life-cycle-stale"),
        (&absent, "record-absent", "absence-stale"),
    ] {
        // The header's age, and what each answer of the first node takes.
        for (age, seconds, is_old) in [
            (0, 2, false),
            (120, 0, false),
            (121, 0, true),
            (100, 8, true),
        ] {
            let net = Net::at(chain.time() + age * SECOND);
            let net = NODES
                .iter()
                .fold(net, |net, (url, _)| net.with(url, &chain, Lie::None));
            let net = net.slow("http://a", seconds * 1_000);
            let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(text)));
            assert_eq!(verdict.headline, if is_old { stale } else { sure });
            let fresh = if is_old {
                "header-stale"
            } else {
                "header-fresh"
            };
            assert_eq!(reason(&verdict, CheckId::HeaderFresh), fresh);
            let told = verdict.anchor.expect("a header").age_seconds.to_string();
            let of_age = |check: &&Check| check.id == CheckId::HeaderFresh;
            let ages = verdict.checks.iter().filter(of_age);
            let ages = ages.map(|check| check.facts[&"age_seconds".to_owned()].clone());
            assert_eq!(ages.collect::<Vec<_>>(), [told], "one age is told");
        }
    }
}

#[test]
fn where_every_node_is_like_that_the_question_ends_without_an_answer() {
    let chain = granted_often();
    let net = NODES
        .iter()
        .fold(Net::at(chain.time() + SECOND), |net, (url, _)| {
            net.with(url, &chain, long_entries()).slow(url, 14_000)
        });
    let question = Question::record("quota", "shop", None).expect("a name");
    let verdict = now(verifier(&chain, &NODES).check(&net, &question));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "history-not-given")
    );
    let took = (net.now.get() - chain.time()) / SECOND;
    assert!(took < 3 * 120 + 120, "{took}");
}
