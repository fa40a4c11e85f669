//! Headers below what is trusted, down the hash chain.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use light_client::client::{
    Failure, Fault, LightClient, Limits, MemoryStore, Resource, Said, Settings,
};
use light_client::{Options, Reason, Time};

use super::chain::{Chain, Lie, soon_after};
use super::nodes::{Clock, Device, block_on, client_with, node, state};
use crate::common::generate::Rng;

fn chain(length: u64, percent: u64) -> Rc<Chain> {
    Rc::new(Chain::new(length, percent, &mut Rng(1)))
}

fn settings() -> Settings {
    Settings::new(Options::default())
}

#[test]
fn an_older_header_is_reached_down_the_hash_chain() {
    let chain = chain(40, 20);
    let nodes = vec![node("a", &chain), node("b", &chain)];
    let mut client = client_with(&chain, 35, nodes, settings(), soon_after(&chain));
    let followed = block_on(client.at(3)).expect("reached");
    assert_eq!(followed.header.header(), chain.header(3));
    assert!(followed.header.signers().is_empty(), "it rests on its hash");
    assert_eq!(followed.trace.steps.len(), 32);
    let said = &followed.standings[1].said;
    assert_eq!(*said, Said::Nothing, "it was not needed");
}

#[test]
fn who_is_out_is_not_asked_for_older_headers() {
    let chain = chain(40, 20);
    let nodes = vec![node("out", &chain), node("b", &chain)];
    let requests = nodes[0].requests.clone();
    let mut client = client_with(&chain, 35, nodes, settings(), soon_after(&chain));
    let mut standings = client.standings();
    standings[0].said = Said::Failed(Fault::WrongChain("another".into()));
    client.recall(&standings);
    block_on(client.at(3)).expect("reached");
    assert_eq!(requests.get(), 0);
}

#[test]
fn a_header_that_the_hash_chain_does_not_lead_to_is_refused() {
    let chain = chain(20, 0);
    let forged = Rc::new(chain.forge(5, Lie::Equivocation, &chain.members[&6], &mut Rng(2)));
    let nodes = vec![node("liar", &forged), node("b", &forged)];
    let requests = nodes[0].requests.clone();
    let mut client = client_with(&chain, 15, nodes, settings(), soon_after(&chain));
    // Each time: where the header above is forged, it is the honest whose headers do not lead there.
    for _ in 0..2 {
        let before = requests.get();
        let failure = block_on(client.at(8)).expect_err("forged");
        let Failure::NoWay(standings) = failure else {
            panic!("{failure:?}");
        };
        assert!(standings.iter().all(|standing| matches!(
            standing.said,
            Said::Failed(Fault::Refuted(Reason::NotTheHeaderBefore { .. }))
        )));
        assert!(requests.get() > before);
    }
}

#[test]
fn the_way_down_does_not_go_on_from_what_is_trusted_no_more() {
    let chain = chain(60, 0);
    let clock: Clock = Rc::new(Cell::new(soon_after(&chain).unix_nanos()));
    let mut settings = settings();
    settings.limits.headers = 25;
    settings.options.trusting_period = Duration::from_secs(24 * 3600);
    let nodes = vec![node("a", &chain), node("b", &chain)];
    let store = MemoryStore::default();
    let mut client = LightClient::new(nodes, store, Device::by(&clock), settings);
    block_on(client.trust(&state(&chain.blocks[&40]))).expect("kept");
    block_on(client.at(60)).expect("reached");
    // From 40, and once trust in that has expired from 60, over more headers than one call may have.
    for _ in 0..2 {
        let failure = block_on(client.at(3)).expect_err("too far for one call");
        assert_eq!(failure, Failure::OutOf(Resource::Headers));
        clock.set(a_day_after(&chain, 50).unix_nanos());
    }
}

/// A day after the block at a height was made, where the trusting period is a day.
fn a_day_after(chain: &Chain, height: u64) -> Time {
    let day = 24 * 3600 * 1_000_000_000;
    let made = chain.header(height).time.unix_nanos();
    Time::from_unix_nanos(made + day).expect("a time")
}

#[test]
fn old_headers_are_reached_from_the_lowest_state_in_which_trust_has_not_expired() {
    let chain = chain(40, 0);
    let nodes = vec![node("a", &chain), node("b", &chain)];
    let mut settings = settings();
    settings.options.trusting_period = Duration::from_secs(24 * 3600);
    let mut client = client_with(&chain, 10, nodes, settings, soon_after(&chain));
    for height in [20, 30, 40] {
        block_on(client.at(height)).expect("reached");
    }
    // Trust in blocks 10 and 20 has expired, that in 30 has not.
    let device = Device::at(a_day_after(&chain, 29));
    let mut settings = Settings::new(Options::default());
    settings.options.trusting_period = Duration::from_secs(24 * 3600);
    let nodes = vec![node("a", &chain), node("b", &chain)];
    let mut client = LightClient::new(nodes, client.into_store(), device, settings);
    for height in [5, 10, 15, 25] {
        let followed = block_on(client.at(height)).expect("down the hash chain");
        assert_eq!(followed.header.header(), chain.header(height));
        assert!(followed.header.signers().is_empty());
        assert!(followed.trace.from <= 30);
    }
    let followed = block_on(client.at(35)).expect("up from what holds");
    assert_eq!((followed.trace.from, followed.trace.steps.len()), (30, 1));
}

#[test]
fn the_way_down_goes_on_where_a_call_ran_out() {
    let chain = chain(60, 0);
    let nodes = vec![node("a", &chain), node("b", &chain)];
    let settings = Settings {
        limits: Limits {
            headers: 25,
            ..Limits::default()
        },
        ..settings()
    };
    let mut client = client_with(&chain, 60, nodes, settings, soon_after(&chain));
    for _ in 0..2 {
        let failure = block_on(client.at(3)).expect_err("too far for one call");
        assert_eq!(failure, Failure::OutOf(Resource::Headers));
    }
    let followed = block_on(client.at(3)).expect("reached");
    assert_eq!(followed.header.header(), chain.header(3));
    assert_eq!(followed.trace.from, 20, "forty headers were had before");
    let between = block_on(client.at(50)).expect("reached");
    assert_eq!(between.header.header(), chain.header(50));
    let again = state(&chain.blocks[&60]);
    block_on(client.trust(&again)).expect("kept");
    let other = block_on(client.at(40)).expect("reached");
    assert_eq!(
        other.trace.from, 60,
        "nothing rests on what was trusted before"
    );
}

#[test]
fn the_way_down_takes_no_more_bytes_than_a_call_may() {
    let chain = chain(60, 0);
    let nodes = vec![node("a", &chain), node("b", &chain)];
    let settings = Settings {
        limits: Limits {
            bytes: 30_000,
            ..Limits::default()
        },
        ..settings()
    };
    let mut client = client_with(&chain, 60, nodes, settings, soon_after(&chain));
    let failure = block_on(client.at(3)).expect_err("57 headers of a thousand bytes");
    assert_eq!(failure, Failure::OutOf(Resource::Bytes));
}

#[test]
fn a_way_down_is_not_gone_on_with_once_trust_in_its_beginning_has_expired() {
    let chain = chain(40, 0);
    let clock: Clock = Rc::new(Cell::new(soon_after(&chain).unix_nanos()));
    let nodes = ["a", "b"].map(|name| node(name, &chain)).into();
    let mut settings = settings();
    settings.options.trusting_period = Duration::from_secs(24 * 3600);
    let mut client = LightClient::new(nodes, MemoryStore::default(), Device::by(&clock), settings);
    block_on(client.trust(&state(&chain.blocks[&20]))).expect("kept");
    block_on(client.at(15)).expect("reached");
    block_on(client.at(40)).expect("reached");
    // Trust in block 20 has expired, that in 40 has not.
    clock.set(a_day_after(&chain, 30).unix_nanos());
    let followed = block_on(client.at(10)).expect("reached");
    assert_eq!(followed.header.header(), chain.header(10));
    assert_eq!(followed.trace.from, 40);
}
