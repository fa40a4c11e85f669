//! Records with more steps than are kept to be shown.

use crate::{
    ask::NODES,
    common::{self, Lie, Net, TestChain, now, verifier},
};
use records::testing::{SECOND, key};
use std::rc::Rc;

/// A quota that was granted five hundred times, one each.
fn granted_often() -> TestChain {
    let mut chain = common::chain();
    (0..500).for_each(|_| {
        chain.submit("quota.grant", ("quota", "shop"), one(), &[&key("tax")]);
    });
    chain.empty();
    chain
}

fn one() -> records::canonical::Value {
    common::json(&records::kinds::quota::Grant {
        by: "tax".into(),
        count: 1,
    })
}

/// More steps of a record than are shown hide none from whoever waits for it.
#[test]
fn an_event_behind_hundreds_of_others_is_seen_to_be_written() {
    let chain = Rc::new(granted_often());
    let mut net = Net::at(chain.time() + 900 * SECOND).growing(|tx| {
        let mut chain = granted_often();
        assert_eq!(chain.block(tx).code, 0, "accepted");
        // Until long after it could be written.
        (0..130).for_each(|_| chain.empty());
        vec![chain]
    });
    for (url, _) in NODES {
        net = net.with(url, &chain, Lie::None);
    }
    let mut payload = chain
        .ledger
        .payload("quota.grant", ("quota", "shop"), one());
    payload.until = chain.time() + 600 * SECOND;
    let tx = payload.sign(&[&key("tax")]).expect("encodes").encode();
    let written = now(verifier(&chain, &NODES).send(&net, &tx, None));
    assert_eq!(written.expect("written").height, chain.height() + 1);
}
