//! Verdicts that no lie is about: where a record is in its life, and why nothing could be said.

use crate::{
    ask::{NODES, one_liar},
    common::{
        self, Lie, Net, TestChain, chain, json, link, now, verifier, verifier_from,
        vote::{Community, VOTE, owner, voting},
    },
    kept::honest,
    rests,
    tells::from_the_future,
};
use records::{
    Head, RecordName,
    canonical::{Map, Value},
    kinds::{
        ballot::{self, Appoint, Seat},
        consent::document::{Propose, RECOVERY_DELAY, Recover},
        proposal::{Act, Make},
        room::{Bind, REBIND_DELAY},
        vote::Choice,
    },
    log::LogTree,
    testing::{SECOND, key, member},
};
use std::rc::Rc;
use verifier::{
    Question,
    portable::{self, Asked},
    verdict::{Check, CheckId, Outcome, Verdict},
};

fn ask(chain: TestChain, kind: &str, id: &str) -> Verdict {
    let question = Question::record(kind, id, None).expect("a name");
    one_liar(&Rc::new(chain), Lie::None, &question)
}

/// What a verified record's check of its life says.
fn life(verdict: &Verdict) -> (&str, &Check) {
    assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
    let of = |check: &&Check| check.id == CheckId::LifeCycle;
    let check = verdict.checks.iter().find(of).expect("a life");
    assert_eq!(verdict.headline, check.reason);
    (&check.reason, check)
}

/// A vote in which so many heads are in favour and so many against, once it has closed.
fn closed(in_favour: u32, against: u32) -> TestChain {
    let mut community = voting(|_| {});
    community.all_cast(0..in_favour);
    (0..against).for_each(|head| community.cast(in_favour + head, Choice::Against));
    community.chain.ledger.time += 10 * 24 * 3600 * SECOND;
    community.chain.empty();
    community.chain.empty();
    community.chain
}

#[test]
fn a_vote_says_whether_it_has_opened_and_what_came_of_it() {
    let mut community = voting(|_| {});
    community.chain.ledger.time -= 1800 * SECOND;
    community.chain.empty();
    let verdict = ask(community.chain, "vote", VOTE);
    assert_eq!(life(&verdict).0, "vote-upcoming");
    let verdict = ask(closed(7, 1), "vote", VOTE);
    assert_eq!(life(&verdict).0, "vote-passed");
    for (in_favour, against, why) in [(2, 0, "participation"), (1, 8, "heads-and-area")] {
        let verdict = ask(closed(in_favour, against), "vote", VOTE);
        let (code, check) = life(&verdict);
        assert_eq!(code, "vote-not-passed");
        assert_eq!(check.facts[&"why".to_owned()], why);
    }
}

#[test]
fn a_ballot_says_what_stands_on_it() {
    let mut community = voting(|_| {});
    community.cast(0, Choice::Against);
    appoint(&mut community, 1);
    community.chain.empty();
    let chain = Rc::new(community.chain);
    for (index, code, choice) in [(0, "ballot-counted", "against"), (1, "ballot-not-cast", "")] {
        let seat = Seat::on(&community.roster, index, VOTE, "garden").expect("on the roster");
        let question = Question::ballot(&seat).expect("a name");
        let verdict = one_liar(&chain, Lie::None, &question);
        let (said, check) = life(&verdict);
        assert_eq!(said, code);
        let found = check.facts.get("choice").map_or("", String::as_str);
        assert_eq!(found, choice);
    }
}

/// The owner names a proxy, who has not voted yet.
fn appoint(community: &mut Community, index: u32) {
    let appoint = Appoint {
        by: None,
        proxy: Some(key("proxy").public()),
        seat: Seat::on(&community.roster, index, VOTE, "garden").expect("on the roster"),
    };
    let (id, body) = (ballot::id(VOTE, index), json(&appoint));
    let keys = [&owner(index)];
    community
        .chain
        .submit("ballot.appoint", ("ballot", &id), body, &keys);
}

#[test]
fn a_quota_counts_and_readings_outside_the_chain_are_excluded_by_nothing() {
    let verdict = ask(chain(), "quota", "shop");
    let (code, check) = life(&verdict);
    assert_eq!(
        (code, &*check.facts[&"left".to_owned()]),
        ("quota-counted", "9")
    );
    for (kind, id) in [("document", "a1"), ("grant", "g1"), ("read", "r1")] {
        let verdict = ask(rests::granted(), kind, id);
        let outside = |check: &Check| check.reason == "reads-outside-chain";
        assert!(verdict.checks.iter().any(outside), "{kind}");
    }
}

/// What a record that is proven to be out of force says.
fn ended(chain: TestChain, kind: &str, id: &str) -> String {
    let verdict = ask(chain, kind, id);
    assert_eq!(verdict.outcome, Outcome::OutOfForce, "{verdict:#?}");
    verdict.headline
}

/// *Attack: who was let go shows that its record is in force.*
#[test]
fn a_member_that_has_left_is_not_in_force() {
    let before = ask(chain(), "member", "firm");
    assert_eq!(life(&before).0, "record-in-force");
    let mut chain = chain();
    let keys = ["tax", "shop", "notary", "regulator"].map(key);
    let keys: Vec<_> = keys.iter().collect();
    let firm = ("member", "firm");
    chain.submit("member.leave", firm, Value::Object(Map::new()), &keys);
    chain.empty();
    assert_eq!(ended(chain, "member", "firm"), "member-left");
}

/// *Attack: who made a proposal that too few approved of shows it for in force when its time is over.*
#[test]
fn a_proposal_is_in_force_until_its_time_is_over() {
    const DAY: i64 = 24 * 3600 * SECOND;
    let proposed = |days: i64| {
        let mut chain = chain();
        let act = Act {
            body: Value::Object(Map::new()),
            seq: 1,
            subject: RecordName::new("member", "firm").expect("a name"),
            event_type: "member.leave".into(),
        };
        let id = act.proposal().expect("encodes");
        let make = Make {
            act,
            by: "tax".into(),
            until: chain.ledger.time + 2 * DAY,
        };
        let subject = ("proposal", id.as_str());
        chain.submit("proposal.make", subject, json(&make), &[&key("tax")]);
        chain.ledger.time += days * DAY;
        chain.empty();
        chain.empty();
        (chain, id, make.until)
    };
    let (chain, id, until) = proposed(1);
    let verdict = ask(chain, "proposal", &id);
    let (code, check) = life(&verdict);
    // The page proves it anew when that time has come.
    let closes = check.facts[&"closes".to_owned()].clone();
    assert_eq!((code, closes), ("record-in-force", until.to_string()));
    let (chain, id, _) = proposed(3);
    assert_eq!(ended(chain, "proposal", &id), "proposal-expired");
}

/// Codes of what is said of a record's life, the one that decides first, and from when another key counts.
fn lives(chain: &Rc<TestChain>, kind: &str, id: &str) -> (Vec<String>, String) {
    lives_after(3 * SECOND, chain, kind, id)
}

/// The same where the header is so old.
fn lives_after(age: i64, chain: &Rc<TestChain>, kind: &str, id: &str) -> (Vec<String>, String) {
    let question = Question::record(kind, id, None).expect("a name");
    let mut net = Net::at(chain.time() + age);
    for (url, _) in NODES {
        net = net.with(url, chain, Lie::None);
    }
    let verdict = now(verifier(chain, &NODES).check(&net, &question));
    let of = |check: &&Check| check.id == CheckId::LifeCycle;
    let lives: Vec<&Check> = verdict.checks.iter().filter(of).collect();
    assert_eq!(verdict.headline, lives[0].reason, "{verdict:#?}");
    let from = lives.last().and_then(|check| check.facts.get("from_time"));
    let from = from.cloned().unwrap_or_default();
    (
        lives.iter().map(|check| check.reason.clone()).collect(),
        from,
    )
}

/// Lets so much time go by that nothing but time changes.
fn pass(chain: &mut Rc<TestChain>, time: i64) {
    let chain = Rc::get_mut(chain).expect("nobody asks");
    chain.ledger.time += time;
    chain.empty();
    chain.empty();
}

/// *Attack: whoever stole a key shows a record that names it, for no event has come since another one took its place.*
#[test]
fn a_key_whose_time_has_come_has_changed_hands_though_nothing_was_written() {
    let Community { mut chain, roster } = voting(|_| {});
    let ballot = ballot::id(VOTE, 1);
    let bind = Bind {
        by: ["street", "notary"].map(String::from),
        from: Some(chain.ledger.time + REBIND_DELAY + 3600 * SECOND),
        key: key("another").public(),
        regulator: None,
        seat: Seat::on(&roster, 1, VOTE, "garden"),
    };
    let desks = ["street", "notary"].map(key);
    let desks = [&desks[0], &desks[1]];
    let room = ("room", "garden.1-1");
    chain.submit("room.bind", room, json(&bind), &desks);
    chain.empty();
    let mut chain = Rc::new(chain);
    let from = bind.from.unwrap_or_default().to_string();
    let said = |codes: &[&str]| {
        (
            codes.iter().map(|code| (*code).into()).collect(),
            from.clone(),
        )
    };
    assert_eq!(lives(&chain, "room", "garden.1-1"), said(&["key-coming"]));
    let uncast = "ballot-not-cast";
    assert_eq!(
        lives(&chain, "ballot", &ballot),
        said(&[uncast, "key-coming"])
    );
    pass(&mut chain, REBIND_DELAY + 7200 * SECOND);
    assert_eq!(lives(&chain, "room", "garden.1-1"), said(&["key-changed"]));
    assert_eq!(
        lives(&chain, "ballot", &ballot),
        said(&[uncast, "key-changed"])
    );
}

/// *Attack: the same with a patient's key; and under a header that has grown old meanwhile.*
#[test]
fn a_document_is_in_other_hands_from_the_moment_that_its_new_key_counts() {
    let mut chain = TestChain::found(vec![
        member("tax", &["tax-bureau"]),
        member("renji", &["hospital"]),
        member("street", &["desk"]),
        member("notary", &["desk", "notary"]),
    ]);
    let document = ("document", "a1");
    let [patient, heir] = ["patient", "heir"].map(key);
    let propose = Propose {
        content: "00".repeat(32),
        guardian: None,
        hospital: "renji".into(),
        patient: patient.public(),
        root: "00".repeat(32),
    };
    chain.submit(
        "document.propose",
        document,
        json(&propose),
        &[&key("renji")],
    );
    let nothing = Value::Object(Map::new());
    chain.submit("document.confirm", document, nothing, &[&patient]);
    let from = (chain.ledger.time + RECOVERY_DELAY).to_string();
    let recover = Recover {
        by: ["street", "notary"].map(String::from),
        key: heir.public(),
        lost: patient.public(),
    };
    let keys = [&key("street"), &key("notary"), &heir];
    chain.submit("document.recover", document, json(&recover), &keys);
    chain.empty();
    let mut chain = Rc::new(chain);
    let shared = "document-shared";
    let said = |codes: &[&str]| {
        (
            codes.iter().map(|code| (*code).into()).collect(),
            from.clone(),
        )
    };
    assert_eq!(
        lives(&chain, "document", "a1"),
        said(&[shared, "key-coming"])
    );
    let old = |chain: &Rc<TestChain>| lives_after(3600 * SECOND, chain, "document", "a1").0;
    assert_eq!(old(&chain), ["life-cycle-stale"]);
    pass(&mut chain, RECOVERY_DELAY + 3600 * SECOND);
    assert_eq!(
        lives(&chain, "document", "a1"),
        said(&[shared, "key-changed"])
    );
    assert_eq!(old(&chain), ["life-cycle-stale", "key-changed"]);
}

#[test]
fn a_record_of_a_kind_that_this_program_lacks_is_in_the_state_and_no_more_is_said() {
    let mut chain = chain();
    let name = RecordName::new("lease", "a1").expect("a name");
    chain.corrupt(&name, Head::new(b"a state", &LogTree::new()), Vec::new());
    chain.empty();
    let verdict = ask(chain, "lease", "a1");
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "kind-unknown")
    );
}

#[test]
fn a_chain_that_has_not_moved_since_its_checkpoint_is_as_that_says() {
    let chain = Rc::new(chain());
    let mut visitor = verifier_from(&chain, chain.height(), &NODES, |_| {});
    let verdict = now(visitor.check(&honest(&chain), &Question::text(&link())));
    let at = |check: &Check| check.reason == "header-is-checkpoint";
    assert!(verdict.checks.iter().any(at), "{verdict:#?}");
    assert_eq!(verdict.outcome, Outcome::Verified);
}

#[test]
fn a_header_that_only_a_node_contradicts_is_not_established() {
    let chain = Rc::new(chain());
    let net = Net::at(chain.time() + 3 * SECOND)
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, from_the_future());
    let verdict = now(verifier(&chain, &NODES[..2]).check(&net, &Question::text(&link())));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "nodes-disagree"),
        "{verdict:#?}"
    );
}

#[test]
fn no_proof_is_made_about_a_text_that_names_no_record() {
    let chain = common::chain();
    let entry = common::entry_from(&chain, 1, &NODES, |_| {});
    let net = Net::at(chain.time());
    let made = now(portable::make(
        &portable::beside(&net),
        &entry,
        Asked::text("hello"),
    ));
    assert_eq!(made.expect_err("nothing asked").code(), "no-record-named");
    assert!(net.requests.borrow().is_empty(), "nobody was asked");
}
