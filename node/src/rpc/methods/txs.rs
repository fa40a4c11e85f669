//! Transactions: sending, finding, proving.

use super::{Answer, page};
use crate::{
    application::{CheckTxRequest, CheckTxResponse, code},
    chain::TxPlace,
    comet::{self, ExecTxResult},
    merkle,
    rpc::{Rpc, RpcError, json::*, params::Params},
    store::Snapshot,
};
use serde_json::{Value, json};
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

/// How long `broadcast_tx_commit` waits, as CometBFT does.
const COMMIT_TIMEOUT: Duration = Duration::from_secs(10);
/// Most clients that wait at once, as CometBFT's `max_subscription_clients`.
const MAX_WAITING: usize = 100;
/// Between two looks whether the transaction is in a block.
const POLL: Duration = Duration::from_millis(25);

pub(super) fn tx(rpc: &Rpc, params: &Params) -> Answer {
    let hash = params.bytes("hash")?;
    let snapshot = rpc.snapshot();
    let place = snapshot
        .tx_place(&hash)?
        .ok_or_else(|| RpcError::internal(format!("tx ({}) not found", hex_of(&hash))))?;
    shown_tx(&snapshot, place, params.flag("prove")?)
}

fn shown_tx(snapshot: &Snapshot, place: TxPlace, prove: bool) -> Answer {
    let txs = snapshot.txs(place.height)?;
    let index = place.position as usize;
    let tx = txs
        .get(index)
        .ok_or_else(|| RpcError::internal("tx not found in its block"))?;
    let mut shown = json!({
        "hash": hex_of(&comet::tx_hash(tx)),
        "height": place.height.to_string(),
        "index": place.position,
        "tx_result": tx_result(&snapshot.tx_result(place)?),
        "tx": base64_of(tx),
    });
    if prove {
        shown["proof"] = tx_proof(&txs, index, tx);
    }
    Ok(shown)
}

/// The proof that a transaction is in its block's `data_hash` (types/tx.go `Txs.Proof`): leaves are the transactions' hashes.
fn tx_proof(txs: &[Vec<u8>], index: usize, tx: &[u8]) -> Value {
    let hashes: Vec<merkle::Hash> = txs.iter().map(|tx| comet::tx_hash(tx)).collect();
    let path = merkle::audit_path(&hashes, index);
    let aunts: Vec<String> = path.iter().map(|hash| base64_of(hash)).collect();
    json!({
        "root_hash": hex_of(&merkle::root(&hashes)),
        "data": base64_of(tx),
        "proof": {
            "total": txs.len().to_string(),
            "index": index.to_string(),
            "leaf_hash": base64_of(&merkle::leaf_hash(&comet::tx_hash(tx))),
            "aunts": aunts,
        },
    })
}

/// Transactions by hash or by height: what this node indexes.
pub(super) fn tx_search(rpc: &Rpc, params: &Params) -> Answer {
    let snapshot = rpc.snapshot();
    let query = params.text("query")?;
    let mut places = found(&snapshot, &query)?;
    if params.text("order_by")? == "desc" {
        places.reverse();
    }
    let (skip, take) = page(params, places.len())?;
    let prove = params.flag("prove")?;
    let shown: Result<Vec<Value>, RpcError> = places
        .iter()
        .skip(skip)
        .take(take)
        .map(|place| shown_tx(&snapshot, *place, prove))
        .collect();
    Ok(json!({ "txs": shown?, "total_count": places.len().to_string() }))
}

fn found(snapshot: &Snapshot, query: &str) -> Result<Vec<TxPlace>, RpcError> {
    let condition = query
        .split_once('=')
        .map(|(key, value)| (key.trim(), value.trim().trim_matches('\'')));
    match condition {
        Some(("tx.hash", hash)) => {
            let hash = hex::decode(hash.trim_start_matches("0x"))
                .map_err(|_| RpcError::internal("expected a hash in hex"))?;
            Ok(snapshot.tx_place(&hash)?.into_iter().collect())
        }
        Some(("tx.height", height)) => {
            let height = height
                .parse()
                .map_err(|_| RpcError::internal("expected a height"))?;
            let count = snapshot.txs(height)?.len();
            let positions = (0..).take(count);
            Ok(positions
                .map(|position| TxPlace { height, position })
                .collect())
        }
        _ => Err(RpcError::internal(
            "this node indexes transactions by tx.hash and tx.height alone",
        )),
    }
}

pub(super) fn num_unconfirmed_txs(rpc: &Rpc, _: &Params) -> Answer {
    let (count, bytes) = rpc.mempool.size();
    Ok(json!({
        "n_txs": count.to_string(),
        "total": count.to_string(),
        "total_bytes": bytes.to_string(),
        "txs": null,
    }))
}

pub(super) fn unconfirmed_txs(rpc: &Rpc, params: &Params) -> Answer {
    let limit = params.integer("limit")?.unwrap_or(30).clamp(1, 100) as usize;
    let (count, bytes) = rpc.mempool.size();
    let waiting = rpc.mempool.first(limit);
    let txs: Vec<String> = waiting.iter().map(|tx| base64_of(tx)).collect();
    Ok(json!({
        "n_txs": txs.len().to_string(),
        "total": count.to_string(),
        "total_bytes": bytes.to_string(),
        "txs": txs,
    }))
}

pub(super) fn broadcast_async(rpc: &Rpc, params: &Params) -> Answer {
    let tx = params.bytes("tx")?;
    let hash = comet::tx_hash(&tx);
    // As in CometBFT, whether it was taken is not part of this answer.
    let _ = submit(rpc, tx);
    Ok(broadcast_answer(&hash, code::OK, ""))
}

pub(super) fn broadcast_sync(rpc: &Rpc, params: &Params) -> Answer {
    let tx = params.bytes("tx")?;
    let hash = comet::tx_hash(&tx);
    let check = submit(rpc, tx)?;
    Ok(broadcast_answer(&hash, check.code, &check.log))
}

fn broadcast_answer(hash: &merkle::Hash, code: u32, log: &str) -> Value {
    json!({ "code": code, "data": "", "log": log, "codespace": "", "hash": hex_of(hash) })
}

pub(super) fn broadcast_commit(rpc: &Rpc, params: &Params) -> Answer {
    let tx = params.bytes("tx")?;
    let hash = comet::tx_hash(&tx);
    let check = submit(rpc, tx)?;
    let mut answer = json!({
        "check_tx": tx_result(&ExecTxResult {
            code: check.code,
            log: check.log,
            ..ExecTxResult::default()
        }),
        "tx_result": tx_result(&ExecTxResult::default()),
        "hash": hex_of(&hash),
        "height": "0",
    });
    if check.code == code::OK {
        let (snapshot, place) = decided(rpc, &hash)?;
        answer["tx_result"] = tx_result(&snapshot.tx_result(place)?);
        answer["height"] = json!(place.height.to_string());
    }
    Ok(answer)
}

/// Submits a transaction and waits for its result in a block; the check's, where it may not wait for one.
pub fn execute_tx(rpc: &Rpc, tx: Vec<u8>) -> Result<ExecTxResult, RpcError> {
    let hash = comet::tx_hash(&tx);
    let check = submit(rpc, tx)?;
    if check.code != code::OK {
        return Ok(ExecTxResult {
            code: check.code,
            log: check.log,
            ..ExecTxResult::default()
        });
    }
    let (snapshot, place) = decided(rpc, &hash)?;
    Ok(snapshot.tx_result(place)?)
}

/// Checks a transaction and lets it wait for a block.
fn submit(rpc: &Rpc, tx: Vec<u8>) -> Result<CheckTxResponse, RpcError> {
    if rpc.snapshot().tx_place(&comet::tx_hash(&tx))?.is_some() {
        return Err(RpcError::internal("tx already exists in cache"));
    }
    let check = rpc.node.application.check_tx(CheckTxRequest {
        tx: &tx,
        again: false,
    });
    if check.code == code::OK {
        rpc.mempool.add(tx).map_err(RpcError::internal)?;
    }
    Ok(check)
}

/// A client that waits; never more than [`MAX_WAITING`], for each holds a thread.
struct Waiting<'a>(&'a Rpc);

impl<'a> Waiting<'a> {
    fn one_more(rpc: &'a Rpc) -> Result<Self, RpcError> {
        if rpc.waiting.fetch_add(1, Ordering::Relaxed) < MAX_WAITING {
            return Ok(Self(rpc));
        }
        rpc.waiting.fetch_sub(1, Ordering::Relaxed);
        Err(RpcError::internal(format!(
            "{MAX_WAITING} clients wait for their transactions already: the transaction was taken, ask /tx for its result"
        )))
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Waits until this node has the block with the transaction.
fn decided(rpc: &Rpc, hash: &merkle::Hash) -> Result<(Arc<Snapshot>, TxPlace), RpcError> {
    let _waiting = Waiting::one_more(rpc)?;
    let deadline = Instant::now() + COMMIT_TIMEOUT;
    let mut height = 0;
    while Instant::now() < deadline {
        if rpc.node.height() != height {
            height = rpc.node.height();
            let snapshot = rpc.snapshot();
            if let Some(place) = snapshot.tx_place(hash)? {
                return Ok((snapshot, place));
            }
        }
        std::thread::sleep(POLL);
    }
    Err(RpcError::internal(
        "timed out waiting for tx to be included in a block",
    ))
}
