//! Headers, blocks, commits and results.

use super::{Answer, height_or, missing};
use crate::{
    comet::{BlockId, BlockMeta},
    rpc::{Rpc, RpcError, json, params::Params},
};
use serde_json::{Value, json};

/// Most block metas in one answer of `blockchain`.
const MAX_METAS: u64 = 20;

fn meta(rpc: &Rpc, params: &Params) -> Result<(u64, BlockMeta), RpcError> {
    let height = height_or(params, rpc.node.height())?;
    let meta = rpc.snapshot().block_meta(height)?;
    Ok((height, meta.ok_or_else(|| missing(height))?))
}

/// The height of a block given by its hash.
fn by_hash(rpc: &Rpc, hash: Vec<u8>) -> Result<Option<u64>, RpcError> {
    match hash.try_into() {
        Ok(hash) => Ok(rpc.snapshot().height_of(&hash)?),
        Err(_) => Ok(None),
    }
}

pub(super) fn header(rpc: &Rpc, params: &Params) -> Answer {
    let (_, meta) = meta(rpc, params)?;
    Ok(json!({ "header": meta.header.as_ref().map(json::header) }))
}

pub(super) fn header_by_hash(rpc: &Rpc, params: &Params) -> Answer {
    // Here CometBFT takes hex where `block_by_hash` takes base64.
    let Some(height) = by_hash(rpc, params.hex_bytes("hash")?)? else {
        return Ok(json!({ "header": null }));
    };
    let meta = rpc
        .snapshot()
        .block_meta(height)?
        .ok_or_else(|| missing(height))?;
    Ok(json!({ "header": meta.header.as_ref().map(json::header) }))
}

pub(super) fn block(rpc: &Rpc, params: &Params) -> Answer {
    block_at(rpc, height_or(params, rpc.node.height())?)
}

pub(super) fn block_by_hash(rpc: &Rpc, params: &Params) -> Answer {
    match by_hash(rpc, params.bytes("hash")?)? {
        Some(height) => block_at(rpc, height),
        None => Ok(json!({ "block_id": json::block_id(&BlockId::default()), "block": null })),
    }
}

fn block_at(rpc: &Rpc, height: u64) -> Answer {
    let snapshot = rpc.snapshot();
    let (Some(meta), Some(block)) = (snapshot.block_meta(height)?, snapshot.block(height)?) else {
        return Err(missing(height));
    };
    let id = meta.block_id.unwrap_or_default();
    Ok(json!({ "block_id": json::block_id(&id), "block": json::block(&block) }))
}

pub(super) fn block_results(rpc: &Rpc, params: &Params) -> Answer {
    let height = height_or(params, rpc.node.height())?;
    let results = rpc
        .snapshot()
        .results(height)?
        .ok_or_else(|| missing(height))?;
    Ok(json::block_results(height, &results))
}

pub(super) fn commit(rpc: &Rpc, params: &Params) -> Answer {
    let latest = rpc.node.height();
    let (height, meta) = meta(rpc, params)?;
    let commit = rpc
        .snapshot()
        .commit(height)?
        .ok_or_else(|| missing(height))?;
    Ok(json!({
        "signed_header": {
            "header": meta.header.as_ref().map(json::header),
            "commit": json::commit(&commit),
        },
        "canonical": height < latest,
    }))
}

pub(super) fn blockchain(rpc: &Rpc, params: &Params) -> Answer {
    let latest = rpc.node.height();
    let from = params.integer("minHeight")?.unwrap_or(0);
    let to = params.integer("maxHeight")?.unwrap_or(0);
    let (Ok(from), Ok(to)) = (u64::try_from(from), u64::try_from(to)) else {
        return Err(RpcError::internal("heights must be non-negative"));
    };
    let to = if to == 0 { latest } else { to.min(latest) };
    let from = from.max(1).max((to + 1).saturating_sub(MAX_METAS));
    if from > to {
        return Err(RpcError::internal(format!(
            "min height {from} can't be greater than max height {to}"
        )));
    }
    let snapshot = rpc.snapshot();
    let metas: Result<Vec<Value>, RpcError> = (from..=to)
        .rev()
        .map(|height| {
            let meta = snapshot
                .block_meta(height)?
                .ok_or_else(|| missing(height))?;
            Ok(json::block_meta(&meta))
        })
        .collect();
    Ok(json!({ "last_height": latest.to_string(), "block_metas": metas? }))
}
