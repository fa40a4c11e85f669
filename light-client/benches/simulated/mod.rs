//! A chain of any length whose blocks are made where somebody asks for them, nodes over it that weigh what they hand out, and a device.

use crate::generate::{Member, Recipe, at};
use light_client::client::{
    AttackEvidence, Environment, Fault, Latest, Provider, Received, Shelf, StoreError,
};
use light_client::{Hash, Header, LightBlock, Time, TrustedState, json::write};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, poll_fn};
use std::mem;
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// Validators of equal power, of whom one after the other is replaced.
pub struct Chain {
    pub validators: u64,
    /// After so many headers one is replaced.
    pub pace: u64,
    /// Between two headers.
    pub interval: Duration,
    /// Makes a validator from its number and power.
    member: fn(u64, u64) -> Member,
    pub tip: Cell<u64>,
    /// The newest blocks that were made: signing is not what is measured.
    made: RefCell<BTreeMap<u64, LightBlock>>,
    /// So many of them.
    room: usize,
}

impl Chain {
    /// A chain that keeps the newest `room` of the blocks that it made; its validators have Ed25519 keys.
    pub fn new(validators: u64, pace: u64, interval: Duration, room: usize) -> Rc<Chain> {
        Chain::of(Member::new, validators, pace, interval, room)
    }

    /// The same with validators made otherwise.
    pub fn of(
        member: fn(u64, u64) -> Member,
        validators: u64,
        pace: u64,
        interval: Duration,
        room: usize,
    ) -> Rc<Chain> {
        Rc::new(Chain {
            member,
            validators,
            pace,
            interval,
            tip: Cell::new(1),
            made: RefCell::default(),
            room,
        })
    }

    pub fn time(&self, height: u64) -> Time {
        at(i128::from(height) * self.interval.as_nanos() as i128)
    }

    /// The first block, as a checkpoint.
    pub fn checkpoint(&self) -> TrustedState {
        let first = self.block(1);
        let hash = first.signed_header.header.hash();
        TrustedState::from_checkpoint(&first, &hash).expect("its own hash")
    }

    fn members(&self, height: u64) -> Vec<Member> {
        let first = height / self.pace;
        let numbers = first..first + self.validators;
        numbers.map(|number| (self.member)(number, 10)).collect()
    }

    fn block(&self, height: u64) -> LightBlock {
        let mut made = self.made.borrow_mut();
        let make = || {
            let recipe = Recipe {
                time: self.time(height),
                next: self.members(height + 1),
                ..Recipe::new(height, &self.members(height))
            };
            let mut block = recipe.block();
            block.next_validators = None;
            block
        };
        let block = made.entry(height).or_insert_with(make).clone();
        while made.len() > self.room {
            made.pop_first();
        }
        block
    }
}

/// Validator sets that a program has fetched since it was started, by hash.
pub type Shown = Rc<RefCell<BTreeSet<Hash>>>;

/// A node of a member of its own.
pub struct Node {
    name: &'static str,
    chain: Rc<Chain>,
    shown: Shown,
}

impl Node {
    /// Two nodes, of whom one is compared with the other, and a program that has just been started.
    pub fn pair(chain: &Rc<Chain>) -> Vec<Node> {
        let shown = Shown::default();
        let node = |name| Node {
            name,
            chain: chain.clone(),
            shown: shown.clone(),
        };
        ["first", "second"].map(node).into()
    }
}

/// What it weighs is its JSON; a validator set is fetched once.
impl Provider for Node {
    fn name(&self) -> &str {
        self.name
    }

    fn member(&self) -> &str {
        self.name
    }

    async fn latest(&self) -> Result<Latest, Fault> {
        way().await;
        let header = self.chain.block(self.chain.tip.get()).signed_header.header;
        Ok(Latest {
            chain_id: header.chain_id,
            height: header.height,
            time: header.time,
        })
    }

    async fn light_block(&self, height: u64) -> Result<Received<LightBlock>, Fault> {
        way().await;
        let value = self.chain.block(height);
        let mut bytes = write::signed_header(&value.signed_header).len();
        let set = value.signed_header.header.validators_hash;
        if self.shown.borrow_mut().insert(set) {
            bytes += write::validator_set(&value.validators).len();
        }
        let bytes = bytes as u64;
        Ok(Received { value, bytes })
    }

    async fn header(&self, height: u64) -> Result<Received<Header>, Fault> {
        way().await;
        let signed = self.chain.block(height).signed_header;
        let bytes = write::signed_header(&signed).len() as u64;
        let value = signed.header;
        Ok(Received { value, bytes })
    }

    async fn report(&self, _: &AttackEvidence) -> Result<(), Fault> {
        Ok(())
    }
}

/// A device whose clock is a little after the chain's newest block.
pub struct Device(pub Rc<Chain>);

impl Environment for Device {
    fn now(&self) -> Time {
        let newest = self.0.time(self.0.tip.get());
        Time::from_unix_nanos(newest.unix_nanos() + 2_000_000_000).expect("a time")
    }

    async fn pause(&self, _: Duration) {}

    fn random(&self) -> u64 {
        0
    }
}

/// What outlasts a program.
#[derive(Clone, Debug, Default)]
pub struct Memory(pub Rc<RefCell<BTreeMap<String, Vec<u8>>>>);

impl Shelf for Memory {
    async fn names(&self, beginning: &str) -> Result<Vec<String>, StoreError> {
        let shelf = self.0.borrow();
        let from = shelf.range(beginning.to_string()..);
        let names = from.map(|(name, _)| name.clone());
        Ok(names
            .take_while(|name| name.starts_with(beginning))
            .collect())
    }

    async fn get(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.borrow().get(name).cloned())
    }

    async fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.0.borrow_mut().insert(name.into(), bytes.into());
        Ok(())
    }

    async fn remove(&self, names: &[String]) -> Result<(), StoreError> {
        let mut shelf = self.0.borrow_mut();
        names.iter().for_each(|name| drop(shelf.remove(name)));
        Ok(())
    }
}

/// The way to a node and back: what is asked together arrives together.
async fn way() {
    let mut there = false;
    poll_fn(|_| match mem::replace(&mut there, true) {
        false => Poll::Pending,
        true => Poll::Ready(()),
    })
    .await;
}

/// Runs a future to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    in_rounds(future).0
}

/// Runs a future to its end; how often it waited for nodes.
pub fn in_rounds<F: Future>(future: F) -> (F::Output, u32) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    let mut rounds = 0;
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(output) => return (output, rounds),
            Poll::Pending => rounds += 1,
        }
    }
}
