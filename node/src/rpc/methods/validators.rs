//! Validator sets.

use super::{Answer, height_or, missing, page};
use crate::rpc::{Rpc, json, params::Params};
use serde_json::json;

/// Without a height the answer is about the next block, as CometBFT's is.
pub(super) fn validators(rpc: &Rpc, params: &Params) -> Answer {
    let height = height_or(params, rpc.node.height() + 1)?;
    let set = rpc
        .snapshot()
        .validators(height)?
        .ok_or_else(|| missing(height))?;
    let (skip, take) = page(params, set.len())?;
    let shown = json::validators(&set, skip, take);
    Ok(json!({
        "block_height": height.to_string(),
        "count": shown.len().to_string(),
        "total": set.len().to_string(),
        "validators": shown,
    }))
}
