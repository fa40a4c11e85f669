//! As much of HTTP/1.1 as a test needs: a server of one request a connection, and a question to a node.

use crate::Outcome;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A request no larger than this is read.
const MOST: u64 = 16 << 20;

/// What was asked.
#[derive(Debug)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    /// What follows the headers.
    pub body: Vec<u8>,
}

impl Request {
    fn read(stream: &TcpStream) -> Result<Self> {
        let mut reader = BufReader::new(stream.take(MOST));
        let first = line(&mut reader)?;
        let mut words = first.split(' ');
        let (method, target) = (
            words.next().unwrap_or_default().to_owned(),
            words.next().unwrap_or_default().to_owned(),
        );
        let mut headers = BTreeMap::new();
        loop {
            let line = line(&mut reader)?;
            let Some((name, value)) = line.split_once(':') else {
                break;
            };
            headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
        }
        let length = headers
            .get("content-length")
            .and_then(|text| text.parse().ok())
            .unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        Ok(Self {
            method,
            target,
            headers,
            body,
        })
    }
}

fn line(reader: &mut impl BufRead) -> Result<String> {
    let mut text = String::new();
    if reader.read_line(&mut text)? == 0 {
        return Err(Error::from(ErrorKind::UnexpectedEof));
    }
    Ok(text.trim_end().to_owned())
}

/// What is answered.
#[derive(Clone, Debug)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Headers besides the length.
    pub headers: Vec<(String, String)>,
    /// What follows them.
    pub body: Vec<u8>,
}

impl Response {
    /// An answer of one content type.
    #[must_use]
    pub fn new(status: u16, content_type: &str, body: Vec<u8>) -> Self {
        Self {
            status,
            headers: vec![("content-type".into(), content_type.into())],
            body,
        }
    }

    /// Writes it whole.
    ///
    /// # Errors
    /// Where the client is gone.
    pub fn write(&self, stream: &mut TcpStream) -> Result<()> {
        self.write_head(stream, Some(self.body.len()))?;
        stream.write_all(&self.body)
    }

    /// Writes the headers alone, with this length or none.
    ///
    /// # Errors
    /// Where the client is gone.
    pub fn write_head(&self, stream: &mut TcpStream, length: Option<usize>) -> Result<()> {
        let mut head = format!("HTTP/1.1 {} answer\r\nconnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        if let Some(length) = length {
            head += &format!("content-length: {length}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes())
    }
}

/// A server on a port of its own that stops when this is dropped.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
}

impl Server {
    /// Answers every request with `answer`, each in a thread of its own.
    ///
    /// # Errors
    /// Where no port is free.
    pub fn start(
        answer: impl Fn(Request, &mut TcpStream) -> Result<()> + Send + Sync + 'static,
    ) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let (answer, stop) = (Arc::new(answer), stopped.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let Ok(mut stream) = stream else { continue };
                let answer = answer.clone();
                std::thread::spawn(move || {
                    // A client that goes away is its own affair.
                    let _ = Request::read(&stream).and_then(|request| answer(request, &mut stream));
                });
            }
        });
        Ok(Self { address, stopped })
    }

    /// Where it listens, as `http://127.0.0.1:port`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(self.address);
    }
}

/// The whole answer of a node to a call that is an address, whatever its status.
///
/// # Errors
/// Where there is none, or it is no JSON.
pub fn answer(node: &str, target: &str) -> Outcome<Value> {
    let request = ureq::get(format!("{node}/{target}"));
    let request = request.config().http_status_as_error(false).build();
    Ok(request.call()?.into_body().read_json()?)
}
