//! What became of an event that was sent is proven, not told.

use crate::{
    ask::{NODES, Tell},
    common::{self, INVOICE, Lie, Net, TestChain, chain, lie, now, verifier},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use litemap::LiteMap;
use records::{
    kinds::invoice::Lock,
    testing::{SECOND, key},
};
use serde_json::{Value, json};
use std::{cell::Cell, rc::Rc};
use verifier::{News, Sending, Unsent, Verifier, Written};

fn claim(claim: &str) -> records::canonical::Value {
    common::json(&Lock {
        buyer: None,
        by: "firm".into(),
        claim: claim.into(),
    })
}

/// The firm locks the invoice for a claim, within ten minutes.
pub fn lock(chain: &TestChain, number: &str) -> Vec<u8> {
    let subject = ("invoice", INVOICE);
    let mut payload = chain.ledger.payload("invoice.lock", subject, claim(number));
    payload.until = chain.time() + 600 * SECOND;
    payload.sign(&[&key("firm")]).expect("encodes").encode()
}

/// An invoice that the firm has locked, so that every other claim is refused.
fn locked() -> TestChain {
    let mut chain = chain();
    let subject = ("invoice", INVOICE);
    chain.submit("invoice.lock", subject, claim("1"), &[&key("firm")]);
    chain.empty();
    chain
}

/// The same with a transaction in block 6, which is refused, and empty blocks after it.
fn refused(tx: &[u8], blocks: u64) -> TestChain {
    let mut chain = locked();
    assert_eq!(chain.block(tx).code, 1, "refused");
    (0..blocks).for_each(|_| chain.empty());
    chain
}

/// The same with empty blocks alone, until long after an event could be written.
fn without() -> TestChain {
    let mut chain = locked();
    (0..130).for_each(|_| chain.empty());
    chain
}

type Chains = fn(&[u8]) -> Vec<TestChain>;

/// Sends a second claim where every node tells this lie, and the chain goes on so.
fn send(tell: fn() -> Lie, grow: Chains) -> (Verifier, Net, Result<Written, Unsent>) {
    let chain = Rc::new(locked());
    let mut net = Net::at(chain.time() + 900 * SECOND).growing(grow);
    for (url, _) in NODES {
        net = net.with(url, &chain, tell());
    }
    let mut verifier = verifier(&chain, &NODES);
    let result = now(verifier.send(&net, &lock(&chain, "2"), None));
    (verifier, net, result)
}

fn reason(result: Result<Written, Unsent>) -> (String, LiteMap<String, String>) {
    let unsent = result.expect_err("not written");
    (unsent.reason, unsent.facts)
}

#[test]
fn a_refusal_is_proven_by_the_header_after_the_block() {
    let (_, _, result) = send(|| Lie::None, |tx| vec![refused(tx, 2)]);
    let (code, facts) = reason(result);
    assert_eq!(
        (code.as_str(), facts[&"height".to_owned()].as_str()),
        ("already-claimed", "6")
    );
    assert!(!facts.contains_key("said_by"), "{facts:?}");
}

#[test]
fn an_outcome_waits_for_the_header_that_commits_to_it() {
    let (_, net, result) = send(
        || Lie::None,
        |tx| vec![refused(tx, 0), refused(tx, 0), refused(tx, 1)],
    );
    assert_eq!(reason(result).0, "already-claimed");
    assert!(net.count("tx") > 1, "asked again");
    assert_eq!(net.count("block_results"), 1, "and not before the header");
}

/// A node's own story about a transaction: which answer, and what it makes of it.
fn story(method: &'static str, change: impl Fn(&Value, &mut Value) + 'static) -> Lie {
    lie(move |asked, params, mut answer| {
        if asked == method {
            change(params, &mut answer);
        }
        answer
    })
}

/// Another reason than the one that the block's result gives.
fn other_reason() -> Lie {
    story("block_results", |_, answer| {
        let data = STANDARD.encode(br#"{"code":"invoice-void"}"#);
        answer["result"]["txs_results"][0]["data"] = data.into();
    })
}

/// An acceptance in the place of a refusal.
fn accepted() -> Lie {
    story("block_results", |_, answer| {
        answer["result"]["txs_results"][0]["code"] = 0.into();
    })
}

/// A second result beside the true one, for a transaction that is not in the block.
fn one_more_result() -> Lie {
    story("block_results", |_, answer| {
        let results = answer["result"]["txs_results"]
            .as_array_mut()
            .expect("results");
        let first = results[0].clone();
        results.push(first);
    })
}

/// True results, and proof, of another height.
fn other_block() -> Lie {
    story("tx", |_, answer| answer["result"]["height"] = "4".into())
}

/// A refused transaction of somebody else.
fn other_tx() -> Lie {
    story("tx", |_, answer| {
        let tx = answer["result"]["tx"].as_str().unwrap_or_default();
        let mut bytes = STANDARD.decode(tx).expect("base64");
        bytes.push(b' ');
        answer["result"]["tx"] = STANDARD.encode(bytes).into();
    })
}

#[test]
fn a_story_about_an_outcome_is_not_believed_even_where_every_node_tells_it() {
    let stories: [(&str, Tell); 5] = [
        ("other reason", other_reason),
        ("accepted", accepted),
        ("one more result", one_more_result),
        ("other block", other_block),
        ("other transaction", other_tx),
    ];
    for (name, tell) in stories {
        let (_, _, result) = send(tell, |tx| vec![refused(tx, 2), refused(tx, 140)]);
        assert_eq!(reason(result).0, "not-written", "{name}");
    }
}

#[test]
fn a_refusal_that_never_was_in_a_block_is_not_believed() {
    // What is true of the firm's first claim in block 4, told of the second.
    let (_, _, result) = send(
        || {
            lie(|method, params, answer| {
                if method != "tx" {
                    return answer;
                }
                let asked = STANDARD.decode(params["hash"].as_str().expect("set"));
                let chain = locked();
                let (tx, _) = &chain.blocks[3][0];
                let hash = light_client::sha256(&[tx]);
                let mut result = common::comet::tx_json(&chain.blocks, &hash).expect("there");
                result["hash"] = hex::encode_upper(asked.expect("base64")).into();
                result["tx_result"]["code"] = 1.into();
                json!({ "jsonrpc": "2.0", "id": answer["id"], "result": result })
            })
        },
        |_| vec![without()],
    );
    assert_eq!(reason(result).0, "not-written");
}

#[test]
fn where_one_node_lies_about_an_outcome_the_next_proves_it() {
    for tell in [other_reason, accepted, other_block, other_tx] {
        let chain = Rc::new(locked());
        let net = Net::at(chain.time() + 900 * SECOND)
            .growing(|tx| vec![refused(tx, 2)])
            .with("http://a", &chain, tell())
            .with("http://b", &chain, Lie::None)
            .with("http://c", &chain, Lie::None);
        let result = now(verifier(&chain, &NODES).send(&net, &lock(&chain, "2"), None));
        assert_eq!(reason(result).0, "already-claimed");
    }
}

#[test]
fn a_node_that_refuses_to_take_an_event_proves_nothing() {
    let tell = || {
        story("broadcast_tx_sync", |_, answer| {
            let log = r#"{"code":"already-claimed","law":"a law","detail":{"height":"6"}}"#;
            answer["result"] = json!({ "code": 1, "log": log });
        })
    };
    let (_, _, result) = send(tell, |_| vec![without()]);
    let (code, facts) = reason(result);
    assert_eq!(
        (code.as_str(), facts[&"said_by".to_owned()].as_str()),
        ("already-claimed", "http://c")
    );
    assert_eq!(
        facts[&"law".to_owned()],
        "财会〔2020〕6号 第三条",
        "laws are looked up here, whatever a node says"
    );
    assert!(!facts.contains_key("height"), "no block is proven");
}

/// What a second claim ends with where every node refuses it, and says this.
fn refused_saying(log: &str) -> (String, LiteMap<String, String>) {
    let chain = Rc::new(locked());
    let net = NODES
        .iter()
        .fold(Net::at(chain.time() + SECOND), |net, (url, _)| {
            let log = log.to_owned();
            let refuses = story("broadcast_tx_sync", move |_, answer| {
                answer["result"] = json!({ "code": 1, "log": log });
            });
            net.with(url, &chain, refuses)
        });
    reason(now(verifier(&chain, &NODES).send(
        &net,
        &lock(&chain, "2"),
        None,
    )))
}

/// *Attack: a node says of an event that the chain has forked, or that it was proven not to be written.*
#[test]
fn what_this_program_finds_out_no_node_says_of_an_event() {
    let found_out = verifier::REASONS.iter().map(|reason| reason.code);
    let rules = ["invoice-void", "grant-expired", "already-claimed"];
    let found_out = found_out.filter(|code| !verifier::Reason::by_code(code).is_some_and(is_life));
    let headlines = verifier::HEADLINES.iter().map(|headline| headline.code);
    let all = found_out.chain(headlines);
    for code in all.chain(verifier::ACTS.iter().copied()) {
        let log = json!({ "code": code, "detail": { "claim": "all is lost" } });
        let (reason, facts) = refused_saying(&log.to_string());
        assert_eq!(reason, "refused", "{code}");
        assert_eq!(facts[&"why".to_owned()], log.to_string());
        assert_eq!(facts[&"said_by".to_owned()], "http://c");
        assert_eq!(facts.len(), 2, "{facts:?}");
    }
    for code in rules {
        let (reason, facts) = refused_saying(&json!({ "code": code }).to_string());
        assert_eq!(reason, code);
        assert_eq!(facts[&"said_by".to_owned()], "http://c");
    }
}

fn is_life(reason: &verifier::Reason) -> bool {
    reason.check == verifier::verdict::CheckId::LifeCycle
}

#[test]
fn what_a_node_says_of_a_refusal_is_no_longer_than_a_sentence() {
    let long = "long ".repeat(10_000);
    let log = json!({ "code": "already-claimed", "detail": { "by": long } });
    for (log, fact) in [(log.to_string(), "by"), (long, "why")] {
        let (_, facts) = refused_saying(&log);
        assert_eq!(facts[&fact.to_owned()].chars().count(), 200);
    }
}

#[test]
fn a_node_that_takes_an_event_and_throws_it_away_keeps_it_from_nobody() {
    for liar in NODES.map(|(url, _)| url) {
        let chain = Rc::new(chain());
        let net = NODES
            .iter()
            .fold(Net::at(chain.time() + 10 * SECOND), |net, (url, _)| {
                let is_liar = *url == liar;
                net.with(url, &chain, if is_liar { Lie::Swallows } else { Lie::None })
            });
        let net = net.growing(|tx| {
            let mut chain = common::chain();
            assert_eq!(chain.block(tx).code, 0, "accepted");
            chain.empty();
            vec![chain]
        });
        let mut visitor = verifier(&chain, &NODES);
        let mut event = Sending::new(&lock(&chain, "1"), None).expect("an event");
        assert_eq!(now(visitor.send_on(&net, &mut event)), Ok(None));
        let written = now(visitor.send_on(&net, &mut event)).expect("no fork");
        assert_eq!(written.map(|written| written.height), Some(4), "{liar}");
        let told = common::TOLD.take();
        let sent = told.iter().filter(|news| matches!(news, News::Sent(..)));
        assert_eq!(sent.count(), 1, "whoever takes it");
    }
}

/// Refused by one node, and taken by the others.
#[test]
fn a_refusal_of_one_node_is_told_to_nobody_where_another_takes_the_event() {
    let chain = Rc::new(chain());
    let refuses = story("broadcast_tx_sync", |_, answer| {
        answer["result"] = json!({ "code": 1, "log": r#"{"code":"invoice-void"}"# });
    });
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, Lie::None)
        .with("http://c", &chain, refuses);
    let mut event = Sending::new(&lock(&chain, "1"), None).expect("an event");
    let mut visitor = verifier(&chain, &NODES);
    for _ in 0..3 {
        assert_eq!(now(visitor.send_on(&net, &mut event)), Ok(None));
    }
    assert_eq!(net.count("broadcast_tx_sync"), NODES.len(), "once");
}

#[test]
fn the_same_event_is_handed_in_again_also_to_nodes_that_know_it() {
    let tell = || {
        story("broadcast_tx_sync", |_, answer| {
            let known = json!({ "code": -32603, "message": "Internal error", "data": "tx already exists in cache" });
            *answer = json!({ "jsonrpc": "2.0", "id": answer["id"], "error": known });
        })
    };
    let (mut verifier, net, result) = send(tell, |tx| vec![refused(tx, 2)]);
    assert_eq!(reason(result).0, "already-claimed");
    let result = now(verifier.send(&net, &lock(&locked(), "2"), None));
    assert_eq!(reason(result).0, "already-claimed");
    assert_eq!(net.count("broadcast_tx_sync"), 2 * NODES.len());
}

#[test]
fn what_is_no_event_of_this_chain_is_handed_to_nobody() {
    let (mut verifier, net, _) = send(|| Lie::None, |tx| vec![refused(tx, 2)]);
    let before = net.count("broadcast_tx_sync");
    let mut bent = lock(&locked(), "3");
    let at = bent.len() - 10;
    bent[at] ^= 1;
    let result = now(verifier.send(&net, &bent, None));
    assert_eq!(reason(result).0, "not-an-event");
    let mut payload = locked()
        .ledger
        .payload("invoice.lock", ("invoice", INVOICE), claim("3"));
    payload.chain = "dev-other-0000".into();
    let other = payload.sign(&[&key("firm")]).expect("encodes").encode();
    let result = now(verifier.send(&net, &other, None));
    assert_eq!(reason(result).0, "other-chain");
    assert_eq!(net.count("broadcast_tx_sync"), before);
}

#[test]
fn what_is_written_is_proven_by_the_records_log() {
    let chain = Rc::new(chain());
    let mut net = Net::at(chain.time() + 900 * SECOND).growing(|tx| {
        let mut chain = common::chain();
        assert_eq!(chain.block(tx).code, 0, "accepted");
        chain.empty();
        vec![chain]
    });
    for (url, _) in NODES {
        // That it was refused is a lie.
        net = net.with(
            url,
            &chain,
            story("tx", |_, answer| {
                answer["result"]["tx_result"]["code"] = 1.into();
            }),
        );
    }
    let (mut verifier, lock) = (verifier(&chain, &NODES), lock(&chain, "1"));
    let written = now(verifier.send(&net, &lock, None)).expect("written");
    assert_eq!(written.height, 4);
    let handed_in = net.count("broadcast_tx_sync");
    assert_eq!(now(verifier.send(&net, &lock, None)), Ok(written));
    assert_eq!(net.count("broadcast_tx_sync"), handed_in, "seen in the log");
}

#[test]
fn where_nobody_answers_any_more_nothing_is_said_about_the_event() {
    let chain = Rc::new(locked());
    let cut = Rc::new(Cell::new(false));
    let mut net = Net::at(chain.time() + 1300 * SECOND);
    for (url, _) in NODES {
        let cut = cut.clone();
        let falls_silent = lie(move |method, _, answer| {
            if method == "broadcast_tx_sync" {
                cut.set(true);
            } else if cut.get() {
                return json!({});
            }
            answer
        });
        net = net.with(url, &chain, falls_silent);
    }
    let result = now(verifier(&chain, &NODES).send(&net, &lock(&chain, "2"), None));
    let (code, _) = reason(result);
    assert!(cut.get() && code != "not-written", "{code}");
}

/// *Attack: strangers have filled the room of blobs that no event names; or one node says that it keeps what it throws away.*
#[test]
fn a_blob_that_finds_no_room_is_handed_in_again_after_its_event() {
    const BLOB: [u8; 40] = [7; 40];
    for first_lies in [false, true] {
        let (chain, kept) = (Rc::new(chain()), Rc::new(Cell::new(0)));
        let mut net = Net::at(chain.time());
        for (url, _) in NODES {
            let (kept, has_event) = (kept.clone(), Cell::new(false));
            let lies = first_lies && url == NODES[0].0;
            let full = lie(move |method, params, mut answer| {
                has_event.set(has_event.get() || method == "broadcast_tx_sync");
                if params["path"] == "/blob/keep" {
                    let hash = records::hash::sha256(&[&BLOB]);
                    let (code, value) = match has_event.get() || lies {
                        true => (0, STANDARD.encode(hash)),
                        false => (8, String::new()),
                    };
                    kept.set(kept.get() + u32::from(code == 0 && !lies));
                    answer["result"]["response"] = json!({ "code": code, "value": value });
                }
                answer
            });
            net = net.with(url, &chain, full);
        }
        let mut event = Sending::new(&lock(&chain, "1"), Some(&BLOB)).expect("an event");
        let mut visitor = verifier(&chain, &NODES);
        assert_eq!(now(visitor.send_on(&net, &mut event)), Ok(None));
        let honest = NODES.len() - usize::from(first_lies);
        assert_eq!(kept.get() as usize, honest);
    }
}

/// An event whose content nobody keeps would be written without it.
#[test]
fn an_event_whose_blob_every_node_refuses_is_handed_to_nobody() {
    let refuses = || {
        story("abci_query", |params, answer| {
            if params["path"] == "/blob/keep" {
                answer["result"]["response"] = json!({ "code": 3, "value": null });
            }
        })
    };
    let chain = Rc::new(chain());
    let net = NODES.iter().fold(Net::at(chain.time()), |net, (url, _)| {
        net.with(url, &chain, refuses())
    });
    let mut event = Sending::new(&lock(&chain, "1"), Some(&[7; 40])).expect("an event");
    let sent = now(verifier(&chain, &NODES).send_on(&net, &mut event));
    assert_eq!(sent, Err(Unsent::new("no-node-answers")));
    assert_eq!(net.count("broadcast_tx_sync"), 0);
}
