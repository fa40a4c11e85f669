//! DSSE v1 envelopes: what is signed is the payload's bytes, so that issuers can write them in any language.
//!
//! Source: Dead Simple Signing Envelope, protocol v1.0.0. One encoding only: the bytes that arrive are the bytes that we would write.

use crate::{
    canonical,
    hash::{Hash, sha256},
    keys::{PublicKey, SecretKey},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

/// Payload type of every event.
pub const PAYLOAD_TYPE: &str = "application/vnd.lianyan.event+json";
/// Longest envelope, bytes.
pub const MAX_ENVELOPE: usize = 64 * 1024;
/// Most signatures on one envelope.
pub const MAX_SIGNATURES: usize = 16;

/// Why bytes are not an acceptable envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Longer than [`MAX_ENVELOPE`].
    #[error("envelope too large")]
    TooLarge,
    /// Not an envelope, or not in its one encoding.
    #[error("not an envelope in its one encoding")]
    Malformed,
    /// No signature, too many, unsorted, or one key twice.
    #[error("signatures must be 1 to 16, sorted, one per key")]
    Signatures,
    /// A signature does not verify.
    #[error("a signature does not verify")]
    BadSignature,
}

/// A payload and its signatures, encoding and order checked, signatures not yet verified. Only the chain's own events have none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    payload_type: &'static str,
    payload: Vec<u8>,
    signatures: Vec<(PublicKey, Vec<u8>)>,
}

/// An envelope as it is written.
struct Wire {
    payload: String,
    payload_type: String,
    signatures: Vec<WireSignature>,
}

crate::shape!(Wire { payload, payload_type as "payloadType", signatures });

struct WireSignature {
    keyid: String,
    sig: String,
}

crate::shape!(WireSignature { keyid, sig });

/// Pre-authentication encoding of an event: what each signature signs, and whose hash is the event's identity.
pub fn pae(payload: &[u8]) -> Vec<u8> {
    pae_of(PAYLOAD_TYPE, payload)
}

/// Pre-authentication encoding: the type is signed with the payload, so that what was signed as one thing is never taken for another.
fn pae_of(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    )
    .into_bytes();
    out.extend_from_slice(payload);
    out
}

impl Envelope {
    /// Signs an event's payload with each key.
    pub fn sign(payload: Vec<u8>, keys: &[&SecretKey]) -> Self {
        Self::sign_as(PAYLOAD_TYPE, payload, keys)
    }

    /// Signs a payload of another type with each key.
    pub fn sign_as(payload_type: &'static str, payload: Vec<u8>, keys: &[&SecretKey]) -> Self {
        let message = pae_of(payload_type, &payload);
        let signatures = keys.iter().map(|key| (key.public(), key.sign(&message)));
        Self {
            payload_type,
            ..Self::assemble(payload, signatures.collect())
        }
    }

    /// Puts together an event's payload and signatures made elsewhere.
    pub fn assemble(payload: Vec<u8>, mut signatures: Vec<(PublicKey, Vec<u8>)>) -> Self {
        signatures.sort_unstable();
        signatures.dedup_by(|a, b| a.0 == b.0);
        Self {
            payload_type: PAYLOAD_TYPE,
            payload,
            signatures,
        }
    }

    /// With the signatures of both, where they are on the same payload.
    pub fn joined(self, other: Self) -> Option<Self> {
        let same = self.payload_type == other.payload_type && self.payload == other.payload;
        let Self {
            payload_type,
            payload,
            signatures,
        } = self;
        let all = signatures.into_iter().chain(other.signatures).collect();
        same.then(|| Self {
            payload_type,
            ..Self::assemble(payload, all)
        })
    }

    /// The signed bytes.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Keys and signatures, sorted by key.
    pub fn signatures(&self) -> &[(PublicKey, Vec<u8>)] {
        &self.signatures
    }

    /// The event's identity: `H(PAE)`.
    pub fn id(&self) -> Hash {
        sha256(&[&self.message()])
    }

    fn message(&self) -> Vec<u8> {
        pae_of(self.payload_type, &self.payload)
    }

    /// The one encoding.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = format!(
            r#"{{"payload":"{}","payloadType":"{}","signatures":["#,
            BASE64.encode(&self.payload),
            self.payload_type
        );
        for (i, (key, signature)) in self.signatures.iter().enumerate() {
            let comma = if i > 0 { "," } else { "" };
            out.push_str(&format!(
                r#"{comma}{{"keyid":"{key}","sig":"{}"}}"#,
                BASE64.encode(signature)
            ));
        }
        out.push_str("]}");
        out.into_bytes()
    }

    /// Decodes an event that must be in the one encoding. Does not verify signatures.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        Self::decode_as(PAYLOAD_TYPE, bytes)
    }

    /// The same for a payload of another type, which must be the one stated.
    pub fn decode_as(payload_type: &'static str, bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_ENVELOPE {
            return Err(Error::TooLarge);
        }
        // Canonical JSON, base64 in its one spelling, keys in theirs: the bytes are those that we would write.
        let wire: Wire = canonical::decode(bytes).map_err(|_| Error::Malformed)?;
        if wire.payload_type != payload_type {
            return Err(Error::Malformed);
        }
        if wire.signatures.len() > MAX_SIGNATURES {
            return Err(Error::Signatures);
        }
        let mut signatures = Vec::with_capacity(wire.signatures.len());
        for WireSignature { keyid, sig } in &wire.signatures {
            let key: PublicKey = keyid.parse().map_err(|_| Error::Malformed)?;
            signatures.push((key, unspell(sig)?));
        }
        if !signatures.is_sorted_by(|a, b| a.0 < b.0) {
            return Err(Error::Signatures);
        }
        Ok(Self {
            payload_type,
            payload: unspell(&wire.payload)?,
            signatures,
        })
    }

    /// Verifies every signature.
    pub fn verify(&self) -> Result<(), Error> {
        let message = self.message();
        let all = self
            .signatures
            .iter()
            .all(|(key, signature)| key.verifies(&message, signature));
        if all {
            Ok(())
        } else {
            Err(Error::BadSignature)
        }
    }
}

/// Standard base64 with its padding, and no bits left over.
fn unspell(text: &str) -> Result<Vec<u8>, Error> {
    BASE64.decode(text).map_err(|_| Error::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signed() -> Envelope {
        Envelope::sign(
            b"{}".to_vec(),
            &[
                &SecretKey::from_seed(&[1; 32]),
                &SecretKey::from_seed(&[2; 32]),
            ],
        )
    }

    #[test]
    fn one_event_has_one_encoding() {
        let bytes = signed().encode();
        assert_eq!(Envelope::decode(&bytes), Ok(signed()));
        let text = String::from_utf8(bytes).expect("ascii");
        let parts: Vec<&str> = text.split("{\"keyid\"").collect();
        let swapped = format!(
            "{}{{\"keyid\"{},{{\"keyid\"{}]}}",
            parts[0],
            parts[2].trim_end_matches("]}"),
            parts[1].trim_end_matches(',')
        );
        for (bent, why) in [
            (format!(" {text}"), "white space"),
            (format!("{text}\n"), "newline"),
            (text.replace("e30=", "e30"), "unpadded base64"),
            (text.replace("e30=", "e31="), "base64 with trailing bits"),
            (text.replace("]}", "],\"x\":1}"), "unknown field"),
            (
                text.replace("ed25519:", "ED25519:"),
                "other spelling of a key",
            ),
            (swapped, "unsorted signatures"),
            (
                format!(
                    "{}{{\"keyid\"{}{{\"keyid\"{}]}}",
                    parts[0],
                    parts[1],
                    parts[1].trim_end_matches(',')
                ),
                "one key twice",
            ),
        ] {
            assert!(Envelope::decode(bent.as_bytes()).is_err(), "{why}: {bent}");
        }
    }

    #[test]
    fn every_signature_must_verify() {
        assert_eq!(signed().verify(), Ok(()));
        let mut bad = signed();
        bad.signatures[1].1[5] ^= 1;
        assert_eq!(bad.verify(), Err(Error::BadSignature));
        let mut other = signed();
        other.payload = b"{ }".to_vec();
        assert_eq!(other.verify(), Err(Error::BadSignature));
    }

    #[test]
    fn what_was_signed_as_one_thing_is_never_another() {
        const OTHER: &str = "application/vnd.lianyan.other+json";
        let bytes = signed().encode();
        assert_eq!(Envelope::decode_as(OTHER, &bytes), Err(Error::Malformed));
        let text = String::from_utf8(bytes).expect("ascii");
        let renamed = text.replace(PAYLOAD_TYPE, OTHER);
        let renamed = Envelope::decode_as(OTHER, renamed.as_bytes()).expect("an envelope");
        assert_eq!(renamed.verify(), Err(Error::BadSignature));
        let other = Envelope::sign_as(OTHER, b"{}".to_vec(), &[&SecretKey::from_seed(&[1; 32])]);
        assert_eq!(other.verify(), Ok(()));
        assert_eq!(signed().joined(other), None);
    }

    #[test]
    fn no_truncation_of_an_envelope_decodes() {
        let bytes = signed().encode();
        assert!((0..bytes.len()).all(|n| Envelope::decode(&bytes[..n]).is_err()));
    }
}
