//! Asking a CometBFT process.

use crate::{
    application::code,
    comet,
    error::{Error, Result},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    thread,
    time::{Duration, Instant},
};

/// CometBFT answers at most this many calls in one request.
pub const MAX_BATCH: usize = 10;
const TIMEOUT: Duration = Duration::from_secs(20);
/// A transaction that was taken is in a block by then.
const BLOCK_PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks whether it is.
const PAUSE: Duration = Duration::from_millis(100);

/// What became of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// Height of its block; none where it was not taken.
    pub height: Option<u64>,
    /// Its code, in the block or in the check.
    pub code: u32,
    /// Why the code is not 0.
    pub log: String,
    /// What a rule says of its refusal.
    pub data: Vec<u8>,
}

/// The RPC of one process.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub SocketAddr);

impl Client {
    /// Calls a method. Where a busy process cuts its answer off, it is asked once more, unless it may have taken something.
    pub fn call(&self, method: &str, params: Value) -> Result<Value> {
        let request = json!({ "jsonrpc": "2.0", "id": 0, "method": method, "params": params });
        let mut answer = match self.post(&request) {
            Err(Error::Cut(_)) if !method.starts_with("broadcast") => self.post(&request)?,
            answer => answer?,
        };
        match answer.get_mut("result") {
            Some(result) => Ok(result.take()),
            None => Err(self.error(&answer["error"])),
        }
    }

    /// Height and time (Unix ns) of the newest block.
    pub fn newest(&self) -> Result<(u64, i64)> {
        let status = self.call("status", json!({}))?;
        let newest = &status["sync_info"];
        let height = newest["latest_block_height"].as_str();
        let time = newest["latest_block_time"].as_str();
        height
            .and_then(|height| height.parse().ok())
            .zip(time.and_then(crate::comet::from_rfc3339))
            .map(|(height, time)| (height, crate::comet::nanos(&time)))
            .ok_or_else(|| self.error(&status))
    }

    /// Hash of a block, hexadecimal.
    pub fn block_hash(&self, height: u64) -> Result<String> {
        let commit = self.call("commit", json!({ "height": height.to_string() }))?;
        let hash = commit["signed_header"]["commit"]["block_id"]["hash"].as_str();
        hash.map(str::to_lowercase)
            .ok_or_else(|| self.error(&commit))
    }

    /// Asks the application about its newest state that a header commits to.
    pub fn query(&self, path: &str, data: &[u8]) -> Result<Vec<u8>> {
        let params = json!({ "path": path, "data": hex::encode(data) });
        let answer = self.call("abci_query", params)?;
        let value = answer["response"]["value"].as_str().unwrap_or_default();
        BASE64.decode(value).map_err(|_| self.error(&answer))
    }

    /// Hands in transactions, in order; the check's answer to each, an object with `code` or with `error`.
    pub fn broadcast(&self, txs: &[Vec<u8>]) -> Result<Vec<Value>> {
        let mut answers = Vec::new();
        for batch in txs.chunks(MAX_BATCH) {
            let calls = batch.iter().map(|tx| {
                let params = json!({ "tx": BASE64.encode(tx) });
                json!({ "jsonrpc": "2.0", "id": 0, "method": "broadcast_tx_sync", "params": params })
            });
            let answer = self.post(&Value::Array(calls.collect()))?;
            let of_batch = match answer {
                Value::Array(answers) => answers,
                single => vec![single],
            };
            if of_batch.len() != batch.len() {
                return Err(Error::Setup(format!("{} lost a transaction", self.0)));
            }
            answers.extend(
                of_batch
                    .into_iter()
                    .map(|answer| match answer.get("result") {
                        Some(result) => result.clone(),
                        None => answer,
                    }),
            );
        }
        Ok(answers)
    }

    /// Hands in a transaction and waits for its block: not within one call, which CometBFT ends after ten seconds whatever becomes of the
    /// transaction.
    pub fn write(&self, tx: &[u8]) -> Result<Written> {
        match self.call("broadcast_tx_sync", json!({ "tx": BASE64.encode(tx) })) {
            Ok(check) if check["code"] != code::OK => return self.written(None, &check),
            // It may have been taken all the same.
            Ok(_) | Err(Error::Cut(_)) => {}
            Err(error) => return Err(error),
        }
        let question = json!({ "hash": BASE64.encode(comet::tx_hash(tx)) });
        let deadline = Instant::now() + BLOCK_PATIENCE;
        while Instant::now() < deadline {
            if let Ok(found) = self.call("tx", question.clone()) {
                let height = found["height"].as_str().and_then(|text| text.parse().ok());
                return self.written(height, &found["tx_result"]);
            }
            thread::sleep(PAUSE);
        }
        Err(Error::Setup(format!(
            "{} shows no block with the event after {} s; it may still be written",
            self.0,
            BLOCK_PATIENCE.as_secs()
        )))
    }

    fn written(&self, height: Option<u64>, result: &Value) -> Result<Written> {
        let code = result["code"].as_u64();
        let data = result["data"].as_str().unwrap_or_default();
        code.and_then(|code| u32::try_from(code).ok())
            .zip(BASE64.decode(data).ok())
            .map(|(code, data)| Written {
                height,
                code,
                log: result["log"].as_str().unwrap_or_default().into(),
                data,
            })
            .ok_or_else(|| self.error(result))
    }

    fn post(&self, request: &Value) -> Result<Value> {
        let unanswered =
            |error: io::Error| Error::Setup(format!("{} does not answer: {error}", self.0));
        let answer = self
            .exchange(request.to_string().as_bytes())
            .map_err(unanswered)?;
        let body = answer.windows(4).position(|window| window == b"\r\n\r\n");
        let body = body.map_or(&[][..], |at| &answer[at + 4..]);
        serde_json::from_slice(body).map_err(|error| match error.is_eof() {
            true => Error::Cut(self.0),
            false => Error::Setup(format!("{} answers no JSON", self.0)),
        })
    }

    /// In HTTP/1.0 the answer ends with the connection.
    fn exchange(&self, body: &[u8]) -> io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect_timeout(&self.0, TIMEOUT)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        let head = format!(
            "POST / HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    }

    fn error(&self, answer: &Value) -> Error {
        Error::Setup(format!("{} answers {answer}", self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// A process that gives these answers, one connection after the other; how many it gave.
    fn process(answers: &[&str]) -> (Client, thread::JoinHandle<usize>) {
        let answers: Vec<String> = answers.iter().map(|text| (*text).to_owned()).collect();
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("listens");
        listener.set_nonblocking(true).expect("sets");
        let client = Client(listener.local_addr().expect("listens"));
        let give = move || {
            let (mut given, start) = (0, Instant::now());
            while given < answers.len() && start.elapsed() < Duration::from_secs(5) {
                let Ok((mut stream, _)) = listener.accept() else {
                    thread::sleep(Duration::from_millis(5));
                    continue;
                };
                stream.set_nonblocking(false).expect("sets");
                let _ = stream.read(&mut [0; 4096]);
                let _ = stream.write_all(answers[given].as_bytes());
                given += 1;
            }
            given
        };
        (client, thread::spawn(give))
    }

    const HEAD: &str = "HTTP/1.0 200 OK\r\n\r\n";
    const HEALTHY: &str = "HTTP/1.0 200 OK\r\n\r\n{\"result\":{}}";

    #[test]
    fn who_only_asks_asks_again_where_the_answer_is_cut_off() {
        for cut in ["", HEAD, "HTTP/1.0 200 OK\r\n\r\n{\"result\":{"] {
            let (client, given) = process(&[cut, HEALTHY]);
            assert!(client.call("health", json!({})).is_ok(), "{cut:?}");
            assert_eq!(given.join().expect("ends"), 2);
        }
        let (client, _given) = process(&[HEAD, HEAD]);
        let error = client.call("health", json!({})).expect_err("twice");
        assert!(matches!(error, Error::Cut(_)), "{error}");
    }

    #[test]
    fn a_transaction_is_handed_in_once_and_looked_for() {
        let in_block = "HTTP/1.0 200 OK\r\n\r\n{\"result\":{\"height\":\"7\",\"tx_result\":{\"code\":1,\"log\":\"no\",\"data\":\"bm8=\"}}}";
        let unknown = "HTTP/1.0 500 no\r\n\r\n{\"error\":{\"code\":-32603}}";
        let (client, _given) = process(&[HEAD, unknown, in_block]);
        let written = client.write(b"event").expect("is written");
        assert_eq!(
            (
                written.height,
                written.code,
                written.log.as_str(),
                &written.data[..]
            ),
            (Some(7), code::REFUSED, "no", &b"no"[..])
        );
    }

    #[test]
    fn what_is_not_taken_is_not_looked_for() {
        let refused =
            "HTTP/1.0 200 OK\r\n\r\n{\"result\":{\"code\":2,\"data\":\"\",\"log\":\"too late\"}}";
        let (client, given) = process(&[refused]);
        let written = client.write(b"event").expect("an answer");
        assert_eq!((written.height, written.code), (None, code::MALFORMED));
        assert_eq!(given.join().expect("ends"), 1);
    }

    #[test]
    fn what_is_no_json_is_said() {
        let (client, _given) = process(&["HTTP/1.0 200 OK\r\n\r\n<html>"]);
        let error = client.call("health", json!({})).expect_err("no JSON");
        assert!(error.to_string().contains("no JSON"), "{error}");
    }
}
