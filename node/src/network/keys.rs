//! CometBFT's key files.

use crate::comet;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::SigningKey;
use serde_json::{Value, json};

fn public(seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// Go's form of a private key: the seed, then the public key.
fn private_json(seed: &[u8; 32]) -> Value {
    let key = BASE64.encode([&seed[..], &public(seed)].concat());
    json!({ "type": "tendermint/PrivKeyEd25519", "value": key })
}

/// `priv_validator_key.json`.
pub fn validator_key(seed: &[u8; 32]) -> Value {
    let public = public(seed);
    json!({
        "address": hex::encode_upper(comet::address_of(&public)),
        "pub_key": { "type": "tendermint/PubKeyEd25519", "value": BASE64.encode(public) },
        "priv_key": private_json(seed),
    })
}

/// `node_key.json`: by which peers know the process.
pub fn node_key(seed: &[u8; 32]) -> Value {
    json!({ "priv_key": private_json(seed) })
}

/// A process's id among peers.
pub fn node_id(seed: &[u8; 32]) -> String {
    hex::encode(comet::address_of(&public(seed)))
}
