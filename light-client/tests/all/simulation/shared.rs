//! A client whose store another program shares: what it found by what was trusted before counts no more.

use light_client::client::{LightClient, Limits, Settings, Store};

use super::chain::{Lie, forked, soon_after};
use super::nodes::{Device, block_on, node, settings, state};
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
