//! Keys that sign, of every type that a validator may hold.

use ed25519_zebra::VerificationKeyBytes;
use k256::ecdsa;
use light_client::{PublicKey, sha256};
use ml_dsa::{Keypair, MlDsa65};
use sha3::{Digest, Keccak256};

/// A private key.
#[derive(Clone)]
pub enum Key {
    Ed25519(ed25519_zebra::SigningKey),
    Secp256k1(ecdsa::SigningKey),
    Secp256k1Eth(ecdsa::SigningKey),
    MlDsa65(Box<ml_dsa::SigningKey<MlDsa65>>),
}

/// Types of keys, by number.
pub const TYPES: u64 = 4;

impl Key {
    pub fn ed25519(number: u64) -> Key {
        Key::Ed25519(ed25519_zebra::SigningKey::from(seed(number)))
    }

    pub fn ml_dsa_65(number: u64) -> Key {
        Key::MlDsa65(Box::new(ml_dsa::SigningKey::from_seed(
            &seed(number).into(),
        )))
    }

    /// A key of the type with this number.
    pub fn of_type(which: u64, number: u64) -> Key {
        let curve = || ecdsa::SigningKey::from_slice(&seed(number)).expect("a scalar");
        match which % TYPES {
            0 => Key::ed25519(number),
            1 => Key::Secp256k1(curve()),
            2 => Key::Secp256k1Eth(curve()),
            _ => Key::ml_dsa_65(number),
        }
    }

    pub fn public(&self) -> PublicKey {
        let (name, bytes) = match self {
            Key::Ed25519(key) => (
                "tendermint/PubKeyEd25519",
                <[u8; 32]>::from(VerificationKeyBytes::from(key)).to_vec(),
            ),
            Key::Secp256k1(key) => ("tendermint/PubKeySecp256k1", compressed(key)),
            Key::Secp256k1Eth(key) => ("tendermint/PubKeySecp256k1eth", compressed(key)),
            Key::MlDsa65(key) => (
                "cometbft/PubKeyMlDsa65",
                key.verifying_key().encode().to_vec(),
            ),
        };
        PublicKey::from_type_and_bytes(name, &bytes).expect("a key")
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match self {
            Key::Ed25519(key) => <[u8; 64]>::from(key.sign(message)).to_vec(),
            Key::Secp256k1(key) => {
                let (signature, _) = key.sign_prehash_recoverable(&sha256(&[message]));
                signature.to_bytes().to_vec()
            }
            Key::Secp256k1Eth(key) => {
                let (signature, id) = key.sign_prehash_recoverable(&Keccak256::digest(message));
                [&signature.to_bytes()[..], &[id.to_byte()]].concat()
            }
            Key::MlDsa65(key) => {
                use ml_dsa::signature::Signer;
                key.sign(message).encode().to_vec()
            }
        }
    }
}

fn seed(number: u64) -> [u8; 32] {
    sha256(&[b"member", &number.to_be_bytes()])
}

fn compressed(key: &ecdsa::SigningKey) -> Vec<u8> {
    key.verifying_key().to_sec1_point(true).as_bytes().to_vec()
}
