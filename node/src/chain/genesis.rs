//! The genesis document, in CometBFT's JSON.

use crate::{
    application::{AppState, InitChainRequest, ValidatorKey, ValidatorUpdate},
    comet::{self, ConsensusParams, Timestamp, ValidatorSet},
    error::{Error, Result},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use serde_json::{Value, json};

/// What a chain starts from.
#[derive(Clone, Debug)]
pub struct Genesis {
    /// Chain id.
    pub chain_id: String,
    /// Genesis time.
    pub time: Timestamp,
    /// Consensus parameters.
    pub params: ConsensusParams,
    /// First validators.
    pub validators: Vec<GenesisValidator>,
    /// The application's part: founding events.
    pub app_state: AppState,
}

/// A validator in the genesis document.
#[derive(Clone, Debug)]
pub struct GenesisValidator {
    /// Name.
    pub name: String,
    /// Raw Ed25519 key.
    pub key: [u8; 32],
    /// Voting power.
    pub power: i64,
}

impl Genesis {
    /// The document.
    pub fn to_json(&self) -> Value {
        let validators: Vec<Value> = self.validators.iter().map(validator_json).collect();
        json!({
            "genesis_time": comet::rfc3339(&self.time),
            "chain_id": self.chain_id,
            "initial_height": "1",
            "consensus_params": self.params.to_json(),
            "validators": validators,
            "app_hash": "",
            "app_state": self.app_state,
        })
    }

    /// Reads what [`Genesis::to_json`] writes.
    pub fn from_json(document: &Value) -> Result<Self> {
        read(document).ok_or_else(|| Error::Setup("the genesis document cannot be read".into()))
    }

    /// The first validator set.
    pub fn validator_set(&self) -> ValidatorSet {
        ValidatorSet::new(
            self.validators
                .iter()
                .map(|validator| (validator.key, validator.power)),
        )
    }

    /// What the application is told.
    pub fn init_chain(&self) -> Result<InitChainRequest> {
        let validators = self.validators.iter().map(|validator| ValidatorUpdate {
            key: ValidatorKey::Ed25519(validator.key),
            power: validator.power,
        });
        Ok(InitChainRequest {
            time: comet::nanos(&self.time),
            chain_id: self.chain_id.clone(),
            validators: validators.collect(),
            app_state_bytes: serde_json::to_vec(&self.app_state)
                .map_err(|error| Error::Setup(error.to_string()))?,
        })
    }
}

fn validator_json(validator: &GenesisValidator) -> Value {
    json!({
        "address": hex::encode_upper(comet::address_of(&validator.key)),
        "pub_key": { "type": "tendermint/PubKeyEd25519", "value": BASE64.encode(validator.key) },
        "power": validator.power.to_string(),
        "name": validator.name,
    })
}

fn read(document: &Value) -> Option<Genesis> {
    let validators = document["validators"].as_array()?;
    let validators = validators.iter().map(|validator| {
        Some(GenesisValidator {
            name: validator["name"].as_str()?.into(),
            key: BASE64
                .decode(validator["pub_key"]["value"].as_str()?)
                .ok()?
                .try_into()
                .ok()?,
            power: validator["power"].as_str()?.parse().ok()?,
        })
    });
    Some(Genesis {
        chain_id: document["chain_id"].as_str()?.into(),
        time: comet::from_rfc3339(document["genesis_time"].as_str()?)?,
        params: ConsensusParams::from_json(&document["consensus_params"])?,
        validators: validators.collect::<Option<_>>()?,
        app_state: serde_json::from_value(document["app_state"].clone()).ok()?,
    })
}
