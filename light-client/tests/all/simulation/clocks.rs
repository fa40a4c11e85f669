//! The device's clock, against nodes that are honest and nodes that are not.

use std::cell::Cell;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use light_client::client::{
    Failure, Fault, LightClient, Limits, MemoryStore, Provider, Resource, Said, Settings,
    Unreachable,
};
use light_client::{Options, Time, TrustLevel};

use super::chain::{Chain, soon_after};
use super::nodes::{
    Client, Clock, Device, Manners, Node, attack_of, block_on, client, client_with, node, settings,
    state,
};
use crate::common::generate::{Rng, at};

const SECOND: i128 = 1_000_000_000;
const TIP: u64 = 20;

fn client_by(clock: &Clock, chain: &Chain, nodes: Vec<Node>, settings: Settings) -> Client {
    let device = Device::by(clock);
    let mut client = LightClient::new(nodes, MemoryStore::default(), device, settings);
    block_on(client.trust(&state(&chain.blocks[&1]))).expect("kept");
    client
}

#[test]
fn a_clock_that_is_behind_is_named_where_the_nodes_of_enough_members_are_ahead_of_it() {
    let chain = Rc::new(Chain::new(TIP, 0, &mut Rng(1)));
    for lag in [0, 1] {
        let late = Manners {
            lag,
            ..Manners::default()
        };
        let nodes = vec![node("a", &chain), Node::new("b", &chain, late, 3)];
        let early = at(100 * SECOND);
        let mut client = client(&chain, nodes, TrustLevel::ONE_THIRD, early);
        let failure = block_on(client.newest()).expect_err("all are ahead");
        let Failure::ClockBehind { by } = failure else {
            panic!("{failure:?}");
        };
        let (least, most) = (Duration::from_secs(85), Duration::from_secs(100));
        assert!(by > least && by <= most, "{by:?}");
    }
}

/// So many members' nodes, who have a block an hour after the device's time that next to nobody signed, and claim that it is of now.
fn from_the_future(liars: usize, chain: &Chain, clock: &Clock) -> Vec<Node> {
    let last = Time::from_unix_nanos(clock.get() + 3_600 * SECOND).expect("a time");
    let one = &chain.members[&TIP][..1];
    let branch = chain.forge_ahead(TIP - 1, TIP + 2, last, one, &mut Rng(3));
    let (branch, manners) = (
        Rc::new(branch),
        Manners {
            claims: Some((TIP + 2, 0)),
            ..Manners::default()
        },
    );
    let liar = |number| Node::new(&format!("liar {number}"), &branch, manners, 3).by(clock);
    (0..liars).map(liar).collect()
}

#[test]
fn nodes_that_show_a_block_from_the_future_blame_no_clock_and_keep_nobody_from_the_tip() {
    let chain = Chain::new(TIP + 2, 0, &mut Rng(1));
    let clock: Clock = Rc::new(Cell::new(soon_after(&chain).unix_nanos()));
    // It stands still: the newest block of the honest is older than clocks and nodes may differ.
    let so_far = Rc::new(chain.up_to(TIP));
    for liars in [1, 2] {
        let mut nodes = from_the_future(liars, &chain, &clock);
        nodes.extend(["a", "b"].map(|name| node(name, &so_far)));
        let settings = Settings::new(Options {
            trust_level: TrustLevel::TWO_THIRDS,
            ..Options::default()
        });
        let mut client = client_by(&clock, &chain, nodes, settings);
        let followed = block_on(client.newest()).expect("what the honest have");
        assert_eq!(followed.header.header(), chain.header(TIP), "{liars}");
        assert!(matches!(
            followed.standings[0].said,
            Said::Disputes(Fault::Refuted(_))
        ));
    }
}

#[test]
fn one_member_alone_makes_no_clock_late() {
    let chain = Chain::new(TIP + 2, 0, &mut Rng(1));
    let clock: Clock = Rc::new(Cell::new(soon_after(&chain).unix_nanos()));
    let nodes = from_the_future(1, &chain, &clock);
    let settings = Settings::new(Options::default());
    let mut client = client_by(&clock, &chain, nodes, settings);
    let failure = block_on(client.newest()).expect_err("nobody else is there");
    assert_eq!(failure.code(), "no-way");
}

#[test]
fn where_one_does_not_show_what_it_has_no_clock_is_late() {
    let chain = Chain::new(TIP + 2, 0, &mut Rng(1));
    let clock: Clock = Rc::new(Cell::new(soon_after(&chain).unix_nanos()));
    let silent = Manners {
        claims: Some((TIP + 2, 0)),
        fails: Some(Unreachable::NoConnection),
        ..Manners::default()
    };
    let mut nodes = from_the_future(2, &chain, &clock);
    nodes.push(Node::new("silent", &Rc::new(chain.clone()), silent, 3).by(&clock));
    let mut client = client_by(&clock, &chain, nodes, settings());
    let failure = block_on(client.newest()).expect_err("nobody leads");
    assert_eq!(failure.code(), "no-way");
}

#[test]
fn a_clock_that_is_behind_hides_no_fork() {
    // For the device, what the honest show is from the future; what the colluders show instead is not. Their branch has the height of the tip, or is
    // ahead in height and behind in time.
    for (to, wanted) in [(TIP, None), (TIP + 2, Some(TIP + 2))] {
        for first in ["honest", "liar"] {
            let long = Chain::new(TIP + 2, 0, &mut Rng(1));
            let tip = long.header(TIP).time.unix_nanos();
            let last = Time::from_unix_nanos(tip - 35 * SECOND).expect("a time");
            let (fork, rng) = (TIP - 6, &mut Rng(3));
            let forged = Rc::new(long.forge_ahead(fork, to, last, &long.members[&TIP], rng));
            let honest = Rc::new(long.up_to(TIP));
            let clock: Clock = Rc::new(Cell::new(tip - 30 * SECOND));
            let mut nodes = vec![
                node("liar", &forged),
                node("its friend", &forged),
                node("honest", &honest),
                node("honest too", &honest),
            ];
            nodes.sort_by_key(|node| !node.name().starts_with(first));
            let mut client = client_by(&clock, &long, nodes, settings());
            let outcome = match wanted {
                None => block_on(client.newest()),
                Some(height) => block_on(client.at(height)),
            };
            let attack = attack_of(outcome);
            assert_eq!(attack.common_height, 1);
            assert_eq!(attack.theirs.signed_header.header, *honest.header(TIP));
        }
    }
}

#[test]
fn a_clock_that_is_behind_hides_no_fork_of_what_is_trusted_already() {
    let honest = Rc::new(Chain::new(TIP, 0, &mut Rng(1)));
    let tip = honest.header(TIP).time.unix_nanos();
    let last = Time::from_unix_nanos(tip - 60 * SECOND).expect("a time");
    let (fork, rng) = (TIP - 6, &mut Rng(3));
    let everybody = &honest.members[&TIP];
    let forged = Rc::new(honest.forge_ahead(fork, TIP, last, everybody, rng));
    // Only what the honest have of late is from the future. A liar shows the headers that what is trusted leads down to, and nothing that could be judged.
    let shy = Manners {
        headers_only: true,
        ..Manners::default()
    };
    for (wanted, is_liar_there) in [(None, false), (Some(fork + 1), true)] {
        let clock: Clock = Rc::new(Cell::new(tip - 30 * SECOND));
        let nodes = vec![
            node("liar", &forged),
            Node::new("shy liar", &forged, shy, 3),
            node("honest", &honest),
            node("honest too", &honest),
        ];
        let asleep: Vec<_> = nodes.iter().map(|node| node.asleep.clone()).collect();
        let mut client = client_by(&clock, &honest, nodes, settings());
        asleep[2..].iter().for_each(|honest| honest.set(true));
        block_on(client.at(TIP - 2)).expect("nobody contradicts");
        asleep[2..].iter().for_each(|honest| honest.set(false));
        asleep[0].set(true);
        asleep[1].set(!is_liar_there);
        let attack = attack_of(match wanted {
            None => block_on(client.newest()),
            Some(height) => block_on(client.at(height)),
        });
        assert_eq!(attack.theirs.signed_header.header, *honest.header(TIP - 2));
        assert!(attack.theirs_from.starts_with("honest"));
    }
}

#[test]
fn a_call_ends_when_its_time_is_up_also_where_the_clock_is_set_back_meanwhile() {
    for set_back in [0, 40] {
        let chain = Rc::new(Chain::new(100, 40, &mut Rng(1)));
        let clock: Clock = Rc::new(Cell::new(soon_after(&chain).unix_nanos()));
        let slow = Manners {
            slow: 1_000,
            ..Manners::default()
        };
        let node = |name| Node::new(name, &chain, slow, 3).by(&clock);
        let nodes = vec![node("a"), node("b")];
        let requests = nodes[0].requests.clone();
        let settings = Settings {
            limits: Limits {
                time: Duration::from_secs(20),
                ..Limits::default()
            },
            ..Settings::new(Options::default())
        };
        let mut client = client_by(&clock, &chain, nodes, settings);
        let outcome = setting_back(&clock, &requests, set_back, client.newest());
        assert_eq!(outcome, Err(Failure::OutOf(Resource::Time)));
        assert!(requests.get() < 20, "half of the time: {}", requests.get());
    }
}

/// Runs a call; once, after a few requests, the clock is set back by so many seconds.
fn setting_back<F: Future>(clock: &Clock, requests: &Cell<u64>, by: i128, call: F) -> F::Output {
    let mut call = pin!(call);
    let mut context = Context::from_waker(Waker::noop());
    let mut by = Some(by);
    loop {
        if let Poll::Ready(output) = call.as_mut().poll(&mut context) {
            return output;
        }
        if requests.get() > 4 {
            clock.set(clock.get() - by.take().unwrap_or(0) * SECOND);
        }
    }
}

#[test]
fn what_is_trusted_is_held_against_the_clock_also_where_no_step_is_taken() {
    let chain = Rc::new(Chain::new(5, 0, &mut Rng(1)));
    let tip = chain.header(5).time.unix_nanos();
    let options = settings().options;
    let nanos = |time: Duration| time.as_nanos() as i128;
    let (drift, period) = (nanos(options.clock_drift), nanos(options.trusting_period));
    for (now, code) in [
        (tip - drift, Some("clock-behind")),
        (tip - drift + 1, None),
        (tip + period - 1, None),
        (tip + period, Some("trust-expired")),
    ] {
        let nodes = ["a", "b"].map(|name| node(name, &chain)).into();
        let now = Time::from_unix_nanos(now).expect("a time");
        let mut client = client_with(&chain, 5, nodes, settings(), now);
        for outcome in [block_on(client.at(5)), block_on(client.newest())] {
            let outcome = outcome.map_err(|failure| failure.code());
            assert_eq!(outcome.err(), code, "{now}");
        }
    }
}
