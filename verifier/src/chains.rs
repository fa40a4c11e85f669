//! `chains.json`: which chains a page knows, from which checkpoint it trusts them, and whom it asks. `docs/chains.md` describes it.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::time::Duration;
use light_client::{Hash, Options, SignatureCheck, TrustLevel, client::Settings, json};
use records::{
    PublicKey,
    canonical::{self, Map, Value},
    envelope::MAX_SIGNATURES,
};

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
    /// No validator can have a key of this type.
    #[error("`{0}` is no type of validator keys")]
    KeyType(String),
    /// It lets nodes lag for longer than an hour.
    #[error("chain {0}: nodes may lag for an hour at most")]
    Lag(String),
    /// It wants more witnesses than its nodes' members can give, or one that runs no node.
    #[error("chain {0}: its nodes' members cannot give the witnesses that it wants")]
    Witnesses(String),
    /// It names no node.
    #[error("chain {0}: no node is named")]
    NoNodes(String),
    /// It names one node twice: as two members' it would witness what it says itself.
    #[error("chain {0}: one node is named twice")]
    Twice(String),
    /// A key for checkpoints stands there twice, or so many members are wanted that not more than half of them would sign, or more than there are.
    #[error(
        "chain {0}: more than half of the members that sign checkpoints must be wanted, at most all of them, and each key once"
    )]
    CheckpointKeys(String),
}

/// A node that may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Address of its RPC.
    pub url: String,
    /// The member that runs it. Two nodes of one member do not confirm each other.
    pub member: String,
}

records::shape!(Node { url, member });

/// A key whose signature counts on a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckpointKey {
    /// The member that signs with it. It counts once, however many keys it has.
    pub member: String,
    /// The key.
    pub key: PublicKey,
}

records::shape!(CheckpointKey { member, key });

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
    /// Whose signatures count on a newer checkpoint.
    pub checkpoint_keys: Vec<CheckpointKey>,
    /// How many of these members must have signed it; more than half, so at least one.
    pub checkpoint_threshold: usize,
    /// Nodes, in the order in which they are asked.
    pub nodes: Vec<Node>,
    /// How many members must hold a header besides the one whose node led to it.
    pub witnesses: usize,
    /// Members of whom at least one must hold it; where none is named, anybody will do.
    pub one_of: Vec<String>,
    /// How long a header is trusted after its own time.
    pub trusting_period: Duration,
    /// The share of the trusted validators that must have signed a header further up.
    pub trust_level: TrustLevel,
    /// How far a header's time may lie ahead of the device's clock.
    pub clock_drift: Duration,
    /// How much older than the newest of all a node's newest block may be before the node is overtaken, besides what clocks may differ.
    pub lag: Duration,
    /// Oldest header, in seconds, under which "in force", "unclaimed" and "absent" are established.
    pub fresh_seconds: u32,
}

struct File {
    chains: Vec<Entry>,
}

records::shape!(File { chains });

struct Entry {
    id: String,
    name: String,
    name_en: String,
    dev: Option<bool>,
    checkpoint: Checkpoint,
    checkpoint_keys: Option<Vec<CheckpointKey>>,
    checkpoint_threshold: Option<u32>,
    nodes: Vec<Node>,
    witnesses: Option<u32>,
    witness_one_of: Option<Vec<String>>,
    trusting_period_seconds: Option<u64>,
    trust_level: Option<String>,
    clock_drift_seconds: Option<u32>,
    lag_seconds: Option<u32>,
    fresh_seconds: Option<u32>,
    key_types: Option<Vec<String>>,
}

records::shape!(Entry {
    id,
    name,
    name_en,
    dev,
    checkpoint,
    checkpoint_keys,
    checkpoint_threshold,
    nodes,
    witnesses,
    witness_one_of,
    trusting_period_seconds,
    trust_level,
    clock_drift_seconds,
    lag_seconds,
    fresh_seconds,
    key_types,
});

struct Checkpoint {
    height: u64,
    hash: String,
}

records::shape!(Checkpoint { height, hash });

/// The types of key that validators may have, as a genesis names them. The page chooses its verifier by them.
const KEY_TYPES: [&str; 4] = ["ed25519", "ml_dsa_65", "secp256k1", "secp256k1eth"];
const TWO_WEEKS: u64 = 14 * 24 * 3600;
const TEN_SECONDS: u32 = 10;
const AN_HOUR: u32 = 3600;
const TWO_MINUTES: u32 = 120;

/// Reads `chains.json`; the first chain is the one that is asked about.
pub fn read(text: &str) -> Result<Vec<Chain>, BadChains> {
    let shape = |error: &dyn core::fmt::Display| BadChains::Shape(error.to_string());
    let file = json::parse(text.as_bytes()).map_err(|error| shape(&error))?;
    let file = plain(&file).ok_or_else(|| shape(&"null, or a fraction"))?;
    let file: File = canonical::from_value(&file).map_err(|error| shape(&error))?;
    if file.chains.is_empty() {
        return Err(BadChains::Empty);
    }
    file.chains.into_iter().map(chain).collect()
}

/// Ordinary JSON as the canonical one knows it: yes and no are 1 and 0. None where it holds what that cannot.
fn plain(value: &json::Value) -> Option<Value> {
    Some(match value {
        json::Value::Bool(is) => Value::Integer((*is).into()),
        json::Value::Number(number) => Value::Integer(number.as_i64()?),
        json::Value::String(text) => text.as_str().into(),
        json::Value::Array(items) => Value::Array(items.iter().map(plain).collect::<Option<_>>()?),
        json::Value::Object(fields) => {
            let mut object = Map::new();
            for (name, value) in fields {
                object.insert(name.clone(), plain(value)?);
            }
            Value::Object(object)
        }
        json::Value::Null => return None,
    })
}

fn chain(entry: Entry) -> Result<Chain, BadChains> {
    let id = entry.id;
    let dev = entry.dev.unwrap_or(false);
    if dev != id.starts_with("dev-") {
        return Err(BadChains::Dev(id));
    }
    if entry.nodes.is_empty() {
        return Err(BadChains::NoNodes(id));
    }
    let addresses = entry
        .nodes
        .iter()
        .map(|node| node.url.trim_end_matches('/'));
    if different(addresses) < entry.nodes.len() {
        return Err(BadChains::Twice(id));
    }
    let Some(hash) = hash(&entry.checkpoint.hash).filter(|_| entry.checkpoint.height > 0) else {
        return Err(BadChains::Checkpoint(id));
    };
    if entry.lag_seconds.is_some_and(|lag| lag > AN_HOUR) {
        return Err(BadChains::Lag(id));
    }
    let types = entry.key_types.unwrap_or_default();
    if let Some(unknown) = types.into_iter().find(|word| !KEY_TYPES.contains(&&**word)) {
        return Err(BadChains::KeyType(unknown));
    }
    let mut chain = cautious(&id);
    if let Some(text) = &entry.trust_level {
        chain.trust_level = fraction(text).ok_or(BadChains::TrustLevel(id))?;
    }
    chain.nodes = entry.nodes;
    if let Some(count) = entry.witnesses {
        chain.witnesses = usize::try_from(count).unwrap_or(usize::MAX);
    }
    chain.one_of = entry.witness_one_of.unwrap_or_default();
    if entry.witnesses.is_some() && !chain.has_witnesses()
        || !chain.one_of.iter().all(|member| chain.runs_node(member))
    {
        return Err(BadChains::Witnesses(chain.id));
    }
    let keys = entry.checkpoint_keys.unwrap_or_default();
    chain.checkpoint_threshold = threshold(&keys, entry.checkpoint_threshold)
        .ok_or_else(|| BadChains::CheckpointKeys(chain.id.clone()))?;
    chain.checkpoint_keys = keys;
    let seconds = |seconds: u64| Duration::from_secs(seconds);
    Ok(Chain {
        name: entry.name,
        name_en: entry.name_en,
        checkpoint_height: entry.checkpoint.height,
        checkpoint_hash: hash,
        trusting_period: entry
            .trusting_period_seconds
            .map_or(chain.trusting_period, seconds),
        clock_drift: entry
            .clock_drift_seconds
            .map_or(chain.clock_drift, |drift| seconds(drift.into())),
        lag: entry
            .lag_seconds
            .map_or(chain.lag, |lag| seconds(lag.into())),
        fresh_seconds: entry.fresh_seconds.unwrap_or(chain.fresh_seconds),
        ..chain
    })
}

/// How many members must sign a checkpoint: more than half of those with keys, so that any two such groups have one in common. None where so many are
/// wanted that this does not hold, or that cannot sign one file, or where a key stands there twice.
fn threshold(keys: &[CheckpointKey], wanted: Option<u32>) -> Option<usize> {
    let members = different(keys.iter().map(|key| key.member.as_str()));
    let mut each: Vec<&PublicKey> = keys.iter().map(|key| &key.key).collect();
    each.sort_unstable();
    each.dedup();
    let least = members / 2 + 1;
    let threshold = wanted.map_or(Some(least), |wanted| usize::try_from(wanted).ok())?;
    let can_be = threshold >= least && threshold <= members.min(MAX_SIGNATURES);
    let unused = keys.is_empty() && wanted.is_none();
    (each.len() == keys.len() && (can_be || unused)).then_some(threshold)
}

/// How many different names there are.
fn different<'a>(names: impl Iterator<Item = &'a str>) -> usize {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names.len()
}

/// A hash in hex.
pub fn hash(text: &str) -> Option<Hash> {
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

/// A chain of which nothing is known but its id: it has no checkpoint and no nodes yet, and takes the cautious values that a file may leave out.
pub fn cautious(id: &str) -> Chain {
    Chain {
        id: id.into(),
        name: id.into(),
        name_en: id.into(),
        dev: id.starts_with("dev-"),
        checkpoint_height: 0,
        checkpoint_hash: [0; 32],
        checkpoint_keys: Vec::new(),
        checkpoint_threshold: 1,
        nodes: Vec::new(),
        witnesses: 1,
        one_of: Vec::new(),
        trusting_period: Duration::from_secs(TWO_WEEKS),
        trust_level: TrustLevel::TWO_THIRDS,
        clock_drift: Duration::from_secs(TEN_SECONDS.into()),
        lag: Duration::from_secs(TEN_SECONDS.into()),
        fresh_seconds: TWO_MINUTES,
    }
}

impl Chain {
    /// How many members run the nodes: two nodes of one member are one witness.
    pub fn members(&self) -> usize {
        different(self.nodes.iter().map(|node| node.member.as_str()))
    }

    /// Whether its nodes' members are enough to lead to a header and to witness it.
    pub fn has_witnesses(&self) -> bool {
        self.witnesses > 0 && self.members() > self.witnesses
    }

    fn runs_node(&self, member: &str) -> bool {
        self.nodes.iter().any(|node| node.member == member)
    }

    /// How it is followed.
    pub fn settings(&self) -> Settings {
        Settings {
            witnesses: self.witnesses,
            one_of: self.one_of.clone(),
            lag: self.lag,
            ..Settings::new(self.options())
        }
    }

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
        assert_eq!(chain.settings().lag, Duration::from_secs(10));
        assert_eq!(chain.checkpoint_hash, [0xab; 32]);
    }

    #[test]
    fn a_file_that_could_mislead_is_refused() {
        for (name, value) in [("dev", false.into()), ("id", "main".into())] {
            let read = read(&file(|c| c[name] = serde_json::Value::clone(&value)));
            assert!(matches!(read, Err(BadChains::Dev(_))), "{name}");
        }
        let none = file(|c| c["nodes"] = serde_json::json!([]));
        assert!(matches!(read(&none), Err(BadChains::NoNodes(_))));
        for (name, value) in [("height", 0.into()), ("hash", "00".into())] {
            let read = read(&file(|c| {
                c["checkpoint"][name] = serde_json::Value::clone(&value)
            }));
            assert!(matches!(read, Err(BadChains::Checkpoint(_))), "{name}");
        }
        assert!(matches!(
            read(&file(|c| c["trust_level"] = "1/4".into())),
            Err(BadChains::TrustLevel(_))
        ));
        assert!(matches!(
            read(&file(|c| c["lag_seconds"] = 3601.into())),
            Err(BadChains::Lag(_))
        ));
        assert!(read(&file(|c| c["lag_seconds"] = 3600.into())).is_ok());
        assert!(matches!(
            read(&file(|c| c["key_types"] = serde_json::json!(["ed25519", "rsa"]))),
            Err(BadChains::KeyType(word)) if word == "rsa"
        ));
        assert!(matches!(
            read(&file(|c| c["trusting_perod"] = 1.into())),
            Err(BadChains::Shape(_))
        ));
        let nodes = |members: &[&str]| -> serde_json::Value {
            let url = |at| format!("http://{at}");
            let node = |(at, member)| serde_json::json!({ "url": url(at), "member": member });
            members.iter().enumerate().map(node).collect()
        };
        let twice = file(|c| {
            let node = |url, member| serde_json::json!({ "url": url, "member": member });
            c["nodes"] = [node("http://a/", "a"), node("http://a", "b")].into();
        });
        assert!(matches!(read(&twice), Err(BadChains::Twice(_))));
        for (members, count, one_of, reads) in [
            (&["a", "b", "c"][..], 2, &["c"][..], true),
            (&["a", "b", "c"], 3, &[], false),
            (&["a", "b", "b"], 2, &[], false),
            (&["a", "b"], 0, &[], false),
            (&["a", "b"], 1, &["d"], false),
            (&["a", "b"], 1, &["a", "d"], false),
        ] {
            let read = read(&file(|c| {
                c["nodes"] = nodes(members);
                c["witnesses"] = count.into();
                c["witness_one_of"] = serde_json::json!(one_of);
            }));
            match reads {
                true => assert_eq!(read.expect("reads")[0].settings().witnesses, count),
                false => assert!(matches!(read, Err(BadChains::Witnesses(_))), "{members:?}"),
            }
        }
        assert_eq!(read(r#"{"chains":[]}"#), Err(BadChains::Empty));
    }

    #[test]
    fn more_than_half_of_those_who_may_sign_checkpoints_must() {
        let key = |number: u8| format!("ed25519:{}", hex::encode([number; 32]));
        let keys = |members: &[&str]| -> serde_json::Value {
            let key = |(at, member)| serde_json::json!({ "member": member, "key": key(at) });
            (0..).zip(members).map(key).collect()
        };
        let many: Vec<String> = (0..33).map(|at| at.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        for (members, wanted, threshold) in [
            (&["a", "b", "c", "d"][..], None, Some(3)),
            (&["a", "b", "c"], None, Some(2)),
            (&["a", "a", "b"], None, Some(2)),
            (&["a", "b", "c"], Some(3), Some(3)),
            (&["a"], Some(1), Some(1)),
            (&["a", "b", "c"], Some(0), None),
            (&["a", "b", "c", "d"], Some(2), None),
            (&["a", "b", "c"], Some(4), None),
            (&["a", "a", "b"], Some(3), None),
            (&[], Some(0), None),
            (&[], Some(1), None),
            (&many, None, None),
        ] {
            let read = read(&file(|c| {
                c["checkpoint_keys"] = keys(members);
                if let Some(wanted) = wanted {
                    c["checkpoint_threshold"] = wanted.into();
                }
            }));
            match threshold {
                Some(_) => assert_eq!(
                    read.ok().map(|chains| chains[0].checkpoint_threshold),
                    threshold,
                    "{members:?}"
                ),
                None => assert!(
                    matches!(read, Err(BadChains::CheckpointKeys(_))),
                    "{members:?} {wanted:?}"
                ),
            }
        }
        let twice = file(|c| {
            c["checkpoint_keys"] = serde_json::json!([
                { "member": "a", "key": key(1) }, { "member": "b", "key": key(1) },
            ]);
        });
        assert!(matches!(read(&twice), Err(BadChains::CheckpointKeys(_))));
        let other = file(|c| {
            c["checkpoint_keys"] = serde_json::json!([{ "member": "a", "key": "00".repeat(32) }]);
        });
        assert!(matches!(read(&other), Err(BadChains::Shape(_))));
    }
}
