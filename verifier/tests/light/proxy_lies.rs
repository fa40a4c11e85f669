//! `lianyan light --serve` before nodes that lie: what is not proven is not answered.

use crate::common::{INVOICE, Lie, Net, TestChain, chain, lie, node, node_of, now, served::ALL};
use crate::proxy::{head, issued, proxy, proxy_from};
use serde_json::{Value, json};
use std::rc::Rc;
use verifier::Host;

/// A node that changes every state, every transaction and every parameter that it shows, and hides evidence.
fn bent() -> Lie {
    lie(|method, _, mut answer| {
        match method {
            "abci_query" => answer["result"]["response"]["value"] = "AAAA".into(),
            "tx" => answer["result"]["tx_result"]["code"] = 7.into(),
            "block_results" => answer["result"]["txs_results"][0]["code"] = 7.into(),
            "block" => answer["result"]["block"]["evidence"]["evidence"] = json!([]),
            "consensus_params" => {
                answer["result"]["consensus_params"]["block"]["max_gas"] = "8".into()
            }
            _ => {}
        }
        answer
    })
}

/// What an honest node over this chain answers to a question.
fn answer_of(chain: fn() -> TestChain, id: &Value, method: &str, params: &Value) -> Value {
    let call = json!([{ "id": id, "method": method, "params": params }]);
    let honest = Net::at(0).with("here", &Rc::new(chain()), Lie::None);
    let answers = now(honest.post("here", call.to_string().into_bytes(), ALL)).expect("answers");
    serde_json::from_slice::<Value>(&answers).expect("JSON")[0].take()
}

/// A node that proves what was, where it is asked for what is.
fn yesterday() -> Lie {
    lie(|method, params, answer| {
        if method != "abci_query" || params["height"] != "0" {
            return answer;
        }
        let mut old = params.clone();
        old["height"] = "2".into();
        answer_of(grown, &answer["id"], method, &old)
    })
}

/// A node that answers every question about the state with what the tree of heads says of the key.
fn heads_alone() -> Lie {
    lie(|method, params, answer| {
        if method != "abci_query" {
            return answer;
        }
        let mut head = params.clone();
        head["path"] = "/head".into();
        answer_of(chain, &answer["id"], method, &head)
    })
}

/// A node that adds to what it can prove.
fn adding() -> Lie {
    lie(|method, _, mut answer| {
        let result = &mut answer["result"];
        match method {
            "abci_query" => {
                result["response"]["proofOps"]["note"] = "paid".into();
                result["response"]["proofOps"]["ops"][0]["note"] = "paid".into();
            }
            "tx" => {
                result["proof"]["root_hash"] = "00".repeat(32).into();
                result["proof"]["data"] = "AAAA".into();
                result["proof"]["proof"]["note"] = "paid".into();
            }
            _ => {}
        }
        answer
    })
}

/// A node that says of the smallest validator that it voted for no block.
fn against() -> Lie {
    lie(|method, _, mut answer| {
        if method == "commit" {
            let vote = &mut answer["result"]["signed_header"]["commit"]["signatures"][3];
            vote["block_id_flag"] = 3.into();
        }
        answer
    })
}

/// The chain with some blocks more.
fn grown() -> TestChain {
    let mut chain = chain();
    (0..5).for_each(|_| chain.empty());
    chain
}

#[test]
fn the_proxy_takes_no_old_state_for_the_newest() {
    let newest = || {
        let mut newest = head(INVOICE);
        newest["height"] = "0".into();
        newest
    };
    let honest = proxy(&[node_of(grown, || Lie::None), node_of(grown, || Lie::None)]);
    let answer = honest.call("abci_query", newest());
    assert_eq!(answer["result"]["response"]["height"], "7", "{answer}");
    let lied_to = proxy(&[node_of(grown, yesterday), node_of(grown, yesterday)]);
    let answer = lied_to.call("abci_query", newest());
    assert_eq!(answer["error"]["message"], "not verified", "{answer}");
    let old = lied_to.call("abci_query", head(INVOICE));
    assert_eq!(old["result"]["response"]["height"], "2", "{old}");
}

#[test]
fn the_proxy_passes_on_no_lie() {
    let proxy = proxy(&[node(bent), node(bent)]);
    for (method, params) in [
        ("abci_query", head(INVOICE)),
        ("tx", json!({ "hash": issued(&chain()) })),
        ("block", json!({ "height": "2" })),
        ("consensus_params", json!({ "height": "2" })),
    ] {
        let answer = proxy.call(method, params);
        assert_eq!(answer["error"]["message"], "not verified", "{answer}");
    }
}

#[test]
fn the_proxy_takes_a_proof_about_a_key_for_no_other_answer_about_it() {
    let proxy = proxy(&[node(heads_alone), node(heads_alone)]);
    let asked = |path: &str, id: &str| {
        let mut question = head(id);
        question["path"] = path.into();
        proxy.call("abci_query", question)
    };
    for path in ["/blob", "/state", "/head/", "head", "", "/store/key"] {
        for id in [INVOICE, "nothing"] {
            let answer = asked(path, id);
            assert_eq!(
                answer["error"]["message"], "not verified",
                "{path}: {answer}"
            );
        }
    }
    let answer = asked("/head", INVOICE);
    assert!(
        answer["result"]["response"]["value"].is_string(),
        "{answer}"
    );
}

#[test]
fn the_proxy_writes_proofs_itself_and_nothing_that_a_node_puts_beside_them() {
    let nodes = |lie: fn() -> Lie| proxy(&[node(lie), node(lie)]);
    let (honest, adding) = (nodes(|| Lie::None), nodes(adding));
    let hash = issued(&chain());
    for (method, params) in [
        ("abci_query", head(INVOICE)),
        ("tx", json!({ "hash": hash })),
    ] {
        let answer = adding.call(method, params.clone());
        assert_eq!(answer, honest.call(method, params));
        assert!(!answer.to_string().contains("paid"), "{answer}");
    }
    let answer = adding.call("tx", json!({ "hash": hash }));
    let (result, root) = (&answer["result"], chain().header(2).data_hash);
    assert_eq!(
        (&result["proof"]["root_hash"], &result["proof"]["data"]),
        (&json!(root.map(hex::encode_upper)), &result["tx"])
    );
    let read = light_client::json::tx(&answer).expect("as a node writes it");
    assert!(read.proof.is_some());
    let answer = adding.call("abci_query", head(INVOICE));
    let read = light_client::json::abci_query(&answer).expect("as a node writes it");
    assert_eq!(read.proof_ops[0].kind, "ics23:jmt");
}

#[test]
fn the_proxy_passes_on_no_vote_that_nothing_proves() {
    let proxy = proxy(&[node(against), node(against)]);
    for height in ["2", "3"] {
        let answer = proxy.call("commit", json!({ "height": height }));
        let signed = light_client::json::commit(&answer).expect("a commit");
        let votes = signed.commit.signatures.iter().map(|vote| vote.flag as u8);
        assert_eq!(
            (&answer["result"]["canonical"], votes.collect::<Vec<u8>>()),
            (&json!(false), vec![2, 2, 2, 1]),
            "{answer}"
        );
    }
}

/// A node that shows the votes of another round.
fn another_round() -> Lie {
    lie(|method, _, mut answer| {
        if method == "commit" {
            answer["result"]["signed_header"]["commit"]["round"] = 5.into();
        }
        answer
    })
}

/// A node that leaves out a vote that nobody needs.
fn without_one() -> Lie {
    lie(|method, _, mut answer| {
        if method == "commit" {
            let vote = &mut answer["result"]["signed_header"]["commit"]["signatures"][3];
            *vote = json!({ "block_id_flag": 1, "validator_address": "", "timestamp": "0001-01-01T00:00:00Z", "signature": null });
        }
        answer
    })
}

#[test]
fn the_proxy_shows_of_old_votes_those_alone_that_the_chain_has() {
    for liar in [against, another_round, without_one] {
        let lied_to = proxy_from(3, &[node(liar), node(liar)]);
        let answer = lied_to.call("commit", json!({ "height": "2" }));
        assert_eq!(answer["error"]["message"], "not verified", "{answer}");
        let proxy = proxy_from(3, &[node(liar), node(|| Lie::None)]);
        let answer = proxy.call("commit", json!({ "height": "2" }));
        let signed = light_client::json::commit(&answer).expect("the honest node's");
        let votes = signed.commit.signatures.iter().map(|vote| vote.flag as u8);
        assert_eq!(
            (signed.commit.round, votes.collect::<Vec<u8>>()),
            (0, vec![2; 4])
        );
    }
}

/// The second header with a state of the node's own making.
fn forged() -> Value {
    let header = light_client::json::write::header(chain().header(2));
    let mut header: Value = serde_json::from_str(&header).expect("JSON");
    header["app_hash"] = "11".repeat(32).into();
    header
}

fn forged_hash() -> String {
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": { "header": forged() } });
    hex::encode(
        light_client::json::header(&answer)
            .expect("a header")
            .hash(),
    )
}

/// A node that gives its own header, whatever hash is asked for.
fn forging() -> Lie {
    lie(|method, _, mut answer| {
        if method == "header_by_hash" {
            answer["result"]["header"] = forged();
        }
        answer
    })
}

/// A node that gives another true header.
fn neighbour() -> Lie {
    lie(|method, _, mut answer| {
        if method == "header_by_hash" {
            answer["result"] =
                answer_of(chain, &json!(1), "header", &json!({ "height": "1" }))["result"].take();
        }
        answer
    })
}

/// *Attack: a hash is asked for, and another header is given; or a forged header's own hash is asked for, which somebody handed on.*
#[test]
fn the_proxy_takes_no_header_for_another_one_and_none_that_the_chain_has_not() {
    let true_one = hex::encode(chain().header(2).hash());
    for (lie, hash) in [
        (neighbour as fn() -> Lie, true_one.clone()),
        (forging, true_one.clone()),
        (forging, forged_hash()),
    ] {
        let proxy = proxy(&[node(lie), node(lie)]);
        for method in ["header_by_hash", "block_by_hash"] {
            let answer = proxy.call(method, json!({ "hash": hash }));
            assert_eq!(answer["error"]["message"], "not verified", "{answer}");
        }
    }
    let beside = proxy(&[node(neighbour), node(|| Lie::None)]);
    let answer = beside.call("header_by_hash", json!({ "hash": true_one }));
    assert!(
        answer["result"]["header"].is_object(),
        "another node has it: {answer}"
    );
}
