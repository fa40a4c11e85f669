//! Every lie that a node can tell: the right verdict from whoever is honest, and none that is falsely "verified".

use crate::{
    ask::{NODES, Tell, all_lie, one_liar},
    common::{self, Lie, Net, PRINTED, chain, lie, link, now, verifier},
    kept::honest,
    tells::*,
};
use std::rc::Rc;
use verifier::{Question, verdict::Outcome};

const LIES: [(&str, Tell, &str); 21] = [
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
    ("header from the future", from_the_future, "disagrees"),
    ("boasts of height", boasts_of_height, "agrees"),
    ("older header", || Lie::Older(2), "behind"),
    ("cut connection", cut, "unreachable"),
    ("no answer in time", slow, "unreachable"),
    ("endless answer", endless, "unreachable"),
    ("no JSON", not_json, "garbage"),
    ("JSON without end", deep_json, "garbage"),
    ("nothing", empty, "garbage"),
    ("answers to other questions", no_numbers, "garbage"),
];

#[test]
fn one_lying_node_changes_no_verdict_and_is_named() {
    let usual = Rc::new(chain());
    // So long that a node which shows an older header is further behind than an honest one.
    let mut longer = chain();
    (0..4).for_each(|_| longer.empty());
    let longer = Rc::new(longer);
    for (name, tell, state) in LIES {
        let is_older = matches!(tell(), Lie::Older(_));
        let chain = if is_older { &longer } else { &usual };
        for (text, outcome) in [
            (link(), Outcome::Verified),
            (PRINTED.replace("356.60", "956.60"), Outcome::Rejected),
            (PRINTED.replace("26105568", "26105569"), Outcome::Absent),
        ] {
            let verdict = one_liar(chain, tell(), &Question::text(&text));
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
fn a_verdict_says_at_what_each_node_failed() {
    let chain = Rc::new(chain());
    let tells: [(Tell, &str); 9] = [
        (changed_state, "proof-differs"),
        (hidden_entry, "log-withheld"),
        (forged_entry, "log-differs"),
        (minority, "too-little-power"),
        (bent_header, "commit-for-other-header"),
        (cut, "no-connection"),
        (slow, "timed-out"),
        (endless, "too-long"),
        (bad_gateway, "http-status"),
    ];
    for (tell, code) in tells {
        let verdict = one_liar(&chain, tell(), &Question::text(&link()));
        let said: Vec<&str> = verdict.nodes.iter().map(|node| &*node.reason).collect();
        assert_eq!(said, [code, "", ""]);
    }
}

#[test]
fn a_verdict_says_so_also_of_the_way_from_what_is_trusted_already() {
    let (chain, question) = (Rc::new(chain()), Question::text(&link()));
    let tells: [(Tell, &str); 2] = [(slow, "timed-out"), (bad_gateway, "http-status")];
    for (tell, code) in tells {
        let mut visitor = verifier(&chain, &NODES);
        now(visitor.check(&honest(&chain), &question));
        let mut longer = common::chain();
        longer.empty();
        let net = NODES.iter().fold(Net::at(longer.time()), |net, (url, _)| {
            let lie = if *url == "http://a" {
                tell()
            } else {
                Lie::None
            };
            net.with(url, &chain, lie)
        });
        net.turn(&Rc::new(longer));
        let verdict = now(visitor.check(&net, &question));
        assert_eq!(verdict.outcome, Outcome::Verified);
        assert_eq!(verdict.nodes[0].reason, code);
    }
}

#[test]
fn one_node_that_is_hardly_behind_costs_what_it_lacks_and_nothing_is_believed_that_it_does_not_hold()
 {
    let chain = Rc::new(chain());
    let question = Question::text(&PRINTED.replace("26105568", "26105569"));
    let verdict = one_liar(&chain, Lie::Older(2), &question);
    let anchor = verdict.anchor.expect("a header");
    assert_eq!((anchor.height, chain.height()), (2, 3));
    assert!(verdict.nodes.iter().all(|node| node.state == "agrees"));
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

/// Thousands of questions for one log would keep a visitor waiting for as long as the node likes.
#[test]
fn a_node_that_gives_a_log_in_pieces_is_left_for_another() {
    let chain = Rc::new(chain());
    let question = Question::record("quota", "shop", None).expect("a name");
    let verdict = one_liar(&chain, log_in_pieces(), &question);
    assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
    assert_eq!(verdict.nodes[0].state, "refuted", "{:#?}", verdict.nodes);
    let verdict = all_lie(&chain, log_in_pieces, &question);
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "history-refuted")
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
