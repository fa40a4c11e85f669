//! What was proven under a header that no other node confirmed stands against nothing that is proven later.

use crate::{
    ask::NODES,
    common::{self, Lie, Net, TestChain, chain, link, now, verifier},
    outcomes::lock,
    times::{paused, width},
};
use records::testing::SECOND;
use std::rc::Rc;
use verifier::{
    Question, Sending,
    verdict::{Outcome, Verdict},
};

/// The first node shows this chain, and the others are silent.
fn alone(chain: &Rc<TestChain>) -> Net {
    Net::at(chain.time() + SECOND)
        .with("http://a", chain, Lie::None)
        .with("http://b", chain, Lie::Cut)
        .with("http://c", chain, Lie::Cut)
}

/// All nodes show this chain.
fn together(chain: &Rc<TestChain>) -> Net {
    NODES
        .iter()
        .fold(Net::at(chain.time() + SECOND), |net, (url, _)| {
            net.with(url, chain, Lie::None)
        })
}

/// A chain that goes on from the same blocks, rightly signed, with the firm's claim in block 4.
fn claimed() -> Rc<TestChain> {
    let mut chain = chain();
    assert_eq!(chain.block(&lock(&common::chain(), "1")).code, 0);
    chain.empty();
    Rc::new(chain)
}

/// The honest one, with empty blocks.
fn unclaimed() -> Rc<TestChain> {
    let mut chain = chain();
    (0..4).for_each(|_| chain.empty());
    Rc::new(chain)
}

fn outcome(verdict: &Verdict) -> (Outcome, &str) {
    (verdict.outcome, verdict.headline.as_str())
}

#[test]
fn a_log_that_nobody_confirmed_does_not_refute_the_honest_one() {
    let mut visitor = verifier(&chain(), &NODES);
    let question = Question::text(&link());
    let verdict = now(visitor.check(&alone(&claimed()), &question));
    assert_eq!(
        outcome(&verdict),
        (Outcome::NotEstablished, "other-nodes-silent")
    );
    assert_eq!(verdict.history.len(), 2);
    let verdict = now(visitor.check(&together(&unclaimed()), &question));
    assert_eq!(
        outcome(&verdict),
        (Outcome::Verified, "invoice-unchanged-unclaimed"),
        "{verdict:#?}"
    );
    let states = verdict.nodes.iter().map(|node| node.state.as_str());
    assert_eq!(states.collect::<Vec<_>>(), ["agrees"; 3]);
}

#[test]
fn an_event_in_a_log_that_nobody_confirmed_is_not_written() {
    let mut visitor = verifier(&chain(), &NODES);
    let verdict = now(visitor.check(&alone(&claimed()), &Question::text(&link())));
    assert_eq!(verdict.history.len(), 2, "the claim is in its log");
    let mut event = Sending::new(&lock(&common::chain(), "1"), None).expect("an event");
    let honest = together(&unclaimed());
    assert_eq!(now(visitor.send_on(&honest, &mut event)), Ok(None));
    assert!(honest.count("broadcast_tx_sync") > 0, "it is handed in");
}

#[test]
fn a_block_time_that_nobody_confirmed_makes_no_interval_narrow() {
    let mut visitor = verifier(&chain(), &NODES);
    for (net, expected) in [
        (alone(&Rc::new(paused(20))), 20),
        (together(&Rc::new(paused(400))), 400),
    ] {
        let verdict = now(visitor.check(&net, &Question::text(&link())));
        assert_eq!(width(&verdict.history[0]), expected);
    }
}
