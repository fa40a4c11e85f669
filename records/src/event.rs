//! Events: the payload of an envelope, and the type that only verification makes.

use crate::{
    canonical::{self, Value},
    envelope::{self, Envelope},
    hash::Hash,
    keys::{PublicKey, SecretKey},
    name::RecordName,
    refusal::Refusal,
    shape::{Reader, Shape, nanoseconds},
};

/// An event may be written at most this long after it was signed: seven days, in nanoseconds.
pub const MAX_UNTIL_AHEAD: i64 = 7 * 24 * 3600 * 1_000_000_000;

/// What an event says: on which chain, about which record, at which place in its sequence, until when.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    pub event_type: String,
    /// Block time after which the event is refused, Unix nanoseconds.
    pub until: i64,
}

crate::shape!(Payload { body, chain, seq, subject, event_type as "type", until: nanoseconds });

impl Payload {
    /// The bytes to sign.
    pub fn encode(&self) -> Result<Vec<u8>, canonical::Error> {
        canonical::encode(self)
    }

    /// The reverse of [`Payload::encode`].
    pub fn decode(bytes: &[u8]) -> Result<Self, canonical::Error> {
        let mut value = canonical::decode_value(bytes)?;
        // The body is most of it: moved to its place rather than copied.
        let body = value.as_object_mut().and_then(|map| map.get_mut("body"));
        let body = body.map(core::mem::take);
        let payload: Self = canonical::from_value(&value)?;
        Ok(Self {
            body: body.unwrap_or_default(),
            ..payload
        })
    }

    /// The body as the type's own struct.
    pub fn body<T: Shape>(&self) -> Result<T, Refusal> {
        canonical::from_value(&self.body).map_err(malformed)
    }

    /// One field of the body, whatever else is in it.
    pub(crate) fn field<T: Shape>(&self, name: &'static str) -> Result<T, Refusal> {
        let mut reader = Reader::default();
        let field = reader.object(Some(&self.body)).field(name);
        reader.finish().map_err(malformed)?;
        Ok(field)
    }

    /// Signs this payload.
    pub fn sign(&self, keys: &[&SecretKey]) -> Result<Envelope, canonical::Error> {
        Ok(Envelope::sign(self.encode()?, keys))
    }
}

fn malformed(error: canonical::Error) -> Refusal {
    Refusal::new("malformed-body").because(error)
}

/// An event whose encoding and signatures were verified. Only [`Event::open`] and [`Event::recorded`] make one; [`Event::without`] can but take
/// a signature away.
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
        match Self::recorded(bytes) {
            Ok(event) if event.signers.is_empty() => Err(envelope::Error::Signatures.into()),
            outcome => outcome,
        }
    }

    /// As [`Event::open`], for what stands in a log: there the chain's own events stand too, which nobody signs.
    pub fn recorded(bytes: &[u8]) -> Result<Self, Error> {
        let envelope = Envelope::decode(bytes)?;
        let payload = Payload::decode(envelope.payload())?;
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

    /// The same as if this key had not signed it.
    #[must_use]
    pub fn without(&self, key: &PublicKey) -> Self {
        let mut event = self.clone();
        event.signers.retain(|signer| signer != key);
        event
    }
}
