//! The nodes behind: the first that answers is asked until it fails, then the next.

use super::{calls::Call, metrics::Metrics};
use http_body_util::{BodyExt, Full, Limited};
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
        atomic::{AtomicUsize, Ordering},
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

/// No node answered.
#[derive(Debug, thiserror::Error)]
#[error("no node answers")]
pub(super) struct NoAnswer;

/// The nodes that a gateway asks.
pub struct Upstream {
    nodes: Vec<Uri>,
    preferred: AtomicUsize,
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
            nodes,
            preferred: AtomicUsize::new(0),
            questions: Semaphore::new(MAX_QUESTIONS),
            client: Client::builder(TokioExecutor::new()).build(connector),
            metrics,
        })
    }

    /// What the first node that answers says: a result or an error. Where it lacks what never changes, the others are asked once. A call that acts is
    /// handed to one node only: whether a node that did not answer has acted cannot be known.
    pub(super) async fn ask(&self, call: &Call) -> Result<Result<Value, Value>, NoAnswer> {
        let _place = self.questions.acquire().await.map_err(|_| NoAnswer)?;
        let body = Bytes::from(call.to_request().to_string());
        let first = self.preferred.load(Ordering::Relaxed);
        let acts = call.life == super::calls::Life::Acting;
        let tries = if acts { 1 } else { self.nodes.len() };
        let mut lacking = None;
        for turn in 0..tries {
            let place = (first + turn) % self.nodes.len();
            let Some(node) = self.nodes.get(place) else {
                break;
            };
            let began = Instant::now();
            let patience = match lacking {
                Some(_) => LESS_PATIENCE,
                None => PATIENCE,
            };
            let answer = time::timeout(patience, self.post(node, body.clone())).await;
            if let Ok(Some(answer)) = answer {
                self.metrics.node_answered(began.elapsed());
                if call.may_be_elsewhere(&answer) {
                    lacking.get_or_insert(answer);
                    continue;
                }
                return Ok(answer);
            }
            self.metrics.node_failed();
            let next = (place + 1) % self.nodes.len();
            let _ =
                self.preferred
                    .compare_exchange(place, next, Ordering::Relaxed, Ordering::Relaxed);
        }
        lacking.ok_or(NoAnswer)
    }

    async fn post(&self, node: &Uri, body: Bytes) -> Option<Result<Value, Value>> {
        let request = Request::builder()
            .method(Method::POST)
            .uri(node)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(body))
            .ok()?;
        let response = self.client.request(request).await.ok()?;
        let body = Limited::new(response.into_body(), MAX_ANSWER);
        let body = body.collect().await.ok()?.to_bytes();
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
