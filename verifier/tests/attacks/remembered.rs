//! What a node was found to be stays known for as long as the program runs, or for as long as it is due.

use crate::{
    ask::NODES,
    common::{self, Lie, Net, TestChain, chain, comet, lie, link, now, verifier},
    tells::{boasts_of_height, forged_entry, forged_header, slow, unproven_header},
};
use records::testing::SECOND;
use serde_json::json;
use std::rc::Rc;
use verifier::{Question, verdict::Outcome};

/// Three nodes, of which the one of this address lies.
fn net(chain: &Rc<TestChain>, liar: &str, tell: impl Fn() -> Lie) -> Net {
    NODES.iter().fold(Net::at(chain.time()), |net, (url, _)| {
        let lie = if *url == liar { tell() } else { Lie::None };
        net.with(url, chain, lie)
    })
}

/// How often a node was asked for more than its newest height.
fn asked(net: &Net, node: &str) -> usize {
    let requests = net.requests.borrow();
    let of_node = requests.iter().filter(|(url, _)| url == node);
    of_node.filter(|(_, methods)| methods != "status").count()
}

#[test]
fn a_node_that_was_proven_wrong_is_asked_no_more_until_trust_begins_anew() {
    let chain = Rc::new(chain());
    let net = net(&chain, "http://a", forged_header);
    let (mut verifier, question) = (verifier(&chain, &NODES), Question::text(&link()));
    let mut costs = Vec::new();
    for round in 0..3 {
        if round == 2 {
            let hash = hex::encode(chain.header(2).hash());
            now(verifier.establish(&net, 2, &hash)).expect("the others hold it");
        }
        let before = asked(&net, "http://a");
        let verdict = now(verifier.check(&net, &question));
        assert_eq!(verdict.outcome, Outcome::Verified);
        assert_eq!(verdict.nodes[0].state, "refuted", "and is named each time");
        costs.push(asked(&net, "http://a") - before);
    }
    assert!(costs[0] > 0 && costs[1] == 0 && costs[2] > 0, "{costs:?}");
}

/// The same, and a node that has no validators to judge it by.
fn lost() -> Lie {
    lie(|method, params, answer| {
        if !matches!(method, "commit" | "validators") || params["height"] == "1" {
            return answer;
        }
        if method == "validators" {
            let error = json!({ "code": -32603, "message": "Internal error", "data": "gone" });
            return json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error });
        }
        let chain = common::chain();
        let height = params["height"].as_str().expect("set").parse();
        let mut header = chain.header(height.expect("a height")).clone();
        header.validators_hash = [9; 32];
        let result = comet::commit_json(&header, &chain.seats, |_| true);
        json!({ "jsonrpc": "2.0", "id": answer["id"], "result": result })
    })
}

#[test]
fn a_header_that_a_node_could_not_prove_is_not_judged_anew_at_every_look() {
    // What was proven wrong stays so; what is missing may be there later.
    for (tell, later) in [(unproven_header as fn() -> Lie, false), (lost, true)] {
        let chain = Rc::new(chain());
        let net = net(&chain, "http://c", tell);
        let mut verifier = verifier(&chain, &NODES);
        let mut look = |minutes: i64| {
            net.now.set(net.now.get() + minutes * 60 * SECOND);
            let before = asked(&net, "http://c");
            let look = now(verifier.look(&net, &[]));
            assert_eq!(look.nodes[2].state, "disagrees");
            asked(&net, "http://c") - before
        };
        assert!(look(0) > 0);
        assert_eq!(look(0), 0, "it rests");
        assert_eq!(look(9), 0);
        assert_eq!(look(2) > 0, later, "and is heard again");
    }
}

/// Whose block is asked for first once the chain has grown twice, where one node lies.
fn leader(liar: &str, tell: fn() -> Lie) -> String {
    let net = net(&Rc::new(chain()), liar, tell);
    let mut verifier = verifier(&chain(), &NODES);
    let mut before = 0;
    for blocks in 0..3 {
        let mut longer = chain();
        (0..blocks).for_each(|_| longer.empty());
        net.now.set(longer.time());
        net.turn(&Rc::new(longer));
        before = net.requests.borrow().len();
        now(verifier.look(&net, &[])).anchor.expect("a header");
    }
    let requests = net.requests.borrow();
    let mut later = requests.iter().skip(before);
    let first = later.find(|(_, methods)| methods != "status");
    first.expect("a block is asked for").0.clone()
}

#[test]
fn nobody_leads_for_a_height_that_it_claims_nor_after_it_failed() {
    assert_eq!(leader("http://c", boasts_of_height), "http://a");
    assert_eq!(leader("http://a", slow), "http://b");
}

/// How often the first node was asked for proofs and logs in each of these questions, so many minutes after the one before.
fn proofs_of_first(net: &Net, minutes: [i64; 4]) -> [usize; 4] {
    let proofs = || {
        let calls = net.calls.borrow();
        let of_first =
            |call: &&(String, String)| **call == ("http://a".into(), "abci_query".into());
        calls.iter().filter(of_first).count()
    };
    let mut visitor = verifier(&chain(), &NODES);
    minutes.map(|minutes| {
        net.now.set(net.now.get() + minutes * 60 * SECOND);
        let before = proofs();
        let verdict = now(visitor.check(net, &Question::text(&link())));
        assert_eq!(verdict.history.len(), 1, "by one or another");
        if minutes == 3 {
            let hash = hex::encode(chain().header(2).hash());
            now(visitor.establish(net, 2, &hash)).expect("all hold it");
        }
        proofs() - before
    })
}

#[test]
fn who_was_slow_or_wrong_with_proofs_is_asked_for_them_last_for_ten_minutes() {
    let chain = Rc::new(chain());
    let slow = || net(&chain, "", || Lie::None).slow("http://a", 9_000);
    let wrong = || net(&chain, "http://a", forged_entry);
    for net in [slow(), wrong()] {
        let asked = proofs_of_first(&net, [0, 0, 9, 2]);
        assert!(asked[0] > 0 && asked[3] > 0, "{asked:?}");
        assert_eq!(asked[1..3], [0; 2], "whether it holds the header or not");
    }
    // Where trust begins anew, so does this.
    let asked = proofs_of_first(&wrong(), [0, 3, 0, 0]);
    assert!(asked[0] > 0 && asked[2] > 0, "{asked:?}");
    assert_eq!([asked[1], asked[3]], [0; 2]);
}
