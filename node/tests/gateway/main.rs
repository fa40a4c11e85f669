//! The gateway: what it answers is what its nodes answer, and it asks them as little as it may.

mod answers;
mod clients;
#[path = "../common/mod.rs"]
mod common;
mod memory;
mod nodes;
mod page;
#[cfg(unix)]
mod program;

use axum::{
    Router,
    http::{HeaderValue, StatusCode},
    response::IntoResponse,
    routing::post,
};
use common::{Chain, Server, serve_router, tree_key};
use node::{
    gateway::{Gateway, Limits, Metrics, Page, Quota, Upstream, router},
    rpc::MAX_CONNECTIONS,
};
use serde_json::{Value, json};
use std::{
    io::Write,
    net::{SocketAddr, TcpStream},
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};
use tokio::sync::oneshot;

struct Setup {
    nodes: Vec<SocketAddr>,
    origins: Vec<HeaderValue>,
    page: Option<Router>,
    burst: u32,
    behind_proxy: bool,
    connections_of_one: usize,
}

impl Setup {
    fn new(nodes: impl IntoIterator<Item = SocketAddr>) -> Self {
        Self {
            nodes: nodes.into_iter().collect(),
            origins: Vec::new(),
            page: None,
            burst: 1_000,
            behind_proxy: false,
            connections_of_one: MAX_CONNECTIONS,
        }
    }

    fn serve(self) -> (Server, Arc<Metrics>) {
        self.serve_until(std::future::pending())
    }

    fn serve_until(
        self,
        stopped: impl Future<Output = ()> + Send + 'static,
    ) -> (Server, Arc<Metrics>) {
        let connections = self.connections_of_one;
        let (router, metrics) = self.build();
        let server = serve_router(|_| router, connections, stopped);
        (server, metrics)
    }

    fn router(self) -> Router {
        self.build().0
    }

    fn build(self) -> (Router, Arc<Metrics>) {
        let (gateway, metrics) = self.gateway();
        let router = router(Arc::new(gateway), &self.origins, self.page);
        (router, metrics)
    }

    fn gateway(&self) -> (Gateway, Arc<Metrics>) {
        let metrics = Arc::new(Metrics::default());
        let nodes = self.nodes.iter().map(|node| format!("http://{node}"));
        let nodes = nodes.map(|node| node.parse().expect("an address"));
        let upstream = Upstream::new(nodes.collect(), metrics.clone()).expect("starts");
        let limits = Limits::new(Quota {
            second: NonZeroU32::MIN,
            burst: NonZeroU32::new(self.burst).expect("some"),
        });
        let gateway = Gateway::new(
            upstream,
            10_000_000,
            limits,
            metrics.clone(),
            self.behind_proxy,
            false,
        );
        (gateway, metrics)
    }
}

/// A node that counts what it is asked, takes its time, and answers with this.
fn stub(wait: Duration, status: StatusCode, answer: &Value) -> (Server, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let (count, answer) = (asked.clone(), answer.to_string());
    let handler = move || async move {
        count.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(wait).await;
        (status, answer).into_response()
    };
    let router = Router::new().route("/", post(handler));
    let server = serve_router(|_| router, MAX_CONNECTIONS, std::future::pending());
    (server, asked)
}

fn ok(result: Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": 1, "result": result })
}

fn head(server: &Server, path: &str, headers: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{headers}connection: close\r\n\r\n");
    server.exchange(request.as_bytes()).0.to_lowercase()
}
