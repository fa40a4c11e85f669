//! A node's RPC over HTTP, and as much of a client as a test needs.

use super::{raw, validator_key};
use axum::Router;
use node::{
    chain::FullNode,
    consortium::Mempool,
    rpc::{self, Rpc},
};
use serde_json::Value;
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{Arc, atomic::AtomicUsize},
    time::Duration,
};

/// A node's RPC on a port of its own.
pub struct Server {
    pub address: SocketAddr,
    pub mempool: Arc<Mempool>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

pub fn serve(node: Arc<FullNode>, mempool: Arc<Mempool>) -> Server {
    let rpc = |address: SocketAddr| {
        rpc::router(Arc::new(Rpc {
            node,
            mempool: mempool.clone(),
            source: None,
            moniker: "test".into(),
            key: raw(&validator_key(0).public()),
            address: address.to_string(),
            waiting: AtomicUsize::new(0),
        }))
    };
    let mut server = serve_router(rpc, rpc::MAX_CONNECTIONS, std::future::pending());
    server.mempool = mempool.clone();
    server
}

/// Serves routes on a port of their own until `stopped`, to at most `of_one` connections of a network.
pub fn serve_router(
    router: impl FnOnce(SocketAddr) -> Router,
    of_one: usize,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> Server {
    let runtime = tokio::runtime::Runtime::new().expect("starts");
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind(("127.0.0.1", 0)))
        .expect("listens");
    let address = listener.local_addr().expect("listens");
    runtime.spawn(rpc::serve(listener, router(address), of_one, stopped));
    Server {
        address,
        mempool: Arc::default(),
        runtime: Some(runtime),
    }
}

impl Server {
    /// GET: status and body.
    pub fn get(&self, path: &str) -> (u16, String) {
        self.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").as_bytes())
    }

    /// POST: status and body.
    pub fn post(&self, path: &str, body: &[u8]) -> (u16, String) {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        self.send(&[head.as_bytes(), body].concat())
    }

    pub fn send(&self, request: &[u8]) -> (u16, String) {
        let (head, body) = self.exchange(request);
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        (status.unwrap_or(0), body)
    }

    /// Head and body of an answer.
    pub fn exchange(&self, request: &[u8]) -> (String, String) {
        let mut stream = TcpStream::connect(self.address).expect("connects");
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .expect("sets");
        // A server that refuses early may close before it has read everything.
        let _ = stream.write_all(request);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let body = if head.to_lowercase().contains("transfer-encoding: chunked") {
            unchunked(body)
        } else {
            body.to_owned()
        };
        (head.to_owned(), body)
    }

    /// The result of a GET.
    pub fn result(&self, path: &str) -> Value {
        let (status, body) = self.get(path);
        assert_eq!(status, 200, "{path}: {body}");
        let answer: Value = serde_json::from_str(&body).expect("JSON");
        answer["result"].clone()
    }

    /// The answer to a JSON-RPC POST.
    pub fn call(&self, request: &Value) -> Value {
        let (_, body) = self.post("/", request.to_string().as_bytes());
        serde_json::from_str(&body).expect("JSON")
    }
}

/// The kind of a JSON value.
pub fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn unchunked(mut body: &str) -> String {
    let mut out = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        if size == 0 || rest.len() < size {
            break;
        }
        out.push_str(&rest[..size]);
        body = rest[size..].trim_start_matches("\r\n");
    }
    out
}
