//! Validator keys and the verification of their signatures.

mod ed25519;
#[cfg(feature = "ml-dsa")]
mod ml_dsa;
#[cfg(feature = "secp256k1")]
mod secp256k1;
#[cfg(feature = "secp256k1")]
mod secp256k1eth;

#[cfg(feature = "secp256k1")]
pub use secp256k1eth::Key as Secp256k1EthKey;

#[cfg(feature = "ml-dsa")]
use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::header::Address;
use crate::merkle::sha256;

/// A validator's public key, one variant for each type that CometBFT v0.40 knows by default.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// `tendermint/PubKeyEd25519`, checked by the rules of ZIP-215.
    Ed25519([u8; 32]),
    /// `tendermint/PubKeySecp256k1`: compressed point, signatures r ‖ s over SHA-256.
    #[cfg(feature = "secp256k1")]
    Secp256k1([u8; 33]),
    /// `tendermint/PubKeySecp256k1eth`: compressed point, signatures r ‖ s ‖ v over Keccak-256.
    #[cfg(feature = "secp256k1")]
    Secp256k1Eth(Secp256k1EthKey),
    /// `cometbft/PubKeyMlDsa65` (FIPS 204), pure, with an empty context.
    #[cfg(feature = "ml-dsa")]
    MlDsa65(Box<[u8; 1952]>),
}

impl PublicKey {
    /// Reads a key by the type name that stands in JSON; none when the type is unknown here or the bytes are no key of that type.
    pub fn from_type_and_bytes(type_name: &str, bytes: &[u8]) -> Option<PublicKey> {
        match type_name {
            "tendermint/PubKeyEd25519" => Some(PublicKey::Ed25519(bytes.try_into().ok()?)),
            #[cfg(feature = "secp256k1")]
            "tendermint/PubKeySecp256k1" => Some(PublicKey::Secp256k1(bytes.try_into().ok()?)),
            #[cfg(feature = "secp256k1")]
            "tendermint/PubKeySecp256k1eth" => {
                Secp256k1EthKey::new(bytes).map(PublicKey::Secp256k1Eth)
            }
            #[cfg(feature = "ml-dsa")]
            "cometbft/PubKeyMlDsa65" => Some(PublicKey::MlDsa65(Box::new(bytes.try_into().ok()?))),
            _ => None,
        }
    }

    /// The type name in JSON.
    pub fn type_name(&self) -> &'static str {
        match self {
            PublicKey::Ed25519(_) => "tendermint/PubKeyEd25519",
            #[cfg(feature = "secp256k1")]
            PublicKey::Secp256k1(_) => "tendermint/PubKeySecp256k1",
            #[cfg(feature = "secp256k1")]
            PublicKey::Secp256k1Eth(_) => "tendermint/PubKeySecp256k1eth",
            #[cfg(feature = "ml-dsa")]
            PublicKey::MlDsa65(_) => "cometbft/PubKeyMlDsa65",
        }
    }

    /// The key's bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.proto_field().1
    }

    /// The address under which the key's owner votes.
    pub fn address(&self) -> Address {
        match self {
            #[cfg(feature = "secp256k1")]
            PublicKey::Secp256k1(key) => secp256k1::address(key),
            #[cfg(feature = "secp256k1")]
            PublicKey::Secp256k1Eth(key) => key.address(),
            _ => {
                let [address @ .., _, _, _, _, _, _, _, _, _, _, _, _] = sha256(&[self.as_bytes()]);
                address
            }
        }
    }

    /// Number and content of the field in `tendermint.crypto.PublicKey`.
    pub(crate) fn proto_field(&self) -> (u32, &[u8]) {
        match self {
            PublicKey::Ed25519(key) => (1, key),
            #[cfg(feature = "secp256k1")]
            PublicKey::Secp256k1(key) => (2, key),
            #[cfg(feature = "ml-dsa")]
            PublicKey::MlDsa65(key) => (4, &key[..]),
            #[cfg(feature = "secp256k1")]
            PublicKey::Secp256k1Eth(key) => (5, key.as_bytes()),
        }
    }

    /// Reads a key by the number of its field in `tendermint.crypto.PublicKey`; none when the type is unknown here or the bytes are no key of it.
    pub(crate) fn from_proto_field(field: u64, bytes: &[u8]) -> Option<PublicKey> {
        let type_name = match field {
            1 => "tendermint/PubKeyEd25519",
            2 => "tendermint/PubKeySecp256k1",
            4 => "cometbft/PubKeyMlDsa65",
            5 => "tendermint/PubKeySecp256k1eth",
            _ => return None,
        };
        PublicKey::from_type_and_bytes(type_name, bytes)
    }

    /// What checking one signature costs, where one Ed25519 signature costs 1 (measured in wasm).
    pub(crate) fn cost(&self) -> u32 {
        match self {
            PublicKey::Ed25519(_) => 1,
            #[cfg(feature = "secp256k1")]
            PublicKey::Secp256k1(_) | PublicKey::Secp256k1Eth(_) => 3,
            #[cfg(feature = "ml-dsa")]
            PublicKey::MlDsa65(_) => 5,
        }
    }

    /// Whether this key's owner signed the message.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            PublicKey::Ed25519(key) => ed25519::verify(key, message, signature),
            #[cfg(feature = "secp256k1")]
            PublicKey::Secp256k1(key) => secp256k1::verify(key, message, signature),
            #[cfg(feature = "secp256k1")]
            PublicKey::Secp256k1Eth(key) => key.verify(message, signature),
            #[cfg(feature = "ml-dsa")]
            PublicKey::MlDsa65(key) => ml_dsa::verify(key, message, signature),
        }
    }
}

/// A signature to be checked.
pub(crate) struct Claim<'a> {
    pub(crate) key: &'a PublicKey,
    pub(crate) message: Vec<u8>,
    pub(crate) signature: &'a [u8],
}

/// Which of the signatures hold, in order.
///
/// Ed25519 signatures are checked as one batch, whose answer is the same as that of one check after the other (ZIP-215).
/// Only a failed batch is gone through one by one, to name the bad ones.
pub(crate) fn verify_all(claims: &[Claim<'_>]) -> Vec<bool> {
    let batch: Vec<_> = claims.iter().filter_map(ed25519_claim).collect();
    let batch_holds = ed25519::verify_batch(&batch);
    let holds = |claim: &Claim<'_>| match claim.key {
        PublicKey::Ed25519(_) if batch_holds => true,
        key => key.verify(&claim.message, claim.signature),
    };
    claims.iter().map(holds).collect()
}

fn ed25519_claim<'a>(claim: &'a Claim<'_>) -> Option<(&'a [u8; 32], &'a [u8], &'a [u8])> {
    match claim.key {
        PublicKey::Ed25519(key) => Some((key, &claim.message, claim.signature)),
        #[cfg(any(feature = "secp256k1", feature = "ml-dsa"))]
        _ => None,
    }
}
