//! What a fork is proven from: the common header, the votes of both sides, and the evidence against each.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use light_client::client::{Fault, LightClient, MemoryStore, Said, Store};
use light_client::{Reason, TrustLevel};

use super::chain::{Chain, Lie, drifted, forked, soon_after};
use super::nodes::{
    Client, Clock, Device, Node, attack_of, block_on, client, node, settings, state,
};
use crate::common::generate::Rng;

/// A client that trusts the chain's first block, and blocks of a branch: for their hashes, as a checkpoint is trusted.
fn misled(honest: &Chain, branch: &Chain, heights: &[u64], nodes: Vec<Node>) -> Client {
    let mut store = MemoryStore::default();
    block_on(store.put(&state(&honest.blocks[&1]))).expect("kept");
    for height in heights {
        block_on(store.put(&state(&branch.blocks[height]))).expect("kept");
    }
    LightClient::new(nodes, store, Device::at(soon_after(honest)), settings())
}

#[test]
fn the_common_header_is_one_that_the_witness_holds_too() {
    let (honest, forged) = forked(Lie::Lunatic);
    let nodes = vec![
        node("liar", &forged),
        node("its friend", &forged),
        node("honest", &honest),
    ];
    let attack = attack_of(block_on(
        misled(&honest, &forged, &[12, 15], nodes).newest(),
    ));
    assert_eq!(attack.theirs_from, "honest");
    assert_eq!(attack.common_height, 1, "12 is of the branch");
}

#[test]
fn an_honest_leader_proves_a_header_forged_that_is_trusted_without_votes() {
    let (honest, forged) = drifted(20, 0, 8, 100);
    let nodes = vec![
        node("honest", &honest),
        node("liar", &forged),
        node("its friend", &forged),
    ];
    let attack = attack_of(block_on(misled(&honest, &forged, &[15], nodes).newest()));
    let found = (attack.theirs_from.as_str(), attack.common_height);
    assert_eq!(found, ("honest", 1));
}

#[test]
fn votes_for_another_header_than_the_trusted_one_prove_nothing() {
    let (honest, forged) = forked(Lie::Lunatic);
    // What is trusted at 15 stands nowhere any more.
    let mut covering = Chain::clone(&forged);
    covering.blocks.insert(15, honest.blocks[&15].clone());
    let covering = Rc::new(covering);
    let nodes = vec![
        node("liar", &covering),
        node("its friend", &covering),
        node("honest", &honest),
    ];
    let mut client = misled(&honest, &forged, &[15], nodes);
    let followed = block_on(client.newest()).expect("nobody proves otherwise");
    let said = &followed.standings[2].said;
    assert!(
        matches!(said, Said::Disputes(Fault::Refused(_))),
        "{said:?}"
    );
}

#[test]
fn a_node_that_is_lower_at_the_same_time_is_on_another_chain() {
    let rng = &mut Rng(5);
    let honest = Chain::new(20, 0, rng);
    let all = honest.members[&16].clone();
    let last = honest.header(20).time;
    let ahead = honest.forge_ahead(15, 17, last, &all, rng);
    let (honest, ahead) = (Rc::new(honest), Rc::new(ahead));
    // The branch reaches at 17 the time that the chain has at 20.
    let nodes = vec![node("honest", &honest), node("liar", &ahead)];
    let mut client = client(&honest, nodes, TrustLevel::TWO_THIRDS, soon_after(&honest));
    assert_eq!(attack_of(block_on(client.at(20))).theirs_from, "liar");
}

#[test]
fn evidence_against_the_witness_begins_where_its_own_way_leaves_the_common_one() {
    let (honest, forged) = drifted(20, 0, 8, 60);
    let nodes = vec![node("honest", &honest), node("liar", &forged)];
    let mut client = client(&honest, nodes, TrustLevel::TWO_THIRDS, soon_after(&honest));
    let attack = attack_of(block_on(client.newest()));
    assert_eq!(
        (attack.theirs_from.as_str(), attack.theirs.height()),
        ("liar", 20)
    );
    let [ours, theirs] = attack.evidence.as_slice() else {
        panic!("evidence against both");
    };
    assert_eq!(ours.conflicting.signed_header.header, *honest.header(20));
    let left = &theirs.conflicting.signed_header.header;
    assert!(left.height < 20, "its way had steps before {}", left.height);
    assert_eq!(left, forged.header(left.height));
}

#[test]
fn a_witness_whose_proof_begins_where_trust_has_expired_is_heard_again_later() {
    let (honest, forged) = drifted(100, 0, 8, 0);
    let nodes = vec![
        node("liar", &forged),
        node("its friend", &forged),
        node("honest", &honest),
    ];
    let asked = nodes[2].requests.clone();
    let clock: Clock = Rc::new(Cell::new(soon_after(&honest).unix_nanos()));
    let mut store = MemoryStore::default();
    block_on(store.put(&state(&honest.blocks[&1]))).expect("kept");
    block_on(store.put(&state(&forged.blocks[&12]))).expect("kept");
    let mut settings = settings();
    // Of the first block, not of the twelfth.
    let age = clock.get() - honest.header(2).time.unix_nanos();
    settings.options.trusting_period = Duration::from_nanos(age.try_into().expect("an age"));
    let mut client = LightClient::new(nodes, store, Device::by(&clock), settings);
    let mut look = |seconds: i128| {
        clock.set(clock.get() + seconds * 1_000_000_000);
        let before = asked.get();
        let followed = block_on(client.newest()).expect("nobody proves otherwise");
        (followed.standings[2].said.clone(), asked.get() - before)
    };
    let (said, _) = look(0);
    let expired = matches!(
        said,
        Said::Disputes(Fault::Refuted(Reason::TrustExpired { .. }))
    );
    assert!(expired, "{said:?}");
    assert_eq!(look(1).1, 0, "it rests");
    let (said, asked) = look(600);
    assert!(asked > 0, "{said:?}");
}
