//! The HTTP server: bounded connections, and no client can hold one for ever.

use super::networks::Networks;
use axum::Router;
use hyper::server::conn::http1;
use hyper::{Request, body::Incoming, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::{future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    time,
};
use tower::Service;

/// Most connections at once, as CometBFT's `max_open_connections`.
pub const MAX_CONNECTIONS: usize = 900;
/// A client must send a request's headers within this time.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// After this time a connection takes no further request.
const LIFETIME: Duration = Duration::from_secs(60);
/// What is then still under way must end within this time, however slowly the client reads.
const GRACE: Duration = Duration::from_secs(20);

/// The other end of a request's connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Serves until `stopped`; what is then under way is answered to its end, within twenty seconds. One network may hold at most `of_one` connections:
/// [`MAX_CONNECTIONS`] where all clients may come through one proxy.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    of_one: usize,
    stopped: impl Future<Output = ()>,
) {
    let networks = Arc::new(Networks::new(of_one));
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut stopped = pin!(stopped);
    let (ending, end) = watch::channel(false);
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else {
            break;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stopped => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of file descriptors, most likely: others end meanwhile.
            time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Some(place) = networks.place(peer.ip()) else {
            continue;
        };
        let (router, end) = (router.clone(), end.clone());
        tokio::spawn(async move {
            connection(stream, Peer(peer), router, end).await;
            drop((place, slot));
        });
    }
    drop(listener);
    ending.send_replace(true);
    let every = u32::try_from(MAX_CONNECTIONS).unwrap_or(u32::MAX);
    let _ = time::timeout(GRACE, slots.acquire_many(every)).await;
}

async fn connection(stream: TcpStream, peer: Peer, router: Router, mut end: watch::Receiver<bool>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        // A websocket goes on in a task of its own, under limits of its own.
        .with_upgrades();
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = time::sleep(LIFETIME) => {}
        _ = end.wait_for(|ending| *ending) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = time::timeout(GRACE, connection).await;
}
