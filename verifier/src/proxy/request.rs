//! Just enough of HTTP/1.1 to be asked by browsers and by CometBFT's own clients, within limits.

use serde_json::{Map, Value};
use std::io::{BufRead, Read};

/// A request's body, as CometBFT limits it.
const MAX_BODY: u64 = 1_000_000;
/// All lines before the body.
const MAX_HEAD: u64 = 16 * 1024;

/// What a client wants.
#[derive(Debug, PartialEq)]
pub enum Wanted {
    /// JSON-RPC: one call, or several.
    Calls(Value),
    /// A call as an address, with its parameters.
    Address(String, Map<String, Value>),
    /// A browser that asks whether it may.
    Permission,
}

/// Reads a request; the error is the status with which it is refused.
pub fn read(mut from: impl BufRead) -> Result<Wanted, &'static str> {
    let mut head = from.by_ref().take(MAX_HEAD);
    let first = line(&mut head)?;
    let mut length = None;
    loop {
        let line = line(&mut head)?;
        match line.split_once(':') {
            _ if line.is_empty() => break,
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = Some(value.trim().parse().map_err(|_| "400 Bad Request")?);
            }
            // A body in pieces has no length that could be held against a limit.
            Some((name, _)) if name.eq_ignore_ascii_case("transfer-encoding") => {
                return Err("411 Length Required");
            }
            _ => {}
        }
    }
    let mut words = first.split(' ');
    match (words.next(), words.next()) {
        (Some("OPTIONS"), Some(_)) => Ok(Wanted::Permission),
        (Some("GET"), Some(target)) => address(target).ok_or("400 Bad Request"),
        (Some("POST"), Some(_)) => {
            let length: u64 = length.ok_or("411 Length Required")?;
            if length > MAX_BODY {
                return Err("413 Content Too Large");
            }
            let mut body = Vec::new();
            let read = from.take(length).read_to_end(&mut body);
            read.map_err(|_| "408 Request Timeout")?;
            let calls = light_client::json::parse(&body).map_err(|_| "400 Bad Request")?;
            Ok(Wanted::Calls(calls))
        }
        _ => Err("405 Method Not Allowed"),
    }
}

fn line(from: &mut impl BufRead) -> Result<String, &'static str> {
    let mut line = String::new();
    match from.read_line(&mut line) {
        Ok(_) if line.ends_with('\n') => Ok(line.trim_end().into()),
        _ => Err("400 Bad Request"),
    }
}

/// `/commit?height=5`: texts may stand in quotes, bytes begin with `0x`. `data` in quotes is the bytes of a text, which is no hex.
fn address(target: &str) -> Option<Wanted> {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut params = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=')?;
        let value = unescaped(value)?;
        let text = value.strip_prefix('"');
        let value = match text.and_then(|text| text.strip_suffix('"')) {
            Some(text) if name == "data" => hex::encode(text),
            Some(text) => text.into(),
            None => value.strip_prefix("0x").unwrap_or(&value).into(),
        };
        params.insert(name.into(), value.into());
    }
    Some(Wanted::Address(path.trim_matches('/').into(), params))
}

/// Takes the percent signs out.
fn unescaped(text: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(core::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            b'+' => b' ',
            other => other,
        });
    }
    String::from_utf8(out).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn requests_are_read_as_clients_write_them_and_nothing_beyond_a_limit() {
        let read = |text: &str| read(text.as_bytes());
        let body = r#"{"id":1,"method":"status"}"#;
        let post = format!(
            "POST / HTTP/1.1\r\nHost: x\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        assert_eq!(
            read(&post),
            Ok(Wanted::Calls(json!({ "id": 1, "method": "status" })))
        );
        let params = json!({ "path": "/head", "data": "00ff", "height": "5" });
        let params = params.as_object().expect("an object").clone();
        let get = "GET /abci_query?path=%22/head%22&data=0x00ff&height=5 HTTP/1.1\r\n\r\n";
        assert_eq!(read(get), Ok(Wanted::Address("abci_query".into(), params)));
        let text = "GET /abci_query?data=%2200ff%22 HTTP/1.1\r\n\r\n";
        let params = json!({ "data": hex::encode("00ff") });
        let params = params.as_object().expect("an object").clone();
        assert_eq!(read(text), Ok(Wanted::Address("abci_query".into(), params)));
        assert_eq!(read("OPTIONS / HTTP/1.1\r\n\r\n"), Ok(Wanted::Permission));
        for (bad, status) in [
            ("", "400 Bad Request"),
            ("GET / HTTP/1.1\r\nHost: x", "400 Bad Request"),
            ("DELETE / HTTP/1.1\r\n\r\n", "405 Method Not Allowed"),
            ("POST / HTTP/1.1\r\n\r\n{}", "411 Length Required"),
            (
                "POST / HTTP/1.1\r\nContent-Length: 1000001\r\n\r\n",
                "413 Content Too Large",
            ),
            (
                "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n{{{",
                "400 Bad Request",
            ),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
                "411 Length Required",
            ),
            ("GET /x?a HTTP/1.1\r\n\r\n", "400 Bad Request"),
            ("GET /x?a=%zz HTTP/1.1\r\n\r\n", "400 Bad Request"),
        ] {
            assert_eq!(read(bad), Err(status), "{bad}");
        }
        let long = format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(20_000));
        assert_eq!(read(&long), Err("400 Bad Request"));
    }
}
