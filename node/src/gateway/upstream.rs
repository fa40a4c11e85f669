//! The nodes behind: the first that answers is asked until it fails, then the next. One that has failed is left out for a while.

use super::{calls::Call, metrics::Metrics};
use crate::rpc::RpcError;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::{Method, Request, Uri, body::Bytes, header};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{sync::Semaphore, time};

/// A node that takes longer is given up, and the next is asked.
const PATIENCE: Duration = Duration::from_secs(10);
/// Where one has answered, though it lacks what was asked for, the others have this long.
const LESS_PATIENCE: Duration = Duration::from_secs(2);
/// Most bytes of an answer.
pub(super) const MAX_ANSWER: usize = 16_000_000;
/// Most questions to the nodes at once; further ones wait.
const MAX_QUESTIONS: usize = 64;
/// A question that has waited this long for its turn is given up.
const TURN: Duration = Duration::from_secs(1);
/// A node that has failed is left out for this long.
const REST: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unanswered {
    /// None of the nodes gave one in time and in form.
    #[error("no node answers")]
    NoNode,
    /// Too many questions to them are under way.
    #[error("the nodes are asked too much; wait a moment")]
    Busy,
}

struct Node {
    address: Uri,
    /// Since it failed last, when it may be asked again, in milliseconds of the gateway's life; 0 where it answered last.
    rests_until: AtomicU64,
}

impl Node {
    fn new(address: Uri) -> Self {
        Self {
            address,
            rests_until: AtomicU64::new(0),
        }
    }

    /// Takes a turn at asking it `now`, if it may be asked: of all who find it rested one tries it, and the others leave it out meanwhile.
    fn take_turn(&self, now: u64) -> bool {
        let until = self.rests_until.load(Ordering::Relaxed);
        let tries = || {
            self.rests_until
                .compare_exchange(
                    until,
                    rested_after(now),
                    Ordering::Relaxed,
                    Ordering::Relaxed,
                )
                .is_ok()
        };
        until == 0 || (until <= now && tries())
    }
}

fn rested_after(now: u64) -> u64 {
    now.saturating_add(millis(REST))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The nodes that a gateway asks.
pub struct Upstream {
    nodes: Vec<Node>,
    preferred: AtomicUsize,
    began: Instant,
    questions: Semaphore,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    metrics: Arc<Metrics>,
}

impl Upstream {
    /// Asks these nodes, in this order. Each is the address of a node's RPC.
    pub fn new(nodes: Vec<Uri>, metrics: Arc<Metrics>) -> std::io::Result<Self> {
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_or_http()
            .enable_http1()
            .build();
        Ok(Self {
            nodes: nodes.into_iter().map(Node::new).collect(),
            preferred: AtomicUsize::new(0),
            began: Instant::now(),
            questions: Semaphore::new(MAX_QUESTIONS),
            client: Client::builder(TokioExecutor::new()).build(connector),
            metrics,
        })
    }

    /// What the first node that answers says: a result or an error. Where it lacks what never changes, the others are asked once. A call that acts is
    /// handed to one node only: whether a node that did not answer has acted cannot be known.
    pub(super) async fn ask(&self, call: &Call) -> Result<Result<Value, Value>, Unanswered> {
        let body = Bytes::from(call.to_request().to_string());
        let first = self.preferred.load(Ordering::Relaxed);
        let places = (0..self.nodes.len()).map(|turn| (first + turn) % self.nodes.len());
        let nodes = places.filter_map(|place| Some((place, self.nodes.get(place)?)));
        let acts = call.life == super::calls::Life::Acting;
        let tries = if acts { 1 } else { self.nodes.len() };
        let mut due = nodes.clone().filter(|(_, node)| node.take_turn(self.now()));
        // Where all of them rest, one is asked all the same: it may be back.
        let one = due.next().or_else(|| nodes.clone().next());
        let mut lacking = None;
        for (place, node) in one.into_iter().chain(due).take(tries) {
            let patience = match lacking {
                Some(_) => LESS_PATIENCE,
                None => PATIENCE,
            };
            match self.ask_one(place, node, body.clone(), patience).await {
                Ok(Some(answer)) if call.may_be_elsewhere(&answer) => {
                    lacking.get_or_insert(answer);
                }
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {}
                Err(busy) => return lacking.ok_or(busy),
            }
        }
        lacking.ok_or(Unanswered::NoNode)
    }

    /// What this node says; none where it fails, and then it rests and the next is preferred.
    async fn ask_one(
        &self,
        place: usize,
        node: &Node,
        body: Bytes,
        patience: Duration,
    ) -> Result<Option<Result<Value, Value>>, Unanswered> {
        let turn = time::timeout(TURN, self.questions.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(Unanswered::Busy);
        };
        let began = Instant::now();
        let answer = time::timeout(patience, self.post(&node.address, body)).await;
        let answer = answer.ok().flatten();
        if answer.is_some() {
            self.metrics.node_answered(began.elapsed());
            node.rests_until.store(0, Ordering::Relaxed);
        } else {
            self.metrics.node_failed();
            node.rests_until
                .store(rested_after(self.now()), Ordering::Relaxed);
            let next = (place + 1) % self.nodes.len();
            let _ =
                self.preferred
                    .compare_exchange(place, next, Ordering::Relaxed, Ordering::Relaxed);
        }
        Ok(answer)
    }

    fn now(&self) -> u64 {
        millis(self.began.elapsed())
    }

    /// What is asked of this address; none where it gives no answer. One that is too long is an answer: the next client may ask for less.
    async fn post(&self, address: &Uri, body: Bytes) -> Option<Result<Value, Value>> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(address)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .ok()?;
        let response = self.client.request(request).await.ok()?;
        let body = Limited::new(response.into_body(), MAX_ANSWER);
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(why) if why.is::<LengthLimitError>() => return Some(Err(too_long())),
            Err(_) => return None,
        };
        let Value::Object(mut answer) = serde_json::from_slice(&body).ok()? else {
            return None;
        };
        let outcome = match (answer.remove("result"), answer.remove("error")) {
            (_, Some(error)) if !error.is_null() => Err(error),
            (Some(result), _) => Ok(result),
            _ => return None,
        };
        Some(outcome)
    }
}

fn too_long() -> Value {
    RpcError::internal("the node's answer is over 16 MB: ask for less").to_json()
}
