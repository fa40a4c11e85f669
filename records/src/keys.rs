//! Keys and signatures of people and members. Enums from the first day: one more algorithm is one more variant.

use crate::{
    canonical::Value,
    shape::{Reader, Shape},
};
use core::{fmt, str::FromStr};
use ed25519_dalek::{Signature, Signer, VerifyingKey};

/// A public key; its text form is `ed25519:<64 lower-case hex digits>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PublicKey {
    /// Ed25519 (RFC 8032), 32 bytes.
    Ed25519([u8; 32]),
}

/// The text is not a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a public key")]
pub struct BadKey;

impl PublicKey {
    /// Whether `signature` over `message` is this key's: `verify_strict`, which refuses small-order keys and non-canonical forms,
    /// so that one signature cannot be bent into a second.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let Self::Ed25519(bytes) = self;
        let (Ok(key), Ok(signature)) = (
            VerifyingKey::from_bytes(bytes),
            Signature::from_slice(signature),
        ) else {
            return false;
        };
        key.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Ed25519(bytes) = self;
        write!(f, "ed25519:{}", hex::encode(bytes))
    }
}

impl FromStr for PublicKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        text.strip_prefix("ed25519:")
            .and_then(crate::hash::parse_hash)
            .map(Self::Ed25519)
            .ok_or(BadKey)
    }
}

impl Shape for PublicKey {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        reader.text(found).parse().unwrap_or_else(|BadKey| {
            reader.note("not a public key");
            Self::Ed25519([0; 32])
        })
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

/// A private key. It is made where it is used and never leaves it but by its owner's export.
#[derive(Clone)]
pub enum SecretKey {
    /// Ed25519, from a 32-byte seed.
    Ed25519(Box<ed25519_dalek::SigningKey>),
}

impl SecretKey {
    /// From 32 bytes of randomness.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(seed)))
    }

    /// The seed, for the owner's export.
    pub fn seed(&self) -> [u8; 32] {
        let Self::Ed25519(key) = self;
        key.to_bytes()
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        let Self::Ed25519(key) = self;
        PublicKey::Ed25519(key.verifying_key().to_bytes())
    }

    /// Signs.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let Self::Ed25519(key) = self;
        key.sign(message).to_bytes().to_vec()
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({})", self.public())
    }
}
