//! CometBFT's key files.

use crate::comet;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::SigningKey;
use ml_dsa::{Keypair, MlDsa65};
use records::{KeyType, ValidatorKey};
use serde_json::{Value, json};

/// From what a validator's key follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SigningSeed {
    /// The key's type.
    pub key_type: KeyType,
    /// Its seed.
    pub seed: [u8; 32],
}

impl SigningSeed {
    /// Of an Ed25519 key.
    pub fn ed25519(seed: [u8; 32]) -> Self {
        Self {
            key_type: KeyType::Ed25519,
            seed,
        }
    }

    /// The public key.
    pub fn public(&self) -> ValidatorKey {
        match self.key_type {
            KeyType::Ed25519 => ValidatorKey::Ed25519(public(&self.seed)),
            KeyType::MlDsa65 => {
                let bytes = self.ml_dsa().verifying_key().encode();
                ValidatorKey::MlDsa65(Box::new(bytes.into()))
            }
        }
    }

    fn ml_dsa(&self) -> ml_dsa::SigningKey<MlDsa65> {
        ml_dsa::SigningKey::from_seed(&self.seed.into())
    }

    fn private_json(&self) -> Value {
        match self.key_type {
            KeyType::Ed25519 => private_json(&self.seed),
            KeyType::MlDsa65 => {
                // CometBFT keeps the packed key of FIPS 204, 4032 bytes, and not its seed.
                #[expect(deprecated)]
                let packed = self.ml_dsa().expanded_key().to_expanded();
                json!({ "type": "cometbft/PrivKeyMlDsa65", "value": BASE64.encode(packed) })
            }
        }
    }
}

fn public(seed: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(seed).verifying_key().to_bytes()
}

/// Go's form of a private key: the seed, then the public key.
fn private_json(seed: &[u8; 32]) -> Value {
    let key = BASE64.encode([&seed[..], &public(seed)].concat());
    json!({ "type": "tendermint/PrivKeyEd25519", "value": key })
}

/// `priv_validator_key.json`.
pub fn validator_key(seed: &SigningSeed) -> Value {
    let public = seed.public();
    json!({
        "address": hex::encode_upper(public.address()),
        "pub_key": { "type": comet::key_name(public.key_type()), "value": BASE64.encode(public.bytes()) },
        "priv_key": seed.private_json(),
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
