//! Several programs on one shelf, as tabs of a browser: what each of them writes in the middle of what another decides.

use light_client::Hash;
use light_client::client::{KeptStore, Shelf, Store, states_root};

use crate::stores::{CHAIN, CHECKPOINT, Drawer, attack, block_on, kept, newest, state};

type Tab = KeptStore<Drawer>;

/// A page that has trusted something, and is in the middle of a call.
fn at_work(drawer: &Drawer, height: u64) -> Tab {
    let mut tab = kept(drawer, CHECKPOINT);
    block_on(tab.put(&state(height))).expect("kept");
    assert!(!is_halted(&mut tab), "a call begins like this");
    tab
}

fn is_halted(tab: &mut Tab) -> bool {
    block_on(tab.halted()).expect("reads").is_some()
}

/// What every page that asks, and one that is opened now, finds.
fn found(drawer: &Drawer, tabs: [&mut Tab; 2]) -> [(bool, Option<u64>); 3] {
    let tell = |tab: &mut Tab| (is_halted(tab), newest(tab));
    let open = tabs.map(tell);
    [open[0], open[1], tell(&mut kept(drawer, CHECKPOINT))]
}

#[test]
fn a_halt_outlasts_whatever_another_tab_writes_beside_it() {
    let drawer = Drawer::default();
    let (mut a, mut b) = (at_work(&drawer, 5), at_work(&drawer, 8));
    block_on(a.halt(&attack())).expect("kept");
    block_on(b.put(&state(300))).expect("kept");
    for (halted, _) in found(&drawer, [&mut a, &mut b]) {
        assert!(halted);
    }
}

#[test]
fn what_a_tab_writes_late_changes_nothing_of_what_a_person_decided_in_another() {
    // At first, and where it was decided before.
    for decided in [false, true] {
        let drawer = Drawer::default();
        if decided {
            block_on(kept(&drawer, CHECKPOINT).begin(&state(4))).expect("kept");
        }
        let (mut a, mut b) = (at_work(&drawer, 5), at_work(&drawer, 8));
        block_on(b.halt(&attack())).expect("kept");
        block_on(b.begin(&state(12))).expect("kept");
        // It began before all this: it climbs higher on the other side, finds the same fork, and says so twice.
        block_on(a.put(&state(300))).expect("no error");
        block_on(a.halt(&attack())).expect("no error");
        block_on(a.halt(&attack())).expect("no error");
        let expected = [(false, Some(12)); 3];
        assert_eq!(found(&drawer, [&mut a, &mut b]), expected, "{decided}");
        // It read anew: what it finds from now on counts.
        block_on(a.put(&state(20))).expect("kept");
        assert_eq!(found(&drawer, [&mut a, &mut b]), [(false, Some(20)); 3]);
        block_on(a.halt(&attack())).expect("kept");
        assert!(
            found(&drawer, [&mut a, &mut b])
                .iter()
                .all(|(halted, _)| *halted)
        );
    }
}

#[test]
fn a_tab_that_halted_goes_on_once_a_person_decided_in_another() {
    let drawer = Drawer::default();
    let (mut a, mut b) = (at_work(&drawer, 5), at_work(&drawer, 8));
    block_on(a.halt(&attack())).expect("kept");
    assert!(is_halted(&mut b));
    block_on(b.begin(&state(12))).expect("kept");
    assert_eq!(found(&drawer, [&mut a, &mut b]), [(false, Some(12)); 3]);
    assert!(b.generation() > 0 && a.generation() == b.generation());
    // A command line that resets begins from the checkpoint.
    block_on(a.halt(&attack())).expect("kept");
    block_on(a.clear_halt()).expect("cleared");
    assert_eq!(found(&drawer, [&mut a, &mut b]), [(false, None); 3]);
}

#[test]
fn a_decision_that_is_cut_off_in_the_middle_is_made_or_is_not() {
    let whole = |writes: Option<usize>| {
        let drawer = Drawer::default();
        let mut tab = at_work(&drawer, 8);
        block_on(tab.halt(&attack())).expect("kept");
        drawer.writes_left.set(writes);
        let _ = block_on(tab.begin(&state(12)));
        drawer.writes_left.set(None);
        let mut next = kept(&drawer, CHECKPOINT);
        (is_halted(&mut next), newest(&mut next))
    };
    for writes in 0..6 {
        let (halted, trusted) = whole(Some(writes));
        assert!(halted || trusted == Some(12), "cut off after {writes}");
    }
    assert_eq!(whole(None), (false, Some(12)));
}

#[test]
fn a_late_halt_takes_no_room_from_what_a_person_decided() {
    let drawer = Drawer::default();
    let (mut a, mut b) = (at_work(&drawer, 5), at_work(&drawer, 8));
    block_on(b.begin(&state(12))).expect("kept");
    drawer.room.set(Some(0));
    block_on(a.halt(&attack())).expect("in memory");
    assert_eq!(newest(&mut b), Some(12));
}

#[test]
fn a_newer_page_knows_that_its_chain_was_decided_about() {
    let drawer = Drawer::default();
    let (mut a, mut b) = (at_work(&drawer, 5), at_work(&drawer, 8));
    block_on(b.begin(&state(12))).expect("kept");
    let newer: Hash = [8; 32];
    let mut newer = kept(&drawer, newer);
    assert_eq!(newest(&mut newer), None, "another checkpoint");
    block_on(a.halt(&attack())).expect("no error");
    assert!(!is_halted(&mut newer));
}

/// What a program keeps that knows no generations: a state and, apart from any checkpoint, a halt.
fn plain(drawer: &Drawer, halted: bool) {
    let chain = "26b0b83e7281be3b117658b6f2636d0368cad3d74f22243428f5401a4b70897e";
    let checkpoint = hex::encode(CHECKPOINT);
    let state_8 = format!("{chain}/{checkpoint}/0000000000000008");
    block_on(drawer.put(&state_8, &state(8).to_bytes())).expect("kept");
    if halted {
        block_on(drawer.put(&format!("{chain}/halt"), &attack().to_bytes())).expect("kept");
    }
}

#[test]
fn what_older_programs_kept_is_read_and_they_find_every_halt() {
    for halted in [false, true] {
        let drawer = Drawer::default();
        plain(&drawer, halted);
        let mut tab = kept(&drawer, CHECKPOINT);
        assert_eq!((is_halted(&mut tab), newest(&mut tab)), (halted, Some(8)));
    }
    let drawer = Drawer::default();
    let mut tab = at_work(&drawer, 5);
    block_on(tab.begin(&state(12))).expect("kept");
    block_on(tab.halt(&attack())).expect("kept");
    let root = states_root(CHAIN, &CHECKPOINT);
    let (chain, _) = root.split_once('/').expect("the chain's");
    let halt = block_on(drawer.get(&format!("{chain}/halt"))).expect("reads");
    assert_eq!(halt, Some(attack().to_bytes()));
    // It drops what it does not know, and what then comes after it is halted still.
    drawer
        .kept
        .borrow_mut()
        .retain(|name, _| name.ends_with("/halt") && name.len() < 80);
    assert!(is_halted(&mut kept(&drawer, CHECKPOINT)));
}
