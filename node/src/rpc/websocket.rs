//! `/websocket`: JSON-RPC on a line that stays open, and events of those who subscribe.

use super::{
    Rpc, RpcError,
    envelope::{Request, URI_ID, answer_to},
    http::{self, MAX_BODY},
    subscriptions::{MAX_CLIENTS, Subscriptions, done},
};
use axum::{
    extract::{
        State,
        ws::{Message, WebSocket, WebSocketUpgrade},
    },
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::{future::Future, pin::Pin, sync::Arc, time::Duration};
use tokio::{sync::Semaphore, time};

/// Most websockets at once, as for other connections.
const MAX_LINES: usize = 900;
/// The server asks for a sign of life so often, as CometBFT does.
const PING: Duration = Duration::from_secs(27);
/// A client from which nothing was heard for this long is gone.
const SILENCE: Duration = Duration::from_secs(60);
/// A client that does not take what it is sent within this time is dropped.
const SLOW: Duration = Duration::from_secs(10);

/// The websockets of one node, and how many more there may be.
#[derive(Clone)]
pub struct Websockets {
    lines: Arc<Semaphore>,
    seats: Arc<Semaphore>,
}

impl Default for Websockets {
    fn default() -> Self {
        Self {
            lines: Arc::new(Semaphore::new(MAX_LINES)),
            seats: Arc::new(Semaphore::new(MAX_CLIENTS)),
        }
    }
}

type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

impl Websockets {
    /// The handler of the route.
    pub fn route(
        self,
    ) -> impl Fn(State<Arc<Rpc>>, WebSocketUpgrade) -> Answering + Clone + Send + Sync + 'static
    {
        move |State(rpc), upgrade| {
            let sockets = self.clone();
            Box::pin(async move { sockets.open(rpc, upgrade) })
        }
    }

    fn open(self, rpc: Arc<Rpc>, upgrade: WebSocketUpgrade) -> Response {
        let Ok(line) = self.lines.try_acquire_owned() else {
            return (StatusCode::SERVICE_UNAVAILABLE, "too many websockets").into_response();
        };
        let seats = self.seats;
        upgrade
            // A frame is heaped up until it ends, and counts as a message only then.
            .max_frame_size(MAX_BODY)
            .max_message_size(MAX_BODY)
            .on_upgrade(move |socket| async move {
                // Whatever ends it, the client sees a closed line.
                let _ = talk(socket, rpc, seats).await;
                drop(line);
            })
    }
}

/// The line is closed, or to be closed.
struct Closed;

async fn talk(mut socket: WebSocket, rpc: Arc<Rpc>, seats: Arc<Semaphore>) -> Result<(), Closed> {
    let mut heights = rpc.node.heights();
    let mut subscribed = Subscriptions::new(seats);
    let mut ping = time::interval(PING);
    let mut heard = time::Instant::now();
    loop {
        tokio::select! {
            message = socket.recv() => {
                heard = time::Instant::now();
                let text = match message.ok_or(Closed)?.map_err(|_| Closed)? {
                    Message::Text(text) => text.as_bytes().to_vec(),
                    Message::Binary(bytes) => bytes.to_vec(),
                    Message::Close(_) => return farewell(&mut socket).await,
                    Message::Ping(_) | Message::Pong(_) => continue,
                };
                if let Some(answer) = answer(&rpc, &mut subscribed, &text).await {
                    send(&mut socket, &answer).await?;
                }
            }
            changed = heights.changed() => {
                changed.map_err(|_| Closed)?;
                let newest = *heights.borrow_and_update();
                let rpc = rpc.clone();
                let (back, news) = tokio::task::spawn_blocking(move || {
                    let news = subscribed.next(&rpc, newest);
                    (subscribed, news)
                })
                .await
                .map_err(|_| Closed)?;
                subscribed = back;
                for event in news.map_err(|_| Closed)? {
                    send(&mut socket, &event).await?;
                }
                if subscribed.behind(newest) {
                    heights.mark_changed();
                }
            }
            _ = ping.tick() => {
                if heard.elapsed() > SILENCE {
                    return Err(Closed);
                }
                let sent = time::timeout(SLOW, socket.send(Message::Ping(Vec::new().into())));
                sent.await.map_err(|_| Closed)?.map_err(|_| Closed)?;
            }
        }
    }
}

/// Waits until a client's goodbye is answered, which reading on does. Nothing else may be sent after
/// it: a ping or an event would end the line before its answer has left.
async fn farewell(socket: &mut WebSocket) -> Result<(), Closed> {
    let answered = async { while let Some(Ok(_)) = socket.recv().await {} };
    time::timeout(SLOW, answered).await.map_err(|_| Closed)
}

async fn send(socket: &mut WebSocket, answer: &Value) -> Result<(), Closed> {
    let text = Message::Text(answer.to_string().into());
    let sent = time::timeout(SLOW, socket.send(text)).await;
    sent.map_err(|_| Closed)?.map_err(|_| Closed)
}

/// Answers the messages of one client, one after the other; where there is no socket.
pub async fn converse(rpc: Arc<Rpc>, messages: impl IntoIterator<Item = &[u8]>) -> Vec<Value> {
    let mut subscribed = Subscriptions::new(Websockets::default().seats);
    let mut answers = Vec::new();
    for message in messages {
        answers.extend(answer(&rpc, &mut subscribed, message).await);
    }
    answers
}

/// The answer to one message; none to a request without an id.
async fn answer(rpc: &Arc<Rpc>, subscribed: &mut Subscriptions, text: &[u8]) -> Option<Value> {
    let request = match serde_json::from_slice(text) {
        Ok(request) => Request::read(request)?,
        Err(why) => {
            let error = RpcError::parse(format!("error unmarshaling request: {why}"));
            return Some(answer_to(json!(URI_ID), Err(error)));
        }
    };
    let request = match request {
        Ok(request) => request,
        Err(refused) => return Some(refused),
    };
    let outcome = match subscribed.call(&request, rpc.node.height()) {
        Some(outcome) => outcome.map(|()| done()),
        None => http::call(rpc.clone(), &request.method, request.params).await,
    };
    Some(answer_to(request.id, outcome))
}
