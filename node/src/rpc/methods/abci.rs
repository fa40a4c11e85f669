//! Questions to the application.

use super::Answer;
use crate::{
    application::{PROOF_TYPE, QueryRequest, code},
    rpc::{Rpc, RpcError, json::*, params::Params},
};
use serde_json::{Value, json};

pub(super) fn info(rpc: &Rpc, _: &Params) -> Answer {
    let info = rpc.node.application.info();
    Ok(json!({
        "response": {
            "data": info.data,
            "version": info.version,
            "app_version": info.app_version.to_string(),
            "last_block_height": info.last_block_height.to_string(),
            "last_block_app_hash": base64_of(&info.last_block_app_hash),
        }
    }))
}

pub(super) fn query(rpc: &Rpc, params: &Params) -> Answer {
    let height = params.height()?.unwrap_or(0);
    let request = QueryRequest {
        path: params.text("path")?,
        data: params.hex_bytes("data")?,
        height: u64::try_from(height)
            .map_err(|_| RpcError::internal("height must be non-negative"))?,
        prove: params.flag("prove")?,
    };
    let answer = rpc.node.application.query(&request)?;
    let proof = answer.proof.as_ref().map(|proof| {
        let op = json!({
            "type": PROOF_TYPE,
            "key": base64_of(&answer.key),
            "data": base64_of(proof),
        });
        json!({ "ops": [op] })
    });
    let codespace = if answer.code == code::OK { "" } else { "query" };
    Ok(json!({
        "response": {
            "code": answer.code,
            "log": answer.log,
            "info": "",
            "index": "0",
            "key": base64_or_null(&answer.key),
            "value": base64_or_null(&answer.value),
            "proofOps": proof.unwrap_or(Value::Null),
            "height": answer.height.to_string(),
            "codespace": codespace,
        }
    }))
}
