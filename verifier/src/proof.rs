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
    let calls = indices.iter();
    let calls = calls.flat_map(|index| entry_calls(key, *index, head, height));
    let calls: Vec<Call> = calls.collect();
    let answers = node.ask(&calls).await?;
    let (pairs, _) = answers.as_chunks::<2>();
    let pairs = indices.iter().zip(pairs);
    pairs
        .map(|(index, pair)| Ok(included(*index, pair, key, head)?.0))
        .collect()
}

/// The root of a proven log's first `size` entries, from nothing but the last of them and its path under the proven head: whoever gives these, there is only
/// one that they can lead to.
pub async fn root_of_first<H: Host>(
    node: &Peer<'_, H>,
    key: &Hash,
    size: u64,
    head: &Head,
    height: u64,
) -> Result<Hash, Fault> {
    let last = size.saturating_sub(1);
    let answers = node.ask(&entry_calls(key, last, head, height)).await?;
    let pair = answers.first_chunk();
    let pair = pair.ok_or_else(|| Fault::Garbage("nothing".into()))?;
    let (entry, path) = included(last, pair, key, head)?;
    Ok(root_up_to(
        last,
        &log::leaf_hash(&entry),
        head.log_size,
        &path,
    ))
}

/// The root of the tree that ends with this leaf, from its path in a larger one: each bit of its place is a sibling on its left (RFC 9162 §2.1.3.2), and
/// these, no others, are in the smaller tree.
fn root_up_to(place: u64, leaf: &Hash, size: u64, path: &[Hash]) -> Hash {
    let (mut at, mut last, mut root) = (place, size.saturating_sub(1), *leaf);
    for sibling in path {
        if at & 1 == 1 || at == last {
            root = log::node_hash(sibling, &root);
            // A node without a right sibling moves up until it is one.
            let up = at.trailing_zeros();
            at = at.checked_shr(up).unwrap_or(0);
            last = last.checked_shr(up).unwrap_or(0);
        }
        at >>= 1;
        last >>= 1;
    }
    root
}

/// The calls for an entry of a log and for its path.
fn entry_calls(key: &Hash, index: u64, head: &Head, height: u64) -> [Call; 2] {
    let (index, size) = (index.to_be_bytes(), head.log_size.to_be_bytes());
    let entry = [&key[..], &index, &1u32.to_be_bytes()].concat();
    let path = [&key[..], &index, &size].concat();
    [
        Call::query("/log", &entry, height, false),
        Call::query("/log/inclusion", &path, height, false),
    ]
}

fn included(
    index: u64,
    pair: &[Value; 2],
    key: &Hash,
    head: &Head,
) -> Result<(Vec<u8>, Vec<Hash>), Fault> {
    let [entry, path] = pair;
    let packed = value_of(entry, key)?;
    let entries = log::unpack_entries(&packed);
    let Some([entry]) = entries.as_deref() else {
        return Err(Fault::Garbage("not one entry".into()));
    };
    let path = verify_path(path, key, &log::leaf_hash(entry), index, head)?;
    Ok((entry.to_vec(), path))
}

/// Checks an answer to `/log/inclusion`: that this leaf stands at this place of the proven log. Gives the path.
pub fn verify_path(
    answer: &Value,
    key: &Hash,
    leaf: &Hash,
    index: u64,
    head: &Head,
) -> Result<Vec<Hash>, Fault> {
    let path = hashes(&value_of(answer, key)?)?;
    light_client::verify_inclusion(leaf, index, head.log_size, &path, &head.log_root)
        .map_err(|_| Fault::Refuted("path-differs".into()))?;
    Ok(path)
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

#[cfg(test)]
mod tests {
    use super::*;
    use light_client::verify_inclusion;

    /// The root over these leaves, and the path of the one at this place.
    fn tree(leaves: &[Hash], place: usize) -> (Hash, Vec<Hash>) {
        if leaves.len() == 1 {
            return (leaves[0], Vec::new());
        }
        let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
        let (of_left, mut path) = tree(left, place.min(left.len() - 1));
        let (of_right, other) = tree(right, place.saturating_sub(left.len()));
        if place < left.len() {
            path.push(of_right);
        } else {
            path = [other, vec![of_left]].concat();
        }
        (log::node_hash(&of_left, &of_right), path)
    }

    #[test]
    fn a_path_in_a_log_gives_the_root_of_all_that_ends_with_its_entry() {
        let leaves: Vec<Hash> = (0..70u8).map(|entry| log::leaf_hash(&[entry])).collect();
        for size in 1..=leaves.len() {
            for place in 0..size {
                let (root, path) = tree(&leaves[..size], place);
                let (at, of) = (place as u64, size as u64);
                assert_eq!(
                    verify_inclusion(&leaves[place], at, of, &path, &root),
                    Ok(())
                );
                let first = log::root_of(leaves[..=place].iter().copied());
                assert_eq!(
                    root_up_to(at, &leaves[place], of, &path),
                    first,
                    "{place} of {size}"
                );
            }
        }
    }
}
