//! Nodes that are as costly as they can be, and what is left for the others.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use light_client::client::{
    Failure, Fault, Followed, LightClient, Limits, MemoryStore, Resource, Said, Settings, Store,
    Unreachable,
};

use super::chain::{Chain, Lie, drifted, forked, soon_after};
use super::nodes::{
    Client, Clock, Device, Manners, Node, attack_of, block_on, client_with, node, settings, state,
};
use crate::common::generate::{Member, Rng};

const MIB: u64 = 1 << 20;
const SECOND: i128 = 1_000_000_000;

/// A client of this clock that trusts the chain's first block.
fn client_by(clock: &Clock, chain: &Chain, nodes: Vec<Node>) -> Client {
    let device = Device::by(clock);
    let mut client = LightClient::new(nodes, MemoryStore::default(), device, settings());
    block_on(client.trust(&state(&chain.blocks[&1]))).expect("kept");
    client
}

/// Up a long way, over a node of these manners if it gets that far; else over the next one. How many requests it got, too.
fn over(manners: Manners) -> (Result<Followed, Failure>, u64) {
    let chain = Rc::new(Chain::new(200, 10, &mut Rng(1)));
    let costly = Node::new("costly", &chain, manners, 3);
    let requests = costly.requests.clone();
    let honest = |name| Node::new(name, &chain, Manners::default(), 3);
    let nodes = vec![costly, honest("b"), honest("c")];
    let mut client = client_with(&chain, 1, nodes, settings(), soon_after(&chain));
    (block_on(client.newest()), requests.get())
}

#[test]
fn a_block_on_the_way_that_cannot_be_read_ends_a_nodes_turn() {
    let (outcome, requests) = over(Manners {
        spoils_others: true,
        ..Manners::default()
    });
    let followed = outcome.expect("over the next one");
    assert_eq!(followed.standings[0].said.code(), "garbage");
    assert_eq!(followed.standings[1].said, Said::Led);
    assert!(requests < 20, "{requests}");
}

#[test]
fn answers_that_are_cut_use_up_a_nodes_share() {
    let (outcome, requests) = over(Manners {
        cuts: true,
        ..Manners::default()
    });
    let followed = outcome.expect("over the next one");
    // It still holds the same header, and it is kept in mind that it did not lead there.
    assert_eq!(followed.standings[0].said, Said::Agrees);
    assert!(followed.standings[0].failed.is_some());
    assert_eq!(followed.standings[1].said, Said::Led);
    assert!(requests < 40, "{requests}");
}

#[test]
fn an_answer_that_failed_and_may_have_been_long_counts_as_a_megabyte() {
    use Unreachable::{Busy, NoConnection, Status, TimedOut, TooLong};
    let chain = Rc::new(Chain::new(20, 0, &mut Rng(1)));
    let spent = |manners| {
        let nodes = vec![
            Node::new("fails", &chain, manners, 3),
            node("b", &chain),
            node("c", &chain),
        ];
        let once = Settings {
            tries: 1,
            ..settings()
        };
        let mut client = client_with(&chain, 1, nodes, once, soon_after(&chain));
        let followed = block_on(client.at(20)).expect("over the next one");
        followed.trace.spent.bytes
    };
    let garbage = Manners {
        garbage: 1,
        ..Manners::default()
    };
    let fails = |why| Manners {
        fails: Some(why),
        ..Manners::default()
    };
    let long = [NoConnection, TimedOut, TooLong].map(fails);
    for manners in long.into_iter().chain([garbage]) {
        assert_eq!(spent(manners) / MIB, 1, "{manners:?}");
    }
    for manners in [Busy(None), Status(500)].map(fails) {
        assert_eq!(spent(manners) / MIB, 0, "{manners:?}");
    }
}

#[test]
fn an_answer_without_end_is_not_asked_for_again() {
    let chain = Rc::new(Chain::new(20, 0, &mut Rng(1)));
    let endless = Manners {
        endless: true,
        ..Manners::default()
    };
    let endless = Node::new("endless", &chain, endless, 3);
    let requests = endless.requests.clone();
    let honest = |name| Node::new(name, &chain, Manners::default(), 3);
    let nodes = vec![honest("a"), honest("b"), endless];
    let mut client = client_with(&chain, 1, nodes, settings(), soon_after(&chain));
    block_on(client.at(20)).expect("reached");
    assert_eq!(requests.get(), 1);
}

#[test]
fn blocks_that_weigh_more_than_a_nodes_share_leave_the_others_theirs() {
    let (outcome, _) = over(Manners {
        weight: 32 * MIB,
        ..Manners::default()
    });
    let followed = outcome.expect("over the next one");
    assert_eq!(followed.standings[1].said, Said::Led);
}

#[test]
fn a_heavy_or_slow_header_of_a_liars_friend_keeps_nobody_from_proving_the_fork() {
    let rng = &mut Rng(5);
    let honest = Chain::new(20, 0, rng);
    let forged = Rc::new(honest.forge(8, Lie::Lunatic, &honest.members[&9], rng));
    let honest = Rc::new(honest);
    let heavy = Manners {
        weight: 32 * MIB,
        ..Manners::default()
    };
    let slow = Manners {
        slow_headers: 150_000,
        ..Manners::default()
    };
    let usual = Manners {
        slow: 100,
        ..Manners::default()
    };
    for friend in [heavy, slow] {
        let clock: Clock = Rc::new(Cell::new(soon_after(&honest).unix_nanos()));
        let nodes = vec![
            Node::new("liar", &forged, Manners::default(), 3),
            Node::new("its friend", &forged, friend, 3).by(&clock),
            Node::new("honest", &honest, usual, 3).by(&clock),
        ];
        attack_of(block_on(client_by(&clock, &honest, nodes).newest()));
    }
}

#[test]
fn who_leads_last_leaves_enough_to_prove_the_fork_with() {
    let (honest, forged) = forked(Lie::Lunatic);
    // Those who come before it fail at little cost: what is cut counts as a megabyte.
    let cut = Manners {
        silent: (1, 2),
        ..Manners::default()
    };
    let exact = Manners {
        weight: 29 * MIB - 3,
        ..Manners::default()
    };
    let nodes = vec![
        Node::new("honest", &honest, cut, 3),
        Node::new("honest too", &honest, cut, 3),
        Node::new("its friend", &forged, cut, 3),
        Node::new("liar", &forged, exact, 3),
    ];
    let once = Settings {
        tries: 1,
        ..settings()
    };
    let mut client = client_with(&honest, 1, nodes, once, soon_after(&honest));
    attack_of(block_on(client.newest()));
}

/// A liar that leads after all the others failed at little cost, its friend, and an honest node beside two that show headers of another chain.
fn beside_noise(honest: &Rc<Chain>, forged: &Rc<Chain>, limits: Limits) -> Client {
    let strangers = |number, power| Member::new(1_000 + number, power);
    let foreign = Rc::new(Chain::of(strangers, honest.tip(), 0, &mut Rng(1)));
    let cut = Manners {
        silent: (1, 2),
        ..Manners::default()
    };
    let cut_off = [("honest", honest), ("1", &foreign), ("2", &foreign)];
    let mut nodes: Vec<Node> = cut_off
        .map(|(name, chain)| Node::new(name, chain, cut, 3))
        .into();
    nodes.push(Node::new("its friend", forged, cut, 3));
    nodes.push(node("liar", forged));
    let settings = Settings {
        tries: 1,
        limits,
        ..settings()
    };
    client_with(honest, 1, nodes, settings, soon_after(honest))
}

#[test]
fn a_way_of_many_steps_leaves_the_honest_witness_enough_to_find_where_it_parts() {
    let rng = &mut Rng(5);
    let honest = Chain::new(100, 100, rng);
    let forged = Rc::new(honest.forge(98, Lie::Lunatic, &honest.members[&99], rng));
    let limits = Limits {
        headers: 300,
        ..Limits::default()
    };
    let mut client = beside_noise(&Rc::new(honest), &forged, limits);
    let attack = attack_of(block_on(client.newest()));
    let found = (attack.theirs_from.as_str(), attack.common_height);
    assert_eq!(found, ("honest", 98));
}

#[test]
fn a_set_that_is_large_for_the_limits_leaves_the_honest_witness_enough_to_prove_the_fork() {
    let (honest, forged) = forked(Lie::Lunatic);
    let limits = Limits {
        signatures: 24,
        ..Limits::default()
    };
    let attack = attack_of(block_on(beside_noise(&honest, &forged, limits).newest()));
    assert_eq!(attack.theirs_from, "honest");
}

#[test]
fn blocks_of_a_large_set_are_asked_for_where_ways_part_and_not_to_find_that_out() {
    let (honest, forged) = drifted(40, 100, 5, 100);
    // Six of its blocks are what the honest node is assured: its part of what is left is less.
    let large = Manners {
        block_weight: 6 * (3 << 10),
        ..Manners::default()
    };
    let behind = Manners {
        lag: 20,
        ..Manners::default()
    };
    let strangers = |number, power| Member::new(1_000 + number, power);
    let foreign = Rc::new(Chain::of(strangers, 40, 0, &mut Rng(1)));
    let mut nodes = vec![
        node("liar", &forged),
        node("its friend", &forged),
        Node::new("honest", &honest, large, 3),
    ];
    nodes.extend((0..10).map(|number| Node::new(&number.to_string(), &foreign, behind, 3)));
    let limits = Limits {
        bytes: MIB,
        ..Limits::default()
    };
    let settings = Settings {
        limits,
        ..settings()
    };
    let mut client = client_with(&honest, 1, nodes, settings, soon_after(&honest));
    let attack = attack_of(block_on(client.newest()));
    assert_eq!(
        (attack.theirs_from.as_str(), attack.common_height),
        ("honest", 5)
    );
}

#[test]
fn one_that_uses_up_what_it_had_enough_of_is_unproven_and_stops_nobody() {
    let rng = &mut Rng(5);
    let honest = Chain::new(20, 0, rng);
    let strangers: Vec<Member> = (0..6)
        .map(|number| Member::new(1_000 + number, 10))
        .collect();
    let foreign = Rc::new(honest.forge(8, Lie::Lunatic, &strangers, rng));
    let honest = Rc::new(honest);
    let clock: Clock = Rc::new(Cell::new(soon_after(&honest).unix_nanos()));
    // Of bytes each has enough, of time nobody after who leads.
    let heavy = Manners {
        block_weight: 32 * MIB,
        silent: (1, 2),
        ..Manners::default()
    };
    let mut nodes: Vec<Node> = ["1", "2", "3", "4", "5", "6", "7", "8"]
        .map(|name| Node::new(name, &foreign, heavy, 3))
        .into();
    nodes.push(node("a", &honest));
    nodes[8].cut_off(1, 2);
    let slow = Manners {
        slow: 55_000,
        ..Manners::default()
    };
    nodes.push(Node::new("b", &honest, slow, 3).by(&clock));
    let once = Settings {
        tries: 1,
        ..settings()
    };
    let device = Device::by(&clock);
    let mut client = LightClient::new(nodes, MemoryStore::default(), device, once);
    block_on(client.trust(&state(&honest.blocks[&1]))).expect("kept");
    let outcome = block_on(client.newest()).map_err(|failure| failure.code());
    let followed = outcome.expect("two hold it, and nobody proves another");
    for standing in &followed.standings[..8] {
        let said = &standing.said;
        let is_unproven = matches!(said, Said::Disputes(Fault::Refused(_)));
        assert!(is_unproven, "{said:?}");
    }
}

#[test]
fn where_too_little_is_left_to_prove_a_fork_with_nothing_is_believed() {
    let (honest, forged) = forked(Lie::Lunatic);
    let strangers = |number, power| Member::new(1_000 + number, power);
    let foreign = Rc::new(Chain::of(strangers, 20, 0, &mut Rng(1)));
    let heavy = |weight| Manners {
        weight,
        ..Manners::default()
    };
    let cut = Manners {
        silent: (1, 2),
        ..heavy(600 << 10)
    };
    let mut nodes = vec![Node::new("honest", &honest, cut, 3)];
    let burning = |name| Node::new(name, &foreign, heavy(32 * MIB), 3);
    nodes.extend(["1", "2", "3"].map(burning));
    let liar = |name| Node::new(name, &forged, heavy(32 * MIB), 3);
    nodes.extend(["liar", "its friend"].map(liar));
    let once = Settings {
        tries: 1,
        ..settings()
    };
    let mut client = client_with(&honest, 1, nodes, once, soon_after(&honest));
    let outcome = block_on(client.newest());
    assert_eq!(outcome, Err(Failure::OutOf(Resource::Bytes)));
    let kept = block_on(client.store_mut().newest()).expect("reads");
    assert_eq!(kept.map(|state| state.height()), Some(1));
    // Those who cost too much are asked last from now on.
    attack_of(block_on(client.newest()));
}

#[test]
fn a_height_out_of_thin_air_costs_its_claimant_no_more_than_a_share() {
    let long = Chain::new(40, 0, &mut Rng(1));
    let strangers = |number, power| Member::new(1_000 + number, power);
    let foreign = Rc::new(Chain::of(strangers, 40, 0, &mut Rng(1)));
    // The chain stands still: the honest nodes' newest block is older than clocks and nodes may differ.
    let clock: Clock = Rc::new(Cell::new(long.header(40).time.unix_nanos()));
    let honest = Rc::new(long.up_to(20));
    let boast = Manners {
        claims: Some((40, 0)),
        weight: 8 * MIB,
        ..Manners::default()
    };
    let nodes = vec![
        Node::new("boasts", &foreign, boast, 3).by(&clock),
        node("a", &honest),
        node("b", &honest),
    ];
    let mut client = client_by(&clock, &long, nodes);
    let followed = block_on(client.newest()).expect("what the honest have");
    assert_eq!(followed.header.header(), long.header(20));
}

#[test]
fn a_node_whose_way_cost_too_much_leads_no_more_for_a_while_although_it_agrees() {
    let chain = Rc::new(Chain::new(300, 10, &mut Rng(1)));
    let clock: Clock = Rc::new(Cell::new(soon_after(&chain).unix_nanos()));
    let slow = Manners {
        slow: 14_000,
        ..Manners::default()
    };
    let slow = Node::new("slow", &chain, slow, 3).by(&clock);
    let nodes = vec![slow, node("b", &chain), node("c", &chain)];
    let mut client = client_by(&clock, &chain, nodes);
    let mut passed = |height, minutes: i128| {
        clock.set(clock.get() + minutes * 60 * SECOND);
        let before = clock.get();
        let followed = block_on(client.at(height)).expect("over the next one");
        assert_eq!(followed.standings[0].said, Said::Agrees);
        (clock.get() - before) / SECOND
    };
    assert!(passed(50, 0) > 14);
    assert_eq!([100, 150].map(|height| passed(height, 0)), [0, 0]);
    assert_eq!(passed(200, 9), 0);
    assert!(passed(250, 2) > 14, "and is tried again");
}

#[test]
fn a_node_that_wants_a_pause_or_answers_late_keeps_nobody_waiting_long() {
    let busy = |wants| Manners {
        busy: u64::MAX,
        wants,
        ..Manners::default()
    };
    let late = Manners {
        silent: (1, u64::MAX),
        slow_headers: 14_000,
        ..Manners::default()
    };
    // A pause of five seconds is half as long again at most, and is made once for its height and once for its header.
    for (manners, most) in [(busy(20), 0), (busy(6), 0), (busy(5), 15), (late, 14)] {
        let chain = Rc::new(Chain::new(20, 0, &mut Rng(1)));
        let clock: Clock = Rc::new(Cell::new(soon_after(&chain).unix_nanos()));
        let stalls = Node::new("stalls", &chain, manners, 3).by(&clock);
        let nodes = vec![stalls, node("b", &chain), node("c", &chain)];
        let mut client = client_by(&clock, &chain, nodes);
        let before = clock.get();
        block_on(client.newest()).expect("the others suffice");
        let waited = (clock.get() - before) / SECOND;
        assert!(waited <= most, "{manners:?}: {waited}");
    }
}

#[test]
fn pauses_before_a_node_is_asked_again_grow_differ_and_are_as_long_as_it_wants() {
    let pauses = |manners, seed| {
        let chain = Rc::new(Chain::new(20, 0, &mut Rng(1)));
        let clock: Clock = Rc::new(Cell::new(soon_after(&chain).unix_nanos()));
        let device = Device::by(&clock);
        *device.rng.borrow_mut() = Rng(seed);
        let made = device.pauses.clone();
        let bad = Node::new("bad", &chain, manners, 3);
        let nodes = vec![bad, node("b", &chain), node("c", &chain)];
        let mut client = LightClient::new(nodes, MemoryStore::default(), device, settings());
        block_on(client.trust(&state(&chain.blocks[&1]))).expect("kept");
        block_on(client.newest()).expect("the others suffice");
        made.take()
    };
    let millis = |range: std::ops::RangeInclusive<u64>| {
        Duration::from_millis(*range.start())..=Duration::from_millis(*range.end())
    };
    let dead = Manners {
        drops: 100,
        ..Manners::default()
    };
    let made = pauses(dead, 7);
    assert!(made.len() >= 2, "{made:?}");
    assert!(millis(250..=375).contains(&made[0]), "{made:?}");
    assert!(
        made.iter().any(|pause| millis(500..=750).contains(pause)),
        "{made:?}"
    );
    assert_ne!(made, pauses(dead, 8), "all devices come back at once");
    let busy = Manners {
        busy: 1,
        wants: 3,
        ..Manners::default()
    };
    let made = pauses(busy, 7);
    assert!(
        matches!(&made[..], [one] if millis(3_000..=4_500).contains(one)),
        "{made:?}"
    );
}
