//! Events that were signed and may still be written: nothing else is signed in their place before their time is over.

use records::{
    Envelope, Payload,
    canonical::{self, Value},
    kinds::ballot::Appoint,
};

/// A signed event that may still be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// What was signed.
    pub payload: Payload,
    /// The envelope, in its one encoding.
    pub envelope: Vec<u8>,
}

/// Who signs a key's replacement at least: the new key, and two desks.
const RECOVERERS: usize = 3;

impl Pending {
    /// From an envelope's text; none where it is not one, or not of an event.
    pub fn read(envelope: &str) -> Option<Self> {
        let envelope = Envelope::decode(envelope.as_bytes()).ok()?;
        Some(Self {
            payload: canonical::decode(envelope.payload()).ok()?,
            envelope: envelope.encode(),
        })
    }

    /// The envelope.
    pub fn envelope(&self) -> Option<Envelope> {
        Envelope::decode(&self.envelope).ok()
    }

    /// The envelope as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.envelope).into_owned()
    }

    /// Whether others have yet to sign it, co-owners or who vouches for a key: nobody can have handed it in from here.
    pub fn waits_for_others(&self) -> bool {
        if self.payload.event_type == "document.recover" {
            let signed = self.envelope().map(|signed| signed.signatures().len());
            return signed.is_none_or(|signed| signed < RECOVERERS);
        }
        if self.payload.event_type != "ballot.appoint" {
            return false;
        }
        let body: Option<Appoint> = self.payload.body().ok();
        let owners = body.and_then(|body| body.seat.entry.owners);
        let envelope = self.envelope();
        let signed = envelope.as_ref().map_or(&[][..], Envelope::signatures);
        let lacks = |owner| signed.iter().all(|(key, _)| *key != owner);
        owners.into_iter().flatten().any(lacks)
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
