//! Nodes that do not have the height that was reached: what they hold or claim may contradict it all the same, also where they are not heard out.

use std::rc::Rc;

use light_client::LightBlock;
use light_client::client::{Fault, LightClient, MemoryStore, Mode, Said, Settings, Store};

use super::chain::{Chain, Lie, forked, soon_after};
use super::nodes::{Client, Device, Manners, Node, attack_of, block_on, node, settings, state};
use crate::common::generate::Rng;

/// A chain of 20, and a branch of it from height 15 that is at 17 when the chain is at 20.
fn overtaken() -> (Rc<Chain>, Rc<Chain>) {
    let rng = &mut Rng(5);
    let long = Chain::new(20, 0, rng);
    let all = long.members[&16].clone();
    let ahead = long.forge_ahead(15, 17, long.header(20).time, &all, rng);
    (Rc::new(long), Rc::new(ahead))
}

/// Two members' nodes that agree, and a third whose requests of these numbers get no answer. These blocks are trusted.
fn client(trusted: &[&LightBlock], agreed: &Rc<Chain>, third: Node) -> Client {
    client_in(Mode::Skipping, trusted, agreed, third)
}

fn client_in(mode: Mode, trusted: &[&LightBlock], agreed: &Rc<Chain>, third: Node) -> Client {
    let mut store = MemoryStore::default();
    for block in trusted {
        block_on(store.put(&state(block))).expect("kept");
    }
    let nodes = vec![node("a", agreed), node("b", agreed), third];
    let settings = Settings { mode, ..settings() };
    LightClient::new(nodes, store, Device::at(soon_after(agreed)), settings)
}

fn cut_off(chain: &Rc<Chain>, silent: (u64, u64), lag: u64) -> Node {
    let manners = Manners {
        silent,
        lag,
        ..Manners::default()
    };
    Node::new("third", chain, manners, 3)
}

fn is_unheard(said: &Said) -> bool {
    matches!(said, Said::Disputes(Fault::Unreachable(_)))
}

#[test]
fn one_that_is_ahead_in_time_and_cut_off_is_named_and_heard_again() {
    let (long, ahead) = overtaken();
    // After it said that it lacks the height, and how new its newest block is; or after it showed the first block.
    for silent in [(2, 5), (3, 6)] {
        let third = cut_off(&ahead, silent, 0);
        let mut client = client(&[&long.blocks[&1]], &long, third);
        let followed = block_on(client.at(20)).expect("two hold it, and nobody proves another");
        let said = &followed.standings[2].said;
        assert!(is_unheard(said), "{silent:?}: {said:?}");
        let attack = attack_of(block_on(client.at(20)));
        assert_eq!(attack.theirs_from, "third");
    }
}

#[test]
fn one_whose_newest_block_is_below_what_is_trusted_and_newer_is_no_liar_unheard() {
    let (long, ahead) = overtaken();
    let trusted = [&long.blocks[&1], &long.blocks[&18]];
    for silent in [(3, u64::MAX), (4, u64::MAX)] {
        let mut client = client(&trusted, &long, cut_off(&ahead, silent, 0));
        let followed = block_on(client.newest()).expect("reached");
        assert_eq!(followed.header.header(), long.header(20), "pulled down");
        let said = &followed.standings[2].said;
        assert!(is_unheard(said), "{silent:?}: {said:?}");
    }
    for mode in [Mode::Skipping, Mode::Sequential] {
        let mut client = client_in(mode, &trusted, &long, node("third", &ahead));
        let attack = attack_of(block_on(client.newest()));
        assert_eq!(attack.theirs_from, "third", "{mode:?}");
    }
}

#[test]
fn one_that_is_below_all_that_is_trusted_and_newer_disputes_and_pulls_nobody_down() {
    let (long, ahead) = overtaken();
    let mut client = client(&[&long.blocks[&18]], &long, node("third", &ahead));
    let followed = block_on(client.newest()).expect("reached");
    assert_eq!(followed.header.header(), long.header(20));
    let said = &followed.standings[2].said;
    assert!(
        matches!(said, Said::Disputes(Fault::Refused(_))),
        "{said:?}"
    );
}

#[test]
fn one_whose_proof_costs_too_much_is_named() {
    let (long, ahead) = overtaken();
    let heavy = Manners {
        weight: 20 << 20,
        ..Manners::default()
    };
    let third = Node::new("third", &ahead, heavy, 3);
    let mut client = client(&[&long.blocks[&1]], &long, third);
    let followed = block_on(client.at(20)).expect("two hold it, and nobody proves another");
    let said = &followed.standings[2].said;
    assert!(
        matches!(said, Said::Disputes(Fault::Refused(_))),
        "{said:?}"
    );
}

#[test]
fn one_that_holds_another_header_than_the_trusted_one_and_is_cut_off_is_named() {
    let (honest, forged) = forked(Lie::Lunatic);
    let trusted = [&honest.blocks[&1], &forged.blocks[&12]];
    // After it showed its header of height 12; or the one that both share, too.
    for silent in [(3, 6), (4, 7)] {
        let mut client = client(&trusted, &forged, cut_off(&honest, silent, 5));
        let followed = block_on(client.at(20)).expect("two hold it, and nobody proves another");
        let said = &followed.standings[2].said;
        assert!(is_unheard(said), "{silent:?}: {said:?}");
    }
    // Also where that is its newest block.
    for lag in [5, 8] {
        let mut client = client(&trusted, &forged, cut_off(&honest, (0, 0), lag));
        let attack = attack_of(block_on(client.at(20)));
        assert_eq!(attack.theirs_from, "third", "{lag}");
    }
}

#[test]
fn one_that_has_pruned_a_forged_header_that_is_trusted_proves_from_below_that_it_is_ahead_in_time()
{
    let rng = &mut Rng(5);
    let honest = Chain::new(20, 0, rng);
    let forged = honest.forge_drifting(8, Lie::Lunatic, &honest.members[&9], 100, rng);
    let forged = Rc::new(forged.retimed(8, 20, honest.header(17).time));
    let honest = Rc::new(honest);
    let trusted = [&honest.blocks[&1], &forged.blocks[&12]];
    for base in [13, 15, 17] {
        let manners = Manners {
            base,
            lag: 3,
            ..Manners::default()
        };
        let third = Node::new("third", &honest, manners, 3);
        let attack = attack_of(block_on(client(&trusted, &forged, third).at(20)));
        let found = (attack.theirs_from.as_str(), attack.common_height);
        assert_eq!(found, ("third", 1), "{base}");
    }
}

#[test]
fn one_that_is_merely_behind_stays_so_wherever_it_is_cut_off() {
    let (honest, _) = forked(Lie::Lunatic);
    let trusted = [&honest.blocks[&1], &honest.blocks[&12]];
    for lag in [5, 10] {
        for from in 2..8 {
            let third = cut_off(&honest, (from, u64::MAX), lag);
            let mut client = client(&trusted, &honest, third);
            for outcome in [block_on(client.at(20)), block_on(client.at(20))] {
                let followed = outcome.expect("two hold it");
                let said = &followed.standings[2].said;
                let honest = matches!(said, Said::Behind | Said::Failed(Fault::Unreachable(_)));
                assert!(honest, "{lag} {from}: {said:?}");
            }
        }
    }
}
