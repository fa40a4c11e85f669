//! Headers below what is trusted already, which binds them; and forks that are searched for below it.

use std::rc::Rc;
use std::time::Duration;

use light_client::LightBlock;
use light_client::client::{
    Failure, Fault, LightClient, Limits, MemoryStore, Said, Settings, Store,
};

use super::chain::{Chain, Lie, drifted, forked, soon_after};
use super::nodes::{Client, Device, Manners, Node, attack_of, block_on, node, settings, state};
use crate::common::generate::Rng;

/// How far above a new header a kept one may be whose chain of hashes is followed down to it.
const NEAR: u64 = 100;

/// A client that trusts these blocks.
fn trusting(blocks: &[&LightBlock], nodes: Vec<Node>, settings: Settings, chain: &Chain) -> Client {
    let mut store = MemoryStore::default();
    for block in blocks {
        block_on(store.put(&state(block))).expect("kept");
    }
    LightClient::new(nodes, store, Device::at(soon_after(chain)), settings)
}

fn kept_at(client: &mut Client, height: u64) -> Option<u64> {
    let kept = block_on(client.store_mut().at_or_below(height)).expect("reads");
    kept.map(|state| state.height())
}

#[test]
fn no_league_forges_a_header_that_the_chain_of_hashes_names_from_a_kept_one_above() {
    for lie in [Lie::Lunatic, Lie::Equivocation, Lie::Amnesia] {
        let (honest, forged) = forked(lie);
        let nodes = vec![
            node("liar", &forged),
            node("its friend", &forged),
            node("honest", &honest),
        ];
        let away = nodes[2].asleep.clone();
        let trusted = [&honest.blocks[&1], &honest.blocks[&20]];
        let mut client = trusting(&trusted, nodes, settings(), &honest);
        away.set(true);
        for height in [9, 15, 19] {
            let outcome = block_on(client.at(height)).map_err(|failure| failure.code());
            assert_eq!(outcome.err(), Some("no-way"), "{lie:?} {height}");
            assert_eq!(kept_at(&mut client, 19), Some(1));
        }
        away.set(false);
        let found = block_on(client.at(15)).map_err(|failure| failure.code());
        assert_eq!(
            found.err(),
            Some("attack"),
            "and who was away finds the fork"
        );
    }
}

#[test]
fn a_forged_header_to_which_no_honest_chain_leads_up_is_found_when_one_below_it_is_asked_for() {
    let honest = Rc::new(Chain::new(20, 0, &mut Rng(1)));
    let corrupt = &honest.members[&3];
    let forged = Rc::new(honest.forge(2, Lie::Equivocation, corrupt, &mut Rng(2)));
    let nodes = vec![
        node("liar", &forged),
        node("its friend", &forged),
        node("honest", &honest),
        node("honest too", &honest),
    ];
    let asleep: Vec<_> = nodes.iter().map(|node| node.asleep.clone()).collect();
    let mut client = trusting(&[&honest.blocks[&1]], nodes, settings(), &honest);
    asleep[2..].iter().for_each(|honest| honest.set(true));
    block_on(client.at(10)).expect("nobody contradicts");
    asleep[2..].iter().for_each(|honest| honest.set(false));
    asleep[..2].iter().for_each(|liar| liar.set(true));
    // The same validators sign both: from what is forged, the honest chain goes on.
    let followed = block_on(client.newest()).expect("the honest tip");
    assert_eq!(
        (followed.header.header(), followed.trace.from),
        (honest.header(20), 10)
    );
    let attack = attack_of(block_on(client.at(5)));
    assert_eq!(attack.theirs.signed_header.header, *honest.header(10));
    assert!(attack.theirs_from.starts_with("honest"));
}

#[test]
fn a_header_between_two_kept_ones_is_older_than_the_upper_one() {
    let rng = &mut Rng(5);
    let honest = Chain::new(NEAR + 20, 0, rng);
    let all = honest.members[&9].clone();
    let tip = honest.header(honest.tip()).time;
    let hurried = Rc::new(honest.forge_ahead(8, 15, tip, &all, rng));
    let trusted = [&honest.blocks[&1], &honest.blocks[&honest.tip()]];
    let nodes = vec![node("liar", &hurried), node("its friend", &hurried)];
    let mut client = trusting(&trusted, nodes, settings(), &honest);
    let outcome = block_on(client.at(15)).map_err(|failure| failure.code());
    assert_eq!(outcome.err(), Some("no-way"));
    assert_eq!(kept_at(&mut client, 15), Some(1));
}

#[test]
fn a_header_far_below_a_kept_one_is_reached_in_a_few_steps_and_a_near_one_held_against_it() {
    let honest = Rc::new(Chain::new(NEAR + 20, 0, &mut Rng(5)));
    let trusted = [&honest.blocks[&1], &honest.blocks[&honest.tip()]];
    for (height, headers) in [(19, 2), (20, 2 + NEAR)] {
        let nodes = vec![node("a", &honest), node("b", &honest)];
        let mut client = trusting(&trusted, nodes, settings(), &honest);
        let followed = block_on(client.at(height)).expect("reached");
        assert_eq!(followed.header.header(), honest.header(height));
        assert_eq!((followed.trace.from, followed.trace.steps.len()), (1, 1));
        assert!(followed.commit.is_some(), "with its votes");
        assert_eq!(u64::from(followed.trace.spent.headers), headers);
    }
}

#[test]
fn however_much_is_kept_the_honest_witness_is_asked_for_little_of_it() {
    let (honest, forged) = drifted(80, 0, 9, 100);
    // What was believed while the honest were away.
    let mut trusted = vec![&honest.blocks[&1], &honest.blocks[&5], &honest.blocks[&9]];
    trusted.extend((10..70).map(|height| &forged.blocks[&height]));
    for (base, common) in [(0, 9), (3, 9), (7, 9), (75, 5)] {
        let pruned = Manners {
            base,
            ..Manners::default()
        };
        let nodes = vec![
            node("liar", &forged),
            node("its friend", &forged),
            Node::new("honest", &honest, pruned, 3),
        ];
        let mut settings = Settings {
            limits: Limits {
                headers: 60,
                ..Limits::default()
            },
            ..settings()
        };
        // Trust in the first block has expired, in the fifth it has not.
        settings.options.trusting_period = Duration::from_secs(840);
        let mut client = trusting(&trusted, nodes, settings, &honest);
        let attack = attack_of(block_on(client.newest()));
        let found = (attack.theirs_from.as_str(), attack.common_height);
        assert_eq!(found, ("honest", common), "{base}");
    }
}

#[test]
fn little_that_is_kept_is_asked_for_once() {
    let (honest, forged) = drifted(80, 0, 9, 100);
    let trusted = [&honest.blocks[&1], &forged.blocks[&70]];
    let nodes = vec![
        node("liar", &forged),
        node("its friend", &forged),
        node("honest", &honest),
    ];
    let asked = nodes[2].requests.clone();
    let mut client = trusting(&trusted, nodes, settings(), &honest);
    assert_eq!(attack_of(block_on(client.newest())).common_height, 1);
    // Its newest block; the headers that were reached, trusted and shared; its block of the trusted height.
    assert_eq!(asked.get(), 5);
}

#[test]
fn where_the_checkpoint_is_lost_no_honest_node_is_put_out_by_a_forged_header() {
    let (honest, forged) = drifted(20, 0, 8, 100);
    let liars = || ["liar", "its friend"].map(|name| node(name, &forged));
    let trusted = [&honest.blocks[&1]];
    let mut misled = trusting(&trusted, liars().into(), settings(), &honest);
    block_on(misled.at(12)).expect("nobody says otherwise");
    let reached = block_on(misled.store_mut().newest()).expect("reads");
    let mut nodes = vec![node("honest", &honest)];
    nodes.extend(liars());
    let mut client = trusting(&[], nodes, settings(), &honest);
    block_on(client.trust(&reached.expect("kept"))).expect("kept");
    let outcome = block_on(client.newest()).map_err(|failure| failure.code());
    let followed = outcome.expect("two hold it, and nobody proves another");
    let said = &followed.standings[0].said;
    let is_unproven = matches!(said, Said::Disputes(Fault::Refused(_)));
    assert!(is_unproven, "{said:?}");
}

/// The header from which an honest witness proves a fork that has pruned all of these blocks that are kept, and one of the branch; 0 where it does not.
fn pruned_all(honest: &Rc<Chain>, kept: &[u64]) -> Result<u64, Failure> {
    let all = &honest.members[&9];
    let forged = honest.forge_drifting(8, Lie::Lunatic, all, 100, &mut Rng(5));
    let forged = Rc::new(forged);
    let mut trusted: Vec<&LightBlock> = kept.iter().map(|at| &honest.blocks[at]).collect();
    trusted.push(&forged.blocks[&12]);
    let pruned = Manners {
        base: 19,
        ..Manners::default()
    };
    let nodes = vec![
        node("liar", &forged),
        node("its friend", &forged),
        Node::new("honest", honest, pruned, 3),
    ];
    let mut client = trusting(&trusted, nodes, settings(), honest);
    match block_on(client.newest()) {
        Err(Failure::Attack(attack)) => Ok(attack.common_height),
        Err(failure) => Err(failure),
        Ok(_) => Ok(0),
    }
}

#[test]
fn one_that_has_pruned_all_that_is_kept_proves_a_fork_from_any_of_it_that_leads_to_what_it_holds() {
    let honest = Rc::new(Chain::new(20, 3, &mut Rng(27)));
    // Validators changed so much that nobody leads from the first ones to 20 without what lies between.
    let found = [&[1][..], &[1, 6], &[1, 4, 6]].map(|kept| pruned_all(&honest, kept));
    assert_eq!(found, [Ok(0), Ok(6), Ok(6)]);
}

#[test]
fn one_that_can_prove_nothing_from_what_it_has_pruned_does_not_contradict_itself() {
    let honest = Rc::new(Chain::new(20, 20, &mut Rng(27)));
    let all = &honest.members[&9];
    let forged = Rc::new(honest.forge_drifting(8, Lie::Lunatic, all, 100, &mut Rng(5)));
    let pruned = Manners {
        base: 12,
        ..Manners::default()
    };
    let nodes = vec![
        node("liar", &forged),
        node("its friend", &forged),
        Node::new("honest", &honest, pruned, 3),
    ];
    let trusted = [&honest.blocks[&1], &forged.blocks[&12]];
    let mut client = trusting(&trusted, nodes, settings(), &honest);
    let followed = block_on(client.at(12)).expect("two hold it, and nobody proves another");
    let said = &followed.standings[2].said;
    let is_pruned = matches!(said, Said::Disputes(Fault::Refuted(_) | Fault::NotThere));
    assert!(is_pruned, "{said:?}");
}
