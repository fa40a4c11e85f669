//! What the validators themselves sign against the rules is called so.

use crate::{
    ask::one_liar,
    common::{self, INVOICE, Lie, chain, link},
};
use records::{
    Head, RecordName, State,
    canonical::Value,
    kinds::rules::Activation,
    log::{Entry, LogTree, leaf_hash},
    testing::key,
};
use std::rc::Rc;
use verifier::{Question, verdict::Outcome};

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
    let fields = data.as_object_mut().expect("an object");
    fields.insert("status".into(), "closed".into());
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
        buyer: None,
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

/// Rules come into force that this program does not know, and an event is written under them.
#[test]
fn what_was_written_under_newer_rules_is_not_judged_by_older_ones() {
    let mut chain = chain();
    let activation = Activation {
        from: chain.ledger.height + 1,
        version: 2,
    };
    let keys = ["tax", "shop", "notary", "regulator"].map(key);
    let keys: Vec<_> = keys.iter().collect();
    let body = common::json(&activation);
    chain.submit("rules.activate", ("rules", "main"), body, &keys);
    let lock = records::kinds::invoice::Lock {
        buyer: None,
        by: "firm".into(),
        claim: "1".into(),
    };
    let invoice = ("invoice", INVOICE);
    let payload = chain
        .ledger
        .payload("invoice.lock", invoice, common::json(&lock));
    let envelope = payload.sign(&[&key("firm")]).expect("encodes").encode();
    let entry = Entry {
        height: chain.ledger.height,
        time: chain.ledger.time,
        envelope: &envelope,
    };
    let mut log = chain.ledger.log("invoice", INVOICE).to_vec();
    log.push(entry.encode());
    let data = chain.ledger.data("invoice", INVOICE);
    let name = RecordName::new("invoice", INVOICE).expect("a name");
    chain.forge(&name, &State { data, seq: 2 }, log);
    chain.empty();
    let verdict = one_liar(&Rc::new(chain), Lie::None, &Question::text(&link()));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "rules-too-new"),
        "{verdict:#?}"
    );
}
