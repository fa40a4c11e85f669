//! What outlasts a visit: trust, and that there was a fork. And what a second look can tell that one cannot.

use crate::{
    ask::NODES,
    common::{self, INVOICE, Lie, Net, TestChain, chain, entry_from, lie, link, now},
    headers::forked,
    outcomes::lock,
};
use records::{RecordName, testing::SECOND};
use serde_json::json;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use verifier::{KeptStore, Look, Question, Sending, Shelf, StoreError, Verifier, verdict::Outcome};

/// A browser's database.
#[derive(Clone, Default)]
pub struct Drawer(Rc<RefCell<BTreeMap<String, Vec<u8>>>>);

impl Drawer {
    /// Loses what is kept under such names.
    pub fn lose(&self, such: impl Fn(&str) -> bool) {
        self.0.borrow_mut().retain(|name, _| !such(name));
    }

    /// The first name like this.
    pub fn find(&self, such: impl Fn(&str) -> bool) -> String {
        let kept = self.0.borrow();
        let found = kept.keys().find(|name| such(name));
        found.expect("it is kept").clone()
    }
}

impl Shelf for Drawer {
    async fn names(&self, beginning: &str) -> Result<Vec<String>, StoreError> {
        let kept = self.0.borrow();
        let names = kept.keys().filter(|name| name.starts_with(beginning));
        Ok(names.cloned().collect())
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.borrow().get(name).cloned())
    }

    async fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.0.borrow_mut().insert(name.into(), bytes.into());
        Ok(())
    }

    async fn remove(&self, names: &[String]) -> Result<(), StoreError> {
        let mut kept = self.0.borrow_mut();
        names.iter().for_each(|name| drop(kept.remove(name)));
        Ok(())
    }
}

/// A node that does not hold the checkpoint any more.
fn pruned() -> Lie {
    lie(|method, params, answer| match (method, &params["height"]) {
        ("commit" | "validators", height) if height == "1" => {
            let error = json!({ "code": -32603, "message": "Internal error", "data": "height 1 is not available" });
            json!({ "jsonrpc": "2.0", "id": answer["id"], "error": error })
        }
        _ => answer,
    })
}

pub type Visitor = Verifier<KeptStore<Drawer>>;

/// The page, opened in a browser with this database and this checkpoint.
fn visit(drawer: &Drawer, chain: &TestChain, checkpoint: u64) -> Visitor {
    visit_with(drawer, chain, checkpoint, |_| {})
}

/// The same where chains.json says something else as well.
pub fn visit_with(
    drawer: &Drawer,
    chain: &TestChain,
    checkpoint: u64,
    change: impl Fn(&mut serde_json::Value),
) -> Visitor {
    let entry = entry_from(chain, checkpoint, &NODES, change);
    let check = entry.options().signatures;
    let store = KeptStore::open(drawer.clone(), &entry.id, &entry.checkpoint_hash, check);
    let store = now(store);
    Verifier::with_store(entry, store)
}

pub fn honest(chain: &Rc<TestChain>) -> Net {
    NODES.iter().fold(Net::at(chain.time()), |net, (url, _)| {
        net.with(url, chain, Lie::None)
    })
}

pub fn look(visitor: &mut Visitor, net: &Net) -> Look {
    now(visitor.look(net, &[]))
}

/// The height that was trusted before, and the steps from there.
fn way(look: &Look) -> (u64, u32) {
    let anchor = look.anchor.as_ref().expect("trusted");
    (anchor.from, anchor.steps)
}

#[test]
fn the_next_visit_starts_from_the_newest_header_that_was_trusted() {
    let (drawer, chain) = (Drawer::default(), Rc::new(chain()));
    let first = look(&mut visit(&drawer, &chain, 1), &honest(&chain));
    assert_eq!(way(&first), (1, 1));
    let mut longer = common::chain();
    longer.empty();
    let longer = Rc::new(longer);
    let net = NODES.iter().fold(Net::at(longer.time()), |net, (url, _)| {
        net.with(url, &longer, pruned())
    });
    let mut again = visit(&drawer, &chain, 1);
    let found = look(&mut again, &net);
    assert_eq!(
        way(&found),
        (chain.height(), 1),
        "one step, from where the last visit ended"
    );
    let anchor = found.anchor.expect("trusted");
    assert_eq!(anchor.height, longer.height());
    assert!(
        anchor
            .signers
            .iter()
            .all(|signer| !signer.member.is_empty())
    );
    // Nothing new: the signers are those that were checked before.
    let third = look(&mut visit(&drawer, &chain, 1), &net);
    assert_eq!(way(&third), (longer.height(), 0));
    assert_eq!(third.anchor.expect("trusted").signers, anchor.signers);
    // A page with another checkpoint starts from that one.
    let other = look(&mut visit(&drawer, &chain, 2), &net);
    assert_eq!(way(&other), (2, 1));
}

/// What the first node was asked so far, request by request.
fn asked(net: &Net) -> Vec<String> {
    let requests = net.requests.borrow();
    let first = requests.iter().filter(|(url, _)| url == "http://a");
    first.map(|(_, methods)| methods.clone()).collect()
}

#[test]
fn a_first_visit_asks_for_header_and_validators_at_once_and_the_next_for_no_validators_that_it_has()
{
    let (drawer, chain) = (Drawer::default(), Rc::new(chain()));
    let net = honest(&chain);
    look(&mut visit(&drawer, &chain, 1), &net);
    assert_eq!(asked(&net)[..3], ["status", "commit validators", "commit"]);
    assert_eq!(net.count("validators"), 1);
    let mut longer = common::chain();
    longer.empty();
    let net = honest(&Rc::new(longer));
    let found = look(&mut visit(&drawer, &chain, 1), &net);
    assert_eq!(way(&found), (chain.height(), 1));
    assert_eq!(asked(&net)[..2], ["status", "commit"]);
    assert_eq!(net.count("validators"), 0);
    // A node that answers one call a request is asked twice.
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::OneByOne)
        .with("http://b", &chain, Lie::None)
        .with("http://c", &chain, Lie::None);
    let found = look(&mut visit(&Drawer::default(), &chain, 1), &net);
    assert_eq!(way(&found), (1, 1));
    assert_eq!(
        asked(&net)[..5],
        [
            "status",
            "commit validators",
            "commit",
            "validators",
            "commit"
        ]
    );
}

#[test]
fn a_verdict_tells_the_way_from_what_was_trusted_when_the_page_was_opened_or_trust_began_anew() {
    let (drawer, mut chain) = (Drawer::default(), common::chain());
    let net = honest(&Rc::new(common::chain()));
    let mut visitor = visit(&drawer, &chain, 1);
    let question = Question::text(&link());
    let told = |visitor: &mut Visitor, net: &Net| {
        let anchor = now(visitor.check(net, &question)).anchor.expect("trusted");
        (anchor.from, anchor.height, anchor.steps, anchor.signatures)
    };
    let (.., signatures) = told(&mut visitor, &net);
    assert_eq!(told(&mut visitor, &net), (1, 3, 1, signatures));
    chain.empty();
    let longer = Rc::new(chain);
    net.turn(&longer);
    assert_eq!(told(&mut visitor, &net), (1, 4, 2, 2 * signatures));
    assert_eq!(told(&mut visit(&drawer, &longer, 1), &net), (4, 4, 0, 0));
    // Nobody goes on from a header that no other member's node confirms.
    let lone = NODES.iter().fold(Net::at(longer.time()), |net, (url, _)| {
        let silent = if *url == "http://a" {
            Lie::None
        } else {
            Lie::Cut
        };
        net.with(url, &longer, silent)
    });
    let mut alone = visit(&Drawer::default(), &longer, 1);
    for _ in 0..2 {
        assert_eq!(told(&mut alone, &lone), (1, 4, 1, signatures));
    }
    // Whatever led there before, a person has begun anew.
    for height in [2, 4] {
        let hash = hex::encode(longer.header(height).hash());
        now(visitor.establish(&net, height, &hash)).expect("a node has it");
        let steps = u32::from(height == 2);
        let expected = (height, 4, steps, steps * signatures);
        assert_eq!(told(&mut visitor, &net), expected);
    }
}

#[test]
fn a_fork_stops_the_next_visit_too_until_a_person_establishes_trust() {
    let (drawer, chain) = (Drawer::default(), Rc::new(chain()));
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, forked())
        .with("http://c", &chain, Lie::None);
    assert_eq!(
        look(&mut visit(&drawer, &chain, 1), &net).reason,
        "chain-forked"
    );
    let honest = honest(&chain);
    // Also from a checkpoint that a newer page brings.
    let mut again = visit(&drawer, &chain, 2);
    let verdict = now(again.check(&honest, &Question::text(&link())));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "chain-forked")
    );
    let mut again = visit(&drawer, &chain, 1);
    let halted = look(&mut again, &honest);
    assert!(halted.anchor.is_none());
    let fork = halted.fork.expect("both sides are shown");
    assert_eq!(fork.sides.len(), 2);
    assert_ne!(fork.sides[0].hash, fork.sides[1].hash);
    let evidence: serde_json::Value = serde_json::from_str(&fork.evidence).expect("JSON");
    assert_eq!(evidence.as_array().map(Vec::len), Some(2));
    // A person names a block: none with that hash, then one.
    let hash = hex::encode(chain.header(2).hash());
    let refused = |visitor: &mut Visitor, hash: &str| {
        let refused = now(visitor.establish(&honest, 2, hash)).expect_err("refused");
        refused.reason
    };
    assert_eq!(refused(&mut again, "12"), "not-a-hash");
    assert_eq!(
        refused(&mut again, &"12".repeat(32)),
        "checkpoint-not-given"
    );
    assert_eq!(
        look(&mut again, &honest).reason,
        "chain-forked",
        "nothing was lifted"
    );
    now(again.establish(&honest, 2, &hash)).expect("a node has it");
    let trusted = look(&mut again, &honest);
    assert_eq!((trusted.reason.as_str(), trusted.fork), ("", None));
    let next = look(&mut visit(&drawer, &chain, 1), &honest);
    assert_eq!(
        (next.reason.as_str(), next.fork),
        ("", None),
        "and so in the next visit"
    );
}

#[test]
fn what_was_proven_by_what_is_trusted_no_more_is_forgotten_in_every_tab() {
    let (drawer, chain) = (Drawer::default(), Rc::new(chain()));
    let honest = honest(&chain);
    let tab = || visit(&drawer, &chain, 1);
    let (mut one, mut other) = (tab(), tab());
    let question = Question::text(&link());
    // How many log entries a question takes.
    let asked = |tab: &mut Visitor| {
        let before = honest.entries.get();
        assert!(now(tab.check(&honest, &question)).anchor.is_some());
        honest.entries.get() - before
    };
    assert!(asked(&mut one) > 0);
    assert_eq!(asked(&mut one), 0, "it has them");
    // One tab finds a fork, and a person decides in the other.
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, forked())
        .with("http://c", &chain, Lie::None);
    look(&mut other, &honest);
    let mut third = tab();
    assert_eq!(look(&mut third, &net).reason, "chain-forked");
    assert_eq!(look(&mut one, &honest).reason, "chain-forked");
    let hash = hex::encode(chain.header(2).hash());
    now(other.establish(&honest, 2, &hash)).expect("a node has it");
    assert!(asked(&mut one) > 0, "from the beginning");
    assert_eq!(asked(&mut one), 0);
    for tab in [&mut one, &mut other, &mut third] {
        assert_eq!(look(tab, &honest).reason, "");
    }
}

/// *Attack: an event was written on one side of a fork. In another tab a person decides for the other side.*
#[test]
fn an_event_is_not_said_to_be_written_by_what_is_trusted_no_more() {
    let (drawer, chain) = (Drawer::default(), common::chain());
    let tx = lock(&chain, "1");
    let tab = || visit(&drawer, &chain, 1);
    let (mut one, mut other) = (tab(), tab());
    let mut written = common::chain();
    assert_eq!(written.block(&tx).code, 0, "accepted");
    written.empty();
    let net = honest(&Rc::new(written));
    let verdict = now(one.check(&net, &Question::text(&link())));
    assert_eq!(verdict.history.len(), 2, "{verdict:#?}");
    let mut without = common::chain();
    without.empty();
    without.empty();
    let without = Rc::new(without);
    net.turn(&without);
    let hash = hex::encode(without.header(2).hash());
    now(other.establish(&net, 2, &hash)).expect("a node has it");
    let mut event = Sending::new(&tx, None).expect("an event");
    assert_eq!(now(one.send_on(&net, &mut event)), Ok(None));
    assert_eq!(net.count("broadcast_tx_sync"), NODES.len());
}

#[test]
fn a_fork_names_its_signers_by_what_was_proven_before_it() {
    let (drawer, chain) = (Drawer::default(), Rc::new(chain()));
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, forked())
        .with("http://c", &chain, Lie::None);
    // The fork comes with the third block.
    look(
        &mut visit(&drawer, &chain, 1),
        &honest(&Rc::new(common::issued())),
    );
    let found = look(&mut visit(&drawer, &chain, 1), &net);
    let fork = found.fork.expect("found");
    for side in &fork.sides {
        assert!(
            side.signers
                .iter()
                .any(|signer| signer.member == "tax" && signer.signed > 0)
        );
    }
}

#[test]
fn expired_trust_is_never_trusted_again_by_itself() {
    let (drawer, chain) = (Drawer::default(), Rc::new(chain()));
    let net = honest(&chain);
    look(&mut visit(&drawer, &chain, 1), &net);
    let month = 30 * 24 * 3600 * SECOND;
    net.now.set(net.now.get() + month);
    let mut later = visit(&drawer, &chain, 1);
    let found = look(&mut later, &net);
    // As old as all that is trusted: the chain may stand still, or the clock be a month ahead.
    assert_eq!(found.reason, "trust-expired-or-clock");
    let age = found.facts[&"age_seconds".to_owned()].parse::<i64>();
    assert_eq!(age.map(|age| age * SECOND), Ok(month));
    assert!(found.anchor.is_none());
    let old = hex::encode(chain.header(3).hash());
    let refused = now(later.establish(&net, 3, &old)).expect_err("older than the trusting period");
    assert_eq!(refused.reason, "trust-expired");
    let mut longer = common::chain();
    longer.ledger.time += month;
    longer.empty();
    let longer = Rc::new(longer);
    net.turn(&longer);
    assert_eq!(
        look(&mut later, &net).reason,
        "trust-expired",
        "whatever the nodes have"
    );
    let newest = hex::encode(longer.header(longer.height()).hash());
    now(later.establish(&net, longer.height(), &newest)).expect("recent");
    assert_eq!(look(&mut later, &net).reason, "");
}

#[test]
fn a_clock_that_is_ahead_is_told_from_a_chain_that_stands_still() {
    let chain = Rc::new(chain());
    let net = honest(&chain);
    let hour = 3600 * SECOND;
    net.now.set(net.now.get() + hour);
    let mut visitor = visit(&Drawer::default(), &chain, 1);
    assert_eq!(look(&mut visitor, &net).reason, "header-stale");
    net.now.set(net.now.get() + 5 * SECOND);
    assert_eq!(
        look(&mut visitor, &net).reason,
        "header-stale",
        "it stands still"
    );
    let mut longer = common::chain();
    longer.empty();
    net.turn(&Rc::new(longer));
    let ahead = look(&mut visitor, &net);
    assert_eq!(ahead.reason, "clock-ahead");
    assert_eq!(ahead.facts[&"age_seconds".to_owned()], "3600");
}

#[test]
fn a_look_tells_how_long_the_logs_of_records_are() {
    let chain = Rc::new(chain());
    let names = [("invoice", INVOICE), ("invoice", "absent-1")];
    let names = names.map(|(kind, id)| RecordName::new(kind, id).expect("a name"));
    let mut visitor = visit(&Drawer::default(), &chain, 1);
    let sizes = now(visitor.look(&honest(&chain), &names)).sizes;
    assert_eq!(names.map(|name| sizes[&name]), [1, 0]);
}
