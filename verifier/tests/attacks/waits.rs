//! An event that was handed in: what ends the waiting for its proof, and what it keeps nobody from.

use crate::{
    ask::NODES,
    common::{self, INVOICE, Lie, Net, TestChain, chain, lie, link, now, verifier},
    headers::forked,
    kept::{Drawer, visit_with},
    outcomes::lock,
    tells::is_query,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use records::{Event, RecordName, hash::sha256, testing::SECOND};
use serde_json::json;
use std::{cell::Cell, rc::Rc};
use verifier::{
    News, Question, Sending, Shelf, Stage, Store, Unreachable, Verifier, verdict::Outcome,
};

/// An event that a node has taken.
fn hand_in<S: Store>(verifier: &mut Verifier<S>, net: &Net, chain: &TestChain) -> Sending {
    let mut sending = Sending::new(&lock(chain, "1"), None).expect("an event");
    let written = now(verifier.send_on(net, &mut sending));
    assert_eq!(written, Ok(None));
    assert_eq!(net.count("broadcast_tx_sync"), NODES.len());
    sending
}

/// A note of a fork, damaged.
fn note(drawer: &Drawer) {
    let kept = drawer.find(|_| true);
    let chain = kept.split('/').next().expect("a name");
    now(drawer.put(&format!("{chain}/halt"), b"damaged")).expect("kept");
}

fn honest(chain: &Rc<TestChain>) -> Net {
    each(chain, || Lie::None)
}

fn each(chain: &Rc<TestChain>, tell: impl Fn() -> Lie) -> Net {
    let net = Net::at(chain.time() + SECOND);
    NODES
        .iter()
        .fold(net, |net, (url, _)| net.with(url, chain, tell()))
}

/// How often the person was told that the event was handed in.
fn told() -> usize {
    let told = common::TOLD.take();
    told.iter()
        .filter(|news| matches!(news, News::Sent(..)))
        .count()
}

#[test]
fn an_event_that_may_have_arrived_is_waited_for_and_found() {
    let lost = [
        Unreachable::TimedOut,
        Unreachable::NoConnection,
        Unreachable::Status(502),
    ];
    for why in lost {
        let chain = Rc::new(chain());
        let net = each(&chain, || Lie::Loses(Cell::new(9), why));
        let mut visitor = verifier(&chain, &NODES);
        let mut event = Sending::new(&lock(&chain, "1"), None).expect("an event");
        for _ in 0..2 {
            assert_eq!(now(visitor.send_on(&net, &mut event)), Ok(None), "{why}");
        }
        assert_eq!(told(), 1);
        let mut longer = common::chain();
        assert_eq!(longer.block(&lock(&chain, "1")).code, 0, "it had arrived");
        longer.empty();
        net.now.set(longer.time());
        net.turn(&Rc::new(longer));
        let written = now(visitor.send_on(&net, &mut event)).expect("no fork");
        assert_eq!(written.expect("it is in the log").height, 4);
    }
}

#[test]
fn an_event_that_nobody_has_is_handed_in_again_until_somebody_says_so() {
    let chain = Rc::new(chain());
    let net = each(&chain, || {
        Lie::Loses(Cell::new(1), Unreachable::NoConnection)
    });
    let mut visitor = verifier(&chain, &NODES);
    let mut event = Sending::new(&lock(&chain, "1"), None).expect("an event");
    let mut taken = Vec::new();
    for _ in 0..4 {
        assert_eq!(now(visitor.send_on(&net, &mut event)), Ok(None));
        taken.push(net.count("broadcast_tx_sync"));
    }
    assert_eq!(taken, [0, 3, 3, 3]);
    assert_eq!(told(), 1);
}

#[test]
fn a_refusal_ends_nothing_while_another_node_may_have_the_event() {
    let chain = Rc::new(chain());
    let refusing = || {
        lie(|method, _, mut answer| {
            if method == "broadcast_tx_sync" {
                answer["result"] = json!({ "code": 1, "log": r#"{"code":"invoice-void"}"# });
            }
            answer
        })
    };
    let send = |third: Lie| {
        let net = Net::at(chain.time() + SECOND)
            .with("http://a", &chain, refusing())
            .with("http://b", &chain, refusing())
            .with("http://c", &chain, third);
        let mut event = Sending::new(&lock(&chain, "1"), None).expect("an event");
        let mut visitor = verifier(&chain, &NODES);
        let twice = [(); 2].map(|()| now(visitor.send_on(&net, &mut event)));
        twice.map(|sent| sent.map_err(|unsent| unsent.reason))
    };
    let lost = |why| Lie::Loses(Cell::new(9), why);
    assert_eq!(send(lost(Unreachable::TimedOut)), [Ok(None), Ok(None)]);
    // One that is too busy to look at it does not have it.
    let refused = || Err("invoice-void".to_owned());
    let busy = lost(Unreachable::Busy(Some(9)));
    assert_eq!(send(busy), [refused(), refused()]);
    assert_eq!(send(refusing()), [refused(), refused()]);
}

/// A node that answers this to whatever blob it is handed: how often, and what it is asked in between.
fn keeping(keeps: impl Fn(u32) -> bool + 'static, code: u32) -> Lie {
    let times = Cell::new(0);
    lie(move |method, params, mut answer| {
        if is_query(method, params, "/blob/keep") {
            let blob = hex::decode(params["data"].as_str().expect("hex")).expect("hex");
            times.set(times.get() + 1);
            answer["result"]["response"] = match keeps(times.get()) {
                true => json!({ "code": 0, "value": STANDARD.encode(sha256(&[&blob])) }),
                false => json!({ "code": code, "log": "no" }),
            };
        }
        answer
    })
}

/// Looks until an event is said to be written, at most so often; the chain goes on with it after the third.
fn looks_until_written(net: &Net, chain: &TestChain, most: usize) -> Result<usize, String> {
    let mut visitor = verifier(chain, &NODES);
    let tx = lock(chain, "1");
    let mut event = Sending::new(&tx, Some(b"sealed")).expect("an event");
    for look in 1..=most {
        if look == 4 {
            let mut longer = common::chain();
            assert_eq!(longer.block(&tx).code, 0, "accepted");
            longer.empty();
            net.now.set(longer.time());
            net.turn(&Rc::new(longer));
        }
        match now(visitor.send_on(net, &mut event)) {
            Ok(None) => {}
            Ok(Some(_)) => return Ok(look),
            Err(unsent) => return Err(unsent.reason),
        }
    }
    Ok(0)
}

/// *Attack: a node takes every event and throws it away, while the others cannot be handed one.*
#[test]
fn an_event_that_one_node_alone_says_to_have_is_handed_to_the_others_too() {
    let chain = Rc::new(chain());
    let lost = || Lie::Loses(Cell::new(1), Unreachable::TimedOut);
    let net = Net::at(chain.time() + SECOND)
        .with("http://a", &chain, Lie::Swallows)
        .with("http://b", &chain, lost())
        .with("http://c", &chain, lost());
    let net = net.growing(|tx| {
        let mut chain = common::chain();
        assert_eq!(chain.block(tx).code, 0, "accepted");
        chain.empty();
        vec![chain]
    });
    let mut visitor = verifier(&chain, &NODES);
    let mut event = Sending::new(&lock(&chain, "1"), None).expect("an event");
    let looks = (1..20).find(|_| {
        let sent = now(visitor.send_on(&net, &mut event)).expect("it is on its way");
        sent.is_some()
    });
    assert_eq!(looks, Some(10), "not at each look");
    let calls = net.calls.borrow();
    let of = |url: &str| {
        let call = (url.to_owned(), "broadcast_tx_sync".to_owned());
        calls.iter().filter(|asked| **asked == call).count()
    };
    assert_eq!(["http://a", "http://b", "http://c"].map(of), [1, 1, 1]);
    assert_eq!(told(), 1);
}

#[test]
fn an_event_whose_blob_nobody_keeps_yet_is_on_its_way_all_the_same() {
    let chain = Rc::new(chain());
    let net = |keeps: fn(u32) -> bool, code| {
        NODES
            .iter()
            .fold(Net::at(chain.time() + SECOND), |net, (url, _)| {
                net.with(url, &chain, keeping(keeps, code))
            })
    };
    // Kept at once; once the event has made room; and only after it was written.
    assert_eq!(looks_until_written(&net(|_| true, 8), &chain, 9), Ok(4));
    assert_eq!(
        looks_until_written(&net(|time| time > 1, 8), &chain, 9),
        Ok(4)
    );
    assert_eq!(
        looks_until_written(&net(|time| time > 4, 8), &chain, 9),
        Ok(6)
    );
    // As long as nobody keeps it, it is not said to be written, until its time is over.
    let never = net(|_| false, 8);
    common::TOLD.take();
    assert_eq!(looks_until_written(&never, &chain, 9), Ok(0));
    // The person hears at once that it is written, and that its content is nowhere: before, that it is on its way.
    let told = common::TOLD.take();
    let keeping = |news: &News| matches!(news, News::Waiting(Stage::KeepingContent, _));
    assert_eq!(told.iter().filter(|news| keeping(news)).count(), 6);
    let sent = told.iter().position(|news| matches!(news, News::Sent(..)));
    assert!(sent < told.iter().position(keeping) && sent.is_some());
    // Where nobody so much as promises to keep it, the event is handed to nobody.
    let refusing = net(|_| false, 3);
    let unsent = looks_until_written(&refusing, &chain, 9);
    assert_eq!(unsent, Err("no-node-answers".into()));
    assert_eq!(refusing.count("broadcast_tx_sync"), 0);
}

/// *Attack: the nodes promise to keep what a patient seals for a reader, let the grant be written, and keep nothing.*
#[test]
fn an_event_whose_blob_nobody_ever_keeps_is_not_said_to_be_written_and_done() {
    let chain = Rc::new(chain());
    let tx = lock(&chain, "1");
    let mut longer = common::chain();
    assert_eq!(longer.block(&tx).code, 0, "accepted");
    longer.empty();
    let until = Event::open(&tx).expect("an event").payload().until;
    let longer = Rc::new(longer);
    let send = |keeps: fn(u32) -> bool, now_is: i64| {
        let (net, mut visitor) = (Net::at(now_is), verifier(&chain, &NODES));
        let net = NODES.iter().fold(net, |net, (url, _)| {
            net.with(url, &longer, keeping(keeps, 8))
        });
        now(visitor.send_on(
            &net,
            &mut Sending::new(&tx, Some(b"sealed")).expect("an event"),
        ))
    };
    assert_eq!(send(|_| false, until), Ok(None), "until its last moment");
    let unsent = send(|_| false, until + 1).expect_err("its content is nowhere");
    assert_eq!(unsent.reason, "content-not-kept");
    assert_eq!(unsent.facts[&"height".to_owned()], "4");
    // What others do to the record after it is seen meanwhile.
    let (net, mut visitor) = (Net::at(until), verifier(&chain, &NODES));
    let net = net.with("http://a", &longer, keeping(|_| false, 8));
    let net = net.with("http://b", &longer, keeping(|_| false, 8));
    let mut event = Sending::new(&tx, Some(b"sealed")).expect("an event");
    assert_eq!(now(visitor.send_on(&net, &mut event)), Ok(None));
    let subject = event.subject().clone();
    assert!(!event.explains(&subject, 2) && event.explains(&subject, 3));
    // Who still has it hands the same in again.
    let written = send(|_| true, until + 1).expect("kept");
    assert_eq!(written.expect("it is in the log").height, 4);
}

/// The chain forks once an event was handed in.
#[test]
fn a_fork_ends_the_waiting_at_once() {
    let chain = Rc::new(chain());
    let handed_in = Rc::new(Cell::new(false));
    let mut net = honest(&chain);
    for (url, _) in NODES {
        let (handed_in, is_liar) = (handed_in.clone(), url == "http://b");
        let Lie::Bends(fork) = forked() else {
            panic!("it bends answers")
        };
        let forks = lie(move |method, params, answer| {
            handed_in.set(handed_in.get() || method == "broadcast_tx_sync");
            match is_liar && handed_in.get() {
                true => fork(method, params, answer),
                false => answer,
            }
        });
        net = net.with(url, &chain, forks);
    }
    let mut visitor = verifier(&chain, &NODES);
    let mut event = hand_in(&mut visitor, &net, &chain);
    let unsent = now(visitor.send_on(&net, &mut event)).expect_err("nothing is proven any more");
    assert_eq!(unsent.reason, "chain-forked");
    handed_in.set(false);
    let sent = now(verifier(&chain, &NODES).send(&net, &lock(&chain, "1"), None));
    assert_eq!(sent.expect_err("nor here").reason, "chain-forked");
}

#[test]
fn a_note_of_a_fork_that_cannot_be_read_ends_the_waiting_too() {
    let chain = Rc::new(chain());
    let (net, drawer) = (honest(&chain), Drawer::default());
    let mut visitor = visit_with(&drawer, &chain, 1, |_| {});
    let mut event = hand_in(&mut visitor, &net, &chain);
    note(&drawer);
    let unsent = now(visitor.send_on(&net, &mut event)).expect_err("it may have forked");
    assert_eq!(unsent.reason, "halt-unreadable");
}

#[test]
fn what_was_proven_before_a_fork_is_not_said_to_be_written_after_it() {
    let chain = Rc::new(chain());
    let (net, drawer) = (honest(&chain), Drawer::default());
    let mut visitor = visit_with(&drawer, &chain, 1, |_| {});
    let mut event = hand_in(&mut visitor, &net, &chain);
    let mut longer = common::chain();
    assert_eq!(longer.block(&lock(&chain, "1")).code, 0, "accepted");
    longer.empty();
    net.now.set(longer.time());
    net.turn(&Rc::new(longer));
    // Another question meets it in the invoice's log.
    let verdict = now(visitor.check(&net, &Question::text(&link())));
    assert_eq!(verdict.history.len(), 2, "{verdict:#?}");
    let written = now(visitor.send_on(&net, &mut event)).expect("no fork yet");
    assert_eq!(written.expect("it is in the log").height, 4);
    note(&drawer);
    let unsent = now(visitor.send_on(&net, &mut event)).expect_err("it may have forked");
    assert_eq!(unsent.reason, "halt-unreadable");
}

#[test]
fn others_are_answered_while_an_event_waits_on_a_chain_that_stands_still() {
    let chain = Rc::new(chain());
    let (net, mut visitor) = (honest(&chain), verifier(&chain, &NODES));
    let mut event = hand_in(&mut visitor, &net, &chain);
    assert_eq!(event.subject().id(), INVOICE);
    for _ in 0..3 {
        assert_eq!(now(visitor.send_on(&net, &mut event)), Ok(None));
        let verdict = now(visitor.check(&net, &Question::text(&link())));
        assert_eq!(verdict.outcome, Outcome::Verified);
        assert!(now(visitor.look(&net, &[])).reason.is_empty());
    }
    assert_eq!(net.count("broadcast_tx_sync"), NODES.len());
}

#[test]
fn what_others_do_to_a_record_is_seen_while_an_event_about_it_is_on_its_way() {
    let chain = Rc::new(chain());
    let (net, mut visitor) = (honest(&chain), verifier(&chain, &NODES));
    let mut event = hand_in(&mut visitor, &net, &chain);
    let subject = event.subject().clone();
    assert!(!event.explains(&subject, 1) && event.explains(&subject, 2));
    let other = RecordName::new("invoice", "other").expect("a name");
    assert!(!event.explains(&other, 2));
    // Somebody else claims the invoice.
    let mut longer = common::chain();
    assert_eq!(longer.block(&lock(&longer, "2")).code, 0, "accepted");
    longer.empty();
    net.now.set(longer.time());
    net.turn(&Rc::new(longer));
    let sizes = now(visitor.look(&net, core::slice::from_ref(&subject))).sizes;
    assert_eq!(sizes[&subject], 2);
    assert_eq!(now(visitor.send_on(&net, &mut event)), Ok(None));
    assert!(!event.explains(&subject, 2), "its own is not in there");
}
