//! `POST /try/desk`: the demo's desks bind a visitor's own key to a free room.

use crate::{
    application::code,
    chain::FullNode,
    demo::{Desk, View},
    rpc::{self, Rpc},
};
use axum::{Json, body::Bytes, extract::State};
use records::RecordName;
use serde_json::{Value, json};
use std::sync::Arc;

/// The desks, and the node at which they write.
pub(super) struct Counter {
    pub desk: Desk,
    pub rpc: Arc<Rpc>,
}

/// What the desks look at before they sign.
struct Newest<'a>(&'a FullNode);

impl View for Newest<'_> {
    fn time(&self) -> i64 {
        self.0.state().time
    }

    fn state(&self, record: &RecordName) -> Option<records::State> {
        self.0.record(record).ok().flatten()
    }
}

/// Answers once the event is in a block.
pub(super) async fn answer(State(counter): State<Arc<Counter>>, body: Bytes) -> Json<Value> {
    let answered = tokio::task::spawn_blocking(move || counter.serve(&body)).await;
    Json(answered.unwrap_or_else(|_| json!({ "error": "desk-closed" })))
}

impl Counter {
    fn serve(&self, request: &[u8]) -> Value {
        let (answer, event) = self.desk.answer(request, &Newest(&self.rpc.node));
        match event.map(|event| rpc::execute_tx(&self.rpc, event)) {
            None => answer,
            Some(Ok(result)) if result.code == code::OK => answer,
            Some(Ok(result)) => {
                let refusal: Value = serde_json::from_slice(&result.data).unwrap_or_default();
                json!({ "error": refusal["code"].as_str().unwrap_or("refused") })
            }
            Some(Err(_)) => json!({ "error": "not-written" }),
        }
    }
}
