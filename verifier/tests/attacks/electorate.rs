//! Who may vote is recomputed from what is published, or said to be as two members state it.

use crate::{
    ask::{NODES, all_lie, one_liar},
    common::{
        Lie, TestChain, now, verifier,
        vote::{VOTE, open_vote, opening, roster, voting},
    },
    kept::honest,
    tells::{bend_value, is_query},
};
use records::Digest;
use std::rc::Rc;
use verifier::{
    Question,
    verdict::{CheckId, Outcome, Verdict},
};

/// A vote whose published leaves are those of this roster; its first head has a hundred square metres on the vote's own.
fn published(first: u64) -> Rc<TestChain> {
    let published = roster(first).publish().expect("encodes");
    let mut community = voting(|open| open.published = Some(published.digest()));
    for blob in published.chunks.into_iter().chain([published.list]) {
        community.chain.blob(blob);
    }
    community.all_cast(0..3);
    community.chain.empty();
    Rc::new(community.chain)
}

fn question() -> Question {
    Question::record("vote", VOTE, None).expect("a vote")
}

fn electorate(verdict: &Verdict) -> Vec<&str> {
    let of = |check: &&verifier::verdict::Check| check.id == CheckId::OutsideProof;
    let checks = verdict.checks.iter().filter(of);
    checks
        .map(|check| check.reason.as_str())
        .filter(|reason| *reason != "event-times-wide")
        .collect()
}

#[test]
fn an_electorate_that_is_not_published_is_as_two_members_state_it() {
    let mut community = voting(|_| {});
    community.chain.empty();
    let verdict = one_liar(&Rc::new(community.chain), Lie::None, &question());
    assert_eq!(electorate(&verdict), ["electorate-as-stated"]);
    let stated = |check: &&verifier::verdict::Check| check.reason == "electorate-as-stated";
    let check = verdict.checks.iter().find(stated).expect("stated");
    assert_eq!(check.facts[&"first".to_owned()], "机构 street");
}

#[test]
fn a_published_electorate_is_recomputed() {
    let verdict = one_liar(&published(100), Lie::None, &question());
    assert_eq!(
        electorate(&verdict),
        ["electorate-recomputed"],
        "{verdict:#?}"
    );
    assert_eq!(verdict.outcome, Outcome::Verified);
}

#[test]
fn published_leaves_that_give_another_roster_are_called_so() {
    let verdict = one_liar(&published(120), Lie::None, &question());
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "electorate-differs"),
        "{verdict:#?}"
    );
}

/// *Attack: two members state a vote over other rooms, with the root of a roster that the visitor has recomputed.*
#[test]
fn a_root_that_was_recomputed_stands_for_no_other_rooms_and_no_other_list() {
    let published = roster(100).publish().expect("encodes");
    let list = Some(published.digest());
    let mut community = voting(|open| open.published = list);
    for blob in published.chunks.into_iter().chain([published.list]) {
        community.chain.blob(blob);
    }
    let (mut chain, roster) = (community.chain, community.roster);
    let mut other = opening(&chain, &roster);
    other.scope = Digest([7; 32]);
    other.published = list;
    open_vote(&mut chain, "rooms", &other);
    other = opening(&chain, &roster);
    open_vote(&mut chain, "list", &other);
    chain.empty();
    let chain = Rc::new(chain);
    let (mut visitor, net) = (verifier(&chain, &NODES), honest(&chain));
    for (vote, says) in [
        (VOTE, "electorate-recomputed"),
        ("rooms", "electorate-differs"),
        ("list", "electorate-as-stated"),
    ] {
        let question = Question::record("vote", vote, None).expect("a vote");
        let verdict = now(visitor.check(&net, &question));
        let said = |check: &verifier::verdict::Check| check.reason == says;
        assert!(verdict.checks.iter().any(said), "{vote}: {verdict:#?}");
    }
}

/// The roster's leaves with one more square metre somewhere.
fn bent_leaves() -> Lie {
    crate::common::lie(|method, params, mut answer| {
        if is_query(method, params, "/blob") {
            bend_value(&mut answer, |mut blob| {
                blob.iter_mut()
                    .filter(|byte| **byte == b'1')
                    .take(1)
                    .for_each(|byte| *byte = b'2');
                blob
            });
        }
        answer
    })
}

#[test]
fn a_node_cannot_bend_what_is_published() {
    let chain = published(100);
    let verdict = one_liar(&chain, bent_leaves(), &question());
    assert_eq!(electorate(&verdict), ["electorate-recomputed"]);
    assert_eq!(verdict.nodes[0].state, "refuted");
    let verdict = all_lie(&chain, bent_leaves, &question());
    assert_eq!(electorate(&verdict), ["roster-not-given"]);
    assert_eq!(verdict.outcome, Outcome::Verified, "as stated, and said so");
}
