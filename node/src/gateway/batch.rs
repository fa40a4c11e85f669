//! JSON-RPC POSTs: many calls in one request, many records' proofs at once.

use super::{
    calls::Call,
    http::{Client, Counted, Gateway, cost, too_many, unanswered},
    memory::Reply,
    pieces::Text,
    upstream::{MAX_ANSWER, Unanswered},
};
use crate::rpc::{
    RpcError,
    envelope::{self, Request, answer_to},
};
use axum::{
    Extension,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::Value;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tokio::task::JoinSet;

/// Most calls of one request.
const MAX_BATCH: usize = 50;

/// Room for the answers of one request: as much as one answer may have. Each that does not fit is an error in its place.
struct Room(AtomicUsize);

impl Room {
    fn takes(&self, bytes: usize) -> bool {
        let left = |left: usize| left.checked_sub(bytes);
        let taken = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, left);
        taken.is_ok()
    }
}

/// Answers a request of one call or many.
pub(super) async fn json_rpc(
    State(gateway): State<Arc<Gateway>>,
    Extension(Client(client)): Extension<Client>,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    // Reading it is work already, whatever it turns out to be.
    if !gateway.limits.allows(client, 1) {
        return too_many();
    }
    let requests = match envelope::requests(body, MAX_BATCH) {
        Ok(requests) => requests,
        Err(refused) => return *refused,
    };
    let calls: Vec<Asked> = requests.into_iter().filter_map(Asked::read).collect();
    let costs = calls
        .iter()
        .map(|asked| asked.call.as_ref().map_or(1, cost));
    let unpaid = costs.sum::<u32>().saturating_sub(1);
    if !gateway.limits.allows(client, unpaid) {
        return too_many();
    }
    let mut counted = Counted {
        calls: calls.len(),
        from_memory: 0,
    };
    // Each in a task of its own: one that waits for a node holds up no other. They end with the set: nobody asks a node for a client that has gone.
    let room = Arc::new(Room(AtomicUsize::new(MAX_ANSWER)));
    let mut answers: Vec<Answer> = calls.iter().map(|_| Answer::Own(String::new())).collect();
    let mut tasks = JoinSet::new();
    for (place, asked) in calls.into_iter().enumerate() {
        let (gateway, room) = (gateway.clone(), room.clone());
        tasks.spawn(async move { (place, one(gateway, asked, room).await) });
    }
    while let Some(done) = tasks.join_next().await {
        let Ok((place, answer)) = done else {
            let error = RpcError::internal("the request could not be completed");
            return envelope::refusal(StatusCode::INTERNAL_SERVER_ERROR, &error);
        };
        let (answer, from_memory) = match answer {
            Ok(answered) => answered,
            Err(busy) => return unanswered(busy),
        };
        counted.from_memory += usize::from(from_memory);
        if let Some(slot) = answers.get_mut(place) {
            *slot = answer;
        }
    }
    let text = written(&answers);
    gateway.limits.answered(client, text.len());
    let mut response = match answers.is_empty() {
        true => StatusCode::OK.into_response(),
        false => text.answer(StatusCode::OK),
    };
    response.extensions_mut().insert(counted);
    response
}

/// The answer to one call: what a node said, under the call's id, or words of the gateway's own.
enum Answer {
    Of(Value, Arc<Reply>),
    Own(String),
}

/// All of them as one text: a list, unless there is one alone.
fn written(answers: &[Answer]) -> Text {
    let mut text = Text::default();
    let many = answers.len() > 1;
    for (place, answer) in answers.iter().enumerate() {
        if many {
            text.say(if place == 0 { "[" } else { "," });
        }
        match answer {
            Answer::Of(id, reply) => text.envelop(id, reply),
            Answer::Own(words) => text.say(words),
        }
    }
    if many {
        text.say("]");
    }
    text
}

/// A request that has an answer.
struct Asked {
    id: Value,
    /// The call, or the answer that refuses it.
    call: Result<Call, Value>,
}

impl Asked {
    fn read(request: Value) -> Option<Self> {
        let Request { id, method, params } = match Request::read(request)? {
            Ok(request) => request,
            Err(refused) => {
                return Some(Self {
                    id: Value::Null,
                    call: Err(refused),
                });
            }
        };
        let call = Call::from_json(&method, params);
        let call = call.map_err(|error| answer_to(id.clone(), Err(error)));
        Some(Self { id, call })
    }
}

/// The answer to one call, and whether it came from memory; none where all had better wait.
async fn one(
    gateway: Arc<Gateway>,
    Asked { id, call }: Asked,
    room: Arc<Room>,
) -> Result<(Answer, bool), Unanswered> {
    let call = match call {
        Ok(call) => call,
        Err(refused) => return Ok((Answer::Own(refused.to_string()), false)),
    };
    let error_to = |id, why: &dyn std::fmt::Display| {
        let error = RpcError::internal(why);
        Answer::Own(answer_to(id, Err(error)).to_string())
    };
    Ok(match gateway.answer(&call).await {
        Ok((reply, asked)) if room.takes(reply.len()) => (Answer::Of(id, reply), !asked),
        Ok((_, asked)) => {
            let why = "the answers to this batch are over 16 MB: ask for less";
            (error_to(id, &why), !asked)
        }
        Err(Unanswered::Busy) => return Err(Unanswered::Busy),
        Err(why) => (error_to(id, &why), false),
    })
}
