//! The HTTP server: bounded connections, and no client can hold one for ever.

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    service::TowerToHyperService,
};
use std::{future::Future, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time,
};

/// Most connections at once, as CometBFT's `max_open_connections`.
const MAX_CONNECTIONS: usize = 900;
/// A client must send a request's headers within this time.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);
/// After this time a connection takes no further request.
const LIFETIME: Duration = Duration::from_secs(60);
/// What is then still under way must end within this time, however slowly the client reads.
const GRACE: Duration = Duration::from_secs(20);

/// Serves until `stopped`.
pub async fn serve(listener: TcpListener, router: Router, stopped: impl Future<Output = ()>) {
    let slots = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut stopped = pin!(stopped);
    loop {
        let Ok(slot) = slots.clone().acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stopped => return,
        };
        let Ok((stream, _)) = accepted else {
            // Out of file descriptors, most likely: others end meanwhile.
            time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let router = router.clone();
        tokio::spawn(async move {
            connection(stream, router).await;
            drop(slot);
        });
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let _ = stream.set_nodelay(true);
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router))
        // A websocket goes on in a task of its own, under limits of its own.
        .with_upgrades();
    let mut connection = pin!(connection);
    if time::timeout(LIFETIME, connection.as_mut()).await.is_err() {
        connection.as_mut().graceful_shutdown();
        let _ = time::timeout(GRACE, connection).await;
    }
}
