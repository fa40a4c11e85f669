//! Beginning a chain: keys, an id that ends in a random part, the genesis.

use super::home::{Chain, Home};
use crate::{
    application::AppState,
    chain::{Genesis, GenesisValidator},
    comet::{self, ConsensusParams},
    consortium::{Signers, now},
    demo::{FOUNDERS, SPAN, Script, Size, Tempo},
    error::{Error, Result},
    merkle::sha256,
    network::SigningSeed,
};
use records::{KeyType, PublicKey, SecretKey, ValidatorKey};

/// Begins a chain: six weeks ago, so that there is a history to look at, or now. Its validators begin with keys of one type; later ones may have one
/// of `allowed`.
pub(super) fn found(
    home: &Home,
    size: Size,
    tempo: Tempo,
    key_type: KeyType,
    allowed: &[KeyType],
) -> Result<Chain> {
    let (mut secret, mut suffix) = ([0; 32], [0; 4]);
    random(&mut secret)?;
    random(&mut suffix)?;
    let chain_id = format!("dev-lianyan-{}", hex::encode(suffix));
    let start = match tempo {
        Tempo::Past => now() - SPAN,
        Tempo::Live => now(),
    };
    let keys: [ValidatorKey; 4] =
        std::array::from_fn(|index| validator_key(&secret, key_type, index).public());
    let founding = Script::new(&chain_id, start, size, tempo).genesis(&keys, allowed);
    let validators = FOUNDERS
        .iter()
        .zip(&keys)
        .map(|(founder, key)| GenesisValidator {
            name: founder.name_en.into(),
            key: key.clone(),
            power: i64::try_from(founder.power).unwrap_or(i64::MAX),
        });
    let chain = Chain {
        secret,
        key_type,
        genesis: Genesis {
            chain_id,
            time: comet::timestamp(start),
            params: ConsensusParams::with_keys(allowed),
            validators: validators.collect(),
            app_state: AppState::new([founding]),
        },
        size,
        tempo,
        filled: false,
    };
    home.save(&chain)?;
    Ok(chain)
}

/// Fills with what nobody can predict.
pub(super) fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Error::Setup(format!("no random numbers: {error}")))
}

impl Chain {
    /// The demo's script, the same as when the chain began.
    pub fn script(&self) -> Script {
        let start = comet::nanos(&self.genesis.time);
        Script::new(&self.genesis.chain_id, start, self.size, self.tempo)
    }

    /// The validators' keys.
    pub fn signers(&self) -> Signers {
        Signers::new((0..FOUNDERS.len()).map(|index| self.validator_key(index).seed))
    }

    /// A validator's key; beyond the founders', one that has no power.
    pub fn validator_key(&self, index: usize) -> SigningSeed {
        validator_key(&self.secret, self.key_type, index)
    }

    /// Seed of the key by which peers know a node.
    pub fn peer_seed(&self, node: usize) -> [u8; 32] {
        key(&self.secret, "peer", node).seed()
    }

    /// The raw key of a node: the first's is its member's validator's, the others have no power.
    pub fn node_key(&self, node: usize) -> [u8; 32] {
        let key = match node {
            0 => key(&self.secret, "validator", 0),
            node => key(&self.secret, "full-node", node),
        };
        raw(&key.public())
    }
}

fn validator_key(secret: &[u8; 32], key_type: KeyType, index: usize) -> SigningSeed {
    SigningSeed {
        key_type,
        seed: key(secret, "validator", index).seed(),
    }
}

fn key(secret: &[u8; 32], what: &str, index: usize) -> SecretKey {
    SecretKey::from_seed(&sha256(
        &[&secret[..], format!("{what}/{index}").as_bytes()].concat(),
    ))
}

fn raw(key: &PublicKey) -> [u8; 32] {
    let PublicKey::Ed25519(key) = key;
    *key
}
