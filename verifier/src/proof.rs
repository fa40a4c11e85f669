//! Heads and logs of records, proven under one verified header. All proofs of one verdict are at one height.

use crate::{
    host::Host,
    nodes::LONG,
    rpc::{self, Call, Fault},
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use light_client::{
    JMT_STATE, Proven, VerifiedHeader,
    json::{self, Value},
    verify_query,
};
use records::{Hash, Head, RecordName, log};

/// A record's head as proven under a header, or its proven absence; only [`heads`] makes one.
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
    host: &H,
    url: &str,
    header: &VerifiedHeader,
    names: &[RecordName],
) -> Result<Vec<ProvenHead>, Fault> {
    let height = state_height(header);
    let calls: Vec<Call> = names
        .iter()
        .map(|name| Call::query("/head", &name.tree_key(), height, true))
        .collect();
    let answers = rpc::ask(host, url, &calls, LONG).await?;
    names
        .iter()
        .zip(answers)
        .map(|(name, raw)| {
            let answer = json::abci_query(&raw)?;
            let proven = verify_query(&answer, JMT_STATE, &[&name.tree_key()], header)
                .map_err(|error| refusal(&answer, error.to_string()))?;
            let head = match proven {
                Proven::Absent => None,
                Proven::Present(value) => {
                    Some(Head::decode(&value).ok_or_else(|| Fault::Refuted("no-head".into()))?)
                }
            };
            Ok(ProvenHead { head, raw })
        })
        .collect()
}

fn refusal(answer: &json::AbciQuery, text: String) -> Fault {
    if answer.code == 0 {
        Fault::Refuted(text)
    } else {
        Fault::Refused(text)
    }
}

/// A stretch of a record's log, from entry `start` on; at least one entry. Nothing of it is proven yet.
pub async fn log_range<H: Host>(
    host: &H,
    url: &str,
    key: &Hash,
    start: u64,
    count: u32,
    height: u64,
) -> Result<Vec<Vec<u8>>, Fault> {
    let data = [&key[..], &start.to_be_bytes(), &count.to_be_bytes()].concat();
    let value = value(host, url, Call::query("/log", &data, height, false), key).await?;
    let entries = log::unpack_entries(&value).ok_or_else(|| Fault::Garbage("torn log".into()))?;
    if entries.is_empty() {
        // The proven head says that there is more.
        return Err(Fault::Refuted("log-withheld".into()));
    }
    if u64::try_from(entries.len()).unwrap_or(u64::MAX) > count.into() {
        return Err(Fault::Garbage("another stretch of the log".into()));
    }
    Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
}

async fn value<H: Host>(host: &H, url: &str, call: Call, key: &Hash) -> Result<Vec<u8>, Fault> {
    let answers = rpc::ask(host, url, &[call], LONG).await?;
    let answer = answers
        .first()
        .ok_or_else(|| Fault::Garbage("nothing".into()))?;
    let answer = json::abci_query(answer)?;
    if answer.code != 0 {
        return Err(Fault::Refused(answer.log));
    }
    if answer.key != key[..] {
        return Err(Fault::Garbage("an answer about another record".into()));
    }
    Ok(answer.value)
}
