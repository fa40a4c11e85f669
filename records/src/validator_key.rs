//! The keys with which validators sign blocks, of the types that a chain of ours may have.

use crate::{
    canonical::Value,
    hash::sha256,
    keys::{BadKey, PublicKey},
    shape::{Reader, Shape},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use core::{fmt, str::FromStr};

/// A type of validators' keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyType {
    /// Ed25519, checked by ZIP-215.
    Ed25519,
    /// ML-DSA-65 (FIPS 204); CometBFT v0.40, and v0.38 from v0.38.26 on.
    MlDsa65,
}

// The words of CometBFT's `consensus_params.validator.pub_key_types`.
crate::names!(KeyType { Ed25519 "ed25519", MlDsa65 "ml_dsa_65" });

/// A validator's public key; its text form is `ed25519:<64 lower-case hex digits>` or `ml_dsa_65:<base64>`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValidatorKey {
    /// Ed25519, 32 bytes.
    Ed25519([u8; 32]),
    /// ML-DSA-65, 1952 bytes.
    MlDsa65(Box<[u8; 1952]>),
}

impl ValidatorKey {
    /// A key from its raw bytes; none where they are too few or too many for its type.
    pub fn new(key_type: KeyType, bytes: &[u8]) -> Option<Self> {
        Some(match key_type {
            KeyType::Ed25519 => Self::Ed25519(bytes.try_into().ok()?),
            KeyType::MlDsa65 => Self::MlDsa65(Box::new(bytes.try_into().ok()?)),
        })
    }

    /// Its type.
    pub fn key_type(&self) -> KeyType {
        match self {
            Self::Ed25519(_) => KeyType::Ed25519,
            Self::MlDsa65(_) => KeyType::MlDsa65,
        }
    }

    /// Its raw bytes.
    pub fn bytes(&self) -> &[u8] {
        match self {
            Self::Ed25519(bytes) => bytes,
            Self::MlDsa65(bytes) => &bytes[..],
        }
    }

    /// The address under which its owner votes: the first 20 bytes of the key's SHA-256.
    pub fn address(&self) -> [u8; 20] {
        let [address @ .., _, _, _, _, _, _, _, _, _, _, _, _] = sha256(&[self.bytes()]);
        address
    }
}

impl From<PublicKey> for ValidatorKey {
    fn from(PublicKey::Ed25519(bytes): PublicKey) -> Self {
        Self::Ed25519(bytes)
    }
}

impl fmt::Display for ValidatorKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = match self {
            Self::Ed25519(bytes) => hex::encode(bytes),
            Self::MlDsa65(bytes) => BASE64.encode(&bytes[..]),
        };
        write!(f, "{}:{bytes}", self.key_type().word())
    }
}

impl FromStr for ValidatorKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        match text.split_once(':') {
            Some(("ml_dsa_65", bytes)) => {
                let bytes = BASE64.decode(bytes).map_err(|_| BadKey)?;
                Self::new(KeyType::MlDsa65, &bytes).ok_or(BadKey)
            }
            _ => text.parse::<PublicKey>().map(Self::from),
        }
    }
}

impl Shape for ValidatorKey {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        reader.text(found).parse().unwrap_or_else(|BadKey| {
            reader.note("not a validator's key");
            Self::Ed25519([0; 32])
        })
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_text_and_no_other() {
        let ed25519 = ValidatorKey::Ed25519([0xab; 32]);
        let ml_dsa = ValidatorKey::new(KeyType::MlDsa65, &[7; 1952]).expect("its length");
        for key in [&ed25519, &ml_dsa] {
            let text = key.to_string();
            assert_eq!(text.parse().as_ref(), Ok(key));
            for bad in [
                text[..text.len() - 4].to_owned(),
                text.replace("ed25519", "ml_dsa_65"),
                text.to_uppercase(),
                format!("{text} "),
            ] {
                if bad != text {
                    assert_eq!(bad.parse::<ValidatorKey>(), Err(BadKey), "{bad}");
                }
            }
        }
        assert_eq!(ValidatorKey::new(KeyType::MlDsa65, &[7; 1951]), None);
    }
}
