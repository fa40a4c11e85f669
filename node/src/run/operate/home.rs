//! A node's home folder as its operator's own: CometBFT's configuration, keys that are made once and never written over.

use super::options::{KeySource, Place};
use crate::{
    chain,
    error::{Error, Result},
    files::is_open_to_others,
    network::{self, Home, IDLE, SigningSeed, StateSync, common},
    run::founding::random,
};
use records::ValidatorKey;
use serde_json::{Value, json};
use std::{
    fs,
    path::{Path, PathBuf},
};
use toml_edit::{DocumentMut, value};

/// CometBFT's files.
pub(super) const CONFIG: &str = "config/config.toml";
pub(super) const GENESIS: &str = "config/genesis.json";
pub(super) const NODE_KEY: &str = "config/node_key.json";
pub(super) const VALIDATOR_KEY: &str = "config/priv_validator_key.json";
pub(super) const SIGNED: &str = "data/priv_validator_state.json";
/// A validator's public key, to be sent to others.
pub(super) const PUBLIC_KEY: &str = "validator.json";
/// The member's identity file.
pub(super) const IDENTITY: &str = "member.json";

/// What others may know of a new home.
pub(super) struct Made {
    pub node_id: String,
    pub validator: ValidatorKey,
}

/// A home is made once.
pub(super) fn require_none(home: &Path) -> Result<()> {
    if home.join(CONFIG).exists() {
        return Err(Error::Setup(format!(
            "{} is a home already, and keys are never written over; take it away only if nothing was ever sent from it",
            home.display()
        )));
    }
    Ok(())
}

/// Makes a home with new keys.
pub(super) fn make(place: &Place, moniker: &str, peers: &[String]) -> Result<Made> {
    let home = Home::new(&place.home);
    require_none(&place.home)?;
    let validator = match &place.key {
        KeySource::New(key_type) => {
            require_known(place, *key_type)?;
            home.lay_out()?;
            let seed = SigningSeed {
                key_type: *key_type,
                seed: seed()?,
            };
            home.put_private(VALIDATOR_KEY, &network::validator_key(&seed))?;
            seed.public()
        }
        KeySource::Remote { public, .. } => {
            let key = read_public_key(public)?;
            require_known(place, key.key_type())?;
            home.lay_out()?;
            key
        }
    };
    let node_key = seed()?;
    home.put_private(NODE_KEY, &network::node_key(&node_key))?;
    home.put(PUBLIC_KEY, &network::pretty(&public_json(&validator)))?;
    home.put(CONFIG, &config_toml(place, moniker, peers))?;
    Ok(Made {
        node_id: network::node_id(&node_key),
        validator,
    })
}

fn require_known(place: &Place, key_type: records::KeyType) -> Result<()> {
    if network::key_types(&place.cometbft)?.contains(&key_type) {
        return Ok(());
    }
    Err(Error::Setup(format!(
        "this CometBFT knows no {} keys; v0.40 and v0.38.26 do",
        key_type.word()
    )))
}

/// 32 unpredictable bytes.
pub(super) fn seed() -> Result<[u8; 32]> {
    let mut seed = [0; 32];
    random(&mut seed)?;
    Ok(seed)
}

/// `{"pub_key": …}`: what others need of a validator's key file.
pub(super) fn public_json(key: &ValidatorKey) -> Value {
    json!({ "pub_key": chain::validator_key_json(key) })
}

/// The public key in a validator's key file, or in a file with its public part alone.
pub(in crate::run) fn read_public_key(file: &Path) -> Result<ValidatorKey> {
    chain::validator_key(&read_json(file)?["pub_key"]).ok_or_else(|| {
        Error::Setup(format!(
            "{} holds no key of a validator that is known here",
            file.display()
        ))
    })
}

/// The id by which peers know the node whose key is in this file.
pub(super) fn read_node_id(file: &Path) -> Result<String> {
    let document = read_json(file)?;
    let bytes = document["priv_key"]["value"].as_str();
    let bytes = bytes.and_then(|text| {
        use base64::{Engine as _, engine::general_purpose::STANDARD};
        STANDARD.decode(text).ok()
    });
    let seed = bytes.and_then(|bytes| bytes.first_chunk::<32>().copied());
    let seed = seed.ok_or_else(|| Error::Setup(format!("{} is no node's key", file.display())))?;
    Ok(network::node_id(&seed))
}

/// Reads a document.
pub(super) fn read_json(file: &Path) -> Result<Value> {
    let bytes = fs::read(file).map_err(Error::file(file))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Error::Setup(format!("{} is no JSON: {error}", file.display())))
}

/// Reads the configuration.
pub(super) fn read_config(home: &Path) -> Result<DocumentMut> {
    let file = home.join(CONFIG);
    let text = fs::read_to_string(&file).map_err(Error::file(&file))?;
    text.parse()
        .map_err(|error| Error::Setup(format!("{}: {error}", file.display())))
}

/// Tells the node its peers; everything else in the configuration stays as the operator has it.
pub(super) fn set_peers(home: &Path, peers: &[String]) -> Result<()> {
    let mut config = read_config(home)?;
    config["p2p"]["persistent_peers"] = value(peers.join(","));
    Home::new(home).put(CONFIG, &config.to_string())
}

/// Has a node that has no state yet begin with a snapshot.
pub(super) fn begin_with_snapshot(home: &Path, begin: &StateSync) -> Result<()> {
    let file = home.join(CONFIG);
    let text = fs::read_to_string(&file).map_err(Error::file(file))?;
    Home::new(home).put(CONFIG, &(text + &begin.section()))
}

/// The files of a home that hold private keys, where they are.
pub(super) fn private_files(home: &Path) -> impl Iterator<Item = PathBuf> {
    let files = [VALIDATOR_KEY, NODE_KEY, IDENTITY, SIGNED].map(|file| home.join(file));
    files.into_iter().filter(|file| file.exists())
}

/// Those that others may read.
pub(super) fn open_files(home: &Path) -> impl Iterator<Item = PathBuf> {
    private_files(home).filter(|file| is_open_to_others(file).unwrap_or(false))
}

fn config_toml(place: &Place, moniker: &str, peers: &[String]) -> String {
    let signer = match &place.key {
        KeySource::New(_) => "",
        KeySource::Remote { signer, .. } => signer,
    };
    // JSON's strings are strings in TOML too.
    let (moniker, signer, peers) = (
        Value::from(moniker),
        Value::from(signer),
        Value::from(peers.join(",")),
    );
    format!(
        r#"# What is not named here has CometBFT's default.
proxy_app = "{socket}"
moniker = {moniker}
log_level = "info"
# Where CometBFT waits for a remote signer; empty where the key is in this home.
priv_validator_laddr = {signer}

[rpc]
# Only this machine asks CometBFT itself; the public asks `lianyan-node gateway`.
laddr = "tcp://{rpc}"
pprof_laddr = ""

[p2p]
laddr = "tcp://{p2p}"
persistent_peers = {peers}
pex = false
addr_book_strict = false
allow_duplicate_ip = true

[instrumentation]
prometheus = true
prometheus_listen_addr = "{prometheus}"

{common}"#,
        socket = Home::socket(),
        rpc = place.rpc,
        p2p = place.p2p,
        prometheus = place.prometheus,
        common = common(IDLE),
    )
}
