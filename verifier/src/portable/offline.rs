//! A proof file as the one node that is asked: it answers what nodes answer, from what they answered once.

use super::format::{Logged, Portable, Shelf};
use crate::rpc::Call;
use alloc::{
    format,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use light_client::{
    Hash,
    json::{self, Value},
    unpack_jmt,
};
use litemap::LiteMap;
use records::log;

/// Log entries of one answer, bytes, as nodes limit them.
const MAX_ANSWER: usize = 1024 * 1024;

/// What is held in the nodes' place.
pub(super) struct Held<'a> {
    /// Height of the header under which the records are proven.
    pub under: u64,
    /// The records.
    pub shelves: &'a LiteMap<Hash, Shelf>,
    /// The whole file, where it is one.
    pub whole: Option<&'a Portable>,
}

impl Held<'_> {
    /// The result of a call; none where nothing of the kind is held.
    pub fn result(&self, call: &Call) -> Option<String> {
        let height = call.height()?;
        if call.method == "header" {
            let (header, _) = self.whole?.logged(height)?;
            return Some(format!(r#"{{"header":{}}}"#, json::write::header(header)));
        }
        let (path, key, data) = call.queried()?;
        let found = self.query(path, &key, &data, height.checked_add(1)?)?;
        Some(found.json(&key, height))
    }

    fn query(&self, path: &str, key: &Hash, data: &[u8], under: u64) -> Option<Found> {
        let shelf = self.shelves.get(key).filter(|_| under == self.under);
        match path {
            "/head" => {
                let log = self.whole.and_then(|whole| whole.head_of_log(under));
                let packed = log.or(shelf.map(|shelf| &shelf.proof))?;
                let (proof, value) = unpack_jmt(packed, key)?;
                Some(Found {
                    value,
                    proof: Some(proof),
                })
            }
            "/log" => Some(stretch(&shelf?.log, data)?.into()),
            "/log/inclusion" => {
                let height = u64::from_be_bytes(*data.first_chunk()?).checked_add(1)?;
                Some(self.whole?.logged(height)?.1.concat().into())
            }
            "/blob" => Some(self.whole?.blobs.get(key)?.clone().into()),
            _ => None,
        }
    }
}

impl Portable {
    /// A header and its place in the log of block hashes.
    fn logged(&self, height: u64) -> Option<&Logged> {
        let older = self.older.as_ref().map(|(logged, _)| logged);
        let older = older.filter(|(header, _)| header.height == height);
        older.or_else(|| self.times.get(&height))
    }

    /// The head of the log in which the header stands on which all rests, under the header to which the way leads.
    fn head_of_log(&self, under: u64) -> Option<&Vec<u8>> {
        let older = self.older.as_ref().map(|(_, head)| head);
        older.filter(|_| under == self.last().height)
    }
}

/// A stretch of a log: data is the place of its first entry and how many are wanted.
fn stretch(log: &[Arc<[u8]>], data: &[u8]) -> Option<Vec<u8>> {
    let start = usize::try_from(u64::from_be_bytes(*data.first_chunk()?)).ok()?;
    let count = usize::try_from(u32::from_be_bytes(*data.last_chunk()?)).ok()?;
    let rest = log.get(start..)?.iter().take(count);
    let mut room = MAX_ANSWER;
    let fits = |entry: &&Arc<[u8]>| {
        let first = room == MAX_ANSWER;
        let left = room.checked_sub(entry.len());
        room = left.unwrap_or_default();
        left.is_some() || first
    };
    let rest = rest.take_while(fits);
    Some(log::pack_entries(rest.map(|entry| &entry[..])))
}

/// An answer as a node gives it.
pub(super) fn envelope(result: Option<String>) -> Value {
    let answer = match result {
        Some(result) => format!(r#""result":{result}"#),
        None => r#""error":{"code":-32603,"message":"not in the proof file","data":""}"#.into(),
    };
    let answer = format!(r#"{{"jsonrpc":"2.0",{answer}}}"#);
    json::parse(answer.as_bytes()).unwrap_or_default()
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
