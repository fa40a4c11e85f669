//! What one client of the websocket has subscribed to.

use super::{
    Rpc, RpcError,
    envelope::{Request, answer_to},
    query::Query,
};
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Most subscriptions of one client, as CometBFT's `max_subscriptions_per_client`.
const MAX_SUBSCRIPTIONS: usize = 5;
/// Most clients with subscriptions, as CometBFT's `max_subscription_clients`.
pub const MAX_CLIENTS: usize = 100;
/// Blocks that a client may be behind, as CometBFT's buffer of events; then its subscriptions are cancelled.
const BUFFER: u64 = 200;

/// What a client asked for.
struct Subscription {
    query: Query,
    /// Its query as the client wrote it, which every event repeats.
    text: String,
    /// The id of the request, which every event carries.
    id: Value,
}

/// A client's subscriptions.
pub struct Subscriptions {
    seats: Arc<Semaphore>,
    seat: Option<OwnedSemaphorePermit>,
    list: Vec<Subscription>,
    /// Up to this height everything was told.
    told: u64,
}

impl Subscriptions {
    /// None yet. Whoever subscribes takes one of the `seats`.
    pub fn new(seats: Arc<Semaphore>) -> Self {
        Self {
            seats,
            seat: None,
            list: Vec::new(),
            told: 0,
        }
    }

    /// Does what `subscribe`, `unsubscribe` and `unsubscribe_all` ask; none for any other method. What is decided after `newest` will be told.
    pub fn call(&mut self, request: &Request, newest: u64) -> Option<Result<(), RpcError>> {
        if self.list.is_empty() {
            self.told = newest;
        }
        Some(match request.method.as_str() {
            "subscribe" => query_of(request).and_then(|text| self.add(text, &request.id)),
            "unsubscribe" => query_of(request).and_then(|text| self.remove(text)),
            "unsubscribe_all" => self.remove_all(),
            _ => return None,
        })
    }

    fn add(&mut self, text: &str, id: &Value) -> Result<(), RpcError> {
        if self.list.len() >= MAX_SUBSCRIPTIONS {
            return Err(RpcError::internal(format!(
                "max_subscriptions_per_client {MAX_SUBSCRIPTIONS} reached"
            )));
        }
        let query = Query::read(text)?;
        if self.list.iter().any(|held| held.query == query) {
            return Err(RpcError::internal("already subscribed"));
        }
        if self.seat.is_none() {
            let seat = self.seats.clone().try_acquire_owned().map_err(|_| {
                RpcError::internal(format!("max_subscription_clients {MAX_CLIENTS} reached"))
            })?;
            self.seat = Some(seat);
        }
        self.list.push(Subscription {
            query,
            text: text.to_string(),
            id: id.clone(),
        });
        Ok(())
    }

    fn remove(&mut self, text: &str) -> Result<(), RpcError> {
        let query = Query::read(text)?;
        let before = self.list.len();
        self.list.retain(|held| held.query != query);
        if self.list.len() == before {
            return Err(RpcError::internal("subscription not found"));
        }
        self.leave_if_empty();
        Ok(())
    }

    fn remove_all(&mut self) -> Result<(), RpcError> {
        if self.list.is_empty() {
            return Err(RpcError::internal("subscription not found"));
        }
        self.list.clear();
        self.leave_if_empty();
        Ok(())
    }

    fn leave_if_empty(&mut self) {
        if self.list.is_empty() {
            self.seat = None;
        }
    }

    /// Whether blocks up to `newest` are still to be told.
    pub fn behind(&self, newest: u64) -> bool {
        !self.list.is_empty() && self.told < newest
    }

    /// What is to be told of the next block up to `newest`. A client that is too far behind loses its subscriptions. One block at a
    /// time: a client that reads slowly must not make the node hold hundreds of them.
    pub fn next(&mut self, rpc: &Rpc, newest: u64) -> Result<Vec<Value>, RpcError> {
        if !self.behind(newest) {
            return Ok(Vec::new());
        }
        if newest - self.told > BUFFER {
            self.told = newest;
            return Ok(self.cancel());
        }
        self.told += 1;
        let snapshot = rpc.snapshot();
        let mut news = Vec::new();
        for held in &self.list {
            let events = held.query.kind.of_block(&snapshot, self.told)?;
            let wanted = events
                .into_iter()
                .filter(|event| held.query.wants(&event.keys));
            news.extend(
                wanted.map(|event| answer_to(held.id.clone(), Ok(event.told_to(&held.text)))),
            );
        }
        Ok(news)
    }

    fn cancel(&mut self) -> Vec<Value> {
        let why = "subscription was canceled (reason: internal subscription event buffer is out of capacity)";
        let lost = self.list.drain(..);
        let told = lost.map(|held| answer_to(held.id, Err(RpcError::server(why))));
        let told = told.collect();
        self.seat = None;
        told
    }
}

/// The query of a request, given by name or as the one parameter.
fn query_of(request: &Request) -> Result<&str, RpcError> {
    let query = match &request.params {
        Some(Value::Object(named)) => named.get("query"),
        Some(Value::Array(values)) => values.first().filter(|_| values.len() == 1),
        _ => None,
    };
    let query = query.and_then(Value::as_str);
    query.ok_or_else(|| RpcError::invalid_params("expected a query"))
}

/// What a subscription is answered with.
pub fn done() -> Value {
    json!({})
}
