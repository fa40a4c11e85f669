//! `POST /try/desk`: the demo's desks bind a visitor's own key to a free room.

use crate::{
    application::code,
    demo::{Desk, View},
    network::Client,
    rpc::{self, Rpc},
};
use axum::{Json, body::Bytes, extract::State};
use records::RecordName;
use serde_json::{Value, json};
use std::sync::Arc;

/// The desks, and the chain on which they write.
pub(super) struct Counter {
    pub desk: Desk,
    pub chain: Arc<dyn Chain>,
}

/// What the desks look at before they sign, and where they write.
pub(super) trait Chain: View + Send + Sync {
    /// Writes an event: code and data of its result in a block; none where it did not get there.
    fn write(&self, event: Vec<u8>) -> Option<(u32, Vec<u8>)>;
}

impl View for Rpc {
    fn time(&self) -> i64 {
        self.node.state().time
    }

    fn state(&self, record: &RecordName) -> Option<records::State> {
        self.node.record(record).ok().flatten()
    }
}

impl Chain for Rpc {
    fn write(&self, event: Vec<u8>) -> Option<(u32, Vec<u8>)> {
        let result = rpc::execute_tx(self, event).ok()?;
        Some((result.code, result.data.to_vec()))
    }
}

impl View for Client {
    fn time(&self) -> i64 {
        self.newest().map_or(0, |(_, time)| time)
    }

    fn state(&self, record: &RecordName) -> Option<records::State> {
        let bytes = self.query("/state", &record.tree_key()).ok()?;
        records::State::decode(&bytes).ok()
    }
}

impl Chain for Client {
    fn write(&self, event: Vec<u8>) -> Option<(u32, Vec<u8>)> {
        let written = Client::write(self, &event).ok()?;
        written.height.map(|_| (written.code, written.data))
    }
}

/// Answers once the event is in a block.
pub(super) async fn answer(State(counter): State<Arc<Counter>>, body: Bytes) -> Json<Value> {
    let answered = tokio::task::spawn_blocking(move || counter.serve(&body)).await;
    Json(answered.unwrap_or_else(|_| json!({ "error": "desk-closed" })))
}

impl Counter {
    fn serve(&self, request: &[u8]) -> Value {
        let (answer, event) = self.desk.answer(request, &*self.chain);
        match event.map(|event| self.chain.write(event)) {
            None | Some(Some((code::OK, _))) => answer,
            Some(Some((_, data))) => {
                let refusal: Value = serde_json::from_slice(&data).unwrap_or_default();
                match refusal["code"].as_str().unwrap_or("refused") {
                    // Who lost the answer asks again: the key is bound already.
                    "changes-nothing" => answer,
                    code => json!({ "error": code }),
                }
            }
            Some(None) => json!({ "error": "not-written" }),
        }
    }
}
