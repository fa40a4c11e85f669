//! The consortium changes its validators: the application tells the engine, two blocks later they sign, and light clients follow.

mod common;

use common::{Chain, SECOND, approve, enact, founder_key, seat, validator_key};
use node::{
    application::{FinalizeBlockRequest, FinalizeBlockResponse, Misbehaviour, code},
    store::Changes,
};
use records::{
    ValidatorKey,
    kinds::{
        misbehaviour::{Incident, Offence},
        proposal::Act,
    },
};

fn founders() -> [records::SecretKey; 4] {
    [0, 1, 2, 3].map(founder_key)
}

/// Keys of the validators of the next block and of the one after, strongest first.
fn sets(chain: &Chain) -> [Vec<[u8; 32]>; 2] {
    let state = chain.node.state();
    [state.validators, state.next_validators].map(|set| set.iter().map(|v| v.key).collect())
}

fn raw(index: usize) -> [u8; 32] {
    match validator_key(index).public().into() {
        ValidatorKey::Ed25519(key) => key,
        ValidatorKey::MlDsa65(_) => unreachable!("these tests' keys are Ed25519"),
    }
}

fn codes(chain: &Chain) -> Vec<u32> {
    let snapshot = chain.node.snapshot();
    let results = snapshot.results(chain.node.height()).expect("reads");
    let results = results.expect("results").tx_results;
    results.iter().map(|result| result.code).collect()
}

/// Decides a block in which an act, signed by all founders, is accepted.
fn accept(chain: &Chain, act: &Act) {
    let founders = founders();
    let signers: Vec<_> = founders.iter().collect();
    chain.decide(vec![enact(act, &signers, chain.time())]);
    assert_eq!(codes(chain), [code::OK]);
}

#[test]
fn a_proposal_gathers_approvals_over_blocks_and_changes_the_validators() {
    let chain = Chain::new();
    let act = seat("founder-3", Some((4, 21)), 1);
    chain.decide(vec![approve(&act, 3, 0, chain.time())]);
    chain.decide(vec![approve(&act, 1, 1, chain.time())]);
    chain.decide(vec![enact(&act, &[&founder_key(1)], chain.time())]);
    assert_eq!(codes(&chain), [code::REFUSED], "46 of 100");
    let before = sets(&chain)[1].clone();
    chain.decide(vec![enact(&act, &[&founder_key(0)], chain.time())]);
    assert_eq!(codes(&chain), [code::OK], "77 of 100");
    let after = vec![raw(0), raw(1), raw(2), raw(4)];
    assert_eq!(sets(&chain), [before, after.clone()]);
    chain.decide(Vec::new());
    assert_eq!(sets(&chain), [after.clone(), after]);
}

#[test]
fn a_key_is_rotated_while_blocks_go_on() {
    let chain = Chain::new();
    accept(&chain, &seat("founder-0", Some((5, 31)), 1));
    for _ in 0..20 {
        chain.decide(Vec::new());
    }
    let set = chain.node.state().validators;
    assert_eq!(set.total_power(), 100);
    let keys: Vec<_> = set.iter().map(|validator| validator.key).collect();
    assert_eq!(keys, [raw(5), raw(1), raw(2), raw(3)]);
}

#[test]
fn members_join_and_leave_and_a_second_node_agrees() {
    let chain = Chain::new();
    chain.decide(vec![chain.admit("finance")]);
    accept(&chain, &seat("finance", Some((6, 25)), 1));
    accept(&chain, &seat("founder-3", None, 2));
    accept(&chain, &seat("founder-0", Some((0, 28)), 3));
    chain.decide(Vec::new());
    chain.decide(Vec::new());
    let powers: Vec<_> = chain
        .node
        .state()
        .validators
        .iter()
        .map(|v| v.power)
        .collect();
    assert_eq!(powers, [28, 26, 25, 23]);
    let replica = chain.replica("replica.redb");
    node::consortium::catch_up(&replica, &chain.node).expect("follows");
    assert_eq!(replica.state().app_hash, chain.node.state().app_hash);
    assert_eq!(replica.state().validators, chain.node.state().validators);
}

fn misbehaves(index: usize, height: u64) -> Misbehaviour {
    Misbehaviour {
        address: ValidatorKey::from(validator_key(index).public()).address(),
        incident: Incident {
            height,
            offence: Offence::DuplicateVote,
            power: 20,
            time: common::GENESIS,
        },
    }
}

fn finalize(
    chain: &Chain,
    height: u64,
    txs: &[Vec<u8>],
    found: &[Misbehaviour],
) -> FinalizeBlockResponse {
    let request = FinalizeBlockRequest {
        txs,
        misbehaviour: found,
        hash: node::merkle::sha256(&height.to_be_bytes()),
        height,
        time: common::GENESIS + height as i64 * SECOND,
    };
    let application = &chain.node.application;
    let answer = application.finalize_block(&request).expect("executes");
    application.commit(Changes::default()).expect("commits");
    answer
}

#[test]
fn who_misbehaves_is_written_down_and_suspended_within_bounds() {
    let chain = Chain::new();
    let nothing = finalize(&chain, 1, &[], &[]);
    let answer = finalize(&chain, 2, &[], &[misbehaves(3, 1), misbehaves(0, 1)]);
    assert_ne!(answer.app_hash, nothing.app_hash);
    let removed: Vec<_> = answer
        .validator_updates
        .iter()
        .map(|u| (&u.key, u.power))
        .collect();
    let third = ValidatorKey::from(validator_key(3).public());
    assert_eq!(
        removed,
        [(&third, 0)],
        "51 of 100 would be missing without both"
    );
    for index in [0, 3] {
        let address = hex::encode(misbehaves(index, 1).address);
        let key = common::tree_key("misbehaviour", &address);
        let state = chain.query("/state", &key, 2);
        let text = String::from_utf8_lossy(&state.value).into_owned();
        assert!(text.contains(&format!("founder-{index}")), "{text}");
    }
    // With another key the member comes back.
    let founders = founders();
    let signers: Vec<_> = founders.iter().collect();
    let act = seat("founder-3", Some((7, 20)), 1);
    let back = finalize(&chain, 3, &[enact(&act, &signers, chain.time())], &[]);
    assert_eq!(back.tx_results[0].code, code::OK);
    assert_eq!(back.validator_updates.len(), 1);
    assert_eq!(back.validator_updates[0].power, 20);
}

#[test]
fn a_suspension_comes_before_the_blocks_own_changes() {
    let chain = Chain::new();
    let founders = founders();
    let signers: Vec<_> = founders.iter().collect();
    let act = seat("founder-0", Some((8, 31)), 1);
    let txs = [enact(&act, &signers, chain.time())];
    let answer = finalize(&chain, 1, &txs, &[misbehaves(3, 1)]);
    assert_eq!(
        answer.tx_results[0].code,
        code::REFUSED,
        "51 of 100 at once"
    );
    assert_eq!(answer.validator_updates.len(), 1);
}
