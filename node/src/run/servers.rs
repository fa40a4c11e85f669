//! The servers of a process, and its end.

use crate::{
    error::{Error, Result},
    rpc,
};
use axum::Router;
use std::{
    net::{SocketAddr, TcpListener},
    time::Duration,
};
use tokio::{sync::watch, task::JoinHandle, time};

/// Opens a socket; a port in use is said in a sentence.
pub(super) fn listen(address: SocketAddr) -> Result<TcpListener> {
    let refused = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::AddrInUse => Error::Setup(format!("port {} is in use", address.port())),
        _ => Error::Setup(format!("cannot listen at {address}: {error}")),
    };
    let listener = TcpListener::bind(address).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    Ok(listener)
}

/// Serves each router at its socket until told to stop. One network may hold at most `of_one` connections of each.
pub(super) fn start(
    listeners: Vec<TcpListener>,
    routers: Vec<Router>,
    of_one: usize,
    stopped: &watch::Receiver<bool>,
) -> Result<Vec<JoinHandle<()>>> {
    listeners
        .into_iter()
        .zip(routers)
        .map(|(listener, router)| {
            let listener = tokio::net::TcpListener::from_std(listener)
                .map_err(|error| Error::Setup(format!("cannot listen: {error}")))?;
            let mut stopped = stopped.clone();
            Ok(tokio::spawn(async move {
                let end = async move {
                    let _ = stopped.wait_for(|stopped| *stopped).await;
                };
                rpc::serve(listener, router, of_one, end).await;
            }))
        })
        .collect()
}

/// Until Ctrl-C, an asked-for end, or until something has ended by itself.
pub(super) async fn until_end(mut ended: impl FnMut() -> bool) {
    let failed = async {
        while !ended() {
            time::sleep(Duration::from_millis(200)).await;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated() => {}
        () = failed => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
