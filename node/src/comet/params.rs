//! Consensus parameters.

use crate::merkle::{Hash, sha256};
use prost::Message;
use records::KeyType;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tendermint_proto::v0_38::types::HashedParams;

/// The consensus parameters that matter here; the others have CometBFT's defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsensusParams {
    /// Largest block, bytes.
    pub max_bytes: i64,
    /// Most gas in a block; −1 is without limit.
    pub max_gas: i64,
    /// Application version: the version of the rules in force.
    pub app_version: u64,
    /// Types of keys that validators may have (`pub_key_types`).
    #[serde(default = "ed25519")]
    pub key_types: Vec<String>,
}

/// Validators' keys unless something else is said.
fn ed25519() -> Vec<String> {
    vec![KeyType::Ed25519.word().into()]
}

/// CometBFT's name of a key in JSON.
pub fn key_name(key_type: KeyType) -> &'static str {
    match key_type {
        KeyType::Ed25519 => "tendermint/PubKeyEd25519",
        KeyType::MlDsa65 => "cometbft/PubKeyMlDsa65",
    }
}

/// Bytes of a block that are not transactions: header, commit, evidence; generously.
const BLOCK_OVERHEAD: usize = 64 * 1024;

impl ConsensusParams {
    /// The usual ones, and validators' keys of these types.
    pub fn with_keys(key_types: &[KeyType]) -> Self {
        let words = key_types.iter().map(|key_type| key_type.word().into());
        Self {
            key_types: words.collect(),
            ..Self::default()
        }
    }

    /// Most bytes of transactions in a block.
    pub fn max_tx_bytes(&self) -> usize {
        usize::try_from(self.max_bytes)
            .unwrap_or_default()
            .saturating_sub(BLOCK_OVERHEAD)
    }
}

impl Default for ConsensusParams {
    fn default() -> Self {
        Self {
            max_bytes: 4 * 1024 * 1024,
            max_gas: -1,
            app_version: 1,
            key_types: ed25519(),
        }
    }
}

/// The header's `consensus_hash`: only the block's limits are in it (types/params.go `Hash`).
pub fn consensus_hash(params: &ConsensusParams) -> Hash {
    let hashed = HashedParams {
        block_max_bytes: params.max_bytes,
        block_max_gas: params.max_gas,
    };
    sha256(&hashed.encode_to_vec())
}

impl ConsensusParams {
    /// CometBFT's JSON; what this node does not use has CometBFT's default.
    pub fn to_json(&self) -> Value {
        json!({
            "block": { "max_bytes": self.max_bytes.to_string(), "max_gas": self.max_gas.to_string() },
            "evidence": { "max_age_num_blocks": "100000", "max_age_duration": "172800000000000", "max_bytes": "1048576" },
            "validator": { "pub_key_types": self.key_types },
            "version": { "app": self.app_version.to_string() },
            "abci": { "vote_extensions_enable_height": "0" },
        })
    }

    /// Reads what [`ConsensusParams::to_json`] writes.
    pub fn from_json(params: &Value) -> Option<Self> {
        let key_types = params["validator"]["pub_key_types"].as_array()?.iter();
        let key_types = key_types.map(|name| Some(name.as_str()?.to_owned()));
        Some(Self {
            key_types: key_types.collect::<Option<_>>()?,
            max_bytes: params["block"]["max_bytes"].as_str()?.parse().ok()?,
            max_gas: params["block"]["max_gas"].as_str()?.parse().ok()?,
            app_version: params["version"]["app"].as_str()?.parse().ok()?,
        })
    }
}
