//! What every store must do, and what a store that outlasts the program must do besides.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use crate::common::generate::{Recipe, members};
use crate::common::{CHAINS, chain};
use light_client::client::{
    Attack, AttackEvidence, AttackKind, KeptStore, MemoryStore, Shelf, Store, StoreError,
};
use light_client::{Hash, LightBlock, SignatureCheck, StoredError, TrustedState};

pub const CHAIN: &str = "test-chain";
pub const CHECKPOINT: Hash = [7; 32];

pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// A step from one height to another, as a client takes it.
fn stepped(from: u64, to: u64) -> TrustedState {
    let people = members(0, 4, 10);
    let first = Recipe::new(from, &people).block();
    let trusted =
        TrustedState::from_checkpoint(&first, &first.signed_header.header.hash()).expect("its own");
    let mut block = Recipe::new(to, &people).block();
    block.next_validators = None;
    light_client::verify_step(
        &trusted,
        &block,
        &light_client::Options {
            signatures: SignatureCheck::All,
            ..light_client::Options::default()
        },
        crate::common::generate::at(to as i128 * 10_000_000_000 + 1_000_000_000),
        &mut light_client::Budget::new(100),
    )
    .trusted()
}

trait Trusted {
    fn trusted(self) -> TrustedState;
}

impl Trusted for light_client::Verdict {
    fn trusted(self) -> TrustedState {
        match self {
            light_client::Verdict::Trusted(state, _) => *state,
            other => panic!("{other:?}"),
        }
    }
}

pub fn state(height: u64) -> TrustedState {
    stepped(height - 1, height)
}

pub fn attack() -> Attack {
    let people = members(0, 4, 10);
    let block = |round| LightBlock {
        next_validators: None,
        ..Recipe {
            round,
            ..Recipe::new(9, &people)
        }
        .block()
    };
    let (ours, theirs) = (block(0), block(1));
    let common = stepped(1, 5);
    let evidence = vec![
        AttackEvidence::new(&ours, &theirs, &common),
        AttackEvidence::new(&theirs, &ours, &common),
    ];
    Attack {
        common_height: 5,
        common_hash: *common.verified().hash(),
        kind: AttackKind::Amnesia,
        ours,
        ours_from: "https://a".into(),
        theirs,
        theirs_from: "https://b".into(),
        evidence,
        reported_to: vec!["https://b".into(), String::new()],
    }
}

/// What every store must do.
fn conforms<S: Store>(mut store: S) {
    let heights = |store: &mut S| {
        let of = |state: Option<TrustedState>| state.map(|state| state.height());
        (
            of(block_on(store.at_or_above(0)).expect("reads")),
            of(block_on(store.newest()).expect("reads")),
        )
    };
    assert_eq!(heights(&mut store), (None, None), "it begins empty");
    assert_eq!(block_on(store.halted()), Ok(None));
    for height in [20, 300, 10] {
        block_on(store.put(&state(height))).expect("kept");
    }
    assert_eq!(heights(&mut store), (Some(10), Some(300)));
    let at_or_below = |store: &mut S, height| block_on(store.at_or_below(height)).expect("reads");
    assert_eq!(
        at_or_below(&mut store, 299),
        Some(state(20)),
        "as it was put in"
    );
    assert_eq!(at_or_below(&mut store, 20), Some(state(20)));
    assert_eq!(at_or_below(&mut store, 9), None);
    let at_or_above = |store: &mut S, height| block_on(store.at_or_above(height)).expect("reads");
    assert_eq!(at_or_above(&mut store, 11), Some(state(20)));
    assert_eq!(at_or_above(&mut store, 20), Some(state(20)));
    assert_eq!(at_or_above(&mut store, 301), None);
    let other = stepped(3, 20);
    block_on(store.put(&other)).expect("kept");
    assert_eq!(
        at_or_below(&mut store, 20),
        Some(other),
        "the later one counts"
    );
    // More than it keeps: the lowest and the newest stay, and fewer the older.
    for height in 301..=420 {
        block_on(store.put(&state(height))).expect("kept");
    }
    assert_eq!(heights(&mut store), (Some(10), Some(420)));
    let mut kept = 0;
    let mut next = 420;
    while let Some(state) = at_or_below(&mut store, next) {
        kept += 1;
        next = state.height() - 1;
    }
    assert!((32..=64).contains(&kept), "{kept} are kept");
    block_on(store.halt(&attack())).expect("kept");
    assert_eq!(block_on(store.halted()), Ok(Some(attack())));
    block_on(store.clear_halt()).expect("cleared");
    assert_eq!(block_on(store.halted()), Ok(None));
    assert_eq!(
        heights(&mut store),
        (None, None),
        "nothing is trusted any more"
    );
    block_on(store.put(&state(2))).expect("kept");
    block_on(store.clear_halt()).expect("cleared");
    assert_eq!(
        heights(&mut store),
        (None, None),
        "also where there was no halt"
    );
}

/// A shelf in memory that can fail.
#[derive(Clone, Debug, Default)]
pub struct Drawer {
    pub kept: Rc<RefCell<BTreeMap<String, Vec<u8>>>>,
    fails: Rc<Cell<bool>>,
    /// It can be written, not read.
    unreadable: Rc<Cell<bool>>,
    /// How many things it can hold, where that is limited.
    pub room: Rc<Cell<Option<usize>>>,
    /// How many changes it still takes, where their number is limited.
    pub writes_left: Rc<Cell<Option<usize>>>,
}

impl Drawer {
    fn open(&self) -> Result<std::cell::RefMut<'_, BTreeMap<String, Vec<u8>>>, StoreError> {
        match self.fails.get() {
            true => Err(StoreError("no space".into())),
            false => Ok(self.kept.borrow_mut()),
        }
    }
}

impl Drawer {
    fn change(&self) -> Result<std::cell::RefMut<'_, BTreeMap<String, Vec<u8>>>, StoreError> {
        let left = self.writes_left.get();
        let after = left.map(|left| left.checked_sub(1).ok_or(StoreError("cut off".into())));
        self.writes_left.set(after.transpose()?);
        self.open()
    }
}

impl Shelf for Drawer {
    async fn names(&self, beginning: &str) -> Result<Vec<String>, StoreError> {
        let kept = self.open()?;
        let names = kept.keys().filter(|name| name.starts_with(beginning));
        Ok(names.cloned().collect())
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.unreadable.get() {
            true => Err(StoreError("not now".into())),
            false => Ok(self.open()?.get(name).cloned()),
        }
    }

    async fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let mut kept = self.change()?;
        let full = |room| kept.len() >= room && !kept.contains_key(name);
        if self.room.get().is_some_and(full) {
            return Err(StoreError("no space".into()));
        }
        kept.insert(name.into(), bytes.into());
        Ok(())
    }

    async fn remove(&self, names: &[String]) -> Result<(), StoreError> {
        let mut kept = self.change()?;
        for name in names {
            kept.remove(name);
        }
        Ok(())
    }
}

pub fn kept(drawer: &Drawer, checkpoint: Hash) -> KeptStore<Drawer> {
    kept_for(drawer, CHAIN, checkpoint)
}

fn kept_for(drawer: &Drawer, chain: &str, checkpoint: Hash) -> KeptStore<Drawer> {
    let shelf = drawer.clone();
    block_on(KeptStore::open(
        shelf,
        chain,
        &checkpoint,
        SignatureCheck::All,
    ))
}

pub fn newest<S: Store>(store: &mut S) -> Option<u64> {
    let newest = block_on(store.newest()).expect("reads");
    newest.map(|state| state.height())
}

#[test]
fn every_store_does_what_a_store_must() {
    conforms(MemoryStore::default());
    conforms(&mut MemoryStore::default());
    conforms(kept(&Drawer::default(), CHECKPOINT));
    let refused = Drawer::default();
    refused.fails.set(true);
    conforms(kept(&refused, CHECKPOINT));
}

#[test]
fn what_is_kept_outlasts_the_program() {
    let drawer = Drawer::default();
    let mut first = kept(&drawer, CHECKPOINT);
    for height in [5, 8] {
        block_on(first.put(&state(height))).expect("kept");
    }
    let mut second = kept(&drawer, CHECKPOINT);
    assert_eq!(
        block_on(second.newest()),
        Ok(Some(state(8))),
        "signers and all"
    );
    block_on(first.halt(&attack())).expect("kept");
    // Also in the program that was open already.
    assert_eq!(block_on(second.halted()), Ok(Some(attack())));
    let mut third = kept(&drawer, CHECKPOINT);
    assert_eq!(block_on(third.halted()), Ok(Some(attack())));
}

#[test]
fn states_of_another_checkpoint_or_chain_are_never_trusted_and_a_halt_outlives_the_checkpoint() {
    let drawer = Drawer::default();
    let mut old = kept(&drawer, CHECKPOINT);
    block_on(old.put(&state(8))).expect("kept");
    block_on(old.halt(&attack())).expect("kept");
    let mut other = kept_for(&drawer, "test", CHECKPOINT);
    assert_eq!(
        (newest(&mut other), block_on(other.halted())),
        (None, Ok(None))
    );
    block_on(other.put(&state(3))).expect("kept");
    let mut new = kept(&drawer, [8; 32]);
    assert_eq!(newest(&mut new), None);
    assert_eq!(block_on(new.halted()), Ok(Some(attack())));
    assert_eq!(
        newest(&mut old),
        None,
        "the old checkpoint's states are gone"
    );
    assert_eq!(newest(&mut other), Some(3), "another chain's are not");
}

#[test]
fn damaged_states_are_dropped_and_those_below_serve() {
    let people = members(0, 4, 10);
    let mut block = Recipe::new(8, &people).block();
    let hash = block.signed_header.header.hash();
    let checkpoint =
        |block: &LightBlock| TrustedState::from_checkpoint(block, &hash).expect("its own");
    // By votes, and by hash alone: judged by the next height's validators, and by its own.
    let next = checkpoint(&block);
    block.next_validators = None;
    for state_8 in [state(8), next, checkpoint(&block)] {
        for at in 0..state_8.to_bytes().len() {
            let drawer = Drawer::default();
            let mut store = kept(&drawer, CHECKPOINT);
            for state in [&state(5), &state_8] {
                block_on(store.put(state)).expect("kept");
            }
            let last = drawer.kept.borrow().keys().last().cloned().expect("two");
            drawer.kept.borrow_mut().get_mut(&last).expect("there")[at] ^= 1 << (at % 8);
            let mut again = kept(&drawer, CHECKPOINT);
            assert_eq!(newest(&mut again), Some(5), "byte {at}");
            assert_eq!(drawer.kept.borrow().len(), 1, "byte {at}: dropped");
            assert!(again.is_kept(), "byte {at}: the shelf did not fail");
        }
    }
}

#[test]
fn a_state_under_another_height_is_not_that_height() {
    let drawer = Drawer::default();
    block_on(kept(&drawer, CHECKPOINT).put(&state(8))).expect("kept");
    let (name, bytes) = drawer.kept.borrow_mut().pop_first().expect("one");
    let higher = name.replace("0008", "0009");
    assert_ne!(name, higher);
    drawer.kept.borrow_mut().insert(higher, bytes);
    assert_eq!(newest(&mut kept(&drawer, CHECKPOINT)), None);
}

#[test]
fn a_damaged_halt_is_an_error_until_trust_is_established_anew() {
    let drawer = Drawer::default();
    block_on(kept(&drawer, CHECKPOINT).halt(&attack())).expect("kept");
    for bytes in drawer.kept.borrow_mut().values_mut() {
        bytes[40] ^= 1;
    }
    let mut store = kept(&drawer, CHECKPOINT);
    assert!(block_on(store.halted()).is_err());
    block_on(store.clear_halt()).expect("cleared");
    assert_eq!(block_on(store.halted()), Ok(None));
}

#[test]
fn a_halt_that_cannot_be_read_is_an_error_whatever_was_asked_before() {
    let drawer = Drawer::default();
    block_on(kept(&drawer, CHECKPOINT).put(&state(8))).expect("kept");
    block_on(kept(&drawer, CHECKPOINT).halt(&attack())).expect("kept");
    let mut store = kept(&drawer, CHECKPOINT);
    for fails in [&drawer.unreadable, &drawer.fails] {
        fails.set(true);
        assert_eq!(newest(&mut store), None, "memory answers");
        for _ in 0..2 {
            assert!(block_on(store.halted()).is_err());
        }
        fails.set(false);
        assert_eq!(block_on(store.halted()), Ok(Some(attack())));
    }
}

#[test]
fn a_person_who_decides_is_not_held_up_by_a_shelf_that_fails() {
    let drawer = Drawer::default();
    let mut store = kept(&drawer, CHECKPOINT);
    block_on(store.halt(&attack())).expect("kept");
    drawer.fails.set(true);
    block_on(store.clear_halt()).expect("cleared");
    assert_eq!(block_on(store.halted()), Ok(None));
    block_on(store.put(&state(3))).expect("in memory");
    assert_eq!(newest(&mut store), Some(3));
    drawer.fails.set(false);
    let mut next = kept(&drawer, CHECKPOINT);
    assert_eq!(
        block_on(next.halted()),
        Ok(Some(attack())),
        "the shelf's own stands"
    );
}

#[test]
fn a_halt_takes_the_place_of_what_was_trusted_where_space_is_short() {
    let drawer = Drawer::default();
    let mut other = kept_for(&drawer, "test", CHECKPOINT);
    block_on(other.put(&state(3))).expect("kept");
    let mut store = kept(&drawer, CHECKPOINT);
    for height in [5, 8] {
        block_on(store.put(&state(height))).expect("kept");
    }
    drawer.room.set(Some(3));
    block_on(store.halt(&attack())).expect("kept");
    let mut next = kept(&drawer, CHECKPOINT);
    assert_eq!(block_on(next.halted()), Ok(Some(attack())));
    assert_eq!(newest(&mut next), None);
    assert_eq!(newest(&mut other), Some(3), "another chain's stays");
}

#[test]
fn where_a_halt_cannot_be_kept_nothing_trusted_outlasts_the_program() {
    let drawer = Drawer::default();
    let mut store = kept(&drawer, CHECKPOINT);
    for height in [5, 8] {
        block_on(store.put(&state(height))).expect("kept");
    }
    drawer.room.set(Some(0));
    block_on(store.halt(&attack())).expect("in memory");
    assert_eq!(block_on(store.halted()), Ok(Some(attack())));
    assert!(!store.is_kept(), "and it says so");
    assert_eq!(newest(&mut kept(&drawer, CHECKPOINT)), None);
    assert!(drawer.kept.borrow().is_empty());
}

#[test]
fn a_shelf_that_fails_or_is_wiped_stops_nothing() {
    let drawer = Drawer::default();
    let mut store = kept(&drawer, CHECKPOINT);
    block_on(store.put(&state(8))).expect("kept");
    drawer.kept.borrow_mut().clear();
    assert_eq!(newest(&mut store), None, "wiped: from the checkpoint again");
    block_on(store.put(&state(9))).expect("kept");
    assert!(store.is_kept());
    drawer.fails.set(true);
    block_on(store.put(&state(10))).expect("in memory");
    assert_eq!(newest(&mut store), Some(10));
    assert!(!store.is_kept(), "and it says so");
    drawer.fails.set(false);
    assert_eq!(newest(&mut store), Some(10), "a failed shelf is left alone");
    block_on(store.halt(&attack())).expect("in memory");
    assert_eq!(block_on(store.halted()), Ok(Some(attack())));
}

#[test]
fn trusted_states_of_every_recorded_chain_come_back_and_no_other_bytes_are_taken() {
    for name in CHAINS {
        for block in &chain(name) {
            let hash = block.signed_header.header.hash();
            let own = LightBlock {
                next_validators: None,
                ..block.clone()
            };
            for block in [block, &own] {
                let state = TrustedState::from_checkpoint(block, &hash).expect("its own");
                let read = TrustedState::from_bytes(&state.to_bytes(), SignatureCheck::All);
                assert_eq!(read, Ok(state), "{name}");
            }
        }
    }
    let bytes = state(8).to_bytes();
    for check in [SignatureCheck::All, SignatureCheck::Sufficient] {
        assert!(TrustedState::from_bytes(&bytes, check).is_ok());
    }
    for cut in 0..bytes.len() {
        let read = TrustedState::from_bytes(&bytes[..cut], SignatureCheck::All);
        assert!(read.is_err(), "cut at {cut}");
    }
    let twice = TrustedState::from_bytes(&[&bytes[..], &bytes].concat(), SignatureCheck::All);
    assert!(twice.is_err(), "what is said again is said in other bytes");
}

#[test]
fn a_stored_signature_that_does_not_hold_is_found() {
    let state = state(8);
    let mut block = state.block().expect("signed");
    for entry in &mut block.signed_header.commit.signatures {
        entry.signature[0] ^= 1;
    }
    let good = state.block().expect("signed").signed_header.commit;
    let good = good.to_bytes();
    let bad = block.signed_header.commit.to_bytes();
    let bytes = state.to_bytes();
    let at = bytes
        .windows(good.len())
        .position(|part| part == good)
        .expect("there");
    let bytes = [&bytes[..at], &bad, &bytes[at + good.len()..]].concat();
    assert!(matches!(
        TrustedState::from_bytes(&bytes, SignatureCheck::All),
        Err(StoredError::Wrong(
            light_client::Reason::BadSignature { .. }
        ))
    ));
}

#[test]
fn forks_come_back_and_no_other_bytes_are_taken() {
    let attack = attack();
    let bytes = attack.to_bytes();
    assert_eq!(Attack::from_bytes(&bytes), Ok(attack.clone()));
    for at in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[at] ^= 1 << (at % 8);
        if let Ok(other) = Attack::from_bytes(&changed) {
            assert_eq!(other.to_bytes(), changed, "byte {at}");
            assert_ne!(other, attack, "byte {at}");
        }
    }
}
