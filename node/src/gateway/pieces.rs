//! An answer in pieces. What is large is passed on as it lies in memory: however many take it, and however slowly, it is there once.

use super::memory::Reply;
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use serde_json::Value;
use std::{
    collections::VecDeque,
    convert::Infallible,
    mem,
    pin::Pin,
    task::{Context, Poll},
};

/// What is shorter is copied: a piece of its own would cost more than its bytes.
const LARGE: usize = 4 * 1024;

/// A text that grows.
#[derive(Default)]
pub(super) struct Text {
    pieces: VecDeque<Bytes>,
    last: Vec<u8>,
}

impl Text {
    /// Adds words of the gateway's own.
    pub fn say(&mut self, words: &str) {
        self.last.extend_from_slice(words.as_bytes());
    }

    /// Adds a node's result or error under the id of the one who asks.
    pub fn envelop(&mut self, id: &Value, reply: &Reply) {
        let (name, body) = match &reply.outcome {
            Ok(result) => ("result", result),
            Err(error) => ("error", error),
        };
        self.say(&format!(r#"{{"jsonrpc":"2.0","id":{id},"{name}":"#));
        self.share(body);
        self.say("}");
    }

    fn share(&mut self, bytes: &Bytes) {
        if bytes.len() < LARGE {
            self.last.extend_from_slice(bytes);
        } else {
            self.close();
            self.pieces.push_back(bytes.clone());
        }
    }

    fn close(&mut self) {
        if !self.last.is_empty() {
            self.pieces.push_back(mem::take(&mut self.last).into());
        }
    }

    /// Bytes of it.
    pub fn len(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum::<usize>() + self.last.len()
    }

    /// A response of JSON.
    pub fn answer(mut self, status: StatusCode) -> Response {
        self.close();
        let json = HeaderValue::from_static("application/json");
        let body = Body::new(Pieces(self.pieces));
        (status, [(header::CONTENT_TYPE, json)], body).into_response()
    }
}

struct Pieces(VecDeque<Bytes>);

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(self.0.pop_front().map(|piece| Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let bytes: usize = self.0.iter().map(Bytes::len).sum();
        SizeHint::with_exact(bytes as u64)
    }
}
