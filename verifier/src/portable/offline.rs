//! A proof file as the one node that is asked: it answers what nodes answer, from what they answered once.

use super::format::{Portable, Shelf};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use light_client::{
    Hash,
    json::{self, Value},
    unpack_jmt,
};
use records::log;

/// Log entries of one answer, bytes, as nodes limit them.
const MAX_ANSWER: usize = 1024 * 1024;

impl Portable {
    /// Answers a batch of calls.
    pub(crate) fn answer(&self, body: &[u8]) -> Vec<u8> {
        // What is asked is asked by this program: it is always a batch.
        let calls = json::parse(body).unwrap_or_default();
        let calls = calls.as_array().map(Vec::as_slice).unwrap_or_default();
        let answers: Vec<String> = calls.iter().map(|call| self.envelope(call)).collect();
        format!("[{}]", answers.join(",")).into_bytes()
    }

    fn envelope(&self, call: &Value) -> String {
        let id = call.get("id").and_then(Value::as_u64).unwrap_or_default();
        let answer = match self.result(call) {
            Some(result) => format!(r#""result":{result}"#),
            None => r#""error":{"code":-32603,"message":"not in the proof file","data":""}"#.into(),
        };
        format!(r#"{{"jsonrpc":"2.0","id":{id},{answer}}}"#)
    }

    fn result(&self, call: &Value) -> Option<String> {
        let params = call.get("params")?;
        let text = |name| params.get(name).and_then(Value::as_str);
        let height: u64 = text("height")?.parse().ok()?;
        match call.get("method")?.as_str()? {
            "header" => {
                let header = match &self.older {
                    Some(((header, _), _)) if header.height == height => header,
                    _ => &self.times.get(&height)?.0,
                };
                Some(format!(r#"{{"header":{}}}"#, json::write::header(header)))
            }
            "abci_query" => {
                let data = hex::decode(text("data")?).ok()?;
                let (key, rest) = data.split_first_chunk()?;
                let found = self.query(text("path")?, key, rest, height)?;
                Some(found.json(key, height))
            }
            _ => None,
        }
    }

    fn query(&self, path: &str, key: &Hash, data: &[u8], height: u64) -> Option<Found> {
        let places = data.as_chunks::<8>().0;
        let number = |at: usize| places.get(at).map(|bytes| u64::from_be_bytes(*bytes));
        match path {
            "/head" => {
                let packed = self.head(key, height)?;
                let (proof, value) = unpack_jmt(packed, key)?;
                Some(Found {
                    value,
                    proof: Some(proof),
                })
            }
            "/log" => {
                let count = u32::from_be_bytes(*data.last_chunk()?);
                let log = &self.shelf(key)?.log;
                let start = usize::try_from(number(0)?).ok()?;
                let rest = log.get(start..)?.iter().take(usize::try_from(count).ok()?);
                let mut room = MAX_ANSWER;
                let fits = |entry: &&alloc::sync::Arc<[u8]>| {
                    let first = room == MAX_ANSWER;
                    let left = room.checked_sub(entry.len());
                    room = left.unwrap_or_default();
                    left.is_some() || first
                };
                let rest = rest.take_while(fits);
                Some(log::pack_entries(rest.map(|entry| &entry[..])).into())
            }
            "/log/inclusion" => {
                let height = number(0)?.checked_add(1)?;
                let older = self.older.as_ref().map(|(logged, _)| logged);
                let older = older.filter(|(header, _)| header.height == height);
                let (_, path) = older.or_else(|| self.times.get(&height))?;
                Some(path.concat().into())
            }
            "/blob" => Some(self.blobs.get(key)?.clone().into()),
            _ => None,
        }
    }

    /// The proof of a head: under the header on which all rests, or that of the log of block hashes in which that header stands.
    fn head(&self, key: &Hash, height: u64) -> Option<&[u8]> {
        let under = height.checked_add(1)?;
        match &self.older {
            Some((_, head)) if under == self.last().height => Some(head),
            _ if under == self.header().height => Some(&self.shelf(key)?.proof),
            _ => None,
        }
    }

    fn shelf(&self, key: &Hash) -> Option<&Shelf> {
        self.shelves.get(key)
    }
}

/// The answer to a query.
struct Found {
    value: Vec<u8>,
    proof: Option<Vec<u8>>,
}

impl From<Vec<u8>> for Found {
    fn from(value: Vec<u8>) -> Self {
        Self { value, proof: None }
    }
}

impl Found {
    fn json(&self, key: &Hash, height: u64) -> String {
        let key = STANDARD.encode(key);
        let ops = self.proof.as_ref().map_or("null".to_string(), |proof| {
            let proof = STANDARD.encode(proof);
            format!(r#"{{"ops":[{{"type":"ics23:jmt","key":"{key}","data":"{proof}"}}]}}"#)
        });
        let value = STANDARD.encode(&self.value);
        format!(
            r#"{{"response":{{"code":0,"key":"{key}","height":"{height}","value":"{value}","proofOps":{ops}}}}}"#
        )
    }
}
