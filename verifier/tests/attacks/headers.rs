//! Headers: stale ones, two of one height, such as nobody confirms, and a checkpoint that nobody holds.

use crate::{
    ask::NODES,
    common::{self, Lie, Net, TestChain, chain, comet, lie, link, now, verifier, verifier_from},
    tells::{bent_header, unproven_header},
};
use light_client::client::{Fault, Provider};
use records::testing::SECOND;
use serde_json::json;
use std::{cell::Cell, rc::Rc};
use verifier::{Node, Question, Shown, verdict::Outcome};

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
fn how_late_a_node_may_be_before_it_is_overtaken_is_the_chains_to_say() {
    let mut chain = chain();
    (0..6).for_each(|_| chain.empty());
    let chain = Rc::new(chain);
    // A block every five seconds, and clocks may differ by ten.
    for (lag, late, reached) in [
        (None, 6, 6),
        (None, 3, 9),
        (Some(0), 7, 7),
        (Some(0), 6, 9),
        (Some(20), 3, 3),
        (Some(19), 3, 9),
    ] {
        let net = Net::at(chain.time() + SECOND)
            .with("http://a", &chain, Lie::None)
            .with("http://b", &chain, Lie::None)
            .with("http://c", &chain, Lie::Older(late));
        let mut verifier = verifier_from(&chain, 1, &NODES, |entry| {
            if let Some(lag) = lag {
                entry["lag_seconds"] = lag.into();
            }
        });
        let verdict = now(verifier.check(&net, &Question::text(&link())));
        let anchor = verdict.anchor.expect("two hold it");
        assert_eq!(anchor.height, reached, "{lag:?} {late}");
    }
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
fn the_witnesses_are_those_that_the_chain_wants() {
    let chain = Rc::new(chain());
    for (count, one_of, silent, outcome) in [
        (2, &[][..], "http://nobody", Outcome::Verified),
        (2, &[], "http://b", Outcome::NotEstablished),
        (1, &["regulator"], "http://b", Outcome::Verified),
        (1, &["regulator"], "http://c", Outcome::NotEstablished),
        (1, &["regulator", "notary"], "http://c", Outcome::Verified),
    ] {
        let mut net = Net::at(chain.time() + SECOND);
        for (url, _) in NODES {
            let lie = if url == silent { Lie::Cut } else { Lie::None };
            net = net.with(url, &chain, lie);
        }
        let mut verifier = verifier_from(&chain, 1, &NODES, |entry| {
            entry["witnesses"] = count.into();
            entry["witness_one_of"] = json!(one_of);
        });
        let verdict = now(verifier.check(&net, &Question::text(&link())));
        assert_eq!(verdict.outcome, outcome, "{count} {one_of:?} {silent}");
        if outcome == Outcome::NotEstablished {
            assert_eq!(verdict.headline, "other-nodes-silent");
        }
    }
}

#[test]
fn more_than_a_page_of_validators_is_fetched_page_by_page_and_never_the_newest() {
    let chain = Rc::new(common::crowded(220));
    let net = Net::at(chain.time() + SECOND)
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, Lie::None);
    let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&link())));
    assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
    assert_eq!(net.count("validators"), 3, "the set is fetched once");
}

/// A node that knows no `/header`, as CometBFT's were before v0.37.
fn without_headers() -> Lie {
    lie(|method, _, answer| match method {
        "header" => {
            let error = json!({ "code": -32601, "message": "Method not found" });
            json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error })
        }
        _ => answer,
    })
}

#[test]
fn a_header_comes_without_votes_and_with_them_only_from_a_node_that_gives_none_alone() {
    let chain = Rc::new(common::crowded(220));
    let net = Net::at(chain.time() + SECOND)
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, without_headers())
        .with("http://c", &chain, Lie::Older(2));
    let (entry, shown) = (
        common::entry_from(&chain, 1, &NODES, |_| {}),
        Shown::default(),
    );
    let [alone, with_votes, refused] = [0, 1, 2].map(|at| {
        let node = Node::new(&net, &entry.nodes[at], &entry.id, &shown);
        now(node.header(3))
    });
    let (alone, with_votes) = (alone.expect("a header"), with_votes.expect("a header"));
    assert_eq!(&alone.value, chain.header(3));
    assert_eq!(with_votes.value, alone.value);
    assert!(alone.bytes < 2_000, "{}", alone.bytes);
    assert!(with_votes.bytes > 40_000, "{}", with_votes.bytes);
    assert_eq!(refused, Err(Fault::NotThere));
    assert_eq!(net.count("commit"), 1, "nobody else is asked for votes");
}

#[test]
fn nodes_that_give_no_headers_alone_confirm_as_well() {
    let chain = Rc::new(chain());
    let net = NODES
        .iter()
        .fold(Net::at(chain.time() + SECOND), |net, (url, _)| {
            net.with(url, &chain, without_headers())
        });
    let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&link())));
    assert!(
        verdict.nodes.iter().all(|node| node.state == "agrees"),
        "{:#?}",
        verdict.nodes
    );
    assert_eq!(verdict.outcome, Outcome::Verified);
}

#[test]
fn a_node_that_gives_other_pages_or_too_many_is_refused() {
    type Pages = fn(u64, &mut serde_json::Value);
    let lies: [(&str, Pages, &str); 3] = [
        (
            "page 1 for page 2",
            |page, result| {
                if page == 2 {
                    let set = common::crowded(220).seats;
                    let first = json!({ "height": "1", "page": "1", "per_page": "100" });
                    *result = comet::validators_json(1, &first, &set);
                }
            },
            "garbage",
        ),
        (
            "ten thousand",
            |_, result| result["total"] = "10000".into(),
            "garbage",
        ),
        (
            "too few",
            |_, result| result["total"] = "100".into(),
            "garbage",
        ),
    ];
    for (name, change, state) in lies {
        let chain = Rc::new(common::crowded(220));
        let bent = lie(move |method, params, mut answer| {
            if method == "validators" {
                let page = params["page"].as_str().expect("a page").parse();
                change(page.expect("a number"), &mut answer["result"]);
            }
            answer
        });
        let net = Net::at(chain.time() + SECOND)
            .with("http://a", &chain, bent)
            .with("http://b", &chain, Lie::None)
            .with("http://c", &chain, Lie::None);
        let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&link())));
        assert_eq!(verdict.outcome, Outcome::Verified, "{name}: {verdict:#?}");
        assert_eq!(
            verdict.nodes[0].state, state,
            "{name}: {:#?}",
            verdict.nodes
        );
        assert!(net.count("validators") < 10, "{name}: it was led on");
    }
}

#[test]
fn a_node_that_is_busy_is_asked_again_after_the_pause_that_it_wants() {
    let chain = Rc::new(chain());
    for (wants, least, most) in [
        (Some(3), 3_000, 3_600),
        (Some(5), 5_000, 5_600),
        (None, 1_000, 1_600),
    ] {
        let net = Net::at(chain.time() + SECOND)
            .with("http://a", &chain, Lie::Busy(Cell::new(1), wants))
            .with("http://b", &chain, Lie::None);
        let verdict = now(verifier(&chain, &NODES[..2]).check(&net, &Question::text(&link())));
        assert_eq!(
            verdict.outcome,
            Outcome::Verified,
            "{wants:?}: {verdict:#?}"
        );
        let pauses = net.pauses.borrow();
        let waited = pauses.iter().any(|millis| (least..=most).contains(millis));
        assert!(waited, "{wants:?}: {pauses:?}");
    }
    // Longer than anybody waits: it is left alone as it asks, and not asked before its time.
    for wants in [6, 9_999, u32::MAX] {
        let net = Net::at(chain.time() + SECOND)
            .with("http://a", &chain, Lie::Busy(Cell::new(1), Some(wants)))
            .with("http://b", &chain, Lie::None);
        let verdict = now(verifier(&chain, &NODES[..2]).check(&net, &Question::text(&link())));
        assert_eq!(
            (verdict.headline.as_str(), verdict.nodes[0].reason.as_str()),
            ("other-nodes-silent", "busy")
        );
        assert!(net.pauses.borrow().iter().all(|millis| *millis < 5_000));
        assert!(
            net.requests
                .borrow()
                .iter()
                .all(|(url, _)| url != "http://a")
        );
    }
    // For ever: nobody waits for ever.
    let net = Net::at(chain.time() + SECOND)
        .with("http://a", &chain, Lie::Busy(Cell::new(u32::MAX), Some(1)))
        .with("http://b", &chain, Lie::None);
    let verdict = now(verifier(&chain, &NODES[..2]).check(&net, &Question::text(&link())));
    assert_eq!(
        (verdict.headline.as_str(), verdict.nodes[0].state.as_str()),
        ("other-nodes-silent", "unreachable")
    );
}

#[test]
fn two_nodes_of_one_member_count_once_among_those_who_agree() {
    let chain = Rc::new(chain());
    let nodes = [
        ("http://a", "tax"),
        ("http://b", "tax"),
        ("http://c", "notary"),
    ];
    let net = nodes
        .iter()
        .fold(Net::at(chain.time() + SECOND), |net, (url, _)| {
            net.with(url, &chain, Lie::None)
        });
    let verdict = now(verifier(&chain, &nodes).check(&net, &Question::text(&link())));
    let agree = verdict
        .checks
        .iter()
        .find(|check| check.reason == "nodes-agree");
    let facts = &agree.expect("they agree").facts;
    assert_eq!(
        (facts.get("agree"), facts.get("asked")),
        (Some(&"2".into()), Some(&"3".into()))
    );
}

/// The same seats sign a second chain from the second block on.
pub fn forked() -> Lie {
    lie(|method, params, answer| {
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
    })
}

#[test]
fn two_signed_headers_of_one_height_stop_everything() {
    let chain = Rc::new(chain());
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, forked())
        .with("http://c", &chain, Lie::None);
    let mut verifier = verifier(&chain, &NODES);
    let verdict = now(verifier.check(&net, &Question::text(&link())));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "chain-forked"),
        "{verdict:#?}"
    );
    assert_eq!(
        net.count("broadcast_evidence"),
        6,
        "two pieces for each node"
    );
    // What was proven once is not forgotten because the liar is gone.
    let honest = NODES.iter().fold(Net::at(chain.time()), |net, (url, _)| {
        net.with(url, &chain, Lie::None)
    });
    let verdict = now(verifier.check(&honest, &Question::text(&link())));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "chain-forked")
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

#[test]
fn what_a_verdict_shows_as_its_header_is_the_one_that_it_rests_on() {
    let chain = Rc::new(chain());
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, unproven_header())
        .with("http://c", &chain, Lie::None);
    let mut verifier = verifier(&chain, &NODES);
    // Reached first, and then trusted already.
    for _ in 0..2 {
        let verdict = now(verifier.check(&net, &Question::text(&link())));
        assert_eq!(verdict.outcome, Outcome::Verified);
        assert_eq!(verdict.nodes[1].state, "disagrees");
        let raw: serde_json::Value = serde_json::from_str(&verdict.raw).expect("JSON");
        let shown = light_client::json::commit(&raw["commit"]).expect("a commit");
        let anchor = verdict.anchor.expect("a header");
        assert_eq!(hex::encode(shown.header.hash()), anchor.hash);
        assert_eq!(shown.commit.block_id, comet::block_id(&shown.header));
    }
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

/// Two members with 57 % of the power sign themselves a validator set of their own, and a state with it.
fn takeover(chain: &Rc<TestChain>) -> Lie {
    let chain = chain.clone();
    lie(move |method, params, answer| {
        let own = &chain.seats[..2];
        let height: u64 = params["height"]
            .as_str()
            .map_or(0, |height| height.parse().expect("a height"));
        let result = match method {
            "commit" if height > 1 => {
                let mut header = chain.header(height).clone();
                header.validators_hash = comet::set(own).hash();
                header.next_validators_hash = Some(header.validators_hash);
                header.app_hash = vec![9; 32];
                comet::commit_json(&header, own, |_| true)
            }
            "validators" if height > 1 => comet::validators_json(height, params, own),
            _ => return answer,
        };
        json!({ "jsonrpc": "2.0", "id": answer["id"], "result": result })
    })
}

#[test]
fn less_than_two_thirds_cannot_hand_the_chain_to_themselves() {
    let chain = Rc::new(chain());
    let signed_at = |level: Option<&str>| {
        let mut net = Net::at(chain.time());
        for (url, _) in NODES {
            net = net.with(url, &chain, takeover(&chain));
        }
        let mut verifier = verifier_from(&chain, 1, &NODES, |chain| {
            if let Some(level) = level {
                chain["trust_level"] = level.into();
            }
        });
        let verdict = now(verifier.check(&net, &Question::text(&link())));
        assert_ne!(verdict.outcome, Outcome::Verified);
        let signed = |check: &verifier::verdict::Check| check.reason == "header-signed";
        verdict.checks.iter().any(signed)
    };
    assert!(
        !signed_at(None),
        "two thirds, unless chains.json says otherwise"
    );
    // The attack is one: a third of the power is enough where that is asked for.
    assert!(signed_at(Some("1/3")));
}

/// Each header that they show needs one below it, and each takes its time.
#[test]
fn a_way_that_takes_longer_than_any_may_is_given_up() {
    let mut chain = chain();
    (0..500).for_each(|_| chain.empty());
    let chain = Rc::new(chain);
    let net = NODES.iter().fold(Net::at(chain.time()), |net, (url, _)| {
        net.with(url, &chain, takeover(&chain)).slow(url, 13_000)
    });
    let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&link())));
    assert_eq!(verdict.headline, "too-many-steps", "{verdict:#?}");
}
