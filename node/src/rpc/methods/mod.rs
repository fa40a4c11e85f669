//! The methods.

mod abci;
mod blocks;
mod info;
mod txs;
mod validators;

pub use txs::execute_tx;

use super::{Rpc, RpcError, params::Params};
use serde_json::Value;

type Answer = Result<Value, RpcError>;

/// A method: its name, its parameters in order, and what it does.
pub(super) struct Method {
    pub name: &'static str,
    pub params: &'static [&'static str],
    pub call: fn(&Rpc, &Params) -> Answer,
    /// Whether an answer about a given height never changes.
    pub lasting: bool,
}

const fn method(
    name: &'static str,
    params: &'static [&'static str],
    call: fn(&Rpc, &Params) -> Answer,
) -> Method {
    Method {
        name,
        params,
        call,
        lasting: false,
    }
}

const fn lasting(
    name: &'static str,
    params: &'static [&'static str],
    call: fn(&Rpc, &Params) -> Answer,
) -> Method {
    Method {
        lasting: true,
        ..method(name, params, call)
    }
}

pub(super) static METHODS: &[Method] = &[
    method("health", &[], info::health),
    method("status", &[], info::status),
    method("genesis", &[], info::genesis),
    method("net_info", &[], info::net_info),
    lasting("consensus_params", &["height"], info::consensus_params),
    lasting("header", &["height"], blocks::header),
    method("header_by_hash", &["hash"], blocks::header_by_hash),
    lasting("block", &["height"], blocks::block),
    method("block_by_hash", &["hash"], blocks::block_by_hash),
    lasting("block_results", &["height"], blocks::block_results),
    lasting("commit", &["height"], blocks::commit),
    method(
        "blockchain",
        &["minHeight", "maxHeight"],
        blocks::blockchain,
    ),
    lasting(
        "validators",
        &["height", "page", "per_page"],
        validators::validators,
    ),
    method("tx", &["hash", "prove"], txs::tx),
    method(
        "tx_search",
        &["query", "prove", "page", "per_page", "order_by"],
        txs::tx_search,
    ),
    method("unconfirmed_txs", &["limit"], txs::unconfirmed_txs),
    method("num_unconfirmed_txs", &[], txs::num_unconfirmed_txs),
    method("broadcast_tx_async", &["tx"], txs::broadcast_async),
    method("broadcast_tx_sync", &["tx"], txs::broadcast_sync),
    method("broadcast_tx_commit", &["tx"], txs::broadcast_commit),
    method("abci_info", &[], abci::info),
    method(
        "abci_query",
        &["path", "data", "height", "prove"],
        abci::query,
    ),
];

/// The height to answer for: the one asked for, or `latest`. Worded as CometBFT's `getHeight`.
fn height_or(params: &Params, latest: u64) -> Result<u64, RpcError> {
    let Some(height) = params.height()? else {
        return Ok(latest);
    };
    match u64::try_from(height) {
        Ok(height) if height > 0 && height <= latest => Ok(height),
        Ok(height) if height > 0 => Err(RpcError::internal(format!(
            "height {height} must be less than or equal to the current blockchain height {latest}"
        ))),
        _ => Err(RpcError::internal(format!(
            "height must be greater than 0, but got {height}"
        ))),
    }
}

/// Page and entries per page, as CometBFT pages: 30 unless asked, at most 100.
fn page(params: &Params, total: usize) -> Result<(usize, usize), RpcError> {
    let per_page = match params.integer("per_page")? {
        Some(count) if count >= 1 => count.min(100) as usize,
        _ => 30,
    };
    let pages = total.saturating_sub(1) / per_page + 1;
    let page = params.integer("page")?.unwrap_or(1);
    match usize::try_from(page) {
        Ok(page) if page >= 1 && page <= pages => Ok(((page - 1) * per_page, per_page)),
        _ => Err(RpcError::internal(format!(
            "page should be within [1, {pages}] range, given {page}"
        ))),
    }
}

fn missing(height: u64) -> RpcError {
    RpcError::internal(format!("height {height} is not available"))
}
