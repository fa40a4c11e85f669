//! A store and its shelf: one that others use too, one that fails, and one that is not to be touched.

use crate::stores::{CHAIN, CHECKPOINT, Drawer, attack, block_on, kept, newest, state};
use light_client::SignatureCheck;
use light_client::client::{KeptStore, Store, heights_to_keep};

fn halted<S: Store>(store: &mut S) -> bool {
    block_on(store.halted()).expect("reads").is_some()
}

#[test]
fn a_trust_that_is_to_outlast_nothing_leaves_the_shelf_alone() {
    let drawer = Drawer::default();
    let check = SignatureCheck::All;
    let mut store = KeptStore::forgetful(drawer.clone(), CHAIN, &CHECKPOINT, check);
    block_on(store.begin(&state(5))).expect("in memory");
    block_on(store.put(&state(8))).expect("in memory");
    assert_eq!(newest(&mut store), Some(8));
    block_on(store.halt(&attack())).expect("in memory");
    assert!(halted(&mut store) && !store.is_kept());
    assert!(drawer.kept.borrow().is_empty());
}

#[test]
fn trust_begins_anew_for_every_program_and_each_time_by_another_number() {
    let drawer = Drawer::default();
    let mut one = kept(&drawer, CHECKPOINT);
    let mut other = kept(&drawer, CHECKPOINT);
    block_on(one.halt(&attack())).expect("kept");
    block_on(other.clear_halt()).expect("cleared");
    assert!(!halted(&mut one), "though its own memory had it");
    assert_eq!(one.generation(), 1);
    block_on(other.begin(&state(5))).expect("kept");
    // It has not looked since.
    block_on(one.begin(&state(6))).expect("kept");
    assert!(!halted(&mut other));
    assert_eq!((one.generation(), other.generation()), (3, 3));
    let lent: &mut KeptStore<Drawer> = &mut one;
    assert_eq!(<&mut KeptStore<Drawer> as Store>::generation(&lent), 3);
    assert_eq!(newest(&mut other), Some(6));
}

#[test]
fn a_fork_that_only_memory_has_is_that_of_the_trust_it_was_found_under() {
    let drawer = Drawer::default();
    let mut one = kept(&drawer, CHECKPOINT);
    block_on(one.halt(&attack())).expect("kept");
    block_on(kept(&drawer, CHECKPOINT).clear_halt()).expect("cleared");
    assert!(!halted(&mut one));
    drawer.room.set(Some(0));
    block_on(one.halt(&attack())).expect("in memory");
    assert!(halted(&mut one), "another one, and nowhere else");
}

#[test]
fn what_was_trusted_stays_where_a_fork_has_room_beside_it() {
    let drawer = Drawer::default();
    let mut store = kept(&drawer, CHECKPOINT);
    block_on(store.put(&state(8))).expect("kept");
    block_on(store.halt(&attack())).expect("kept");
    assert_eq!(newest(&mut kept(&drawer, CHECKPOINT)), Some(8));
}

#[test]
fn what_was_trusted_makes_room_for_a_trust_that_begins_anew() {
    let drawer = Drawer::default();
    let mut store = kept(&drawer, CHECKPOINT);
    for height in [5, 8] {
        block_on(store.put(&state(height))).expect("kept");
    }
    drawer.room.set(Some(2));
    block_on(store.begin(&state(9))).expect("kept");
    assert!(store.is_kept());
    assert_eq!(newest(&mut kept(&drawer, CHECKPOINT)), Some(9));
}

#[test]
fn where_the_shelf_fails_trust_begins_in_memory_and_stays_there() {
    let drawer = Drawer::default();
    let mut store = kept(&drawer, CHECKPOINT);
    drawer.writes_left.set(Some(0));
    block_on(store.begin(&state(5))).expect("in memory");
    assert_eq!(newest(&mut store), Some(5));
    drawer.writes_left.set(None);
    block_on(store.put(&state(8))).expect("in memory");
    assert_eq!(newest(&mut store), Some(8));
    assert!(!store.is_kept(), "what failed once is not asked again");
}

#[test]
fn what_was_read_under_its_own_height_is_not_taken_under_another() {
    let drawer = Drawer::default();
    let mut store = kept(&drawer, CHECKPOINT);
    block_on(store.put(&state(8))).expect("kept");
    assert_eq!(newest(&mut store), Some(8));
    let (name, bytes) = drawer
        .kept
        .borrow()
        .first_key_value()
        .map(|(n, b)| (n.clone(), b.clone()))
        .expect("one");
    drawer
        .kept
        .borrow_mut()
        .insert(name.replace("0008", "0009"), bytes);
    assert_eq!(newest(&mut store), Some(8));
    assert_eq!(block_on(store.at_or_above(9)), Ok(None));
}

#[test]
fn the_newest_the_lowest_and_ever_fewer_of_the_older_are_kept() {
    let all: Vec<u64> = (1..=1_000).collect();
    let keep = heights_to_keep(&all, 32);
    assert!(keep.len() <= 32 && keep.is_sorted_by(|a, b| a < b));
    assert_eq!(keep[0], 1);
    assert!(keep.ends_with(&(985..=1_000).collect::<Vec<u64>>()));
    // Whatever is asked for, what is kept at or below it is at most as far again from the newest.
    for wanted in 1..=1_000 {
        let below = keep.iter().rfind(|height| **height <= wanted);
        let below = below.expect("the lowest is kept");
        assert!(
            1_000 - below <= 2 * (1_000 - wanted) + 2,
            "{wanted}: {below}"
        );
    }
    let few = [3, 4, 5, 500];
    for most in [4, 5, 32] {
        assert_eq!(heights_to_keep(&few, most), few, "all of them, of {most}");
    }
    assert_eq!(heights_to_keep(&[3, 5, 7], 1), [3, 7], "at least two");
}

#[test]
fn a_shelf_that_failed_once_is_given_no_more_states_though_a_person_begins_anew_on_it() {
    let drawer = Drawer::default();
    let mut store = kept(&drawer, CHECKPOINT);
    drawer.writes_left.set(Some(0));
    block_on(store.put(&state(5))).expect("in memory");
    drawer.writes_left.set(None);
    block_on(store.begin(&state(6))).expect("kept");
    assert!(!store.is_kept());
    assert_eq!(newest(&mut store), Some(6));
}
