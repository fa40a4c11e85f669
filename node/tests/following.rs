//! Full nodes replay the chain, and believe nothing that does not follow.

mod common;

use common::{Chain, genesis, genesis_with};
use node::{
    chain::{FullNode, Genesis},
    comet::{Block, Commit},
    consortium::catch_up,
};

#[test]
fn two_replicas_reach_the_same_app_hash() {
    let chain = Chain::new();
    for height in 0..30 {
        let txs = (0..height % 4)
            .map(|i| chain.admit(&format!("m-{height}-{i}")))
            .collect();
        chain.decide(txs);
    }
    let replicas = [chain.replica("a"), chain.replica("b")];
    for replica in &replicas {
        catch_up(replica, &chain.node).expect("follows");
        let (state, own) = (chain.node.state(), replica.state());
        assert_eq!((own.height, own.app_hash), (state.height, state.app_hash));
        assert_eq!(own.last_results_hash, state.last_results_hash);
    }
}

#[test]
fn an_empty_block_leaves_the_app_hash_as_it_was() {
    let chain = Chain::new();
    chain.decide(vec![chain.admit("a")]);
    let after_event = chain.node.state().app_hash;
    for _ in 0..5 {
        chain.decide(Vec::new());
        assert_eq!(chain.node.state().app_hash, after_event);
    }
    chain.decide(vec![chain.admit("b")]);
    assert_ne!(chain.node.state().app_hash, after_event);
}

#[test]
fn a_node_goes_on_where_it_was_closed() {
    let chain = Chain::new();
    for height in 0..5 {
        chain.decide(vec![chain.admit(&format!("m-{height}"))]);
    }
    let replica = chain.replica("a");
    catch_up(&replica, &chain.node).expect("follows");
    drop(replica);
    chain.decide(vec![chain.admit("later")]);
    let replica = chain.replica("a");
    assert_eq!(replica.height(), 5);
    catch_up(&replica, &chain.node).expect("follows");
    assert_eq!(replica.state().app_hash, chain.node.state().app_hash);
}

#[test]
fn what_does_not_follow_from_the_chain_is_refused() {
    let chain = Chain::new();
    chain.decide(vec![chain.admit("a")]);
    let (block, commit) = chain.decide(vec![chain.admit("b")]);
    let replica = chain.replica("a");
    let first = chain.node.snapshot();
    let (one, its_commit) = (
        first.block(1).expect("reads"),
        first.commit(1).expect("reads"),
    );
    replica
        .follow(&one.expect("is there"), &its_commit.expect("is there"))
        .expect("follows");

    type Attack = fn(&mut Block, &mut Commit);
    let attacks: [(&str, Attack); 11] = [
        ("another app hash", |block, _| {
            header(block).app_hash[0] ^= 1
        }),
        ("another time", |block, _| header(block).time = None),
        ("another chain", |block, _| header(block).chain_id.push('x')),
        ("other validators", |block, _| {
            header(block).validators_hash[0] ^= 1
        }),
        ("other results before", |block, _| {
            header(block).last_results_hash[0] ^= 1
        }),
        ("another proposer", |block, _| {
            header(block).proposer_address[0] ^= 1
        }),
        ("other transactions", |block, _| {
            block.data.as_mut().expect("data").txs.clear()
        }),
        ("another last commit", |block, _| {
            block
                .last_commit
                .as_mut()
                .expect("a commit")
                .signatures
                .pop();
        }),
        ("a signature that was changed", |_, commit| {
            let vote = commit
                .signatures
                .iter_mut()
                .find(|vote| !vote.signature.is_empty());
            vote.expect("a vote").signature[0] ^= 1;
        }),
        ("too few signatures", |_, commit| {
            for vote in &mut commit.signatures[..2] {
                vote.block_id_flag = 1;
                vote.signature.clear();
            }
        }),
        ("a commit for another round", |_, commit| commit.round = 1),
    ];
    for (name, attack) in attacks {
        let (mut block, mut commit) = (block.clone(), commit.clone());
        attack(&mut block, &mut commit);
        assert!(replica.follow(&block, &commit).is_err(), "{name}");
        assert_eq!(replica.height(), 1, "{name}");
    }
    replica
        .follow(&block, &commit)
        .expect("the genuine one follows");
}

fn header(block: &mut Block) -> &mut node::comet::Header {
    block.header.as_mut().expect("a header")
}

#[test]
fn a_genesis_document_that_was_written_down_begins_the_same_chain() {
    let written = genesis().to_json();
    let read = Genesis::from_json(&written).expect("reads");
    assert_eq!(read.to_json(), written);
    let folder = tempfile::tempdir().expect("a folder");
    let open = |name, genesis| FullNode::open(&folder.path().join(name), genesis, 1_000);
    let (a, b) = (
        open("a", genesis()).expect("opens"),
        open("b", read).expect("opens"),
    );
    assert_eq!(a.state().app_hash, b.state().app_hash);
    assert_eq!(a.state().validators, b.state().validators);
}

#[test]
fn a_database_of_another_chain_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("n");
    drop(FullNode::open(&file, genesis(), 1_000).expect("opens"));
    let mut other = genesis();
    other.chain_id = "dev-other-2".into();
    let refused = FullNode::open(&file, other, 1_000).err().expect("refused");
    assert!(
        refused.to_string().contains("holds chain dev-test-0001"),
        "{refused}"
    );
}

#[test]
fn a_genesis_that_gives_one_member_a_third_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let refused = FullNode::open(
        &folder.path().join("n"),
        genesis_with([40, 20, 20, 20]),
        1_000,
    );
    let why = refused.err().expect("refused").to_string();
    assert!(why.contains("one-third-reached"), "{why}");
}

#[test]
fn a_genesis_whose_validators_are_not_the_founders_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut genesis = genesis_with([31, 26, 23, 20]);
    genesis.validators[0].power = 30;
    let refused = FullNode::open(&folder.path().join("n"), genesis, 1_000);
    assert!(
        refused
            .err()
            .expect("refused")
            .to_string()
            .contains("other validators")
    );
}
