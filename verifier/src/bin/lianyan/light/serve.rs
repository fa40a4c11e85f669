//! `lianyan light --serve`: a proxy whose every answer was verified, one request a connection.

use super::Client;
use crate::{
    Exit,
    http::{Terminal, block_on},
    unreadable,
};
use light_client::client::Store;
use serde_json::Value;
use std::{
    io::{self, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread,
    time::{Duration, Instant},
};
use verifier::{
    Below,
    chains::Chain,
    proxy::{self, Proxy, Wanted},
};

/// Clients that are heard at once; more wait to be accepted.
const CLIENTS: usize = 32;
/// How long a client may take to ask, and then to take the answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request, and where its answer goes.
struct Asked(Wanted, SyncSender<Option<Value>>);

/// Serves until the program ends. Connections are read by threads of their own; what is asked is verified one by one, here.
pub fn serve<S: Store>(at: SocketAddr, chain: &Chain, client: Client<'_, S>, below: Below) -> Exit {
    let listener = match TcpListener::bind(at) {
        Ok(listener) => listener,
        Err(error) => {
            let why = format!("{error}; --serve names an address of this machine and a free port");
            return unreadable(&at.to_string(), &why);
        }
    };
    let at = listener.local_addr().unwrap_or(at);
    eprintln!("lianyan: verified answers of {} at http://{at}", chain.id);
    let (ask, asked) = sync_channel::<Asked>(CLIENTS);
    let (free, places) = sync_channel::<()>(CLIENTS);
    for _ in 0..CLIENTS {
        let _ = free.send(());
    }
    thread::spawn(move || accept(&listener, &ask, &free, &places));
    let mut proxy = Proxy::new(chain, &Terminal, client, below);
    for Asked(wanted, reply) in asked {
        let answer = block_on(proxy.answer(wanted));
        // A client that has gone wants no answer.
        let _ = reply.send(answer);
    }
    Exit::Verified
}

fn accept(
    listener: &TcpListener,
    ask: &SyncSender<Asked>,
    free: &SyncSender<()>,
    places: &Receiver<()>,
) {
    for stream in listener.incoming().filter_map(Result::ok) {
        let _ = places.recv();
        let (ask, free) = (ask.clone(), free.clone());
        thread::spawn(move || {
            let _ = hear(&stream, &ask);
            let _ = free.send(());
        });
    }
}

/// A client until its time is over: one that asks byte by byte keeps nobody else from being heard.
struct Until<'a>(&'a TcpStream, Instant);

impl Read for Until<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = self.1.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.0.set_read_timeout(Some(left))?;
        self.0.read(into)
    }
}

fn hear(stream: &TcpStream, ask: &SyncSender<Asked>) -> io::Result<()> {
    stream.set_write_timeout(Some(PATIENCE))?;
    let asking = Until(stream, Instant::now() + PATIENCE);
    let wanted = match proxy::read(BufReader::new(asking)) {
        Ok(Wanted::Permission) => return write(stream, "204 No Content", b""),
        Ok(wanted) => wanted,
        Err(status) => return write(stream, status, b""),
    };
    let (reply, answer) = sync_channel(1);
    let answer = ask
        .send(Asked(wanted, reply))
        .ok()
        .and_then(|()| answer.recv().ok());
    match answer {
        Some(answer) => {
            let answer = answer.map_or_else(String::new, |answer| answer.to_string());
            write(stream, "200 OK", answer.as_bytes())
        }
        None => write(stream, "503 Service Unavailable", b""),
    }
}

/// Answers and ends the connection. Any page may read: there is nothing here that is not public.
fn write(mut stream: &TcpStream, status: &str, body: &[u8]) -> io::Result<()> {
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\
         Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: GET, POST, OPTIONS\r\nAccess-Control-Allow-Headers: Content-Type\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)
}
