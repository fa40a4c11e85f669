//! `lianyan light --serve`: JSON-RPC as a node speaks it, of which every answer was verified here. What cannot be proven is refused.

mod answer;
mod http;

use super::Client;
use crate::{Exit, http::block_on, unreadable};
use answer::{Proxy, Refused};
use http::Wanted;
use light_client::client::Store;
use serde_json::{Map, Value, json};
use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
};
use verifier::chains::Chain;

/// Clients that are heard at once; more wait to be accepted.
const CLIENTS: usize = 32;
/// Calls in one request, as CometBFT limits them.
const MAX_BATCH: usize = 10;

/// A request, and where its answer goes.
struct Asked(Wanted, SyncSender<Value>);

/// Serves until the program ends. Connections are read by threads of their own; what is asked is verified one by one, here.
pub fn serve<S: Store>(at: SocketAddr, chain: &Chain, client: Client<'_, S>) -> Exit {
    let listener = match TcpListener::bind(at) {
        Ok(listener) => listener,
        Err(error) => return unreadable(&at.to_string(), &error),
    };
    let at = listener.local_addr().unwrap_or(at);
    eprintln!("lianyan: verified answers of {} at http://{at}", chain.id);
    let (ask, asked) = sync_channel::<Asked>(CLIENTS);
    let (free, places) = sync_channel::<()>(CLIENTS);
    for _ in 0..CLIENTS {
        let _ = free.send(());
    }
    thread::spawn(move || accept(&listener, &ask, &free, &places));
    let mut proxy = Proxy::new(chain, client);
    for Asked(wanted, reply) in asked {
        let answer = block_on(answers(&mut proxy, wanted));
        // A client that has gone wants no answer.
        let _ = reply.send(answer);
    }
    Exit::Verified
}

fn accept(
    listener: &TcpListener,
    ask: &SyncSender<Asked>,
    free: &SyncSender<()>,
    places: &Receiver<()>,
) {
    for stream in listener.incoming().filter_map(Result::ok) {
        let _ = places.recv();
        let (ask, free) = (ask.clone(), free.clone());
        thread::spawn(move || {
            let _ = hear(&stream, &ask);
            let _ = free.send(());
        });
    }
}

fn hear(stream: &TcpStream, ask: &SyncSender<Asked>) -> std::io::Result<()> {
    let wanted = match http::read(stream) {
        Ok(Wanted::Permission) => return http::write(stream, "204 No Content", b""),
        Ok(wanted) => wanted,
        Err(status) => return http::write(stream, status, b""),
    };
    let (reply, answer) = sync_channel(1);
    let answer = ask
        .send(Asked(wanted, reply))
        .ok()
        .and_then(|()| answer.recv().ok());
    match answer {
        Some(answer) => http::write(stream, "200 OK", answer.to_string().as_bytes()),
        None => http::write(stream, "503 Service Unavailable", b""),
    }
}

async fn answers<S: Store>(proxy: &mut Proxy<'_, S>, wanted: Wanted) -> Value {
    match wanted {
        Wanted::Calls(Value::Array(calls)) if calls.len() <= MAX_BATCH => {
            let mut answers = Vec::new();
            for call in &calls {
                answers.push(one(proxy, call).await);
            }
            Value::Array(answers)
        }
        Wanted::Calls(Value::Array(_)) => envelope(Value::Null, Err(Refused::TooMany)),
        Wanted::Calls(call) => one(proxy, &call).await,
        Wanted::Address(method, params) => {
            envelope(json!(-1), proxy.answer(&method, &params).await)
        }
        Wanted::Permission => Value::Null,
    }
}

async fn one<S: Store>(proxy: &mut Proxy<'_, S>, call: &Value) -> Value {
    let id = call.get("id").cloned().unwrap_or_default();
    let method = call
        .get("method")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let none = Map::new();
    let params = call
        .get("params")
        .and_then(Value::as_object)
        .unwrap_or(&none);
    envelope(id, proxy.answer(method, params).await)
}

fn envelope(id: Value, answer: Result<Value, Refused>) -> Value {
    match answer {
        Ok(result) => json!({ "jsonrpc": "2.0", "id": id, "result": result }),
        Err(why) => {
            let error =
                json!({ "code": -32603, "message": "not verified", "data": why.to_string() });
            json!({ "jsonrpc": "2.0", "id": id, "error": error })
        }
    }
}
