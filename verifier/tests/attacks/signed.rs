//! What the validators themselves sign against the rules is called so.

use crate::{
    ask::one_liar,
    common::{self, INVOICE, Lie, chain, link},
};
use records::{
    Head, RecordName, State,
    canonical::Value,
    log::{LogTree, leaf_hash},
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
