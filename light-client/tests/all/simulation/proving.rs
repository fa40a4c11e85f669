//! What whoever disagrees is left to prove it with, whatever the others chose, cost or took.

use std::cell::Cell;
use std::rc::Rc;

use light_client::client::{
    Failure, LightClient, Limits, MemoryStore, Resource, Said, Settings, Store,
};

use super::chain::{Chain, Lie, drifted, forked, soon_after};
use super::nodes::{
    Clock, Device, Manners, Node, attack_of, block_on, client_with, node, settings, state,
};
use crate::common::generate::{Member, Rng};
use crate::common::signing::Key;

/// A chain of as many blocks that nobody has keys of who counts.
fn foreign(length: u64) -> Rc<Chain> {
    let strangers = |number, power| Member::new(1_000 + number, power);
    Rc::new(Chain::of(strangers, length, 0, &mut Rng(1)))
}

#[test]
fn who_is_slow_before_leaves_the_honest_witness_the_time_to_prove_the_fork() {
    let (honest, forged) = drifted(40, 100, 5, 100);
    let strangers: Vec<Member> = (0..6)
        .map(|number| Member::new(1_000 + number, 10))
        .collect();
    let foreign = Rc::new(honest.forge(3, Lie::Lunatic, &strangers, &mut Rng(1)));
    let clock: Clock = Rc::new(Cell::new(soon_after(&honest).unix_nanos()));
    let slow = |name, chain: &Rc<Chain>, slow, slow_headers| {
        let manners = Manners {
            slow,
            slow_headers,
            ..Manners::default()
        };
        Node::new(name, chain, manners, 3).by(&clock)
    };
    // Each takes its time to the end; the honest one needs three seconds for an answer.
    let nodes = vec![
        slow("liar", &forged, 350, 0),
        slow("its friend", &forged, 0, 15_000),
        slow("1", &foreign, 30_000, 0),
        slow("2", &foreign, 30_000, 0),
        slow("3", &foreign, 30_000, 0),
        slow("honest", &honest, 3_000, 3_000),
    ];
    let device = Device::by(&clock);
    let mut client = LightClient::new(nodes, MemoryStore::default(), device, settings());
    block_on(client.trust(&state(&honest.blocks[&1]))).expect("kept");
    let attack = attack_of(block_on(client.newest()));
    assert_eq!(attack.theirs_from, "honest");
}

#[test]
fn headers_that_come_with_heavy_votes_leave_the_honest_witness_enough_to_find_where_ways_part() {
    let rng = &mut Rng(5);
    let members = |number, power| Member {
        key: Key::ml_dsa_65(number),
        power,
    };
    let honest = Chain::of(members, 40, 0, rng);
    let forged = honest.forge_drifting(5, Lie::Lunatic, &honest.members[&6], 100, rng);
    let (honest, forged) = (Rc::new(honest), Rc::new(forged));
    // As nodes answer: a vote takes 4.5 KB, a validator 2.7 KB.
    let heavy = Manners {
        weight: 6 * 4_550,
        block_weight: 6 * 7_300,
        ..Manners::default()
    };
    let behind = Manners {
        lag: 20,
        ..Manners::default()
    };
    let mut nodes = vec![
        node("liar", &forged),
        node("its friend", &forged),
        Node::new("honest", &honest, heavy, 3),
    ];
    let foreign = foreign(40);
    nodes.extend((0..10).map(|number| Node::new(&number.to_string(), &foreign, behind, 3)));
    let limits = Limits {
        bytes: 1 << 20,
        ..Limits::default()
    };
    let settings = Settings {
        limits,
        ..settings()
    };
    let mut client = client_with(&honest, 1, nodes, settings, soon_after(&honest));
    let attack = attack_of(block_on(client.newest()));
    let found = (attack.theirs_from.as_str(), attack.common_height);
    assert_eq!(found, ("honest", 5));
}

#[test]
fn a_way_of_a_few_steps_of_a_large_set_is_proven_or_nothing_is_believed() {
    let rng = &mut Rng(5);
    let honest = Chain::new(20, 10, rng);
    // Whoever signed long ago signs the whole way at once; the chain takes several steps.
    let forged = Rc::new(honest.forge(1, Lie::Lunatic, &honest.members[&2], rng));
    let honest = Rc::new(honest);
    for (signatures, is_enough) in [(24, false), (400, true)] {
        let nodes = vec![
            node("liar", &forged),
            node("its friend", &forged),
            node("honest", &honest),
        ];
        let limits = Limits {
            signatures,
            ..Limits::default()
        };
        let settings = Settings {
            limits,
            ..settings()
        };
        let mut client = client_with(&honest, 1, nodes, settings, soon_after(&honest));
        let outcome = block_on(client.newest());
        match is_enough {
            true => assert_eq!(attack_of(outcome).theirs_from, "honest"),
            false => assert_eq!(outcome, Err(Failure::OutOf(Resource::Signatures))),
        }
    }
}

#[test]
fn one_answer_that_is_lost_leaves_no_forged_header_alone() {
    let (honest, forged) = forked(Lie::Lunatic);
    let once = Settings {
        tries: 1,
        ..settings()
    };
    // The first two are what it claims and the header that differs.
    for lost in 2..8 {
        let cut = Manners {
            silent: (lost, lost + 1),
            ..Manners::default()
        };
        let nodes = vec![
            node("liar", &forged),
            node("its friend", &forged),
            Node::new("honest", &honest, cut, 3),
        ];
        let mut client = client_with(&honest, 1, nodes, once.clone(), soon_after(&honest));
        let attack = attack_of(block_on(client.newest()));
        assert_eq!(attack.theirs_from, "honest", "{lost}");
    }
    // One that is gone is named, and heard again.
    let gone = Manners {
        silent: (2, u64::MAX),
        ..Manners::default()
    };
    let nodes = vec![
        node("a", &honest),
        node("b", &honest),
        Node::new("gone", &forged, gone, 3),
    ];
    let mut client = client_with(&honest, 1, nodes, once, soon_after(&honest));
    let followed = block_on(client.newest()).expect("two hold it, and nobody proves another");
    assert!(matches!(followed.standings[2].said, Said::Disputes(_)));
    let kept = block_on(client.store_mut().newest()).expect("reads");
    assert_eq!(kept.map(|state| state.height()), Some(20));
}
