//! Nodes, clocks and networks of a simulation.

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use light_client::client::{
    AttackEvidence, Environment, Fault, Latest, LightClient, MemoryStore, Provider, Received,
    Settings,
};
use light_client::{Header, LightBlock, Options, Time, TrustLevel, TrustedState};

use crate::chain::Chain;
use crate::common::generate::Rng;

/// How a node misbehaves besides what its chain says.
#[derive(Clone, Copy, Debug, Default)]
pub struct Manners {
    /// Of a hundred requests, so many get no answer.
    pub drops: u64,
    /// Of a hundred answers, so many have a byte of a signature turned.
    pub garbles: u64,
    /// Its newest block is this far below the tip.
    pub lag: u64,
    /// So many requests are answered with "busy" first.
    pub busy: u64,
}

/// A node over a chain.
pub struct Node {
    name: String,
    chain: Rc<Chain>,
    manners: Manners,
    busy: Cell<u64>,
    rng: RefCell<Rng>,
    pub requests: Rc<Cell<u64>>,
    pub reported: Rc<RefCell<Vec<AttackEvidence>>>,
}

impl Node {
    pub fn new(name: &str, chain: &Rc<Chain>, manners: Manners, seed: u64) -> Node {
        Node {
            name: name.into(),
            chain: chain.clone(),
            manners,
            busy: Cell::new(manners.busy),
            rng: RefCell::new(Rng(seed)),
            requests: Rc::default(),
            reported: Rc::default(),
        }
    }

    fn tip(&self) -> u64 {
        self.chain.tip().saturating_sub(self.manners.lag).max(1)
    }

    /// Answers after a few polls, if at all.
    async fn answer<T>(&self, value: Option<T>) -> Result<Received<T>, Fault> {
        let delay = self.rng.borrow_mut().below(3);
        wait(delay).await;
        self.requests.set(self.requests.get() + 1);
        if self.busy.get() > 0 {
            self.busy.set(self.busy.get() - 1);
            return Err(Fault::Busy {
                after: Some(Duration::from_secs(1)),
            });
        }
        if self.rng.borrow_mut().below(100) < self.manners.drops {
            return Err(Fault::Unreachable("dropped".into()));
        }
        let value = value.ok_or(Fault::NotThere)?;
        Ok(Received {
            value,
            bytes: 1_000,
        })
    }

    fn block(&self, height: u64) -> Option<LightBlock> {
        (height <= self.tip()).then(|| self.chain.blocks.get(&height).cloned())?
    }
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
        let header = self.chain.header(self.tip());
        let latest = Latest {
            chain_id: header.chain_id.clone(),
            height: header.height,
            time: header.time,
        };
        Ok(self.answer(Some(latest)).await?.value)
    }

    async fn light_block(&self, height: u64) -> Result<Received<LightBlock>, Fault> {
        let mut received = self.answer(self.block(height)).await?;
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
        let block = self.block(height);
        self.answer(block.map(|block| block.signed_header.header))
            .await
    }

    async fn report(&self, evidence: &AttackEvidence) -> Result<(), Fault> {
        self.reported.borrow_mut().push(evidence.clone());
        Ok(())
    }
}

/// A device whose clock moves only when it waits.
pub struct Device {
    now: Cell<i128>,
    rng: RefCell<Rng>,
}

impl Device {
    pub fn at(time: Time) -> Device {
        Device {
            now: Cell::new(time.unix_nanos()),
            rng: RefCell::new(Rng(7)),
        }
    }
}

impl Environment for Device {
    fn now(&self) -> Time {
        Time::from_unix_nanos(self.now.get()).expect("a time")
    }

    async fn pause(&self, time: Duration) {
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
    let mut client = LightClient::new(nodes, MemoryStore::default(), Device::at(now), settings);
    let mut block = chain.blocks[&trusted].clone();
    block.next_validators = None;
    let hash = block.signed_header.header.hash();
    let state = TrustedState::from_checkpoint(&block, &hash).expect("the chain's own");
    block_on(client.trust(&state)).expect("kept");
    client
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
