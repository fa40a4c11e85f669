//! A node as the light client sees it, and the device that it runs on.

use crate::{
    chains,
    host::Host,
    nodes::{self, Fetched, LONG, Roll, Sets},
    rpc::{self, Call, Fault},
    trust::now,
};
use alloc::string::String;
use core::{cell::RefCell, slice, time::Duration};
use light_client::{
    Hash, Header, LightBlock, Time,
    client::{AttackEvidence, Environment, Fault as NodeFault, Latest, Provider, Received},
    json::{self, JsonError, Value},
};

/// What a node answers that does not know the method of a call (JSON-RPC 2.0 §5.1).
const NO_SUCH_METHOD: i64 = -32_601;

/// What the nodes of one chain have shown, so that it is fetched once.
#[derive(Default)]
pub struct Shown {
    /// Validator sets.
    pub(crate) sets: RefCell<Sets>,
}

/// The device.
pub struct Device<'a, H>(pub &'a H);

impl<H: Host> Environment for Device<'_, H> {
    fn now(&self) -> Time {
        now(self.0)
    }

    async fn pause(&self, time: Duration) {
        let millis = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        self.0.pause(millis).await;
    }

    fn random(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0.random();
        u64::from_le_bytes([a, b, c, d, e, f, g, h])
    }
}

/// A node, over its RPC.
pub struct Node<'a, H> {
    host: &'a H,
    url: String,
    member: String,
    chain_id: String,
    /// What it said of its newest block, where it was asked before; the first answer, and no later one.
    latest: RefCell<Option<Latest>>,
    shown: &'a Shown,
}

impl<'a, H: Host> Node<'a, H> {
    /// A node that is asked for its newest block whenever that is needed.
    pub fn new(host: &'a H, node: &chains::Node, chain_id: &str, shown: &'a Shown) -> Self {
        Self {
            host,
            url: node.url.clone(),
            member: node.member.clone(),
            chain_id: chain_id.into(),
            latest: RefCell::default(),
            shown,
        }
    }

    /// The node at a place of the roll, if it answered there.
    pub(crate) fn on(
        roll: &Roll,
        at: usize,
        host: &'a H,
        chain_id: &str,
        shown: &'a Shown,
    ) -> Option<Self> {
        let answer = roll.answers.get(at)?;
        let latest = Latest {
            chain_id: chain_id.into(),
            height: answer.height?,
            time: roll.time(at)?,
        };
        Some(Self {
            host,
            url: answer.url.clone(),
            member: answer.member.clone(),
            chain_id: chain_id.into(),
            latest: RefCell::new(Some(latest)),
            shown,
        })
    }
}

impl<H: Host> Provider for Node<'_, H> {
    fn name(&self) -> &str {
        &self.url
    }

    fn member(&self) -> &str {
        &self.member
    }

    async fn latest(&self) -> Result<Latest, NodeFault> {
        if let Some(latest) = self.latest.take() {
            return Ok(latest);
        }
        let status = nodes::status(self.host, &self.url).await.map_err(fault)?;
        Ok(Latest {
            chain_id: status.chain_id,
            height: status.latest_height,
            time: status.latest_time,
        })
    }

    async fn light_block(&self, height: u64) -> Result<Received<LightBlock>, NodeFault> {
        let sets = &self.shown.sets;
        let known = |hash: &Hash| sets.borrow().get(hash).cloned();
        let none_known = sets.borrow().is_empty();
        let fetched = nodes::fetch_block(self.host, &self.url, height, &known, none_known).await;
        let Fetched { block, bytes } = fetched.map_err(fault)?;
        let hash = block.signed_header.header.validators_hash;
        nodes::keep(&mut sets.borrow_mut(), hash, &block.validators);
        Ok(Received {
            value: block,
            bytes,
        })
    }

    async fn header(&self, height: u64) -> Result<Received<Header>, NodeFault> {
        // Alone: the votes of a hundred validators weigh up to 450 KB. CometBFT answers this since v0.37.
        let (mut call, mut bytes) = (Call::header(height), 0u64);
        let header = loop {
            let answers = rpc::weigh(self.host, &self.url, slice::from_ref(&call), LONG).await;
            let (answers, more) = answers.map_err(fault)?;
            bytes = bytes.saturating_add(more);
            let answer = answers.first().unwrap_or(&Value::Null);
            let is_alone = call.method == "header";
            let header = match is_alone {
                true => json::header(answer),
                false => json::commit(answer).map(|signed| signed.header),
            };
            match header {
                Err(JsonError::Node {
                    code: NO_SUCH_METHOD,
                    ..
                }) if is_alone => call = Call::commit(height),
                header => break header.map_err(|error| fault(error.into()))?,
            }
        };
        if header.chain_id != self.chain_id {
            return Err(NodeFault::WrongChain(header.chain_id));
        }
        Ok(Received {
            value: header,
            bytes,
        })
    }

    async fn report(&self, evidence: &AttackEvidence) -> Result<(), NodeFault> {
        let text = json::write::attack_evidence(evidence);
        let evidence = json::parse(text.as_bytes()).map_err(|error| fault(error.into()))?;
        let call = Call::broadcast_evidence(evidence);
        let answer = rpc::ask(self.host, &self.url, &[call], LONG).await;
        answer.map(drop).map_err(fault)
    }
}

fn fault(fault: Fault) -> NodeFault {
    match fault {
        Fault::Unreachable(why) => NodeFault::Unreachable(why),
        Fault::Garbage(what) => NodeFault::Garbage(what),
        Fault::Refused(_) => NodeFault::NotThere,
        Fault::WrongChain(chain) => NodeFault::WrongChain(chain),
        Fault::Refuted(code) => NodeFault::Garbage(code),
    }
}
