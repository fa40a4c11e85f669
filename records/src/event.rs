//! Events: the payload of an envelope, and the type that only verification makes.

use crate::{
    canonical::{self, Value},
    envelope::{self, Envelope},
    hash::Hash,
    keys::{PublicKey, SecretKey},
    name::RecordName,
    refusal::Refusal,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// An event may be written at most this long after it was signed: seven days, in nanoseconds.
pub const MAX_UNTIL_AHEAD: i64 = 7 * 24 * 3600 * 1_000_000_000;

/// What an event says: on which chain, about which record, at which place in its sequence, until when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// The type's own fields.
    pub body: Value,
    /// Chain id: an event cannot be replayed on another chain.
    pub chain: String,
    /// The subject's sequence number before this event.
    pub seq: u64,
    /// The one record that this event is about.
    pub subject: RecordName,
    /// `<kind>.<verb>`.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Block time after which the event is refused, Unix nanoseconds.
    #[serde(with = "nanoseconds")]
    pub until: i64,
}

impl Payload {
    /// The bytes to sign.
    pub fn encode(&self) -> Result<Vec<u8>, canonical::Error> {
        canonical::encode(self)
    }

    /// The body as the type's own struct.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        canonical::from_value(&self.body).map_err(|e| Refusal::new("malformed-body").with("why", e))
    }

    /// Signs this payload.
    pub fn sign(&self, keys: &[&SecretKey]) -> Result<Envelope, canonical::Error> {
        Ok(Envelope::sign(self.encode()?, keys))
    }
}

/// An event whose encoding and signatures were verified. Only [`Event::open`] makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    id: Hash,
    payload: Payload,
    signers: Vec<PublicKey>,
}

/// Why bytes are not an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The envelope is at fault.
    #[error(transparent)]
    Envelope(#[from] envelope::Error),
    /// The payload is at fault.
    #[error("payload: {0}")]
    Payload(#[from] canonical::Error),
}

impl Event {
    /// Decodes an envelope, verifies every signature and decodes the payload; each in its one encoding.
    pub fn open(bytes: &[u8]) -> Result<Self, Error> {
        let envelope = Envelope::decode(bytes)?;
        let payload = canonical::decode(envelope.payload())?;
        envelope.verify()?;
        Ok(Self {
            id: envelope.id(),
            payload,
            signers: envelope.signatures().iter().map(|(key, _)| *key).collect(),
        })
    }

    /// The identity: `H(PAE)`.
    pub fn id(&self) -> &Hash {
        &self.id
    }

    /// What it says.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// Keys whose signatures were verified, sorted.
    pub fn signers(&self) -> &[PublicKey] {
        &self.signers
    }

    /// Whether this key signed.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        self.signers.binary_search(key).is_ok()
    }
}

/// Unix nanoseconds as a decimal string, for they pass 2⁵³.
pub mod nanoseconds {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    /// Writes the decimal string.
    pub fn serialize<S: Serializer>(time: &i64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(time)
    }

    /// Reads the decimal string; only its one spelling.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
        let text = String::deserialize(deserializer)?;
        match text.parse::<i64>() {
            Ok(time) if time.to_string() == text => Ok(time),
            _ => Err(Error::custom("not a decimal number of nanoseconds")),
        }
    }
}

/// As [`nanoseconds`], for times that may not be set.
pub mod optional_nanoseconds {
    use super::nanoseconds;
    use serde::{Deserializer, Serializer};

    /// Writes the decimal string of a time that is set; skip the field where it is not.
    pub fn serialize<S: Serializer>(time: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&time.unwrap_or_default())
    }

    /// Reads the decimal string.
    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<i64>, D::Error> {
        nanoseconds::deserialize(deserializer).map(Some)
    }
}
