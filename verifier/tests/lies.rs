//! Every lie that a node can tell: the right verdict from whoever is honest, and none that is falsely "verified".

mod common;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use common::{
    INVOICE, Lie, Net, PRINTED, TestChain, chain, comet, lie, link, now, verifier, verifier_from,
};
use records::{
    Head, RecordName, State,
    canonical::Value,
    log::{self, LogTree, leaf_hash},
    testing::SECOND,
};
use serde_json::json;
use std::rc::Rc;
use verifier::{
    Question,
    verdict::{Outcome, Verdict},
};

const NODES: [(&str, &str); 3] = [
    ("http://a", "tax"),
    ("http://b", "notary"),
    ("http://c", "regulator"),
];

type Tell = fn() -> Lie;

/// Asks where the first node lies and the others do not.
fn one_liar(chain: &Rc<TestChain>, lie: Lie, question: &Question) -> Verdict {
    let net = Net::at(chain.time() + 3 * SECOND)
        .with("http://a", chain, lie)
        .with("http://b", chain, Lie::None)
        .with("http://c", chain, Lie::None);
    now(verifier(chain, &NODES).check(&net, question))
}

/// Asks where every node tells the same lie.
fn all_lie(chain: &Rc<TestChain>, lie: Tell, question: &Question) -> Verdict {
    let net = Net::at(chain.time() + 3 * SECOND)
        .with("http://a", chain, lie())
        .with("http://b", chain, lie())
        .with("http://c", chain, lie());
    now(verifier(chain, &NODES).check(&net, question))
}

fn bend_value(answer: &mut Value, change: impl Fn(Vec<u8>) -> Vec<u8>) {
    let value = &mut answer["result"]["response"]["value"];
    let bytes = STANDARD
        .decode(value.as_str().unwrap_or_default())
        .expect("base64");
    *value = STANDARD.encode(change(bytes)).into();
}

fn is_query(method: &str, params: &Value, path: &str) -> bool {
    method == "abci_query" && params["path"] == path
}

fn is_about(params: &Value, kind: &str, id: &str) -> bool {
    let key = hex::encode(RecordName::new(kind, id).expect("a name").tree_key());
    params["data"]
        .as_str()
        .is_some_and(|data| data.starts_with(&key))
}

/// Changed state with the old proof.
fn changed_state() -> Lie {
    lie(|method, params, mut answer| {
        if is_query(method, params, "/head") {
            bend_value(&mut answer, |mut head| {
                head.iter_mut().take(1).for_each(|byte| *byte ^= 1);
                head
            });
        }
        answer
    })
}

/// A log without its last entry.
fn hidden_entry() -> Lie {
    lie(|method, params, mut answer| {
        if is_query(method, params, "/log") {
            bend_value(&mut answer, |packed| {
                let entries = log::unpack_entries(&packed).expect("whole");
                log::pack_entries(
                    entries
                        .iter()
                        .take(entries.len().saturating_sub(1))
                        .copied(),
                )
            });
        }
        answer
    })
}

/// A log whose last entry is another one.
fn forged_entry() -> Lie {
    lie(|method, params, mut answer| {
        if is_query(method, params, "/log") {
            bend_value(&mut answer, |packed| {
                let mut entries: Vec<Vec<u8>> = log::unpack_entries(&packed)
                    .expect("whole")
                    .into_iter()
                    .map(Into::into)
                    .collect();
                if let Some(last) = entries.last_mut().and_then(|entry| entry.last_mut()) {
                    *last ^= 1;
                }
                log::pack_entries(entries.iter().map(Vec::as_slice))
            });
        }
        answer
    })
}

/// The state as it was a block earlier, with its own true proof: proofs of two heights in one verdict.
fn other_height() -> Lie {
    let earlier = Rc::new(chain());
    lie(move |method, params, mut answer| {
        if is_query(method, params, "/head") {
            let key = hex::decode(params["data"].as_str().expect("hex")).expect("hex");
            let (value, proof) = earlier.prove(&key, 1);
            let response = &mut answer["result"]["response"];
            response["height"] = "1".into();
            response["value"] = STANDARD.encode(value).into();
            response["proofOps"]["ops"][0]["data"] = STANDARD.encode(proof).into();
        }
        answer
    })
}

/// The same, but it says that it is the height asked for.
fn other_height_denied() -> Lie {
    let earlier = Rc::new(chain());
    lie(move |method, params, mut answer| {
        if is_query(method, params, "/head") {
            let key = hex::decode(params["data"].as_str().expect("hex")).expect("hex");
            let (value, proof) = earlier.prove(&key, 1);
            let response = &mut answer["result"]["response"];
            response["value"] = STANDARD.encode(value).into();
            response["proofOps"]["ops"][0]["data"] = STANDARD.encode(proof).into();
        }
        answer
    })
}

/// A true answer about another record.
fn other_record() -> Lie {
    let chain = Rc::new(chain());
    lie(move |method, params, mut answer| {
        if is_query(method, params, "/head") {
            let key = RecordName::new("quota", "nobody")
                .expect("a name")
                .tree_key();
            let (_, proof) = chain.prove(&key, 2);
            let response = &mut answer["result"]["response"];
            response["value"] = "".into();
            response["proofOps"]["ops"][0]["data"] = STANDARD.encode(proof).into();
        }
        answer
    })
}

/// A header signed by validators of its own, under the chain's name.
fn forged_header() -> Lie {
    let forged = {
        let mut seats = chain().seats;
        for (index, seat) in seats.iter_mut().enumerate() {
            seat.key = records::testing::key(&format!("forger {index}"));
        }
        seats
    };
    lie(move |method, params, answer| {
        let height: u64 = params["height"]
            .as_str()
            .map_or(0, |height| height.parse().expect("a height"));
        let result = match method {
            "commit" if height > 1 => {
                let mut header = chain().header(height).clone();
                header.validators_hash = comet::set(&forged).hash();
                header.app_hash = vec![9; 32];
                comet::commit_json(&header, &forged, |_| true)
            }
            "validators" if height > 1 => comet::validators_json(height, &forged),
            _ => return answer,
        };
        json!({ "jsonrpc": "2.0", "id": answer["id"], "result": result })
    })
}

/// The true header with another state, and the true commit beside it.
fn bent_header() -> Lie {
    lie(|method, params, mut answer| {
        if method == "commit" && params["height"] != "1" {
            answer["result"]["signed_header"]["header"]["app_hash"] = "09".repeat(32).into();
        }
        answer
    })
}

/// A commit that only a minority signed.
fn minority() -> Lie {
    let chain = chain();
    lie(move |method, params, answer| {
        if method != "commit" || params["height"] == "1" {
            return answer;
        }
        let height = params["height"]
            .as_str()
            .expect("set")
            .parse()
            .expect("a height");
        let result = comet::commit_json(chain.header(height), &chain.seats, |index| index < 2);
        json!({ "jsonrpc": "2.0", "id": answer["id"], "result": result })
    })
}

fn other_chain() -> Lie {
    lie(|method, _, mut answer| {
        match method {
            "status" => answer["result"]["node_info"]["network"] = "dev-other-1111".into(),
            "commit" => {
                answer["result"]["signed_header"]["header"]["chain_id"] = "dev-other-1111".into()
            }
            _ => {}
        }
        answer
    })
}

/// Another chain that only its headers betray.
fn other_chain_denied() -> Lie {
    lie(|method, _, mut answer| {
        if method == "commit" {
            answer["result"]["signed_header"]["header"]["chain_id"] = "dev-other-1111".into();
        }
        answer
    })
}

fn from_the_future() -> Lie {
    lie(|method, params, mut answer| {
        if method == "commit" && params["height"] != "1" {
            answer["result"]["signed_header"]["header"]["time"] = "2199-01-01T00:00:00Z".into();
        }
        answer
    })
}

fn boasts_of_height() -> Lie {
    lie(|method, _, mut answer| {
        if method == "status" {
            answer["result"]["sync_info"]["latest_block_height"] = "9223372036854775806".into();
        }
        answer
    })
}

fn cut() -> Lie {
    Lie::Cut
}

fn endless() -> Lie {
    Lie::Endless
}

fn not_json() -> Lie {
    Lie::Garbage(b"<html>502 Bad Gateway</html>".to_vec())
}

fn deep_json() -> Lie {
    Lie::Garbage(b"[".repeat(100_000))
}

fn empty() -> Lie {
    Lie::Garbage(Vec::new())
}

fn no_numbers() -> Lie {
    Lie::Garbage(br#"[{"jsonrpc":"2.0","id":0,"result":{}}]"#.to_vec())
}

const LIES: [(&str, Tell, &str); 20] = [
    ("changed state with the old proof", changed_state, "refuted"),
    ("hidden log entry", hidden_entry, "refuted"),
    ("forged log entry", forged_entry, "refuted"),
    ("proof of another height", other_height, "refuted"),
    (
        "proof of another height, denied",
        other_height_denied,
        "refuted",
    ),
    ("answer about another record", other_record, "refuted"),
    ("forged header", forged_header, "refuted"),
    ("bent header", bent_header, "refuted"),
    ("minority commit", minority, "refuted"),
    ("other chain", other_chain, "wrong-chain"),
    ("other chain, denied", other_chain_denied, "refuted"),
    ("header from the future", from_the_future, "refuted"),
    ("boasts of height", boasts_of_height, "agrees"),
    ("older header", || Lie::Older(2), "behind"),
    ("cut connection", cut, "unreachable"),
    ("endless answer", endless, "unreachable"),
    ("no JSON", not_json, "garbage"),
    ("JSON without end", deep_json, "garbage"),
    ("nothing", empty, "garbage"),
    ("answers to other questions", no_numbers, "garbage"),
];

#[test]
fn one_lying_node_changes_no_verdict_and_is_named() {
    let chain = Rc::new(chain());
    for (name, tell, state) in LIES {
        for (text, outcome) in [
            (link(), Outcome::Verified),
            (PRINTED.replace("356.60", "956.60"), Outcome::Rejected),
            (PRINTED.replace("26105568", "26105569"), Outcome::Absent),
        ] {
            let verdict = one_liar(&chain, tell(), &Question::text(&text));
            assert_eq!(verdict.outcome, outcome, "{name}: {verdict:#?}");
            // Only a question that the lie concerns brings it to light.
            if outcome == Outcome::Verified {
                assert_eq!(
                    verdict.nodes[0].state, state,
                    "{name}: {:#?}",
                    verdict.nodes
                );
            }
        }
    }
}

#[test]
fn where_every_node_lies_nothing_is_established_and_nothing_called_forged() {
    let chain = Rc::new(chain());
    for (name, tell, _) in LIES {
        if name == "older header" || name == "boasts of height" {
            continue;
        }
        for text in [link(), PRINTED.replace("356.60", "956.60")] {
            let verdict = all_lie(&chain, tell, &Question::text(&text));
            assert_eq!(
                verdict.outcome,
                Outcome::NotEstablished,
                "{name}: {verdict:#?}"
            );
        }
    }
}

#[test]
fn where_every_node_hides_the_newest_blocks_age_tells() {
    let chain = Rc::new(chain());
    let net = Net::at(chain.time() + 200 * SECOND)
        .with("http://a", &chain, Lie::Older(3))
        .with("http://b", &chain, Lie::Older(3))
        .with("http://c", &chain, Lie::Older(3));
    let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&link())));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "life-cycle-stale")
    );
}

#[test]
fn one_node_alone_is_not_believed_and_neither_are_two_of_one_member() {
    let chain = Rc::new(chain());
    for nodes in [
        &[("http://a", "tax")][..],
        &[("http://a", "tax"), ("http://b", "tax")][..],
    ] {
        let net = Net::at(chain.time())
            .with("http://a", &chain, Lie::None)
            .with("http://b", &chain, Lie::None);
        let verdict = now(verifier(&chain, nodes).check(&net, &Question::text(&link())));
        assert_eq!(
            (verdict.outcome, verdict.headline.as_str()),
            (Outcome::NotEstablished, "no-other-node")
        );
    }
    let net = Net::at(chain.time()).with("http://a", &chain, Lie::None);
    let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&link())));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "other-nodes-silent")
    );
}

#[test]
fn two_signed_headers_of_one_height_stop_everything() {
    let chain = Rc::new(chain());
    // The same seats sign a second chain from the second block on.
    let forked = lie(|method, params, answer| {
        if method != "commit" || params["height"] == "1" {
            return answer;
        }
        let chain = common::chain();
        let height = params["height"]
            .as_str()
            .expect("set")
            .parse()
            .expect("a height");
        let mut header = chain.header(height).clone();
        header.app_hash = vec![9; 32];
        let result = comet::commit_json(&header, &chain.seats, |_| true);
        json!({ "jsonrpc": "2.0", "id": answer["id"], "result": result })
    });
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, forked)
        .with("http://c", &chain, Lie::None);
    let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&link())));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "chain-forked"),
        "{verdict:#?}"
    );
}

#[test]
fn a_header_that_a_node_cannot_prove_is_no_fork_where_a_third_agrees() {
    let chain = Rc::new(chain());
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, bent_header())
        .with("http://c", &chain, Lie::None);
    let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&link())));
    assert_eq!(verdict.outcome, Outcome::Verified);
    assert_eq!(verdict.nodes[1].state, "disagrees");
}

/// The validators themselves sign a state that does not follow from the log.
#[test]
fn a_signed_state_that_the_log_does_not_give_is_rejected() {
    let mut chain = chain();
    let name = RecordName::new("invoice", INVOICE).expect("a name");
    let honest = chain.ledger.log("invoice", INVOICE).to_vec();
    let mut tree = LogTree::new();
    honest
        .iter()
        .for_each(|entry| drop(tree.append(leaf_hash(entry))));
    let mut data: Value = chain.ledger.data("invoice", INVOICE);
    data["status"] = "closed".into();
    let state = State { data, seq: 1 }.encode().expect("encodes");
    chain.corrupt(&name, Head::new(&state, &tree), honest);
    chain.empty();
    let chain = Rc::new(chain);
    let verdict = one_liar(&chain, Lie::None, &Question::text(&link()));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "history-breaks-rules")
    );
}

/// They sign a log that begins after the invoice's issue.
#[test]
fn a_signed_log_that_lacks_its_beginning_is_rejected() {
    let mut chain = chain();
    let name = RecordName::new("invoice", INVOICE).expect("a name");
    let lock = records::kinds::invoice::Lock {
        by: "firm".into(),
        claim: "1".into(),
    };
    chain.submit(
        "invoice.lock",
        ("invoice", INVOICE),
        common::json(&lock),
        &[&records::testing::key("firm")],
    );
    let cut = vec![chain.ledger.log("invoice", INVOICE)[1].clone()];
    let mut tree = LogTree::new();
    cut.iter()
        .for_each(|entry| drop(tree.append(leaf_hash(entry))));
    let state = State {
        data: chain.ledger.data("invoice", INVOICE),
        seq: 2,
    }
    .encode()
    .expect("encodes");
    chain.corrupt(&name, Head::new(&state, &tree), cut);
    chain.empty();
    let chain = Rc::new(chain);
    let verdict = one_liar(&chain, Lie::None, &Question::text(&link()));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "history-breaks-rules")
    );
}

#[test]
fn a_checkpoint_that_the_nodes_do_not_hold_starts_no_trust() {
    let chain = Rc::new(chain());
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, Lie::None);
    let mut verifier = verifier_from(&chain, 1, &NODES, |chain| {
        chain["checkpoint"]["hash"] = "00".repeat(32).into();
    });
    let verdict = now(verifier.check(&net, &Question::text(&link())));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "checkpoint-not-given")
    );
}

#[test]
fn a_node_that_lied_about_one_record_only_is_caught_on_that_record() {
    let chain = Rc::new(chain());
    let about_the_consortium = || {
        lie(|method, params, mut answer| {
            if is_query(method, params, "/log") && is_about(params, "member", "shop") {
                bend_value(&mut answer, |mut packed| {
                    packed.pop();
                    packed
                });
            }
            answer
        })
    };
    let verdict = one_liar(&chain, about_the_consortium(), &Question::text(&link()));
    assert_eq!(verdict.outcome, Outcome::Verified);
    let verdict = all_lie(&chain, about_the_consortium, &Question::text(&link()));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "history-not-given")
    );
}
