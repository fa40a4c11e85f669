//! Chains, nodes and calls that stand still: who is late then, who is waited for, and what a call ends with.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use light_client::Options;
use light_client::client::{
    Failure, Followed, LightClient, Limits, MemoryStore, Mode, Resource, Settings,
};

use super::chain::{Chain, Lie, forked, soon_after};
use super::nodes::{
    Client, Clock, Device, Manners, Node, attack_of, block_on, client_with, node, settings, state,
};
use crate::common::generate::Rng;

const TIP: u64 = 20;
/// What clocks may differ and nodes may lag, as the settings have it: two blocks.
const WINDOW: u64 = 2;

/// A chain whose next block is long in coming.
fn standing() -> (Rc<Chain>, Clock) {
    let chain = Chain::new(TIP, 0, &mut Rng(5));
    let clock = soon_after(&chain).unix_nanos() + 200_000_000_000;
    (Rc::new(chain), Rc::new(Cell::new(clock)))
}

/// A client that trusts the first block, and lives by this clock.
fn client_by(clock: &Clock, chain: &Chain, nodes: Vec<Node>) -> Client {
    let device = Device::by(clock);
    let mut client = LightClient::new(nodes, MemoryStore::default(), device, settings());
    block_on(client.trust(&state(&chain.blocks[&1]))).expect("kept");
    client
}

fn height(followed: &Followed) -> u64 {
    followed.header.header().height
}

fn lagging(name: &str, chain: &Rc<Chain>, lag: u64) -> Node {
    let manners = Manners {
        lag,
        ..Manners::default()
    };
    Node::new(name, chain, manners, 3)
}

#[test]
fn where_the_chain_stands_still_a_node_is_late_by_the_time_of_its_blocks() {
    let (chain, clock) = standing();
    for (lag, reached) in [(WINDOW, TIP - WINDOW), (WINDOW + 1, TIP)] {
        let late = lagging("late", &chain, lag);
        let nodes = vec![node("a", &chain), node("b", &chain), late];
        let mut client = client_by(&clock, &chain, nodes);
        let followed = block_on(client.newest()).expect("what enough have");
        assert_eq!(height(&followed), reached, "{lag} below");
    }
}

#[test]
fn where_too_few_hold_an_old_header_one_that_is_soon_there_is_waited_for() {
    let (chain, clock) = standing();
    let late = Manners {
        lag: 1,
        catches_up: true,
        claims: Some((TIP, clock.get() - chain.header(TIP).time.unix_nanos())),
        ..Manners::default()
    };
    let late = Node::new("late", &chain, late, 3).by(&clock);
    let nodes = vec![node("a", &chain), late];
    let mut client = client_by(&clock, &chain, nodes);
    let followed = block_on(client.at(TIP)).expect("a second later");
    assert_eq!(height(&followed), TIP);
}

#[test]
fn a_way_that_nobody_finished_is_not_compared_where_only_what_is_trusted_is_left() {
    let chain = Rc::new(Chain::new(60, 0, &mut Rng(5)));
    let cut_off = Manners {
        silent: (4, u64::MAX),
        ..Manners::default()
    };
    let nodes = vec![
        Node::new("cut off", &chain, cut_off, 3),
        lagging("a", &chain, 50),
        lagging("b", &chain, 50),
    ];
    let settings = Settings {
        mode: Mode::Sequential,
        ..settings()
    };
    let mut client = client_with(&chain, 10, nodes, settings, soon_after(&chain));
    let followed = block_on(client.newest()).expect("what two hold");
    assert_eq!(height(&followed), 10);
}

/// What is left in so little time is not enough to wait for anybody.
fn in_a_hurry() -> Settings {
    Settings {
        limits: Limits {
            time: Duration::from_millis(100),
            ..Limits::default()
        },
        ..settings()
    }
}

#[test]
fn one_that_shows_nothing_of_an_old_header_hides_no_fork_where_time_is_short() {
    let (honest, forged) = forked(Lie::Lunatic);
    let mute = Manners {
        shows_nothing: true,
        ..Manners::default()
    };
    let nodes = vec![
        node("liar", &forged),
        Node::new("mute", &honest, mute, 3),
        node("honest", &honest),
    ];
    let now = soon_after(&honest);
    let mut client = client_with(&honest, 1, nodes, in_a_hurry(), now);
    let attack = attack_of(block_on(client.at(20)));
    assert_eq!(attack.theirs_from, "honest");
}

#[test]
fn one_that_is_below_a_new_header_and_as_new_is_not_waited_for() {
    let rng = &mut Rng(5);
    let long = Chain::new(TIP, 0, rng);
    let now = long.header(TIP).time;
    let ahead = Rc::new(long.forge_ahead(15, 17, now, &long.members[&16], rng));
    let long = Rc::new(long);
    let nodes = vec![node("a", &long), node("b", &long), node("third", &ahead)];
    let mut client = client_with(&long, 1, nodes, in_a_hurry(), now);
    let attack = attack_of(block_on(client.at(TIP)));
    assert_eq!(attack.theirs_from, "third");
}

/// Else it would go on for ever.
#[test]
fn a_call_that_ran_out_ends_where_all_other_claims_are_below_what_is_trusted() {
    let (chain, _) = standing();
    let settings = Settings {
        limits: Limits {
            headers: 1,
            ..Limits::default()
        },
        ..Settings::new(Options::default())
    };
    let nodes = vec![node("a", &chain), lagging("late", &chain, 1)];
    let mut client = client_with(&chain, TIP, nodes, settings, soon_after(&chain));
    let outcome = block_on(client.newest());
    assert_eq!(outcome, Err(Failure::OutOf(Resource::Headers)));
}
