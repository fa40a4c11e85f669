//! Envelopes and events: what decodes has one encoding, and only what is signed opens.

use super::story;
use records::{Envelope, Event, Payload, canonical, log::Entry, registry};

pub fn seeds() -> Vec<Vec<u8>> {
    let envelopes = story::told_entries().into_iter();
    envelopes
        .filter_map(|entry| Some(Entry::decode(&entry)?.envelope.to_vec()))
        .flat_map(|envelope| {
            let payload = Envelope::decode(&envelope).map(|envelope| envelope.payload().to_vec());
            [envelope, payload.unwrap_or_default()]
        })
        .collect()
}

pub fn run(bytes: &[u8]) {
    // As a payload that anybody may have signed.
    if let Ok(payload) = canonical::decode::<Payload>(bytes) {
        assert_eq!(
            canonical::encode(&payload).as_deref(),
            Ok(bytes),
            "one encoding"
        );
        touches(&payload);
    }
    let Ok(envelope) = Envelope::decode(bytes) else {
        return;
    };
    assert_eq!(envelope.encode(), bytes, "one encoding");
    if let Ok(event) = Event::open(bytes) {
        assert!(!event.signers().is_empty(), "nobody signed");
        touches(event.payload());
    }
}

fn touches(payload: &Payload) {
    if let Ok(touches) = registry::touches(payload) {
        assert_eq!(
            touches.first().map(|touch| &touch.record),
            Some(&payload.subject)
        );
        assert!(touches.len() <= registry::MAX_TOUCHES);
        let mut records: Vec<_> = touches.iter().map(|touch| &touch.record).collect();
        records.sort();
        records.dedup();
        assert_eq!(records.len(), touches.len(), "a record is touched twice");
    }
}
