//! A CometBFT as `doctor` sees it: it answers what a test lets it.

use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// Answers by method, and the Date that it sends.
#[derive(Clone, Default)]
pub struct Answers {
    pub results: BTreeMap<&'static str, Value>,
    pub date: Option<String>,
}

/// A server that ends with the test's process.
pub struct Rpc {
    pub address: SocketAddr,
    answers: Arc<Mutex<Answers>>,
}

impl Rpc {
    pub fn start(answers: Answers) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let answers = Arc::new(Mutex::new(answers));
        let shared = answers.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answers = shared.lock().expect("not poisoned").clone();
                let _ = answer(stream, &answers);
            }
        });
        Self { address, answers }
    }

    pub fn change(&self, change: impl FnOnce(&mut Answers)) {
        change(&mut self.answers.lock().expect("not poisoned"));
    }
}

fn answer(mut stream: TcpStream, answers: &Answers) -> std::io::Result<()> {
    let request: Value = serde_json::from_slice(&body(&mut stream)?).unwrap_or_default();
    let method = request["method"].as_str().unwrap_or_default();
    let answer = match answers.results.get(method) {
        Some(result) => json!({ "jsonrpc": "2.0", "id": 0, "result": result }),
        None => {
            json!({ "jsonrpc": "2.0", "id": 0, "error": { "code": -32601, "message": "Method not found" } })
        }
    };
    let (body, date) = (answer.to_string(), &answers.date);
    let date = date.as_ref().map(|date| format!("Date: {date}\r\n"));
    let head = format!(
        "HTTP/1.1 200 OK\r\n{}content-length: {}\r\nconnection: close\r\n\r\n",
        date.unwrap_or_default(),
        body.len()
    );
    stream.write_all(&[head, body].concat().into_bytes())
}

/// The body of a request.
fn body(stream: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer)?;
        bytes.extend_from_slice(&buffer[..count]);
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let length = text
            .split_once("content-length: ")
            .and_then(|(_, rest)| rest.split("\r\n").next()?.parse::<usize>().ok());
        if let Some((at, length)) = text.find("\r\n\r\n").zip(length)
            && bytes.len() >= at + 4 + length
        {
            return Ok(bytes[at + 4..].to_vec());
        }
        if count == 0 {
            return Ok(Vec::new());
        }
    }
}
