//! Asking a CometBFT process.

use crate::error::{Error, Result};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};
use std::{
    io::{self, Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

/// CometBFT answers at most this many calls in one request.
pub const MAX_BATCH: usize = 10;
const TIMEOUT: Duration = Duration::from_secs(20);

/// The RPC of one process.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub SocketAddr);

impl Client {
    /// Calls a method.
    pub fn call(&self, method: &str, params: Value) -> Result<Value> {
        let request = json!({ "jsonrpc": "2.0", "id": 0, "method": method, "params": params });
        let mut answer = self.post(&request)?;
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

    fn post(&self, request: &Value) -> Result<Value> {
        let unanswered =
            |error: io::Error| Error::Setup(format!("{} does not answer: {error}", self.0));
        let answer = self
            .exchange(request.to_string().as_bytes())
            .map_err(unanswered)?;
        let body = answer.windows(4).position(|window| window == b"\r\n\r\n");
        body.and_then(|at| serde_json::from_slice(&answer[at + 4..]).ok())
            .ok_or_else(|| Error::Setup(format!("{} answers no JSON", self.0)))
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
