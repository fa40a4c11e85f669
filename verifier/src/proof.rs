//! Heads and logs of records, proven under one verified header. All proofs of one verdict are at one height.

use crate::{
    host::Host,
    nodes::Peer,
    rpc::{Call, Fault},
};
use alloc::vec::Vec;
use light_client::{
    JMT_STATE, Proven, VerifiedHeader,
    json::{self, Value},
    verify_query,
};
use records::{Hash, Head, RecordName, log};

/// A record's head as proven under a header, or its proven absence; only [`head`] makes one.
#[derive(Clone, Debug)]
pub struct ProvenHead {
    head: Option<Head>,
    raw: Value,
}

impl ProvenHead {
    /// The head; none where the record provably does not exist.
    pub fn head(&self) -> Option<&Head> {
        self.head.as_ref()
    }

    /// The node's answer, for those who want to check by other means.
    pub fn raw(&self) -> &Value {
        &self.raw
    }
}

/// The height whose state a header commits to.
pub fn state_height(header: &VerifiedHeader) -> u64 {
    header.header().height.saturating_sub(1)
}

/// Asks a node for the heads of these records and checks each proof.
pub async fn heads<H: Host>(
    node: &Peer<'_, H>,
    header: &VerifiedHeader,
    names: &[RecordName],
) -> Result<Vec<ProvenHead>, Fault> {
    let height = state_height(header);
    let calls: Vec<Call> = names
        .iter()
        .map(|name| Call::query("/head", &name.tree_key(), height, true))
        .collect();
    let answers = node.ask(&calls).await?;
    names
        .iter()
        .zip(answers)
        .map(|(name, raw)| head(raw, name, header))
        .collect()
}

/// Checks one such answer.
pub fn head(raw: Value, name: &RecordName, header: &VerifiedHeader) -> Result<ProvenHead, Fault> {
    let answer = json::abci_query(&raw)?;
    if answer.code != 0 {
        return Err(Fault::Refused(answer.log));
    }
    let proven = verify_query(&answer, JMT_STATE, &[&name.tree_key()], header)
        .map_err(|_| Fault::Refuted("proof-differs".into()))?;
    let head = match proven {
        Proven::Absent => None,
        Proven::Present(value) => {
            Some(Head::decode(&value).ok_or_else(|| Fault::Refuted("no-head".into()))?)
        }
    };
    Ok(ProvenHead { head, raw })
}

/// Longest entry of a log: an event, its block's height and time, bytes.
const MAX_ENTRY: usize = records::MAX_ENVELOPE + 64;
/// A node that answers fewer entries than it was asked for fills at least this, bytes: none can make a visitor ask for one after the other.
const LEAST_PART: usize = 256 * 1024;

/// A stretch of a record's log, from entry `start` on; at least one entry. Nothing of it is proven yet.
pub async fn log_range<H: Host>(
    node: &Peer<'_, H>,
    key: &Hash,
    start: u64,
    count: u32,
    height: u64,
) -> Result<Vec<Vec<u8>>, Fault> {
    let data = [&key[..], &start.to_be_bytes(), &count.to_be_bytes()].concat();
    let value = value(node, Call::query("/log", &data, height, false), key).await?;
    let entries = log::unpack_entries(&value).ok_or_else(|| Fault::Garbage("torn log".into()))?;
    if entries.is_empty() {
        // The proven head says that there is more.
        return Err(Fault::Refuted("log-withheld".into()));
    }
    let found = u64::try_from(entries.len()).unwrap_or(u64::MAX);
    if found > count.into() {
        return Err(Fault::Garbage("another stretch of the log".into()));
    }
    if found < count.into() && value.len() < LEAST_PART {
        return Err(Fault::Refuted("log-withheld".into()));
    }
    if entries.iter().any(|entry| entry.len() > MAX_ENTRY) {
        return Err(Fault::Garbage("an entry longer than any".into()));
    }
    Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
}

/// The path that shows that a proven log begins with its first `size` entries; it is yet to be checked.
pub async fn log_begins<H: Host>(
    node: &Peer<'_, H>,
    key: &Hash,
    size: u64,
    head: &Head,
    height: u64,
) -> Result<Vec<Hash>, Fault> {
    let data = [&key[..], &size.to_be_bytes(), &head.log_size.to_be_bytes()].concat();
    let call = Call::query("/log/consistency", &data, height, false);
    hashes(&value(node, call, key).await?)
}

/// A record's state document, bound by its proven head.
pub async fn state<H: Host>(
    node: &Peer<'_, H>,
    key: &Hash,
    head: &Head,
    height: u64,
) -> Result<records::State, Fault> {
    let bytes = value(node, Call::query("/state", key, height, false), key).await?;
    if records::hash::sha256(&[&bytes]) != head.state {
        return Err(Fault::Refuted("state-differs".into()));
    }
    records::State::decode(&bytes).map_err(|_| Fault::Refuted("state-unreadable".into()))
}

/// Single entries of a log, each with its proof of inclusion under the proven head.
pub async fn log_entries<H: Host>(
    node: &Peer<'_, H>,
    key: &Hash,
    indices: &[u64],
    head: &Head,
    height: u64,
) -> Result<Vec<Vec<u8>>, Fault> {
    let calls: Vec<Call> = indices
        .iter()
        .flat_map(|index| {
            let (index, size) = (index.to_be_bytes(), head.log_size.to_be_bytes());
            let entry = [&key[..], &index, &1u32.to_be_bytes()].concat();
            let path = [&key[..], &index, &size].concat();
            [
                Call::query("/log", &entry, height, false),
                Call::query("/log/inclusion", &path, height, false),
            ]
        })
        .collect();
    let answers = node.ask(&calls).await?;
    let (pairs, _) = answers.as_chunks::<2>();
    let pairs = indices.iter().zip(pairs);
    pairs
        .map(|(index, pair)| included(*index, pair, key, head))
        .collect()
}

fn included(index: u64, pair: &[Value; 2], key: &Hash, head: &Head) -> Result<Vec<u8>, Fault> {
    let [entry, path] = pair;
    let packed = value_of(entry, key)?;
    let entries = log::unpack_entries(&packed);
    let Some([entry]) = entries.as_deref() else {
        return Err(Fault::Garbage("not one entry".into()));
    };
    verify_path(path, key, &log::leaf_hash(entry), index, head)?;
    Ok(entry.to_vec())
}

/// Checks an answer to `/log/inclusion`: that this leaf stands at this place of the proven log.
pub fn verify_path(
    answer: &Value,
    key: &Hash,
    leaf: &Hash,
    index: u64,
    head: &Head,
) -> Result<(), Fault> {
    let path = hashes(&value_of(answer, key)?)?;
    light_client::verify_inclusion(leaf, index, head.log_size, &path, &head.log_root)
        .map_err(|_| Fault::Refuted("path-differs".into()))
}

fn hashes(path: &[u8]) -> Result<Vec<Hash>, Fault> {
    match path.as_chunks::<32>() {
        (path, []) => Ok(path.to_vec()),
        _ => Err(Fault::Garbage("torn path".into())),
    }
}

async fn value<H: Host>(node: &Peer<'_, H>, call: Call, key: &Hash) -> Result<Vec<u8>, Fault> {
    let answers = node.ask(&[call]).await?;
    let answer = answers
        .first()
        .ok_or_else(|| Fault::Garbage("nothing".into()))?;
    value_of(answer, key)
}

/// The value of an answer that is about this record.
fn value_of(answer: &Value, key: &Hash) -> Result<Vec<u8>, Fault> {
    let answer = json::abci_query(answer)?;
    if answer.code != 0 {
        return Err(Fault::Refused(answer.log));
    }
    if answer.key != key[..] {
        return Err(Fault::Garbage("an answer about another record".into()));
    }
    Ok(answer.value)
}
