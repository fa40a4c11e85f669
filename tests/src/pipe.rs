//! A pipe before a node: passes every byte on, and counts the websockets that are open through it.

use crate::Outcome;
use std::io::{Read, Result, Write, copy};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// How a browser begins a websocket.
const WEBSOCKET: &[u8] = b"GET /websocket ";

/// A short text from a server.
const WORD: &[u8] = &[0x81, 2, b'{', b'}'];
const BREATH: Duration = Duration::from_millis(50);

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
        Self::start(address(upstream)?, None)
    }

    /// Stands before the node at `upstream`, but for a websocket: the node at `greeter` opens it, and then the pipe itself talks without end.
    ///
    /// # Errors
    /// Where no port is free.
    pub fn that_talks(upstream: &str, greeter: &str) -> Outcome<Self> {
        Self::start(address(upstream)?, Some(address(greeter)?))
    }

    fn start(node: SocketAddr, greeter: Option<SocketAddr>) -> Outcome<Self> {
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
                thread::spawn(move || pass(client, node, greeter, &websockets).ok());
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
fn pass(
    mut client: TcpStream,
    node: SocketAddr,
    greeter: Option<SocketAddr>,
    websockets: &AtomicUsize,
) -> Result<()> {
    let mut first = [0; 4096];
    let count = client.read(&mut first)?;
    let first = first.get(..count).unwrap_or_default();
    let is_websocket = first.starts_with(WEBSOCKET);
    let greeter = greeter.filter(|_| is_websocket);
    let mut node = TcpStream::connect(greeter.unwrap_or(node))?;
    websockets.fetch_add(usize::from(is_websocket), Ordering::Relaxed);
    let passed = node.write_all(first).and_then(|()| match greeter {
        Some(_) => talk(client, node),
        None => both(&client, &node),
    });
    websockets.fetch_sub(usize::from(is_websocket), Ordering::Relaxed);
    passed
}

/// Passes the greeting on and talks until the client has enough of it.
fn talk(mut client: TcpStream, mut node: TcpStream) -> Result<()> {
    let mut greeting = [0; 4096];
    let count = node.read(&mut greeting)?;
    client.write_all(greeting.get(..count).unwrap_or_default())?;
    loop {
        client.write_all(WORD)?;
        thread::sleep(BREATH);
    }
}

fn address(node: &str) -> Outcome<SocketAddr> {
    Ok(node.trim_start_matches("http://").parse()?)
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
