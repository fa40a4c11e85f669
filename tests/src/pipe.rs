//! A pipe before a node: passes every byte on, and counts the websockets that are open through it.

use crate::Outcome;
use std::io::{Read, Result, Write};
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
    /// How often all lines that were open have died.
    deaths: Arc<AtomicUsize>,
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
            deaths: Arc::default(),
        };
        let (stopped, websockets) = (pipe.stopped.clone(), pipe.websockets.clone());
        let deaths = pipe.deaths.clone();
        thread::spawn(move || {
            for client in listener.incoming() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let (Ok(client), websockets) = (client, websockets.clone()) else {
                    continue;
                };
                let life = Life::begin(&deaths);
                // A side that goes away is its own affair.
                thread::spawn(move || pass(client, node, greeter, &websockets, &life).ok());
            }
        });
        Ok(pipe)
    }

    /// Where it listens, as `http://127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Lets every line that is open now go dead, as where a phone changes networks: it stays open, and nothing comes through it any more.
    pub fn deaden(&self) {
        self.deaths.fetch_add(1, Ordering::Relaxed);
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
    life: &Life,
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
        None => both(&client, &node, life),
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

/// A line's, from its beginning on.
#[derive(Clone)]
struct Life {
    deaths: Arc<AtomicUsize>,
    born_after: usize,
}

impl Life {
    fn begin(deaths: &Arc<AtomicUsize>) -> Self {
        Self {
            deaths: deaths.clone(),
            born_after: deaths.load(Ordering::Relaxed),
        }
    }

    fn is_over(&self) -> bool {
        self.deaths.load(Ordering::Relaxed) != self.born_after
    }

    /// Copies until the source ends; what comes after the line's death goes nowhere.
    fn copy(&self, from: &mut TcpStream, to: &mut TcpStream) -> Result<()> {
        let mut bytes = [0; 16_384];
        loop {
            let count = from.read(&mut bytes)?;
            if count == 0 {
                return Ok(());
            }
            if !self.is_over() {
                to.write_all(bytes.get(..count).unwrap_or_default())?;
            }
        }
    }
}

fn both(client: &TcpStream, node: &TcpStream, life: &Life) -> Result<()> {
    let (mut asks, mut hears) = (client.try_clone()?, node.try_clone()?);
    let (mut answers, mut listens) = (node.try_clone()?, client.try_clone()?);
    let there = life.clone();
    let asking = thread::spawn(move || {
        let _ = there.copy(&mut asks, &mut hears);
        let _ = hears.shutdown(Shutdown::Both);
    });
    let passed = life.copy(&mut answers, &mut listens);
    if life.is_over() {
        // Who is gone does not hear either that the node has enough.
        let _ = asking.join();
    }
    let _ = listens.shutdown(Shutdown::Both);
    passed
}
