//! Nodes, clocks and networks of a simulation.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use light_client::client::{
    Attack, AttackEvidence, Environment, Failure, Fault, Latest, LightClient, MemoryStore,
    Provider, Received, Settings, Unreachable,
};
use light_client::{Header, LightBlock, Options, Time, TrustLevel, TrustedState};

use super::chain::Chain;
use crate::common::generate::Rng;

/// How a node misbehaves besides what its chain says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Manners {
    /// Of a hundred requests, so many get no answer.
    pub drops: u64,
    /// Of a hundred answers, so many have a byte of a signature turned.
    pub garbles: u64,
    /// Its newest block is this far below the tip.
    pub lag: u64,
    /// So many requests are answered with "busy" first.
    pub busy: u64,
    /// So many seconds it wants to be left alone for then; 1 where it is 0.
    pub wants: u32,
    /// It makes up for one block of its lag in each second on the device's clock.
    pub catches_up: bool,
    /// From which height on it has blocks.
    pub base: u64,
    /// These of its requests, counted from 0, get no answer.
    pub silent: (u64, u64),
    /// So many milliseconds on the device's clock pass before a light block comes.
    pub slow: u64,
    /// And so many before a header comes.
    pub slow_headers: u64,
    /// So many answers cannot be read first.
    pub garbage: u64,
    /// It shows headers and no votes.
    pub headers_only: bool,
    /// It never says that it took evidence.
    pub takes_nothing: bool,
    /// It says that it takes none.
    pub refuses_evidence: bool,
    /// Its chain goes on as time does: a block is there five seconds after its own time.
    pub grows: bool,
    /// What it claims of its newest block, whatever it has: a height, and nanoseconds before the device's time.
    pub claims: Option<(u64, i128)>,
    /// It says of every height that it does not have it.
    pub shows_nothing: bool,
    /// What an answer weighs; 1 000 bytes where it is 0.
    pub weight: u64,
    /// What a light block weighs; as much as other answers where it is 0.
    pub block_weight: u64,
    /// Its answers do not end.
    pub endless: bool,
    /// Every other request is cut.
    pub cuts: bool,
    /// A light block that is asked for beside another one cannot be read.
    pub spoils_others: bool,
    /// No light block comes, for this reason.
    pub fails: Option<Unreachable>,
}

/// How old a block is in its own time when it is made.
pub const BORN: i128 = 5_000_000_000;

/// The device's clock, Unix nanoseconds.
pub type Clock = Rc<Cell<i128>>;

/// A node over a chain.
pub struct Node {
    name: String,
    chain: Rc<Chain>,
    /// The chain that half of its answers come from.
    other: Option<Rc<Chain>>,
    manners: Manners,
    busy: Cell<u64>,
    garbage: Cell<u64>,
    rng: RefCell<Rng>,
    clock: Clock,
    started: i128,
    pub asleep: Rc<Cell<bool>>,
    pub requests: Rc<Cell<u64>>,
    /// Requests that it is answering, and the most there ever were.
    pub together: Rc<Cell<(u64, u64)>>,
    pub reported: Rc<RefCell<Vec<AttackEvidence>>>,
}

impl Node {
    pub fn new(name: &str, chain: &Rc<Chain>, manners: Manners, seed: u64) -> Node {
        Node {
            name: name.into(),
            chain: chain.clone(),
            other: None,
            manners,
            busy: Cell::new(manners.busy),
            garbage: Cell::new(manners.garbage),
            rng: RefCell::new(Rng(seed)),
            clock: Rc::default(),
            started: 0,
            asleep: Rc::default(),
            requests: Rc::default(),
            together: Rc::default(),
            reported: Rc::default(),
        }
    }

    /// The same, living by this clock.
    pub fn by(self, clock: &Clock) -> Node {
        Node {
            clock: clock.clone(),
            started: clock.get(),
            ..self
        }
    }

    /// The same, with half of its answers from another chain.
    pub fn fickle(self, other: &Rc<Chain>) -> Node {
        Node {
            other: Some(other.clone()),
            ..self
        }
    }

    /// These of its requests, counted from 0, get no answer.
    pub fn cut_off(&mut self, from: u64, to: u64) {
        self.manners.silent = (from, to);
    }

    /// The chain that this answer comes from.
    fn chain(&self) -> &Chain {
        let other = self.other.as_ref();
        let other = other.filter(|_| self.rng.borrow_mut().one_in(2));
        other.unwrap_or(&self.chain)
    }

    fn tip(&self) -> u64 {
        let passed = (self.clock.get() - self.started) / 1_000_000_000;
        let made_up = match self.manners.catches_up {
            true => u64::try_from(passed).unwrap_or(0),
            false => 0,
        };
        let lag = self.manners.lag.saturating_sub(made_up);
        self.made().saturating_sub(lag).max(1)
    }

    /// The newest block that there is by now.
    fn made(&self) -> u64 {
        let made = |height: &&u64| {
            let time = self.chain.header(**height).time.unix_nanos();
            !self.manners.grows || time + BORN <= self.clock.get()
        };
        let made = self.chain.blocks.keys().rev().find(made);
        made.copied().unwrap_or_default()
    }

    /// Answers after a few polls, if at all.
    async fn answer<T>(&self, value: Option<T>) -> Result<Received<T>, Fault> {
        let delay = self.rng.borrow_mut().below(3) + u64::from(self.manners.spoils_others);
        let (others, most) = self.together.get();
        self.together.set((others + 1, most.max(others + 1)));
        wait(delay).await;
        let (now, most) = self.together.get();
        self.together.set((now - 1, most));
        let number = self.requests.get();
        self.requests.set(number + 1);
        if self.busy.get() > 0 {
            self.busy.set(self.busy.get() - 1);
            return Err(Unreachable::Busy(Some(self.manners.wants.max(1))).into());
        }
        let (from, to) = self.manners.silent;
        let cut = self.manners.cuts && number.is_multiple_of(2);
        let silent = self.asleep.get() || cut || (from..to).contains(&number);
        if silent || self.rng.borrow_mut().below(100) < self.manners.drops {
            return Err(Unreachable::NoConnection.into());
        }
        if self.manners.endless {
            return Err(Unreachable::TooLong.into());
        }
        if self.garbage.get() > 0 {
            self.garbage.set(self.garbage.get() - 1);
            return Err(Fault::Garbage("<html>".into()));
        }
        if self.manners.spoils_others && others > 0 {
            return Err(Fault::Garbage("<html>".into()));
        }
        let value = value.ok_or(Fault::NotThere)?;
        let bytes = match self.manners.weight {
            0 => 1_000,
            weight => weight,
        };
        Ok(Received { value, bytes })
    }

    fn let_pass(&self, millis: u64) {
        let passed = i128::from(millis) * 1_000_000;
        self.clock.set(self.clock.get() + passed);
    }

    fn block(&self, height: u64) -> Option<LightBlock> {
        let there = (self.manners.base..=self.tip()).contains(&height);
        (there && !self.manners.shows_nothing).then(|| self.chain().blocks.get(&height).cloned())?
    }
}

/// An honest node, or one whose chain alone lies.
pub fn node(name: &str, chain: &Rc<Chain>) -> Node {
    Node::new(name, chain, Manners::default(), 3)
}

/// Lets others run so often.
async fn wait(mut polls: u64) {
    poll_fn(|context| {
        if polls == 0 {
            return Poll::Ready(());
        }
        polls -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl Provider for Node {
    fn name(&self) -> &str {
        &self.name
    }

    fn member(&self) -> &str {
        self.name.split('/').next().expect("split gives one")
    }

    async fn latest(&self) -> Result<Latest, Fault> {
        let header = self.chain().header(self.tip());
        let (height, time) = match self.manners.claims {
            Some((height, age)) => (height, Time::from_unix_nanos(self.clock.get() - age)),
            None => (header.height, Some(header.time)),
        };
        let latest = Latest {
            chain_id: header.chain_id.clone(),
            height,
            time: time.expect("a time"),
        };
        Ok(self.answer(Some(latest)).await?.value)
    }

    async fn light_block(&self, height: u64) -> Result<Received<LightBlock>, Fault> {
        self.let_pass(self.manners.slow);
        if let Some(why) = self.manners.fails {
            return Err(why.into());
        }
        let block = self.block(height).filter(|_| !self.manners.headers_only);
        let mut received = self.answer(block).await?;
        if self.manners.block_weight > 0 {
            received.bytes = self.manners.block_weight;
        }
        if self.rng.borrow_mut().below(100) < self.manners.garbles {
            for entry in &mut received.value.signed_header.commit.signatures {
                if let Some(byte) = entry.signature.first_mut() {
                    *byte ^= 1;
                }
            }
        }
        Ok(received)
    }

    async fn header(&self, height: u64) -> Result<Received<Header>, Fault> {
        self.let_pass(self.manners.slow_headers);
        let block = self.block(height);
        self.answer(block.map(|block| block.signed_header.header))
            .await
    }

    async fn report(&self, evidence: &AttackEvidence) -> Result<(), Fault> {
        self.reported.borrow_mut().push(evidence.clone());
        if self.manners.takes_nothing {
            std::future::pending::<()>().await;
        }
        match self.manners.refuses_evidence {
            true => Err(Fault::Refused("it is no evidence".into())),
            false => Ok(()),
        }
    }
}

/// A device whose clock moves only when it waits.
pub struct Device {
    now: Clock,
    pub rng: RefCell<Rng>,
    /// No pause ever ends.
    pub stands_still: bool,
    /// The pauses that it made.
    pub pauses: Rc<RefCell<Vec<Duration>>>,
}

impl Device {
    pub fn at(time: Time) -> Device {
        Device::by(&Rc::new(Cell::new(time.unix_nanos())))
    }

    pub fn by(clock: &Clock) -> Device {
        Device {
            now: clock.clone(),
            rng: RefCell::new(Rng(7)),
            stands_still: false,
            pauses: Rc::default(),
        }
    }
}

impl Environment for Device {
    fn now(&self) -> Time {
        Time::from_unix_nanos(self.now.get()).expect("a time")
    }

    async fn pause(&self, time: Duration) {
        if self.stands_still {
            std::future::pending::<()>().await;
        }
        self.pauses.borrow_mut().push(time);
        self.now.set(self.now.get() + time.as_nanos() as i128);
    }

    fn random(&self) -> u64 {
        self.rng.borrow_mut().next()
    }
}

pub type Client = LightClient<Node, MemoryStore, Device>;

/// A client that trusts the chain's first block.
pub fn client(chain: &Chain, nodes: Vec<Node>, level: TrustLevel, now: Time) -> Client {
    let options = Options {
        trust_level: level,
        ..Options::default()
    };
    client_with(chain, 1, nodes, Settings::new(options), now)
}

/// A client that trusts the block at a height.
pub fn client_with(
    chain: &Chain,
    trusted: u64,
    nodes: Vec<Node>,
    settings: Settings,
    now: Time,
) -> Client {
    let device = Device::at(now);
    let mut client = LightClient::new(nodes, MemoryStore::default(), device, settings);
    block_on(client.trust(&state(&chain.blocks[&trusted]))).expect("kept");
    client
}

/// Trust in a block of the chain, judged by its own validators.
pub fn state(block: &LightBlock) -> TrustedState {
    let own = LightBlock {
        next_validators: None,
        ..block.clone()
    };
    let hash = block.signed_header.header.hash();
    TrustedState::from_checkpoint(&own, &hash).expect("the chain's own")
}

/// As our own chains are judged: more than two thirds of what is trusted.
pub fn settings() -> Settings {
    Settings::new(Options {
        trust_level: TrustLevel::TWO_THIRDS,
        ..Options::default()
    })
}

/// The fork that a call must end with.
pub fn attack_of<T: std::fmt::Debug>(outcome: Result<T, Failure>) -> Attack {
    match outcome {
        Err(Failure::Attack(attack)) => *attack,
        other => panic!("a fork must be found: {other:?}"),
    }
}

/// Runs a future to its end.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}
