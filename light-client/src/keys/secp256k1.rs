//! secp256k1 in CometBFT's form: ECDSA over SHA-256, 64-byte r ‖ s with s in the lower half.

use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::ecdsa::{Signature, VerifyingKey};
use ripemd::{Digest, Ripemd160};

use crate::header::Address;
use crate::merkle::sha256;

/// RIPEMD-160(SHA-256(key)), Bitcoin's address.
pub(super) fn address(key: &[u8; 33]) -> Address {
    Ripemd160::digest(sha256(&[key])).into()
}

pub(super) fn verify(key: &[u8; 33], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Some(signature)) = (VerifyingKey::from_sec1_bytes(key), low_s(signature)) else {
        return false;
    };
    key.verify_prehash(&sha256(&[message]), &signature).is_ok()
}

/// Reads r ‖ s; refuses the second form (r, −s) that everybody could make of a signature.
pub(super) fn low_s(bytes: &[u8]) -> Option<Signature> {
    let signature = Signature::from_slice(bytes).ok()?;
    (signature.normalize_s() == signature).then_some(signature)
}
