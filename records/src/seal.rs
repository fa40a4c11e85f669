//! Sealing a document to one reader: HPKE (RFC 9180) with X-Wing, so that what is collected today stays closed to tomorrow's quantum computers.
//!
//! Form: `0x01 ‖ encapsulated key (1120) ‖ ciphertext and tag`. The record's tree key is authenticated along, so a sealed document cannot be
//! passed off as another.

use crate::name::RecordName;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
pub use hpke::rand_core::CryptoRng;
use hpke::{
    Deserializable, Kem as _, OpModeR, OpModeS, Serializable, aead::ChaCha20Poly1305,
    kdf::HkdfSha256, kem::XWing, single_shot_open, single_shot_seal_with_rng,
};

const FORM: u8 = 1;
const INFO: &[u8] = b"lianyan/seal/1";
const ENCAPSULATED: usize = 1120;

type PublicKey = <XWing as hpke::Kem>::PublicKey;
type PrivateKey = <XWing as hpke::Kem>::PrivateKey;
type EncappedKey = <XWing as hpke::Kem>::EncappedKey;

/// Why sealing or opening failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not an X-Wing public key.
    #[error("not a sealing key")]
    BadKey,
    /// Not in our form.
    #[error("not a sealed document")]
    Malformed,
    /// Sealed to somebody else, for another record, or altered.
    #[error("not sealed to this key for this record")]
    Closed,
}

/// A reader's key pair, derived from 32 bytes that the reader keeps.
pub struct SealKey {
    private: PrivateKey,
    public: PublicKey,
}

impl SealKey {
    /// Derives the pair.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        let (private, public) = XWing::derive_keypair(seed);
        Self { private, public }
    }

    /// The public half as a member's record carries it, base64.
    pub fn public(&self) -> String {
        BASE64.encode(self.public.to_bytes())
    }

    /// Opens what was sealed to this key for this record.
    pub fn open(&self, sealed: &[u8], record: &RecordName) -> Result<Vec<u8>, Error> {
        let (form, rest) = sealed.split_first().ok_or(Error::Malformed)?;
        let (encapsulated, ciphertext) = rest
            .split_at_checked(ENCAPSULATED)
            .ok_or(Error::Malformed)?;
        if *form != FORM {
            return Err(Error::Malformed);
        }
        let encapsulated = EncappedKey::from_bytes(encapsulated).map_err(|_| Error::Malformed)?;
        let mode = OpModeR::Base;
        single_shot_open::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &mode,
            &self.private,
            &encapsulated,
            INFO,
            ciphertext,
            &record.tree_key(),
        )
        .map_err(|_| Error::Closed)
    }
}

/// Seals to a reader's public key (base64), for this record.
pub fn seal(
    plaintext: &[u8],
    reader: &str,
    record: &RecordName,
    rng: &mut impl CryptoRng,
) -> Result<Vec<u8>, Error> {
    let key = BASE64.decode(reader).map_err(|_| Error::BadKey)?;
    let key = PublicKey::from_bytes(&key).map_err(|_| Error::BadKey)?;
    let mode = OpModeS::Base;
    let (encapsulated, ciphertext) =
        single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &mode,
            &key,
            INFO,
            plaintext,
            &record.tree_key(),
            rng,
        )
        .map_err(|_| Error::BadKey)?;
    Ok([&[FORM][..], &encapsulated.to_bytes(), &ciphertext].concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::sha256;

    /// Repeatable bytes, for tests only.
    struct Counter(u64);

    impl hpke::rand_core::TryRng for Counter {
        type Error = core::convert::Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
            self.try_next_u64().map(|n| n as u32)
        }
        fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
            self.0 += 1;
            Ok(u64::from_be_bytes(
                sha256(&[&self.0.to_be_bytes()])[..8]
                    .try_into()
                    .expect("eight bytes"),
            ))
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error> {
            for byte in bytes {
                *byte = self.try_next_u64()? as u8;
            }
            Ok(())
        }
    }
    impl hpke::rand_core::TryCryptoRng for Counter {}

    #[test]
    fn only_the_reader_opens_and_only_for_the_record_sealed_to_it() {
        let (reader, other) = (SealKey::from_seed(&[1; 32]), SealKey::from_seed(&[2; 32]));
        let record = RecordName::new("document", "a1").expect("a name");
        let sealed = seal(
            "心电图：窦性心律".as_bytes(),
            &reader.public(),
            &record,
            &mut Counter(7),
        )
        .expect("sealed");
        assert_eq!(
            reader.open(&sealed, &record).as_deref(),
            Ok("心电图：窦性心律".as_bytes())
        );
        assert_eq!(other.open(&sealed, &record), Err(Error::Closed));
        assert_eq!(
            reader.open(&sealed, &RecordName::new("document", "a2").expect("a name")),
            Err(Error::Closed)
        );
        for at in [0, 1, 600, 1120, 1121, sealed.len() - 1] {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert!(reader.open(&bent, &record).is_err(), "byte {at}");
        }
        assert!(
            (0..sealed.len())
                .step_by(97)
                .all(|n| reader.open(&sealed[..n], &record).is_err())
        );
        assert_eq!(
            seal(b"", "AAAA", &record, &mut Counter(1)),
            Err(Error::BadKey)
        );
    }
}
