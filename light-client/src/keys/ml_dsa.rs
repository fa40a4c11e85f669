//! ML-DSA-65 (FIPS 204), which stays sound where a quantum computer would break elliptic curves.

use ml_dsa::signature::Verifier;
use ml_dsa::{EncodedVerifyingKey, MlDsa65, Signature, VerifyingKey};

pub(super) fn verify(key: &[u8; 1952], message: &[u8], signature: &[u8]) -> bool {
    let Ok(encoded) = EncodedVerifyingKey::<MlDsa65>::try_from(&key[..]) else {
        return false;
    };
    let Ok(signature) = Signature::<MlDsa65>::try_from(signature) else {
        return false;
    };
    VerifyingKey::<MlDsa65>::decode(&encoded)
        .verify(message, &signature)
        .is_ok()
}
