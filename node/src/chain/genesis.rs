//! The genesis document, in CometBFT's JSON.

use crate::{
    application::{AppState, InitChainRequest, ValidatorUpdate},
    comet::{self, ConsensusParams, Timestamp, ValidatorSet},
    error::{Error, Result},
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use records::{KeyType, ValidatorKey};
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
    /// Key.
    pub key: ValidatorKey,
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

    /// The first validator set, for the embedded consortium.
    pub fn validator_set(&self) -> Result<ValidatorSet> {
        let validators = self.validators.iter();
        let validators: Result<Vec<_>> = validators
            .map(|validator| Ok((ed25519(&validator.key)?, validator.power)))
            .collect();
        Ok(ValidatorSet::new(validators?))
    }

    /// What the application is told.
    pub fn init_chain(&self) -> Result<InitChainRequest> {
        let validators = self.validators.iter().map(|validator| ValidatorUpdate {
            key: validator.key.clone(),
            power: validator.power,
        });
        Ok(InitChainRequest {
            time: comet::nanos(&self.time),
            chain_id: self.chain_id.clone(),
            validators: validators.collect(),
            key_types: self.params.key_types.clone(),
            app_state_bytes: serde_json::to_vec(&self.app_state)
                .map_err(|error| Error::Setup(error.to_string()))?,
        })
    }
}

/// Here validators sign with Ed25519; other keys are CometBFT's alone.
pub(super) fn ed25519(key: &ValidatorKey) -> Result<[u8; 32]> {
    match key {
        ValidatorKey::Ed25519(key) => Ok(*key),
        ValidatorKey::MlDsa65(_) => Err(Error::Setup(
            "a validator with an ML-DSA-65 key needs CometBFT v0.40".into(),
        )),
    }
}

fn validator_json(validator: &GenesisValidator) -> Value {
    json!({
        "address": hex::encode_upper(validator.key.address()),
        "pub_key": validator_key_json(&validator.key),
        "power": validator.power.to_string(),
        "name": validator.name,
    })
}

/// A key as CometBFT writes it in JSON.
pub fn validator_key_json(key: &ValidatorKey) -> Value {
    json!({ "type": comet::key_name(key.key_type()), "value": BASE64.encode(key.bytes()) })
}

/// Reads a key as CometBFT writes it in JSON; none where its type is not known here.
pub fn validator_key(document: &Value) -> Option<ValidatorKey> {
    let key_types = [KeyType::Ed25519, KeyType::MlDsa65];
    let key_type = key_types
        .into_iter()
        .find(|key_type| document["type"] == comet::key_name(*key_type))?;
    ValidatorKey::new(key_type, &BASE64.decode(document["value"].as_str()?).ok()?)
}

fn read(document: &Value) -> Option<Genesis> {
    let validators = document["validators"].as_array()?;
    let validators = validators.iter().map(|validator| {
        Some(GenesisValidator {
            name: validator["name"].as_str()?.into(),
            key: validator_key(&validator["pub_key"])?,
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
