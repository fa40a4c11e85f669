//! A pipe before a node: passes every byte on, and counts the websockets that are open through it.

use crate::Outcome;
use std::io::{Read, Result, Write, copy};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// How a browser begins a websocket.
const WEBSOCKET: &[u8] = b"GET /websocket ";

/// The pipe; it takes no more connections once this is dropped.
#[derive(Debug)]
pub struct Pipe {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    websockets: Arc<AtomicUsize>,
}

impl Pipe {
    /// Stands before the node at `upstream` (`http://host:port`).
    ///
    /// # Errors
    /// Where no port is free.
    pub fn before(upstream: &str) -> Outcome<Self> {
        let node: SocketAddr = upstream.trim_start_matches("http://").parse()?;
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let pipe = Self {
            address: listener.local_addr()?,
            stopped: Arc::default(),
            websockets: Arc::default(),
        };
        let (stopped, websockets) = (pipe.stopped.clone(), pipe.websockets.clone());
        thread::spawn(move || {
            for client in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let (Ok(client), websockets) = (client, websockets.clone()) else {
                    continue;
                };
                // A side that goes away is its own affair.
                thread::spawn(move || pass(client, node, &websockets).ok());
            }
        });
        Ok(pipe)
    }

    /// Where it listens, as `http://127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many websockets are open now.
    #[must_use]
    pub fn websockets(&self) -> usize {
        self.websockets.load(Ordering::Relaxed)
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

/// Both ways until one side is done.
fn pass(mut client: TcpStream, node: SocketAddr, websockets: &AtomicUsize) -> Result<()> {
    let mut node = TcpStream::connect(node)?;
    let mut first = [0; 4096];
    let count = client.read(&mut first)?;
    let first = first.get(..count).unwrap_or_default();
    let websocket = usize::from(first.starts_with(WEBSOCKET));
    websockets.fetch_add(websocket, Ordering::Relaxed);
    let passed = node.write_all(first).and_then(|()| both(&client, &node));
    websockets.fetch_sub(websocket, Ordering::Relaxed);
    passed
}

fn both(client: &TcpStream, node: &TcpStream) -> Result<()> {
    let (mut asks, mut hears) = (client.try_clone()?, node.try_clone()?);
    let (mut answers, mut listens) = (node.try_clone()?, client.try_clone()?);
    thread::spawn(move || {
        let _ = copy(&mut asks, &mut hears);
        let _ = hears.shutdown(Shutdown::Both);
    });
    let passed = copy(&mut answers, &mut listens);
    let _ = listens.shutdown(Shutdown::Both);
    passed.map(drop)
}
