//! Attacks on the way a client goes about it: the order of its nodes, its time, what it keeps.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Waker};

use light_client::client::{
    Attack, Failure, Fault, LightClient, Limits, MemoryStore, Said, Settings, Store,
};
use light_client::{BlockIdFlag, LightBlock, SignatureCheck, TrustLevel};

use super::chain::{Chain, Lie, drifted, forked, soon_after};
use super::nodes::{
    Device, Manners, Node, attack_of, block_on, client, client_with, node, settings, state,
};
use crate::common::generate::{Member, Rng};

#[test]
fn what_one_node_left_unfinished_is_no_ground_to_judge_the_next_by() {
    let rng = &mut Rng(1);
    let honest = Rc::new(Chain::new(20, 100, rng));
    let forged = honest.forge(4, Lie::Lunatic, &honest.members[&5], rng);
    // The first proves block 5 of the forged branch and no more: what it holds higher up is foreign to every set, and then it is gone.
    let strangers = |number, power| Member::new(1_000 + number, power);
    let mut stump = forged.clone();
    let foreign = Chain::of(strangers, 20, 100, rng).blocks;
    stump
        .blocks
        .extend(foreign.into_iter().filter(|(height, _)| *height >= 10));
    let (stump, forged) = (Rc::new(stump), Rc::new(forged));
    for gone_after in 1..20 {
        let leaves = Manners {
            silent: (gone_after, u64::MAX),
            ..Manners::default()
        };
        let nodes = vec![
            Node::new("stump", &stump, leaves, 3),
            node("honest", &honest),
            node("liar", &forged),
            node("its friend", &forged),
        ];
        let now = soon_after(&honest);
        let mut client = client(&honest, nodes, TrustLevel::TWO_THIRDS, now);
        attack_of(block_on(client.newest()));
    }
}

#[test]
fn what_was_believed_while_the_honest_were_away_is_found_when_they_return() {
    let (honest, forged) = drifted(20, 0, 8, 50);
    for place in 0..3 {
        let mut nodes = vec![node("liar", &forged), node("its friend", &forged)];
        let away = node("honest", &honest);
        let switch = away.asleep.clone();
        nodes.insert(place, away);
        let mut client = client_with(&honest, 1, nodes, settings(), soon_after(&honest));
        switch.set(true);
        block_on(client.at(15)).expect("nobody says otherwise");
        switch.set(false);
        // Nothing that the honest node holds now could be judged from block 15 of the branch.
        let attack = attack_of(block_on(client.newest()));
        assert_eq!(
            (attack.theirs_from.as_str(), attack.common_height),
            ("honest", 1)
        );
        let theirs = &attack.theirs.signed_header.header;
        assert_eq!(theirs, honest.header(theirs.height));
    }
}

#[test]
fn a_forged_header_that_is_trusted_puts_no_honest_node_out() {
    let whole = Manners::default();
    // It has pruned what is trusted, or one of its answers is lost.
    let pruned = [16, 18, 20].map(|base| Manners { base, ..whole });
    let cut = (1..10).map(|at| Manners {
        silent: (at, at + 1),
        ..whole
    });
    for manners in [whole].into_iter().chain(pruned).chain(cut) {
        let (honest, forged) = drifted(20, 0, 8, 50);
        let away = Node::new("honest", &honest, manners, 3);
        let nodes = vec![node("liar", &forged), node("its friend", &forged), away];
        let [liar, friend, away] = [0, 1, 2].map(|at| nodes[at].asleep.clone());
        let once = Settings {
            tries: 1,
            ..settings()
        };
        let mut client = client_with(&honest, 1, nodes, once, soon_after(&honest));
        away.set(true);
        block_on(client.at(15)).expect("nobody says otherwise");
        // Nobody leads on from there, and the honest node alone could show why.
        for asleep in [&away, &liar, &friend] {
            asleep.set(!asleep.get());
        }
        let alone = block_on(client.newest());
        liar.set(false);
        friend.set(false);
        let attack = match alone.map_err(|failure| failure.code()) {
            Err("attack") => block_on(client.store_mut().halted()).expect("reads"),
            // It was not put out by that.
            other if manners != whole => {
                assert!(other.is_err(), "{other:?}");
                Some(attack_of(block_on(client.newest())))
            }
            other => panic!("{other:?}"),
        };
        let attack = attack.expect("a fork");
        let from = (attack.theirs_from.as_str(), attack.common_height);
        assert_eq!(from, ("honest", 1));
    }
}

#[test]
fn what_is_trusted_already_needs_as_many_members_as_what_is_new() {
    let chain = Rc::new(Chain::new(20, 5, &mut Rng(1)));
    let asleep = Manners {
        drops: 100,
        ..Manners::default()
    };
    for (nodes, code) in [
        (vec![node("a", &chain), node("b", &chain)], None),
        (
            vec![node("a", &chain), Node::new("b", &chain, asleep, 1)],
            Some("not-witnessed"),
        ),
        (
            vec![node("a/1", &chain), node("a/2", &chain)],
            Some("not-witnessed"),
        ),
    ] {
        let mut client = client_with(&chain, 20, nodes, settings(), soon_after(&chain));
        for outcome in [block_on(client.newest()), block_on(client.at(20))] {
            assert_eq!(outcome.err().map(|failure| failure.code()), code);
        }
    }
}

#[test]
fn a_fork_is_kept_before_anybody_is_told_of_it() {
    let (honest, forged) = forked(Lie::Lunatic);
    let deaf = Manners {
        takes_nothing: true,
        ..Manners::default()
    };
    let mut store = MemoryStore::default();
    block_on(store.put(&state(&honest.blocks[&1]))).expect("kept");
    let nodes = vec![Node::new("liar", &forged, deaf, 1), node("b", &honest)];
    let mut device = Device::at(soon_after(&honest));
    device.stands_still = true;
    let mut client = LightClient::new(nodes, &mut store, device, settings());
    {
        let mut call = pin!(client.newest());
        let mut context = Context::from_waker(Waker::noop());
        for _ in 0..10_000 {
            assert!(call.as_mut().poll(&mut context).is_pending());
        }
    }
    drop(client);
    let halted = block_on(store.halted()).expect("reads");
    assert!(halted.is_some(), "also where the program ends meanwhile");
}

#[test]
fn a_node_that_takes_no_evidence_keeps_nobody_waiting() {
    let (honest, forged) = forked(Lie::Lunatic);
    let deaf = Manners {
        takes_nothing: true,
        ..Manners::default()
    };
    let nodes = vec![Node::new("liar", &forged, deaf, 1), node("b", &honest)];
    let now = soon_after(&honest);
    let mut client = client(&honest, nodes, TrustLevel::TWO_THIRDS, now);
    let attack = attack_of(block_on(client.newest()));
    assert_eq!(attack.reported_to, ["b"]);
    let kept = block_on(client.store_mut().halted()).expect("reads");
    assert_eq!(kept, Some(attack), "with who took the evidence");
}

#[test]
fn disputes_in_vain_leave_the_honest_witness_its_share() {
    let rng = &mut Rng(1);
    let honest = Chain::new(100, 0, rng);
    let forged = Rc::new(honest.forge(8, Lie::Lunatic, &honest.members[&9], rng));
    // A way that goes on and on: all of its steps hold.
    let long = honest.forge_drifting(8, Lie::Lunatic, &honest.members[&9], 100, rng);
    let (honest, long) = (Rc::new(honest), Rc::new(long));
    let mut nodes = vec![node("liar", &forged)];
    nodes.extend(["1", "2", "3", "4", "5"].map(|name| node(name, &long)));
    nodes.push(node("honest", &honest));
    let limits = Limits {
        headers: 64,
        ..Limits::default()
    };
    let settings = Settings {
        limits,
        ..settings()
    };
    let mut client = client_with(&honest, 1, nodes, settings, soon_after(&honest));
    let attack = attack_of(block_on(client.newest()));
    assert_eq!(attack.theirs_from, "honest");
}

#[test]
fn what_may_pass_puts_no_node_out_for_good() {
    let chain = Rc::new(Chain::new(20, 5, &mut Rng(1)));
    let portal = Manners {
        garbage: 1,
        ..Manners::default()
    };
    let nodes = vec![
        Node::new("a", &chain, portal, 1),
        node("b", &chain),
        node("c", &chain),
    ];
    let now = soon_after(&chain);
    let mut client = client(&chain, nodes, TrustLevel::TWO_THIRDS, now);
    let first = block_on(client.newest()).expect("reached");
    assert_eq!(first.standings[0].said.code(), "garbage");
    let next = block_on(client.at(20)).expect("known");
    assert!(next.standings.iter().all(|node| node.said == Said::Agrees));
}

#[test]
fn a_dispute_that_was_not_proven_rests_and_is_heard_again() {
    let (honest, forged) = forked(Lie::Equivocation);
    let lost = Manners {
        headers_only: true,
        ..Manners::default()
    };
    let third = Node::new("c", &forged, lost, 1);
    let requests = third.requests.clone();
    let nodes = vec![node("a", &honest), node("b", &honest), third];
    let clock = Rc::new(Cell::new(soon_after(&honest).unix_nanos()));
    let device = Device::by(&clock);
    let mut client = LightClient::new(nodes, MemoryStore::default(), device, settings());
    block_on(client.trust(&state(&honest.blocks[&1]))).expect("kept");
    let mut asked = || {
        let before = requests.get();
        let followed = block_on(client.at(20)).expect("reached");
        assert_eq!(followed.standings[2].said, Said::Disputes(Fault::NotThere));
        requests.get() - before
    };
    assert!(asked() > 0);
    assert_eq!(asked(), 0, "it rests");
    let minute = 60_000_000_000;
    clock.set(clock.get() + 9 * minute);
    assert_eq!(asked(), 0);
    clock.set(clock.get() + 2 * minute);
    assert!(asked() > 0, "and is heard again");
    clock.set(clock.get() - 11 * minute);
    assert!(asked() > 0, "also where the clock was put right");
}

#[test]
fn a_dissenter_that_is_cut_off_is_named_and_heard_again() {
    let (honest, forged) = forked(Lie::Lunatic);
    // It says what it has and which header it holds, and then nothing gets through for a while.
    for until in [5, 8] {
        let cut = Manners {
            silent: (2, until),
            ..Manners::default()
        };
        let third = Node::new("honest", &honest, cut, 3);
        let nodes = vec![node("liar", &forged), node("its friend", &forged), third];
        let now = soon_after(&honest);
        let mut client = client(&honest, nodes, TrustLevel::TWO_THIRDS, now);
        let followed = block_on(client.newest()).expect("two hold it, and nobody proves another");
        let said = &followed.standings[2].said;
        assert!(
            matches!(said, Said::Disputes(Fault::Unreachable(_))),
            "{said:?}"
        );
        if until == 5 {
            let attack = attack_of(block_on(client.newest()));
            assert_eq!(attack.theirs_from, "honest");
        }
    }
}

#[test]
fn a_bad_signature_that_nobody_needed_spoils_no_evidence() {
    for check in [SignatureCheck::Sufficient, SignatureCheck::All] {
        for spoiled in ["liar", "honest"] {
            let (honest, forged) = forked(Lie::Lunatic);
            let spoil = |name, chain: &Rc<Chain>| match name == spoiled {
                true => Rc::new(spoil_last_vote(chain, 20)),
                false => chain.clone(),
            };
            let nodes = vec![
                node("liar", &spoil("liar", &forged)),
                node("honest", &spoil("honest", &honest)),
            ];
            let mut settings = settings();
            settings.options.signatures = check;
            let now = soon_after(&honest);
            let mut client = client_with(&honest, 1, nodes, settings, now);
            let outcome = block_on(client.newest());
            if check == SignatureCheck::All {
                assert!(!matches!(outcome, Err(Failure::Attack(_)) | Ok(_)));
                continue;
            }
            let attack = attack_of(outcome);
            assert!(attack.headers().is_ok(), "{spoiled}: every vote holds");
            assert_eq!(Attack::from_bytes(&attack.to_bytes()), Ok(attack.clone()));
            for evidence in &attack.evidence {
                let entries = &evidence.conflicting.signed_header.commit.signatures;
                let voted = |entry: &&light_client::CommitSig| entry.flag == BlockIdFlag::Commit;
                assert_eq!(
                    evidence.byzantine.len(),
                    entries.iter().filter(voted).count()
                );
            }
        }
    }
}

/// The last vote for a block gets another signature.
fn spoil_last_vote(chain: &Chain, height: u64) -> Chain {
    let mut spoiled = chain.clone();
    let block: &mut LightBlock = spoiled.blocks.get_mut(&height).expect("there");
    let entries = block.signed_header.commit.signatures.iter_mut();
    let last = entries
        .rev()
        .find(|entry| entry.flag == BlockIdFlag::Commit);
    last.expect("somebody voted").signature[0] ^= 1;
    spoiled
}

#[test]
fn headers_on_the_way_that_nobody_compared_are_not_kept() {
    let chain = Rc::new(Chain::new(20, 100, &mut Rng(1)));
    let nodes = vec![node("a", &chain), node("b", &chain)];
    let mut client = client_with(&chain, 1, nodes, settings(), soon_after(&chain));
    let followed = block_on(client.newest()).expect("reached");
    assert!(followed.trace.steps.len() > 1);
    let below = block_on(client.store_mut().at_or_below(19)).expect("reads");
    assert_eq!(below.map(|state| state.height()), Some(1));
}

#[test]
fn a_witness_that_pruned_what_lies_between_still_proves_the_fork() {
    let (honest, forged) = drifted(40, 0, 8, 20);
    let pruned = Manners {
        base: 40,
        ..Manners::default()
    };
    let nodes = vec![
        node("liar", &forged),
        node("its friend", &forged),
        Node::new("honest", &honest, pruned, 1),
    ];
    let mut client = client_with(&honest, 1, nodes, settings(), soon_after(&honest));
    let attack = attack_of(block_on(client.newest()));
    assert_eq!(attack.theirs_from, "honest");
}

#[test]
fn one_client_outlives_all_of_its_nodes() {
    let long = Chain::new(30, 5, &mut Rng(1));
    let chain = Rc::new(long);
    let nodes: Vec<Node> = ["a", "b", "c"].map(|name| node(name, &chain)).into();
    let switches: Vec<_> = nodes.iter().map(|node| node.asleep.clone()).collect();
    let mut client = client(&chain, nodes, TrustLevel::TWO_THIRDS, soon_after(&chain));
    block_on(client.at(12)).expect("reached");
    let before = block_on(client.store_mut().newest()).expect("reads");
    switches.iter().for_each(|switch| switch.set(true));
    for _ in 0..3 {
        for outcome in [block_on(client.newest()), block_on(client.at(20))] {
            assert_eq!(outcome.map_err(|failure| failure.code()), Err("no-way"));
        }
        assert_eq!(block_on(client.store_mut().newest()), Ok(before.clone()));
    }
    switches.iter().for_each(|switch| switch.set(false));
    let followed = block_on(client.newest()).expect("as if nothing had been");
    assert_eq!(followed.header.header(), chain.header(30));
    assert_eq!(followed.trace.from, 12, "from where it was");
}
