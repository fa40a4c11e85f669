//! The nodes behind: the first that answers is asked until it fails, then the next. One that has failed, or is slow where another is well, is left out for
//! a while.

use super::{
    calls::Call,
    metrics::Metrics,
    said::{self, Said},
};
use crate::rpc::RpcError;
use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Uri,
    body::{Bytes, Incoming},
    header,
};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use std::{
    mem,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time,
};

/// A node that takes longer is given up, and the next is asked.
const PATIENCE: Duration = Duration::from_secs(10);
/// One has this long where another has answered already, though it lacks what was asked for, or is well and can be asked.
const LESS_PATIENCE: Duration = Duration::from_secs(2);
/// Most bytes of an answer.
pub(super) const MAX_ANSWER: usize = 16_000_000;
/// Most bytes of answers that are being read, or that clients are still taking, beside those that are kept: further questions are given up.
const UNDER_WAY: usize = 512_000_000;
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
    /// Too many questions to them are under way, or too many bytes of answers.
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
    /// A permit for each byte of an answer, for as long as anybody has it.
    room: Arc<Semaphore>,
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
            room: Arc::new(Semaphore::new(UNDER_WAY)),
            client: Client::builder(TokioExecutor::new()).build(connector),
            metrics,
        })
    }

    /// The same, where so many bytes of answers are kept.
    pub(super) fn with_kept(self, bytes: u64) -> Self {
        let bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.room
            .add_permits(bytes.min(Semaphore::MAX_PERMITS - UNDER_WAY));
        self
    }

    /// What the first node that answers says: a result or an error. Where it lacks what never changes, the others are asked once. A call that acts is
    /// handed to one node only: whether a node that did not answer has acted cannot be known.
    pub(super) async fn ask(&self, call: &Call) -> Result<Result<Said, Said>, Unanswered> {
        let body = Bytes::from(call.to_request());
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
                None => self.patience(place, acts),
            };
            match self.ask_one(place, node, body.clone(), patience).await {
                Ok(Some(answer)) if call.may_be_elsewhere(gist(&answer)) => {
                    lacking.get_or_insert(answer);
                }
                Ok(Some(answer)) => return Ok(answer),
                Ok(None) => {}
                Err(busy) => return lacking.ok_or(busy),
            }
        }
        lacking.ok_or(Unanswered::NoNode)
    }

    /// How long a node is waited for whose answer would be the first. What acts is handed to no other, so it has all the time.
    fn patience(&self, place: usize, acts: bool) -> Duration {
        let others = self.nodes.iter().enumerate().filter(|(at, _)| *at != place);
        let is_well = |node: &Node| node.rests_until.load(Ordering::Relaxed) == 0;
        match others.into_iter().any(|(_, other)| is_well(other)) && !acts {
            true => LESS_PATIENCE,
            false => PATIENCE,
        }
    }

    /// What this node says; none where it fails, and then it rests and the next is preferred.
    async fn ask_one(
        &self,
        place: usize,
        node: &Node,
        body: Bytes,
        patience: Duration,
    ) -> Result<Option<Result<Said, Said>>, Unanswered> {
        let turn = time::timeout(TURN, self.questions.acquire()).await;
        let Ok(Ok(_turn)) = turn else {
            return Err(Unanswered::Busy);
        };
        let began = Instant::now();
        let answer = time::timeout(patience, self.post(&node.address, body)).await;
        let answer = answer.unwrap_or(Ok(None))?;
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
    async fn post(
        &self,
        address: &Uri,
        body: Bytes,
    ) -> Result<Option<Result<Said, Said>>, Unanswered> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(address)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(body));
        let Ok(request) = request else {
            return Ok(None);
        };
        match self.client.request(request).await {
            Ok(response) => self.read(response.into_body()).await,
            Err(_) => Ok(None),
        }
    }

    async fn read(&self, mut body: Incoming) -> Result<Option<Result<Said, Said>>, Unanswered> {
        let (mut text, mut held) = (Vec::new(), self.hold(0)?);
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else {
                return Ok(None);
            };
            let piece = frame.into_data().unwrap_or_default();
            if text.len() + piece.len() > MAX_ANSWER {
                return Ok(Some(Err(too_long())));
            }
            // Twice: as the node wrote it, and as it is passed on.
            held.merge(self.hold(2 * piece.len())?);
            text.extend_from_slice(&piece);
        }
        let Some(mut answer) = said::read(&text) else {
            return Ok(None);
        };
        drop((text, held));
        let said = answer.as_mut().unwrap_or_else(|error| error);
        let text = mem::take(&mut said.text);
        let room = self.hold(text.len())?;
        said.text = Bytes::from_owner(Held { text, _room: room });
        Ok(Some(answer))
    }

    /// Room for this many bytes.
    fn hold(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Unanswered> {
        let bytes = u32::try_from(bytes).map_err(|_| Unanswered::Busy)?;
        let held = self.room.clone().try_acquire_many_owned(bytes);
        held.map_err(|_| Unanswered::Busy)
    }
}

/// What a result is judged by; none of an error.
fn gist(answer: &Result<Said, Said>) -> Option<&Value> {
    answer.as_ref().ok().map(|result| &result.gist)
}

/// Bytes with the room that they take.
struct Held {
    text: Bytes,
    _room: OwnedSemaphorePermit,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.text
    }
}

fn too_long() -> Said {
    let why = RpcError::internal("the node's answer is over 16 MB: ask for less");
    Said {
        text: why.to_json().to_string().into(),
        gist: Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, routing::post};
    use serde_json::json;
    use tokio::net::TcpListener;

    async fn node(answer: Router) -> Uri {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(async { axum::serve(listener, answer).await });
        format!("http://{address}").parse().expect("an address")
    }

    /// *Attack: a node takes just less time for each answer than it may, and all visitors wait for it though another is well.*
    #[tokio::test]
    async fn who_is_slow_is_left_where_another_is_well() {
        let asked = Arc::new(AtomicUsize::new(0));
        let counted = asked.clone();
        let slow = Router::new().route(
            "/",
            post(move || async move {
                counted.fetch_add(1, Ordering::Relaxed);
                std::future::pending::<()>().await
            }),
        );
        let well = Router::new().route("/", post(|| async { r#"{"result":1}"# }));
        let nodes = vec![node(slow).await, node(well).await];
        let upstream = Upstream::new(nodes, Arc::default()).expect("starts");
        assert_eq!(upstream.patience(0, false), LESS_PATIENCE);
        assert_eq!(upstream.patience(0, true), PATIENCE);
        let call = Call::from_json("genesis", None).expect("reads");
        for _ in 0..20 {
            assert!(upstream.ask(&call).await.expect("answers").is_ok());
        }
        assert_eq!(asked.load(Ordering::Relaxed), 1);
        // The other rests: it is the last hope.
        assert_eq!(upstream.patience(1, false), PATIENCE);
    }

    /// *Attack: a node whose answers are as long as they may be, and clients that take them slowly, fill the gateway's memory.*
    #[tokio::test]
    async fn answers_that_somebody_still_takes_leave_no_room_for_more() {
        let result = "x".repeat(100_000);
        let answer = json!({ "result": result }).to_string();
        let room = 5 * answer.len() / 2;
        let address = node(Router::new().route("/", post(|| async { answer }))).await;
        let upstream = Upstream::new(vec![address], Arc::default()).expect("starts");
        upstream.room.forget_permits(UNDER_WAY - room);
        let call = Call::from_json("genesis", None).expect("reads");
        let taken = upstream.ask(&call).await.expect("answers");
        let taken = taken.expect("a result").text;
        assert_eq!(upstream.room.available_permits(), room - taken.len());
        let second = upstream.ask(&call).await;
        assert_eq!(second.err(), Some(Unanswered::Busy));
        assert!(upstream.metrics.text().contains("node_failures_total 0"));
        drop(taken);
        assert!(upstream.ask(&call).await.expect("answers").is_ok());
        assert_eq!(upstream.room.available_permits(), room);
    }
}
