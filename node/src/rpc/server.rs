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
    serve_at_most(MAX_CONNECTIONS, listener, router, of_one, stopped).await;
}

async fn serve_at_most(
    most: usize,
    listener: TcpListener,
    router: Router,
    of_one: usize,
    stopped: impl Future<Output = ()>,
) {
    let networks = Arc::new(Networks::new(of_one));
    let slots = Arc::new(Semaphore::new(most));
    let mut stopped = pin!(stopped);
    let (ending, end) = watch::channel(false);
    loop {
        let next = async {
            let slot = slots.clone().acquire_owned().await;
            (slot, listener.accept().await)
        };
        let (slot, accepted) = tokio::select! {
            next = next => next,
            () = &mut stopped => break,
        };
        let (Ok(slot), Ok((stream, peer))) = (slot, accepted) else {
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
    let every = u32::try_from(most).unwrap_or(u32::MAX);
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

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::Notify,
    };

    /// *Attack: strangers hold every place, and a node that is told to stop waits until one of them lets go.*
    #[tokio::test]
    async fn a_stop_waits_for_no_place() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("listens");
        let address = listener.local_addr().expect("listens");
        let (asked, answer) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let held = {
            let (asked, answer) = (asked.clone(), answer.clone());
            move || async move {
                asked.notify_one();
                answer.notified().await;
                "answered"
            }
        };
        let router = Router::new().route("/", get(held));
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let stopped = async move { stopped.await.unwrap_or_default() };
        let served = tokio::spawn(serve_at_most(1, listener, router, 1, stopped));
        let mut client = TcpStream::connect(address).await.expect("connects");
        let request = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n";
        client.write_all(request).await.expect("writes");
        asked.notified().await;
        stop.send(()).expect("serves");
        // Nobody else is taken, while the one that holds the place still waits for its answer.
        let closed = async {
            while TcpStream::connect(address).await.is_ok() {
                time::sleep(Duration::from_millis(20)).await;
            }
        };
        let closed = time::timeout(LIFETIME / 2, closed).await;
        assert!(closed.is_ok(), "it waits for a place");
        answer.notify_one();
        let mut text = String::new();
        client.read_to_string(&mut text).await.expect("reads");
        assert!(text.ends_with("answered"), "{text}");
        served.await.expect("ends");
    }
}
