//! `chains.json`: which chains a page knows, from which checkpoint it trusts them, and whom it asks. `docs/chains.md` describes it.

use alloc::{string::String, vec::Vec};
use core::time::Duration;
use light_client::{Hash, Options, SignatureCheck, TrustLevel};
use serde::Deserialize;

/// Why `chains.json` is of no use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadChains {
    /// Not JSON of this shape; the text says where.
    #[error("chains.json: {0}")]
    Shape(String),
    /// It names no chain.
    #[error("chains.json names no chain")]
    Empty,
    /// A chain with development keys must be called `dev-…` and marked, any other must not.
    #[error("chain {0}: `dev` and the name's beginning `dev-` must go together")]
    Dev(String),
    /// The checkpoint's hash is not 64 hex digits, or its height is 0.
    #[error("chain {0}: the checkpoint is no height and hash")]
    Checkpoint(String),
    /// The trust level is not a fraction between 1/3 and 1.
    #[error("chain {0}: the trust level is not a fraction between 1/3 and 1")]
    TrustLevel(String),
    /// It names no node.
    #[error("chain {0}: no node is named")]
    NoNodes(String),
}

/// A node that may be asked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Node {
    /// Address of its RPC.
    pub url: String,
    /// The member that runs it. Two nodes of one member do not confirm each other.
    pub member: String,
}

/// A chain that the page knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Chain id as its headers carry it.
    pub id: String,
    /// Name, Chinese.
    pub name: String,
    /// Name, English.
    pub name_en: String,
    /// Whether its keys are for development: then the page wears a banner.
    pub dev: bool,
    /// Height of the header from which trust starts.
    pub checkpoint_height: u64,
    /// That header's hash.
    pub checkpoint_hash: Hash,
    /// Nodes, in the order in which they are asked.
    pub nodes: Vec<Node>,
    /// How long a header is trusted after its own time.
    pub trusting_period: Duration,
    /// The share of the trusted validators that must have signed a header further up.
    pub trust_level: TrustLevel,
    /// How far a header's time may lie ahead of the device's clock.
    pub clock_drift: Duration,
    /// Oldest header, in seconds, under which "in force", "unclaimed" and "absent" are established.
    pub fresh_seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    chains: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    name: String,
    name_en: String,
    #[serde(default)]
    dev: bool,
    checkpoint: Checkpoint,
    nodes: Vec<Node>,
    #[serde(default = "two_weeks")]
    trusting_period_seconds: u64,
    #[serde(default)]
    trust_level: Option<String>,
    #[serde(default = "ten_seconds")]
    clock_drift_seconds: u32,
    #[serde(default = "two_minutes")]
    fresh_seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checkpoint {
    height: u64,
    hash: String,
}

fn two_weeks() -> u64 {
    14 * 24 * 3600
}

fn ten_seconds() -> u32 {
    10
}

fn two_minutes() -> u32 {
    120
}

/// Reads `chains.json`; the first chain is the one that is asked about.
pub fn read(text: &str) -> Result<Vec<Chain>, BadChains> {
    let file: File =
        serde_json::from_str(text).map_err(|error| BadChains::Shape(error.to_string()))?;
    if file.chains.is_empty() {
        return Err(BadChains::Empty);
    }
    file.chains.into_iter().map(chain).collect()
}

fn chain(entry: Entry) -> Result<Chain, BadChains> {
    let id = entry.id;
    if entry.dev != id.starts_with("dev-") {
        return Err(BadChains::Dev(id));
    }
    if entry.nodes.is_empty() {
        return Err(BadChains::NoNodes(id));
    }
    let Some(hash) = hash(&entry.checkpoint.hash).filter(|_| entry.checkpoint.height > 0) else {
        return Err(BadChains::Checkpoint(id));
    };
    let trust_level = match &entry.trust_level {
        None => TrustLevel::TWO_THIRDS,
        Some(text) => match fraction(text) {
            Some(level) => level,
            None => return Err(BadChains::TrustLevel(id)),
        },
    };
    Ok(Chain {
        id,
        name: entry.name,
        name_en: entry.name_en,
        dev: entry.dev,
        checkpoint_height: entry.checkpoint.height,
        checkpoint_hash: hash,
        nodes: entry.nodes,
        trusting_period: Duration::from_secs(entry.trusting_period_seconds),
        trust_level,
        clock_drift: Duration::from_secs(entry.clock_drift_seconds.into()),
        fresh_seconds: entry.fresh_seconds,
    })
}

fn hash(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok()?;
    Some(hash)
}

/// A trust level written `2/3`.
pub fn fraction(text: &str) -> Option<TrustLevel> {
    let (numerator, denominator) = text.split_once('/')?;
    TrustLevel::new(
        numerator.trim().parse().ok()?,
        denominator.trim().parse().ok()?,
    )
}

impl Chain {
    /// The conditions of a step. Every signature is checked: who signed is shown by name, so it must have been seen.
    pub fn options(&self) -> Options {
        Options {
            chain_id: Some(self.id.clone()),
            trust_level: self.trust_level,
            trusting_period: self.trusting_period,
            clock_drift: self.clock_drift,
            signatures: SignatureCheck::All,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(change: impl Fn(&mut serde_json::Value)) -> String {
        let mut file = serde_json::json!({ "chains": [{
            "id": "dev-a-1", "name": "链", "name_en": "chain", "dev": true,
            "checkpoint": { "height": 3, "hash": "AB".repeat(32) },
            "nodes": [{ "url": "http://a", "member": "a" }],
        }]});
        change(&mut file["chains"][0]);
        file.to_string()
    }

    #[test]
    fn what_is_left_out_takes_the_cautious_value() {
        let chain = &read(&file(|_| {})).expect("reads")[0];
        assert_eq!(chain.trust_level, TrustLevel::TWO_THIRDS);
        assert_eq!(chain.fresh_seconds, 120);
        assert_eq!(chain.checkpoint_hash, [0xab; 32]);
    }

    #[test]
    fn a_file_that_could_mislead_is_refused() {
        assert!(matches!(
            read(&file(|c| c["dev"] = false.into())),
            Err(BadChains::Dev(_))
        ));
        assert!(matches!(
            read(&file(|c| c["id"] = "main".into())),
            Err(BadChains::Dev(_))
        ));
        assert!(matches!(
            read(&file(|c| c["nodes"] = serde_json::json!([]))),
            Err(BadChains::NoNodes(_))
        ));
        assert!(matches!(
            read(&file(|c| c["checkpoint"]["height"] = 0.into())),
            Err(BadChains::Checkpoint(_))
        ));
        assert!(matches!(
            read(&file(|c| c["checkpoint"]["hash"] = "00".into())),
            Err(BadChains::Checkpoint(_))
        ));
        assert!(matches!(
            read(&file(|c| c["trust_level"] = "1/4".into())),
            Err(BadChains::TrustLevel(_))
        ));
        assert!(matches!(
            read(&file(|c| c["trusting_perod"] = 1.into())),
            Err(BadChains::Shape(_))
        ));
        assert_eq!(read(r#"{"chains":[]}"#), Err(BadChains::Empty));
    }
}
