//! secp256k1 in Ethereum's form: ECDSA over Keccak-256, 65-byte r ‖ s ‖ v with s in the lower half and v in {0, 1}.

use k256::ecdsa::{RecoveryId, VerifyingKey};
use sha3::{Digest, Keccak256};

use super::secp256k1::low_s;
use crate::header::Address;

/// A compressed point on the curve, with its address, for which the point had to be decompressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    bytes: [u8; 33],
    address: Address,
}

impl Key {
    pub(super) fn new(bytes: &[u8]) -> Option<Key> {
        let bytes: [u8; 33] = bytes.try_into().ok()?;
        let point = VerifyingKey::from_sec1_bytes(&bytes)
            .ok()?
            .to_sec1_point(false);
        let (_, coordinates) = point.as_bytes().split_first()?;
        let hash: [u8; 32] = Keccak256::digest(coordinates).into();
        let [_, _, _, _, _, _, _, _, _, _, _, _, address @ ..] = hash;
        Some(Key { bytes, address })
    }

    pub(super) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The last 20 bytes of Keccak-256(x ‖ y).
    pub(super) fn address(&self) -> Address {
        self.address
    }

    /// Recovers the key from the signature and compares, so that v is checked as well.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        let Some((&v, r_s)) = signature.split_last() else {
            return false;
        };
        let (true, Some(id), Some(signature)) = (v <= 1, RecoveryId::from_byte(v), low_s(r_s))
        else {
            return false;
        };
        let recovered =
            VerifyingKey::recover_from_prehash(&Keccak256::digest(message), &signature, id);
        recovered.is_ok_and(|key| key.to_sec1_point(true).as_bytes() == self.bytes)
    }
}
