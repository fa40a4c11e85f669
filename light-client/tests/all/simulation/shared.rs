//! Clients over stores that outlast them: another program shares one, one is full.

use light_client::client::{Fault, LightClient, Limits, Said, Settings, Store};

use super::chain::{Lie, drifted, forked, soon_after};
use super::nodes::{Device, attack_of, block_on, node, settings, state};
use crate::stores::{CHECKPOINT, Drawer, kept};

#[test]
fn a_way_down_and_a_verdict_on_a_node_end_with_the_trust_that_they_rest_on() {
    let (honest, forged) = forked(Lie::Lunatic);
    let drawer = Drawer::default();
    let nodes = vec![node("liar", &forged), node("honest", &honest)];
    let settings = Settings {
        limits: Limits {
            headers: 21,
            ..Limits::default()
        },
        ..settings()
    };
    let mut store = kept(&drawer, CHECKPOINT);
    block_on(store.put(&state(&forged.blocks[&20]))).expect("kept");
    let device = Device::at(soon_after(&honest));
    let mut client = LightClient::new(nodes, store, device, settings);
    let failure = block_on(client.at(9)).expect_err("too far for one call");
    assert_eq!(failure.code(), "out-of-headers");
    let mut person = kept(&drawer, CHECKPOINT);
    block_on(person.begin(&state(&honest.blocks[&20]))).expect("kept");
    let found = block_on(client.at(9)).expect("from what the person trusts");
    assert_eq!(found.header.header(), honest.header(9));
}

#[test]
fn each_time_that_trust_begins_anew_a_verdict_on_a_node_ends_once() {
    let (honest, _) = forked(Lie::Lunatic);
    let drawer = Drawer::default();
    let nodes: Vec<_> = ["a", "b", "judged"].map(|name| node(name, &honest)).into();
    let requests = nodes[2].requests.clone();
    let first = state(&honest.blocks[&1]);
    let mut store = kept(&drawer, CHECKPOINT);
    block_on(store.put(&first)).expect("kept");
    let device = Device::at(soon_after(&honest));
    let mut client = LightClient::new(nodes, store, device, settings());
    let mut verdict = client.standings();
    verdict[2].said = Said::Failed(Fault::WrongChain("another".into()));
    let mut person = kept(&drawer, CHECKPOINT);
    for begins_anew in [false, true, false] {
        client.recall(&verdict);
        if begins_anew {
            block_on(person.begin(&first)).expect("kept");
        }
        let before = requests.get();
        block_on(client.newest()).expect("reached");
        assert_eq!(requests.get() > before, begins_anew);
    }
}

#[test]
fn where_a_shelf_is_full_what_was_believed_meanwhile_is_still_found() {
    let (honest, forged) = drifted(20, 0, 8, 50);
    let drawer = Drawer::default();
    let away = node("honest", &honest);
    let switch = away.asleep.clone();
    let nodes = vec![node("liar", &forged), node("its friend", &forged), away];
    let mut store = kept(&drawer, CHECKPOINT);
    block_on(store.put(&state(&honest.blocks[&1]))).expect("kept");
    drawer.room.set(Some(1));
    let device = Device::at(soon_after(&honest));
    let mut client = LightClient::new(nodes, store, device, settings());
    switch.set(true);
    block_on(client.at(15)).expect("nobody says otherwise");
    assert!(!client.store().is_kept(), "it goes on in memory");
    switch.set(false);
    let attack = attack_of(block_on(client.newest()));
    let found = (attack.theirs_from.as_str(), attack.common_height);
    assert_eq!(found, ("honest", 1));
}
