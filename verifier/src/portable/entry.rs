//! A log entry without what its envelope's one encoding adds: names of fields, base64, hex.

use super::bytes::{In, Out, Torn};
use alloc::vec::Vec;
use records::{
    Envelope, PublicKey,
    envelope::{MAX_ENVELOPE, MAX_SIGNATURES},
    log::Entry,
};

/// Writes an entry; false where it is no envelope in its one encoding.
pub fn write(out: &mut Out, entry: &[u8]) -> bool {
    let Some(entry) = Entry::decode(entry) else {
        return false;
    };
    let Ok(envelope) = Envelope::decode(entry.envelope) else {
        return false;
    };
    out.number(entry.height);
    out.0.extend_from_slice(&entry.time.to_be_bytes());
    out.count(envelope.signatures().len());
    for (PublicKey::Ed25519(key), signature) in envelope.signatures() {
        out.0.extend_from_slice(key);
        out.bytes(signature);
    }
    out.bytes(envelope.payload());
    true
}

/// Reads an entry, and gives it as a node would.
pub fn read(from: &mut In<'_>) -> Result<Vec<u8>, Torn> {
    let height = from.number()?;
    let time = i64::from_be_bytes(from.array()?);
    let signatures = from.list(MAX_SIGNATURES, |from| {
        let key = PublicKey::Ed25519(from.array()?);
        Ok((key, from.bytes(MAX_ENVELOPE)?.to_vec()))
    })?;
    let payload = from.bytes(MAX_ENVELOPE)?.to_vec();
    let envelope = Envelope::assemble(payload, signatures).encode();
    let envelope = &envelope;
    Ok(Entry {
        height,
        time,
        envelope,
    }
    .encode())
}
