//! A vote's tally follows from its ballots, and whoever does not count them all says so.

use crate::{
    ask::{NODES, all_lie, one_liar},
    common::{
        self, Lie, Net, TestChain, now, verifier,
        vote::{VOTE, voting},
    },
    tells::{bend_value, forged_entry, hidden_entry, is_query},
};
use records::{
    RecordName, State,
    canonical::Value,
    kinds::{rules::Activation, vote::Choice},
    log::{Entry, pack_entries},
    testing::{SECOND, key},
};
use std::rc::Rc;
use verifier::{
    Question,
    verdict::{Outcome, Verdict},
};

fn name() -> RecordName {
    RecordName::new("vote", VOTE).expect("a name")
}

/// Seven in favour, one against.
fn voted() -> TestChain {
    let mut community = voting(|_| {});
    community.all_cast(0..7);
    community.cast(7, Choice::Against);
    community.chain.empty();
    community.chain
}

/// The same, and then the validators sign a state and a log of their own making.
fn forged(change: impl FnOnce(&mut serde_json::Value, &mut Vec<Vec<u8>>)) -> Rc<TestChain> {
    let mut chain = voted();
    let mut log = chain.ledger.log("vote", VOTE).to_vec();
    let data: Value = chain.ledger.data("vote", VOTE);
    let data = common::changed(&data, |data| change(data, &mut log));
    let seq = chain.ledger.seq(&name());
    chain.forge(&name(), &State { data, seq }, log);
    chain.empty();
    Rc::new(chain)
}

fn count(sample: u32) -> Question {
    Question::recount(VOTE, sample).expect("a vote")
}

fn has(verdict: &Verdict, reason: &str) -> bool {
    verdict.checks.iter().any(|check| check.reason == reason)
}

#[test]
fn a_full_recount_gives_the_tally_and_every_ballot() {
    let verdict = one_liar(&Rc::new(voted()), Lie::None, &count(0));
    assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
    assert!(has(&verdict, "history-replayed"));
    let choices = |choice: &str| {
        let of = |entry: &&verifier::verdict::HistoryEntry| {
            entry.facts.get("choice").is_some_and(|own| own == choice)
        };
        verdict.history.iter().filter(of).count()
    };
    assert_eq!((choices("for"), choices("against")), (7, 1));
    assert!(verdict.state.contains(r#""heads":7"#), "{}", verdict.state);
}

#[test]
fn a_forged_tally_is_caught_by_the_recount() {
    let chain = forged(|data, _| {
        let against = data["tally"]["against"].take();
        data["tally"]["against"] = data["tally"]["for"].take();
        data["tally"]["for"] = against;
    });
    let verdict = one_liar(&chain, Lie::None, &count(0));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "history-breaks-rules"),
        "{verdict:#?}"
    );
}

#[test]
fn a_hidden_ballot_is_caught_by_the_recount() {
    let chain = forged(|_, log| drop(log.remove(3)));
    let verdict = one_liar(&chain, Lie::None, &count(0));
    assert_eq!(verdict.headline, "history-breaks-rules");
    let chain = Rc::new(voted());
    for tell in [hidden_entry, forged_entry] {
        let verdict = one_liar(&chain, tell(), &count(0));
        assert_eq!(verdict.outcome, Outcome::Verified);
        assert_eq!(verdict.nodes[0].state, "refuted");
        let verdict = all_lie(&chain, tell, &count(0));
        assert_eq!(verdict.outcome, Outcome::NotEstablished);
    }
}

#[test]
fn a_sample_says_that_it_is_one() {
    let verdict = one_liar(&Rc::new(voted()), Lie::None, &count(4));
    assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
    assert!(has(&verdict, "history-sampled") && !has(&verdict, "history-replayed"));
    let sampled = |check: &&verifier::verdict::Check| check.reason == "history-sampled";
    let check = verdict.checks.iter().find(sampled).expect("sampled");
    assert_eq!(
        (
            check.facts[&"entries".to_owned()].as_str(),
            check.facts[&"sample".to_owned()].as_str()
        ),
        ("9", "4")
    );
}

/// A sample replays nothing: a state as no rules of this program write it is not taken for one that was read.
#[test]
fn a_sampled_state_that_this_program_cannot_read_says_that_it_is_too_old() {
    let chain = forged(|data, _| data["weighed"] = 1.into());
    let verdict = one_liar(&chain, Lie::None, &count(4));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "kind-unknown"),
        "{verdict:#?}"
    );
}

/// *Attack on a page that is too old: new rules come into force while a vote runs, and ballots are cast as they say. The vote is not called broken.*
#[test]
fn a_sample_that_meets_newer_rules_says_that_this_program_is_too_old() {
    let mut chain = voted();
    let activation = Activation {
        from: chain.ledger.height + 1,
        version: 2,
    };
    let keys = ["housing", "street", "committee", "notary"].map(key);
    let keys: Vec<_> = keys.iter().collect();
    let body = common::json(&activation);
    chain.submit("rules.activate", ("rules", "main"), body, &keys);
    let mut log = chain.ledger.log("vote", VOTE).to_vec();
    let payload = chain
        .ledger
        .payload("vote.extend", ("vote", VOTE), Value::String("more".into()));
    let envelope = payload.sign(&[&key("street")]).expect("encodes").encode();
    let newer = Entry {
        height: chain.ledger.height,
        time: chain.ledger.time,
        envelope: &envelope,
    };
    log.push(newer.encode());
    let state = State {
        data: chain.ledger.data("vote", VOTE),
        seq: chain.ledger.seq(&name()),
    };
    chain.forge(&name(), &state, log);
    chain.empty();
    let chain = Rc::new(chain);
    for sample in [10, 0] {
        let verdict = one_liar(&chain, Lie::None, &count(sample));
        assert_eq!(
            (verdict.outcome, verdict.headline.as_str()),
            (Outcome::NotEstablished, "rules-too-new"),
            "{sample}"
        );
    }
}

/// A ballot with another choice than its owner signed.
fn bent_ballot(log: &mut [Vec<u8>]) {
    let entry = Entry::decode(&log[2]).expect("whole");
    let mut envelope: serde_json::Value = serde_json::from_slice(entry.envelope).expect("JSON");
    let sig = envelope["signatures"][0]["sig"].as_str().expect("signed");
    let bent = if sig.starts_with('A') { "B" } else { "A" };
    envelope["signatures"][0]["sig"] = [bent, &sig[1..]].concat().into();
    let envelope = envelope.to_string().into_bytes();
    log[2] = Entry {
        envelope: &envelope,
        ..entry
    }
    .encode();
}

#[test]
fn a_sample_that_meets_a_bad_ballot_says_so() {
    let chain = forged(|_, log| bent_ballot(log));
    let verdict = one_liar(&chain, Lie::None, &count(9));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "history-breaks-rules"),
        "{verdict:#?}"
    );
}

/// A ballot for another vote, in this one's log.
#[test]
fn a_sample_that_meets_a_foreign_event_says_so() {
    let chain =
        forged(|_, log| log[2] = common::chain().ledger.log("invoice", common::INVOICE)[0].clone());
    let verdict = one_liar(&chain, Lie::None, &count(9));
    assert_eq!(verdict.headline, "history-breaks-rules");
}

/// The first entry, wherever another was drawn.
fn easy_entry() -> Lie {
    common::lie(|method, params, mut answer| {
        if is_query(method, params, "/log") {
            let first = voted().ledger.log("vote", VOTE)[0].clone();
            bend_value(&mut answer, |_| pack_entries([first.as_slice()]));
        }
        answer
    })
}

#[test]
fn a_node_cannot_choose_what_is_drawn() {
    let chain = Rc::new(voted());
    let verdict = one_liar(&chain, easy_entry(), &count(4));
    assert_eq!(verdict.outcome, Outcome::Verified);
    assert_eq!(verdict.nodes[0].state, "refuted");
    let verdict = all_lie(&chain, easy_entry, &count(4));
    assert!(!has(&verdict, "history-sampled"));
    assert_eq!(verdict.outcome, Outcome::NotEstablished);
}

#[test]
fn a_count_goes_on_from_what_was_counted_with_the_tail_alone() {
    let mut community = voting(|_| {});
    community.all_cast(0..6);
    community.chain.empty();
    let early = Rc::new(community.chain);
    let mut community = voting(|_| {});
    community.all_cast(0..6);
    community.chain.empty();
    community.cast(6, Choice::For);
    community.cast(7, Choice::Against);
    community.chain.empty();
    let late = Rc::new(community.chain);
    let mut net = Net::at(late.time() + 3 * SECOND);
    for (url, _) in NODES {
        net = net.with(url, &early, Lie::None);
    }
    let mut verifier = verifier(&early, &NODES);
    let verdict = now(verifier.check(&net, &count(0)));
    assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
    let before = net.entries.get();
    net.turn(&late);
    let verdict = now(verifier.check(&net, &count(0)));
    assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
    assert!(verdict.state.contains(r#""heads":7"#));
    assert_eq!(net.entries.get() - before, 2, "the tail");
}

/// *Attack: a visitor counted every ballot, some are replaced since, and the newer verdict counts a sample.*
#[test]
fn a_sample_shows_no_ballots_that_an_older_header_proved() {
    let voted = |ballots| {
        let mut community = voting(|_| {});
        community.all_cast(0..ballots);
        community.chain.empty();
        Rc::new(community.chain)
    };
    let (early, late) = (voted(6), voted(7));
    let mut net = Net::at(late.time() + 3 * SECOND);
    for (url, _) in NODES {
        net = net.with(url, &early, Lie::None);
    }
    let mut verifier = verifier(&early, &NODES);
    let ballots = |verdict: &Verdict| {
        let cast = |entry: &&verifier::verdict::HistoryEntry| entry.event == "ballot.cast";
        verdict.history.iter().filter(cast).count()
    };
    for (chain, asked, shown) in [(&early, 0, 6), (&early, 2, 6), (&late, 2, 0), (&late, 0, 7)] {
        net.turn(chain);
        let verdict = now(verifier.check(&net, &count(asked)));
        assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
        assert_eq!(ballots(&verdict), shown, "{asked}");
    }
}

/// The validators sign a newer log that does not begin with the one that was counted.
#[test]
fn a_log_that_was_rewritten_since_it_was_counted_is_rejected() {
    for drop_from in [2, 7] {
        let early = Rc::new(voted());
        let late = forged(|_, log| log.truncate(drop_from));
        let mut net = Net::at(late.time() + 3 * SECOND);
        for (url, _) in NODES {
            net = net.with(url, &early, Lie::None);
        }
        let mut verifier = verifier(&early, &NODES);
        let verdict = now(verifier.check(&net, &count(0)));
        assert_eq!(verdict.outcome, Outcome::Verified);
        net.turn(&late);
        let verdict = now(verifier.check(&net, &count(0)));
        assert_eq!(
            (verdict.outcome, verdict.headline.as_str()),
            (Outcome::Rejected, "history-rewritten"),
            "{verdict:#?}"
        );
    }
}
