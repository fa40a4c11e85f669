//! Consensus parameters.

use crate::merkle::{Hash, sha256};
use prost::Message;
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
}

/// Bytes of a block that are not transactions: header, commit, evidence; generously.
const BLOCK_OVERHEAD: usize = 64 * 1024;

impl ConsensusParams {
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
            "validator": { "pub_key_types": ["ed25519"] },
            "version": { "app": self.app_version.to_string() },
            "abci": { "vote_extensions_enable_height": "0" },
        })
    }

    /// Reads what [`ConsensusParams::to_json`] writes.
    pub fn from_json(params: &Value) -> Option<Self> {
        Some(Self {
            max_bytes: params["block"]["max_bytes"].as_str()?.parse().ok()?,
            max_gas: params["block"]["max_gas"].as_str()?.parse().ok()?,
            app_version: params["version"]["app"].as_str()?.parse().ok()?,
        })
    }
}
