//! Events that were signed and may still be written: nothing else is signed in their place before their time is over.

use records::{
    Envelope, Payload,
    canonical::{self, Value},
};

/// A signed event that may still be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What was signed.
    pub payload: Payload,
    /// The envelope, in its one encoding.
    pub envelope: Vec<u8>,
}

impl Pending {
    /// From an envelope's text; none where it is not one, or not of an event.
    pub fn read(envelope: &str) -> Option<Self> {
        let envelope = Envelope::decode(envelope.as_bytes()).ok()?;
        Some(Self {
            payload: canonical::decode(envelope.payload()).ok()?,
            envelope: envelope.encode(),
        })
    }

    /// The envelope as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.envelope).into_owned()
    }

    /// Whether it may be written after a block of this time, where its subject has come to this place in its sequence. An event whose place was taken,
    /// by itself or by another, is refused for good; a node's refusal ends nothing, for the same bytes can be handed in again.
    pub fn is_live(&self, time: i64, seq: u64) -> bool {
        self.payload.until >= time && self.payload.seq >= seq
    }

    /// Whether it says the same.
    pub fn says(&self, event_type: &str, body: &Value) -> bool {
        self.payload.event_type == event_type && self.payload.body == *body
    }
}
