//! Nodes of the tests' chain that listen, for programs that are processes of their own.

use super::{Lie, Net, TestChain, chain, now};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    rc::Rc,
};
use verifier::{Host, Limits};

/// Limits that no answer here reaches.
pub const ALL: Limits = Limits {
    millis: 1_000,
    bytes: 8 << 20,
};

/// A node that listens for as long as the test runs; its address.
pub fn node(lie: fn() -> Lie) -> String {
    node_of(chain, lie)
}

/// The same over another chain.
pub fn node_of(chain: fn() -> TestChain, lie: fn() -> Lie) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("bound"));
    std::thread::spawn(move || {
        let net = Net::at(0).with("here", &Rc::new(chain()), lie());
        for stream in listener.incoming() {
            let mut stream = stream.expect("a client");
            let body = body(&stream);
            let (status, answer) = match now(net.post("here", body, ALL)) {
                Ok(answer) => ("200 OK", answer),
                Err(_) => ("503 Service Unavailable", Vec::new()),
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                answer.len()
            );
            let _ = stream.write_all(&[head.as_bytes(), &answer].concat());
        }
    });
    url
}

fn body(stream: &TcpStream) -> Vec<u8> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).expect("a line");
        let line = line.to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().expect("a number");
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    body
}
