//! Logs that are too long to be taken in at once: each part is proven as it comes, whoever gives it.

use crate::{
    ask::NODES,
    common::{
        Lie, Net, TestChain, lie, now, verifier,
        vote::{Community, LONG as HEADS, VOTE, long_vote, voting},
    },
    tells::{bend_value, is_about, is_query},
};
use records::{
    Head, RecordName,
    kinds::vote::Choice,
    log::{LogTree, pack_entries, unpack_entries},
    testing::SECOND,
};
use serde_json::Value;
use std::{cell::RefCell, rc::Rc};
use verifier::{
    Question, Verifier,
    verdict::{Outcome, Verdict},
};

/// No part has so many entries.
const PART: u32 = 130;
/// The first entry that is surely in the second part.
const MIDDLE: u64 = 150;

/// The vote is over: no later block can add a ballot.
fn closed(mut community: Community) -> Rc<TestChain> {
    community.chain.ledger.time += 11 * 24 * 3600 * SECOND;
    community.chain.empty();
    community.chain.empty();
    Rc::new(community.chain)
}

fn net(chain: &Rc<TestChain>, mut lies: [Lie; 3]) -> Net {
    let net = Net::at(chain.time() + 3 * SECOND);
    let told = lies.iter_mut().zip(NODES);
    told.fold(net, |net, (told, (url, _))| {
        net.with(url, chain, core::mem::replace(told, Lie::None))
    })
}

fn honest() -> [Lie; 3] {
    [Lie::None, Lie::None, Lie::None]
}

fn recount(visitor: &mut Verifier, net: &Net) -> Verdict {
    let question = Question::recount(VOTE, 0).expect("a vote");
    now(visitor.check(net, &question))
}

/// What a liar makes of entries, or of the bytes of a path.
type Bend<T> = fn(Vec<T>) -> Vec<T>;

/// What a liar makes of the answer to a question of this path.
type BendAnswer = fn(&str, Vec<u8>) -> Vec<u8>;

/// A node that is honest up to the middle of the log, and bends what it gives from there on.
fn from_the_middle(bend: Bend<Vec<u8>>) -> Lie {
    lie(move |method, params, mut answer| {
        if is_query(method, params, "/log") && first_entry(params) >= MIDDLE {
            bend_value(&mut answer, |value| {
                let entries = unpack_entries(&value).expect("whole");
                let entries = bend(entries.into_iter().map(<[u8]>::to_vec).collect());
                pack_entries(entries.iter().map(Vec::as_slice))
            });
        }
        answer
    })
}

fn first_entry(params: &Value) -> u64 {
    let data = hex::decode(params["data"].as_str().expect("hex")).expect("hex");
    u64::from_be_bytes(data[32..40].try_into().expect("8 bytes"))
}

fn bent_entry(mut entries: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    *entries[0].last_mut().expect("bytes") ^= 1;
    entries
}

#[test]
fn a_log_longer_than_any_part_is_proven_part_by_part_and_counted() {
    let chain = closed(long_vote());
    let parts = Rc::new(RefCell::new(0));
    let counted = parts.clone();
    let counts = lie(move |method, params, answer| {
        *counted.borrow_mut() += i32::from(is_query(method, params, "/log/consistency"));
        answer
    });
    let verdict = recount(
        &mut verifier(&chain, &NODES),
        &net(&chain, [counts, Lie::None, Lie::None]),
    );
    assert_eq!(verdict.outcome, Outcome::Verified, "{:#?}", verdict.checks);
    let heads = format!(r#""heads":{}"#, HEADS - 1);
    assert!(verdict.state.contains(&heads), "{}", verdict.state);
    assert_eq!(*parts.borrow(), 2, "the last part needs no path");
}

#[test]
fn a_node_that_lies_in_the_middle_is_left_and_the_next_one_goes_on_from_there() {
    let chain = closed(long_vote());
    let bends: [Bend<Vec<u8>>; 3] = [
        bent_entry,
        |mut entries| {
            entries.swap(0, 1);
            entries
        },
        |entries| entries.into_iter().skip(1).collect(),
    ];
    for bend in bends {
        let net = net(&chain, [from_the_middle(bend), Lie::None, Lie::None]);
        let verdict = recount(&mut verifier(&chain, &NODES), &net);
        assert_eq!(verdict.outcome, Outcome::Verified, "{:#?}", verdict.checks);
        let liar = &verdict.nodes[0];
        assert_eq!((&*liar.state, &*liar.reason), ("refuted", "log-differs"));
        // What it gave before it lied counts: no more than one part was asked for twice.
        let given = u32::try_from(net.entries.get()).expect("few");
        assert!(given < HEADS + PART, "{given}");
    }
}

#[test]
fn a_bent_path_is_the_nodes_fault_alone() {
    let chain = closed(long_vote());
    let bends: [(Bend<u8>, &str); 3] = [
        (|path| path.iter().map(|byte| byte ^ 1).collect(), "refuted"),
        (|path| path[..32].to_vec(), "refuted"),
        (|path| path[..33].to_vec(), "garbage"),
    ];
    for (bend, state) in bends {
        let bent = lie(move |method, params, mut answer| {
            if is_query(method, params, "/log/consistency") {
                bend_value(&mut answer, bend);
            }
            answer
        });
        let net = net(&chain, [bent, Lie::None, Lie::None]);
        let verdict = recount(&mut verifier(&chain, &NODES), &net);
        assert_eq!(verdict.outcome, Outcome::Verified, "{:#?}", verdict.checks);
        assert_eq!(verdict.nodes[0].state, state);
    }
}

#[test]
fn what_was_proven_before_every_node_lied_is_gone_on_with_also_where_the_log_has_grown() {
    let mut community = long_vote();
    let mut visitor = verifier(&community.chain, &NODES);
    let liars = [(); 3].map(|()| from_the_middle(bent_entry));
    community.chain.empty();
    let chain = Rc::new(community.chain);
    let verdict = recount(&mut visitor, &net(&chain, liars));
    assert_eq!(verdict.outcome, Outcome::NotEstablished);
    let refuted = |check: &verifier::verdict::Check| check.reason == "history-refuted";
    assert!(verdict.checks.iter().any(refuted), "{:#?}", verdict.checks);

    community.chain = Rc::into_inner(chain).unwrap_or_else(|| panic!("the nodes still hold it"));
    community.cast(HEADS - 1, Choice::Against);
    let chain = closed(community);
    // One that lies on is found out by the next, which goes on with what an older header proved.
    let lies = [from_the_middle(bent_entry), Lie::None, Lie::None];
    let net = net(&chain, lies);
    let verdict = recount(&mut visitor, &net);
    assert_eq!(verdict.outcome, Outcome::Verified, "{:#?}", verdict.checks);
    let states = verdict.nodes.iter().map(|node| &*node.state);
    assert_eq!(states.collect::<Vec<_>>(), ["refuted", "agrees", "agrees"]);
    let given = u32::try_from(net.entries.get()).expect("few");
    assert!(
        given < 2 * (HEADS - PART) + 20,
        "{given} were fetched again"
    );
}

#[test]
fn a_long_log_may_take_longer_than_any_question_where_it_comes_fast_enough() {
    let chain = closed(long_vote());
    // A megabyte every 14 seconds.
    let slow = |millis| {
        NODES
            .iter()
            .fold(net(&chain, honest()), |net, (url, _)| net.slow(url, millis))
    };
    let net = slow(14_000);
    let verdict = recount(&mut verifier(&chain, &NODES), &net);
    assert_eq!(verdict.outcome, Outcome::Verified, "{:#?}", verdict.checks);
    assert!(net.now.get() > chain.time() + 150 * SECOND);
}

/// *Attack: a member's log is withheld, so that a vote is given up and asked about again and again.*
#[test]
fn a_count_that_is_given_up_heaps_up_no_more_than_a_part() {
    let mut community = long_vote();
    community.chain.empty();
    let chain = Rc::new(community.chain);
    let withheld = || {
        lie(|method, params, mut answer| {
            if is_query(method, params, "/log") && is_about(params, "member", "committee") {
                answer["result"]["response"]["code"] = 2.into();
            }
            answer
        })
    };
    let net = net(&chain, [(); 3].map(|()| withheld()));
    let mut visitor = verifier(&chain, &NODES);
    for _ in 0..3 {
        let verdict = recount(&mut visitor, &net);
        assert_eq!(verdict.outcome, Outcome::NotEstablished);
    }
    let given = u32::try_from(net.entries.get()).expect("few");
    assert!(given < PART + 20, "{given}");
    // What waits is of use all the same.
    let net = self::net(&chain, honest());
    let verdict = recount(&mut visitor, &net);
    assert!(
        verdict
            .checks
            .iter()
            .any(|check| check.reason == "history-replayed"),
        "{:#?}",
        verdict.checks
    );
    let given = u32::try_from(net.entries.get()).expect("few");
    assert!(given < HEADS - PART / 2, "{given}");
}

#[test]
fn a_record_with_a_state_and_no_log_breaks_the_rules_and_no_node_is_blamed() {
    let mut community = voting(|_| {});
    let state = records::State {
        data: community.chain.ledger.data("vote", VOTE),
        seq: 1,
    };
    let head = Head::new(&state.encode().expect("encodes"), &LogTree::new());
    let name = RecordName::new("vote", VOTE).expect("a name");
    community.chain.corrupt(&name, head, Vec::new());
    community.chain.empty();
    let chain = Rc::new(community.chain);
    let verdict = recount(&mut verifier(&chain, &NODES), &net(&chain, honest()));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "history-breaks-rules"),
        "{verdict:#?}"
    );
    assert!(verdict.nodes.iter().all(|node| node.state == "agrees"));
}

#[test]
fn nodes_may_give_short_stretches() {
    let chain = closed(long_vote());
    let short = || {
        lie(|method, params, mut answer| {
            if is_query(method, params, "/log") {
                bend_value(&mut answer, |value| {
                    let entries = unpack_entries(&value).expect("whole");
                    pack_entries(entries.into_iter().take(10))
                });
            }
            answer
        })
    };
    let net = net(&chain, [(); 3].map(|()| short()));
    let verdict = recount(&mut verifier(&chain, &NODES), &net);
    assert_eq!(verdict.outcome, Outcome::Verified, "{:#?}", verdict.checks);
    assert_eq!(verdict.nodes[0].state, "agrees");
}

/// The first part of a log was proven; then the validators sign a longer one that does not begin with it.
#[test]
fn a_log_that_is_rewritten_while_it_is_counted_is_not_gone_on_with() {
    let mut community = long_vote();
    let mut visitor = verifier(&community.chain, &NODES);
    community.chain.empty();
    let chain = Rc::new(community.chain);
    let liars = [(); 3].map(|()| from_the_middle(bent_entry));
    let verdict = recount(&mut visitor, &net(&chain, liars));
    assert_eq!(verdict.outcome, Outcome::NotEstablished);

    let mut chain = Rc::into_inner(chain).unwrap_or_else(|| panic!("the nodes still hold it"));
    let name = RecordName::new("vote", VOTE).expect("a name");
    let mut log = chain.ledger.log("vote", VOTE).to_vec();
    log.remove(3);
    let state = records::State {
        data: chain.ledger.data("vote", VOTE),
        seq: chain.ledger.seq(&name),
    };
    chain.forge(&name, &state, log);
    chain.empty();
    let chain = Rc::new(chain);
    let verdict = recount(&mut visitor, &net(&chain, honest()));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "history-rewritten"),
        "{verdict:#?}"
    );
    // They gave what the validators signed.
    assert!(verdict.nodes.iter().all(|node| node.state == "agrees"));
}

/// *Attack: the first part of a log was proven; under the next header every node lies about what follows, and about how the log began, so that the
/// validators seem to have signed two histories.*
#[test]
fn lying_nodes_do_not_make_validators_sign_two_histories() {
    let bends: [BendAnswer; 4] = [
        |_, value| value,
        |path, mut value| {
            if path == "/log/inclusion" {
                value.iter_mut().for_each(|byte| *byte ^= 1);
            }
            value
        },
        |path, value| match path {
            "/log/inclusion" => Vec::new(),
            _ => value,
        },
        // What would be a leaf, were it not for the prefix: the node above it.
        |path, mut value| {
            match path {
                "/log/inclusion" => value.drain(..32).for_each(drop),
                _ => value[40] ^= 1,
            }
            value
        },
    ];
    let [early, late] = [false, true].map(|grown| {
        let mut community = long_vote();
        community.chain.empty();
        if grown {
            community.cast(HEADS - 1, Choice::Abstain);
            community.chain.empty();
        }
        Rc::new(community.chain)
    });
    for (turn, bend) in bends.into_iter().enumerate() {
        let mut visitor = verifier(&early, &NODES);
        let liars = [(); 3].map(|()| from_the_middle(bent_entry));
        let verdict = recount(&mut visitor, &net(&early, liars));
        assert_eq!(verdict.outcome, Outcome::NotEstablished);
        let asked = Rc::new(RefCell::new(0));
        let liar = || {
            let asked = asked.clone();
            lie(move |method, params, mut answer| {
                let single = is_query(method, params, "/log") && wanted(params) == 1;
                let of_one = single || is_query(method, params, "/log/inclusion");
                if of_one && is_about(params, "vote", VOTE) {
                    *asked.borrow_mut() += 1;
                    bend_value(&mut answer, |value| {
                        bend(params["path"].as_str().unwrap_or_default(), value)
                    });
                } else if is_query(method, params, "/log") && first_entry(params) >= 100 {
                    bend_value(&mut answer, |value| {
                        let entries = unpack_entries(&value).expect("whole");
                        let entries = entries.into_iter().map(<[u8]>::to_vec).collect();
                        pack_entries(bent_entry(entries).iter().map(Vec::as_slice))
                    });
                }
                answer
            })
        };
        let verdict = recount(&mut visitor, &net(&late, [(); 3].map(|()| liar())));
        assert_eq!(
            (verdict.outcome, verdict.headline.as_str()),
            (Outcome::NotEstablished, "history-refuted"),
            "{turn}: {:#?}",
            verdict.checks
        );
        assert!(
            *asked.borrow() >= 2,
            "{turn}: the nodes are asked how it began"
        );
        if turn == 0 {
            let verdict = recount(&mut visitor, &net(&late, [liar(), Lie::None, Lie::None]));
            assert_eq!(verdict.outcome, Outcome::Verified, "{:#?}", verdict.checks);
        }
    }
}

/// How many entries of a log a call asks for.
fn wanted(params: &Value) -> usize {
    let data = hex::decode(params["data"].as_str().expect("hex")).expect("hex");
    u32::from_be_bytes(data[40..44].try_into().expect("4 bytes")) as usize
}

/// A node behind a line on which more entries of the vote's log than so many take longer than any answer may; and how many it is asked for.
fn narrow(most: usize, asked: &Rc<RefCell<Vec<usize>>>) -> Lie {
    let asked = asked.clone();
    Lie::Late(Box::new(move |method, params| {
        let is_log = is_query(method, params, "/log") && is_about(params, "vote", VOTE);
        if is_log {
            asked.borrow_mut().push(wanted(params));
        }
        is_log && wanted(params) > most
    }))
}

/// A vote in which all ten heads have voted, behind such lines, and what their nodes were asked for.
fn counted_over_lines(most: [usize; 3]) -> (Verdict, Vec<usize>) {
    let mut community = voting(|_| {});
    community.all_cast(0..10);
    let chain = closed(community);
    let asked = Rc::<RefCell<Vec<usize>>>::default();
    let net = net(&chain, most.map(|most| narrow(most, &asked)));
    let verdict = recount(&mut verifier(&chain, &NODES), &net);
    (verdict, asked.take())
}

#[test]
fn a_log_is_asked_for_in_stretches_that_the_line_can_carry() {
    for (most, asked) in [
        (11, &[11][..]),
        (4, &[11, 2, 4, 5, 1, 2, 2]),
        (2, &[11, 2, 4, 1, 2, 2, 2, 2]),
        (1, &[11, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]),
    ] {
        let (verdict, were) = counted_over_lines([most; 3]);
        assert_eq!(verdict.outcome, Outcome::Verified, "{:#?}", verdict.checks);
        assert!(verdict.nodes.iter().all(|node| node.state == "agrees"));
        assert_eq!(were, asked, "{most}");
    }
}

#[test]
fn a_node_that_is_late_with_every_log_is_asked_once_where_another_is_not() {
    let (verdict, asked) = counted_over_lines([0, 11, 11]);
    assert_eq!(verdict.outcome, Outcome::Verified, "{:#?}", verdict.checks);
    assert_eq!(asked, [11, 2, 4, 5], "the late one, and then another");
}

#[test]
fn where_no_node_is_in_time_with_a_single_entry_the_question_ends() {
    let (verdict, asked) = counted_over_lines([0; 3]);
    let given = |check: &verifier::verdict::Check| check.reason == "history-not-given";
    assert!(verdict.checks.iter().any(given), "{:#?}", verdict.checks);
    assert_eq!(asked, [11, 2, 1, 1, 1]);
    let late = |node: &verifier::verdict::NodeAnswer| node.reason == "timed-out";
    assert!(verdict.nodes.iter().all(late), "{:#?}", verdict.nodes);
}

#[test]
fn a_log_that_is_longer_than_is_replayed_is_not_asked_for() {
    for (size, is_asked) in [(250_000, true), (250_001, false)] {
        let mut community = voting(|_| {});
        let name = RecordName::new("vote", VOTE).expect("a name");
        let mut head = community.chain.ledger.head("vote", VOTE);
        head.log_size = size;
        community.chain.corrupt(&name, head, Vec::new());
        let chain = closed(community);
        let net = net(&chain, honest());
        let verdict = recount(&mut verifier(&chain, &NODES), &net);
        assert_eq!(verdict.outcome, Outcome::NotEstablished);
        let reasons = verdict.checks.iter().map(|check| check.reason.as_str());
        let too_long = reasons.filter(|reason| *reason == "history-too-long");
        assert_eq!(too_long.count(), usize::from(!is_asked), "{size}");
    }
}
