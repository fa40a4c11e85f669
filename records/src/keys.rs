//! Keys and signatures of people and members. Enums from the first day: one more algorithm is one more variant.

use crate::{
    canonical::Value,
    shape::{Reader, Shape},
};
use core::{cell::RefCell, fmt, str::FromStr};
use ed25519_dalek::{Signature, Signer, Verifier, VerifyingKey};

/// Heights on the curve (y, little-endian) of the eight points whose order divides the cofactor: 0, 1 and -1 stand for order 4, 1 and 2, the others for order 8.
/// The sign of x is the last bit of an encoding.
const SMALL_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    one(),
    [
        0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0x7f,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
];

/// Keys that are kept with their points.
const OPENED: usize = 64;

std::thread_local! {
    /// Keys that signed lately with their points, each in the place that its first byte names: to find a point costs a fifth of a verification, and who
    /// issues signs often. Who makes keys for one place slows nothing below what it would be without.
    static LATELY: RefCell<[Option<VerifyingKey>; OPENED]> = const { RefCell::new([None; OPENED]) };
}

/// A key with its point; none where that is none, or has a small order.
fn opened(bytes: &[u8; 32]) -> Option<VerifyingKey> {
    LATELY.with_borrow_mut(|lately| {
        let place = lately.get_mut(usize::from(bytes[0]) % OPENED)?;
        if place.is_none_or(|key| key.as_bytes() != bytes) {
            let key = VerifyingKey::from_bytes(bytes).ok();
            *place = Some(key.filter(|key| !key.is_weak())?);
        }
        *place
    })
}

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
    /// Whether `signature` over `message` is this key's; never by small-order keys or points, or non-canonical forms, so that one signature cannot be
    /// bent into a second. It says what [`VerifyingKey::verify_strict`] says, without taking the root that finds the point behind R: the plain equation
    /// compares R with the one encoding of the point it ought to be, so R has a small order only where it is one of eight encodings.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let Self::Ed25519(bytes) = self;
        let (Some(key), Ok(signature)) = (opened(bytes), Signature::from_slice(signature)) else {
            return false;
        };
        !has_small_order(*signature.r_bytes()) && key.verify(message, &signature).is_ok()
    }
}

fn has_small_order(mut point: [u8; 32]) -> bool {
    point[31] &= 0x7f;
    SMALL_ORDER.contains(&point)
}

const fn one() -> [u8; 32] {
    let mut one = [0; 32];
    one[0] = 1;
    one
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

#[cfg(test)]
mod tests {
    use super::*;
    use curve25519_dalek::{
        Scalar,
        constants::EIGHT_TORSION,
        edwards::{CompressedEdwardsY, EdwardsPoint},
        scalar::clamp_integer,
    };
    use sha2::{Digest, Sha512};

    const MESSAGE: &[u8] = b"an event";

    fn strictly(key: &[u8; 32], signature: &[u8]) -> bool {
        let key = VerifyingKey::from_bytes(key);
        let signature = Signature::from_slice(signature).expect("64 bytes");
        key.is_ok_and(|key| key.verify_strict(MESSAGE, &signature).is_ok())
    }

    fn plainly(key: &[u8; 32], signature: &[u8]) -> bool {
        let key = VerifyingKey::from_bytes(key);
        let signature = Signature::from_slice(signature).expect("64 bytes");
        key.is_ok_and(|key| key.verify(MESSAGE, &signature).is_ok())
    }

    fn ours(key: &[u8; 32], signature: &[u8]) -> bool {
        PublicKey::Ed25519(*key).verifies(MESSAGE, signature)
    }

    /// What the plain equation allows: R of a small order, and s = k·a.
    fn bent(key: &ed25519_dalek::SigningKey, point: &[u8; 32]) -> [u8; 64] {
        let digest = Sha512::new()
            .chain_update(point)
            .chain_update(key.verifying_key().as_bytes())
            .chain_update(MESSAGE);
        let k = Scalar::from_bytes_mod_order_wide(&digest.finalize().into());
        let a = Scalar::from_bytes_mod_order(clamp_integer(key.to_scalar_bytes()));
        let mut signature = [0; 64];
        signature[..32].copy_from_slice(point);
        signature[32..].copy_from_slice((k * a).as_bytes());
        signature
    }

    #[test]
    fn the_eight_points_of_small_order_are_known_and_no_other() {
        let eight = EIGHT_TORSION.map(|point| point.compress().to_bytes());
        assert!(eight.iter().all(|point| has_small_order(*point)));
        for point in SMALL_ORDER {
            let point = CompressedEdwardsY(point).decompress().expect("a point");
            assert!(point.is_small_order());
        }
        let key = SecretKey::from_seed(&[1; 32]).public();
        let PublicKey::Ed25519(bytes) = key;
        assert!(!has_small_order(bytes));
    }

    #[test]
    fn a_signature_by_a_point_of_small_order_is_refused() {
        let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
        let public = key.verifying_key();
        let eight = EIGHT_TORSION.map(|point| point.compress().to_bytes());
        let [identity, ..] = eight;
        assert!(plainly(public.as_bytes(), &bent(&key, &identity)));
        for point in eight {
            assert!(!ours(public.as_bytes(), &bent(&key, &point)));
        }
    }

    /// Under the point at zero every s has its R, whatever the message is.
    #[test]
    fn a_key_of_small_order_signs_nothing() {
        let [identity, ..] = EIGHT_TORSION.map(|point| point.compress().to_bytes());
        let s = Scalar::from(5_u8);
        let r = EdwardsPoint::mul_base(&s).compress().to_bytes();
        let signature = [r, s.to_bytes()].concat();
        assert!(plainly(&identity, &signature));
        assert!(!ours(&identity, &signature));
    }

    #[test]
    fn keys_of_one_place_are_told_apart() {
        let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]);
        let public = *key.verifying_key().as_bytes();
        let signature = key.sign(MESSAGE).to_bytes();
        let others = (0..=u8::MAX).map(|last| {
            let mut other = public;
            other[31] = last;
            other
        });
        for other in others.filter(|other| *other != public) {
            assert!(ours(&public, &signature) && !ours(&other, &signature));
        }
        assert!(ours(&public, &signature));
    }

    #[test]
    fn it_says_what_the_strict_way_says() {
        let key = ed25519_dalek::SigningKey::from_bytes(&[2; 32]);
        let public = *key.verifying_key().as_bytes();
        let good = key.sign(MESSAGE).to_bytes();
        assert!(ours(&public, &good) && strictly(&public, &good));
        for bit in 0..512 {
            let mut bad = good;
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(
                !ours(&public, &bad) && !strictly(&public, &bad),
                "bit {bit}"
            );
        }
        for seed in 0..64 {
            let other = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
            let signature = other.sign(MESSAGE).to_bytes();
            assert_eq!(ours(&public, &signature), strictly(&public, &signature));
            let own = *other.verifying_key().as_bytes();
            assert!(ours(&own, &signature) && strictly(&own, &signature));
        }
        assert!(!ours(&public, &good[..63]) && !ours(&public, &[]));
    }
}
