//! Requests to a gateway whose node answers anything: each gets an answer, and one to a POST is JSON.

use super::{WORLD, get, post};
use crate::input::Input;
use axum::{
    Router,
    body::{Body, Bytes},
    http::Request,
};
use node::{
    gateway::{Gateway, Limits, Metrics, Quota, Upstream, router},
    rpc::{MAX_CONNECTIONS, Peer, serve},
};
use std::{
    future::pending,
    net::{Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};
use tokio::net::TcpListener;

const POST: u8 = 0;
const GET: u8 = 1;

/// What the node answers next.
static ANSWER: Mutex<Bytes> = Mutex::new(Bytes::new());

/// The gateway, which remembers nothing: a run does not depend on the one before.
static GATEWAY: LazyLock<Router> = LazyLock::new(|| {
    let node = WORLD.runtime.block_on(async {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a port");
        let address = listener.local_addr().expect("bound");
        let answer = || async {
            ANSWER
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone()
        };
        let router = Router::new().fallback(answer);
        tokio::spawn(serve(listener, router, MAX_CONNECTIONS, pending()));
        address
    });
    let metrics = Arc::new(Metrics::default());
    let node = format!("http://{node}").parse().expect("an address");
    let upstream = Upstream::new(vec![node], metrics.clone()).expect("starts");
    let limits = Limits::new(Quota {
        second: NonZeroU32::MAX,
        burst: NonZeroU32::MAX,
    });
    let gateway = Gateway::new(upstream, 0, limits, metrics, true, false);
    router(Arc::new(gateway), &[], None)
});

pub fn seeds() -> Vec<Vec<u8>> {
    let answer = br#"{"jsonrpc":"2.0","id":0,"result":{"block":{},"height":"3","code":0}}"#;
    let seed = |kind: u8, request: &[u8]| {
        let length = u16::try_from(answer.len()).unwrap_or(0).to_be_bytes();
        [&[kind], &length[..], answer, request].concat()
    };
    let posts = post::seeds().into_iter().map(|body| seed(POST, &body));
    let gets = get::seeds().into_iter().map(|uri| seed(GET, &uri));
    posts.chain(gets).collect()
}

/// Kind of the request, what the node answers, body or address.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let is_post = input.byte() % 2 == POST;
    let length = usize::from(input.short());
    let answer = Bytes::copy_from_slice(input.take(length));
    *ANSWER.lock().unwrap_or_else(PoisonError::into_inner) = answer;
    let request = match is_post {
        true => Request::post("/").body(Body::from(input.0.to_vec())),
        false => Request::get(input.text()).body(Body::empty()),
    };
    let Ok(mut request) = request else {
        return;
    };
    let peer = Peer(SocketAddr::from((Ipv4Addr::LOCALHOST, 9)));
    request.extensions_mut().insert(peer);
    let answered = super::answered(GATEWAY.clone(), request);
    let (_, body) = WORLD.runtime.block_on(answered);
    let is_json = || serde_json::from_slice::<serde_json::Value>(&body).is_ok();
    assert!(
        !is_post || body.is_empty() || is_json(),
        "an answer that is no JSON"
    );
}
