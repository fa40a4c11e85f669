//! Forks: found, proven, reported, never forgotten.

use std::rc::Rc;

use light_client::client::{
    AttackEvidence, AttackKind, Failure, LightClient, Said, Settings, Store,
};
use light_client::{
    BlockIdFlag, CommitSig, Header, LightBlock, Options, TrustLevel, TrustedState, json,
};

use super::chain::{Chain, Lie, VALIDATORS, forked, soon_after};
use super::nodes::{
    Client, Device, Manners, Node, attack_of, block_on, client, client_with, node, settings,
};
use crate::common::generate::{Member, Recipe, Rng, set};

fn attacked(lie: Lie) -> (Client, Rc<Chain>) {
    let (honest, forged) = forked(lie);
    let nodes = vec![
        Node::new("liar", &forged, Manners::default(), 1),
        Node::new("witness", &honest, Manners::default(), 2),
    ];
    let now = soon_after(&honest);
    (client(&honest, nodes, TrustLevel::TWO_THIRDS, now), honest)
}

#[test]
fn each_kind_of_attack_is_named_and_reported_with_its_culprits() {
    for (lie, kind, culprits) in [
        (Lie::Lunatic, AttackKind::Lunatic, VALIDATORS),
        (Lie::Equivocation, AttackKind::Equivocation, 1),
        (Lie::Amnesia, AttackKind::Amnesia, 0),
    ] {
        let (mut client, honest) = attacked(lie);
        let Err(Failure::Attack(attack)) = block_on(client.newest()) else {
            panic!("{lie:?} must be found");
        };
        assert_eq!(attack.kind, kind);
        assert_eq!(
            (attack.ours_from.as_str(), attack.theirs_from.as_str()),
            ("liar", "witness")
        );
        assert_eq!(attack.theirs.signed_header.header, *honest.header(20));
        assert_ne!(attack.ours, attack.theirs);
        assert_eq!(attack.reported_to, ["liar", "witness"]);
        assert_eq!(attack.evidence.len(), 2, "each side is told of the other");
        let first = &attack.evidence[0];
        assert_eq!(first.conflicting, attack.ours);
        let common = match lie {
            Lie::Lunatic => 1,
            Lie::Equivocation | Lie::Amnesia => 20,
        };
        assert_eq!(first.common_height, common);
        assert_eq!(first.time, honest.header(common).time);
        assert_eq!(first.total_power, VALIDATORS * 10);
        assert!(
            first.byzantine.len() as u64 >= culprits
                && (culprits > 0 || first.byzantine.is_empty())
        );
        assert!(
            first
                .byzantine
                .windows(2)
                .all(|pair| pair[0].power() >= pair[1].power())
        );
        assert!(!attack.signed_both().is_empty());
        let text = json::write::attack_evidence(first);
        let read = json::parse(text.as_bytes()).expect("JSON");
        assert_eq!(read["type"], "tendermint/LightClientAttackEvidence");
        let block = json::light_block(&read["value"]["ConflictingBlock"]);
        assert_eq!(block.as_ref(), Ok(&first.conflicting));
    }
}

#[test]
fn after_an_attack_nothing_is_answered_until_a_person_trusts_again() {
    let (mut client, honest) = attacked(Lie::Equivocation);
    assert_eq!(
        block_on(client.newest()).map_err(|f| f.code()),
        Err("attack")
    );
    for _ in 0..2 {
        assert_eq!(
            block_on(client.newest()).map_err(|f| f.code()),
            Err("halted")
        );
        assert_eq!(block_on(client.at(3)).map_err(|f| f.code()), Err("halted"));
    }
    let again = state(&honest.blocks[&12]);
    block_on(client.trust(&again)).expect("kept");
    let lowest = block_on(client.store_mut().at_or_above(0)).expect("reads");
    assert_eq!(
        lowest.map(|s| s.height()),
        Some(12),
        "what was trusted before is gone"
    );
}

#[test]
fn a_witness_that_only_claims_another_header_is_put_out() {
    let rng = &mut Rng(5);
    let honest = Rc::new(Chain::new(20, 0, rng));
    // Two of six signed the forged branch: a third, not more.
    let forged = Rc::new(honest.forge(8, Lie::Equivocation, &honest.members[&9][..2], rng));
    let nodes = vec![
        Node::new("a", &honest, Manners::default(), 1),
        Node::new("claims", &forged, Manners::default(), 2),
        Node::new("c", &honest, Manners::default(), 3),
    ];
    let mut client = client(&honest, nodes, TrustLevel::TWO_THIRDS, soon_after(&honest));
    let followed = block_on(client.newest()).expect("no fork");
    assert_eq!(followed.standings[1].said.code(), "disputes");
    assert_eq!(followed.standings[2].said, Said::Agrees);
    // It stays out, also in the next call.
    let followed = block_on(client.at(20)).expect("known");
    assert_eq!(followed.standings[1].said.code(), "disputes");
}

#[test]
fn a_fork_below_what_is_trusted_already_is_found_too() {
    let (honest, forged) = forked(Lie::Equivocation);
    let node = |name, chain, seed| Node::new(name, chain, Manners::default(), seed);
    let now = soon_after(&honest);
    let nodes = vec![node("a", &honest, 1), node("b", &honest, 2)];
    let mut before = client(&honest, nodes, TrustLevel::TWO_THIRDS, now);
    block_on(before.newest()).expect("reached");
    let store = before.into_store();
    // The same store, later, and other nodes: one of them holds another header of the height that is trusted, whichever is asked first.
    let honest_first = vec![node("a", &honest, 1), node("c", &forged, 3)];
    let liar_first = vec![node("c", &forged, 3), node("a", &honest, 1)];
    for nodes in [honest_first, liar_first] {
        let settings = Settings::new(Options {
            trust_level: TrustLevel::TWO_THIRDS,
            ..Options::default()
        });
        let mut after = LightClient::new(nodes, store.clone(), Device::at(now), settings);
        let Err(Failure::Attack(attack)) = block_on(after.newest()) else {
            panic!("a fork");
        };
        let from = (attack.ours_from.as_str(), attack.theirs_from.as_str());
        assert_eq!(from, ("a", "c"));
        assert_eq!(attack.ours.signed_header.header, *honest.header(20));
        let again = block_on(after.newest()).map_err(|f| f.code());
        assert_eq!(again, Err("halted"));
    }
}

#[test]
fn a_block_in_the_future_of_the_honest_chain_is_found_by_its_time() {
    let rng = &mut Rng(9);
    let long = Chain::new(20, 0, rng);
    // The liar has blocks up to 20; the witness's chain stands at 12, but its newest block is later than the liar's.
    let mut honest = Chain {
        blocks: long
            .blocks
            .range(..=12)
            .map(|(h, b)| (*h, b.clone()))
            .collect(),
        members: long.members.clone(),
    };
    let late = long.header(20).time;
    let last = honest.blocks.get_mut(&12).expect("there");
    last.signed_header.header.time = late;
    crate::common::generate::reseal(last, &long.members[&12]);
    let (long, honest) = (Rc::new(long), Rc::new(honest));
    let nodes = vec![
        Node::new("liar", &long, Manners::default(), 1),
        Node::new("liar's friend", &long, Manners::default(), 1),
        Node::new("witness", &honest, Manners::default(), 2),
    ];
    let mut client = client(&long, nodes, TrustLevel::TWO_THIRDS, soon_after(&long));
    let failure = block_on(client.newest()).expect_err("a forward lunatic attack");
    assert_eq!(failure.code(), "attack");
}

#[test]
fn a_validator_that_a_commit_names_twice_is_accused_once() {
    let chain = Chain::new(3, 0, &mut Rng(5));
    let trusted = &chain.blocks[&3];
    let mut conflicting = trusted.clone();
    conflicting.signed_header.header.app_hash = vec![0xbd; 32];
    let entries = &mut conflicting.signed_header.commit.signatures;
    let voted = |entry: &&CommitSig| entry.flag == BlockIdFlag::Commit;
    let first = entries.iter().find(voted).expect("somebody voted").clone();
    entries.fill(first);
    let evidence = AttackEvidence::new(&conflicting, trusted, &state(&chain.blocks[&2]));
    assert_eq!(evidence.kind, AttackKind::Lunatic);
    assert_eq!(evidence.byzantine.len(), 1);
}

/// CometBFT refuses evidence that names them in another order (Go: `LightClientAttackEvidence.ValidateABCI`).
#[test]
fn culprits_are_named_by_the_power_that_they_had_where_the_chains_parted() {
    let powers = |powers: [u64; 4]| -> Vec<Member> {
        let members = (0..).zip(powers);
        members
            .map(|(number, power)| Member::new(number, power))
            .collect()
    };
    let (then, now) = (powers([40, 30, 20, 20]), powers([10, 20, 30, 40]));
    let common = Recipe::new(1, &then).block();
    let trusted = Recipe::new(3, &now).block();
    let mut conflicting = trusted.clone();
    conflicting.signed_header.header.app_hash = vec![0xbd; 32];
    let common = super::nodes::state(&common);
    let evidence = AttackEvidence::new(&conflicting, &trusted, &common);
    assert_eq!(evidence.kind, AttackKind::Lunatic);
    // That of a set: largest first, and by address where two have the same.
    assert_eq!(evidence.byzantine, set(&then).validators());
}

fn state(block: &LightBlock) -> TrustedState {
    let hash = block.signed_header.header.hash();
    TrustedState::from_checkpoint(block, &hash).expect("the chain's own")
}

/// A block, and what can be changed in another of its height.
fn evidence(change: impl FnOnce(&mut LightBlock)) -> AttackEvidence {
    let chain = Chain::new(3, 0, &mut Rng(1));
    let trusted = &chain.blocks[&3];
    let mut conflicting = trusted.clone();
    change(&mut conflicting);
    AttackEvidence::new(&conflicting, trusted, &state(&chain.blocks[&1]))
}

#[test]
fn whatever_follows_from_the_state_and_differs_makes_an_attack_lunatic() {
    assert_eq!(evidence(|_| ()).kind, AttackKind::Equivocation);
    let other_round = evidence(|block| block.signed_header.commit.round += 1);
    assert_eq!(other_round.kind, AttackKind::Amnesia);
    let changes: [fn(&mut Header); 5] = [
        |header| header.validators_hash = [1; 32],
        |header| header.next_validators_hash = None,
        |header| header.consensus_hash = None,
        |header| header.app_hash.clear(),
        |header| header.last_results_hash = None,
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let found = evidence(|block| change(&mut block.signed_header.header));
        assert_eq!(found.kind, AttackKind::Lunatic, "{number}");
        assert_eq!(found.common_height, 1);
    }
}

#[test]
fn who_did_not_vote_for_both_blocks_did_not_equivocate() {
    let all = evidence(|_| ()).byzantine.len();
    for flag in [BlockIdFlag::Nil, BlockIdFlag::Absent] {
        let here = evidence(|block| block.signed_header.commit.signatures[0].flag = flag);
        assert_eq!(here.byzantine.len(), all - 1, "{flag:?}");
        let chain = Chain::new(3, 0, &mut Rng(1));
        let conflicting = &chain.blocks[&3];
        let mut trusted = conflicting.clone();
        trusted.signed_header.commit.signatures[0].flag = flag;
        let there = AttackEvidence::new(conflicting, &trusted, &state(&chain.blocks[&1]));
        assert_eq!(there.byzantine.len(), all - 1, "{flag:?}");
    }
}

#[test]
fn who_signed_both_voted_for_both_and_who_refused_the_evidence_did_not_take_it() {
    let (honest, forged) = forked(Lie::Equivocation);
    let refuses = Manners {
        refuses_evidence: true,
        ..Manners::default()
    };
    let nodes = vec![
        node("liar", &forged),
        node("honest", &honest),
        Node::new("refuses", &honest, refuses, 3),
    ];
    let mut client = client_with(&honest, 1, nodes, settings(), soon_after(&honest));
    let attack = attack_of(block_on(client.newest()));
    assert_eq!(attack.reported_to, ["liar", "honest"]);
    let both = attack.signed_both();
    let voter = *both.first().expect("a fork has one");
    let [mut ours, mut theirs] = [attack.clone(), attack];
    for block in [&mut ours.ours, &mut theirs.theirs] {
        let entries = block.signed_header.commit.signatures.iter_mut();
        for entry in entries.filter(|entry| entry.address == Some(voter)) {
            entry.flag = BlockIdFlag::Nil;
        }
    }
    assert_eq!(ours.signed_both(), both[1..]);
    assert_eq!(theirs.signed_both(), both[1..]);
}
