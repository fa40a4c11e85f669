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
    let block = BlockTxs::load(&snapshot, place.height, params.flag("prove")?)?;
    block.shown(place.position)
}

/// The transactions of a block, read once however many of them are shown.
struct BlockTxs<'a> {
    snapshot: &'a Snapshot,
    height: u64,
    txs: Vec<Vec<u8>>,
    /// Their hashes, and the root over these, where proofs are wanted.
    proven: Option<(Vec<merkle::Hash>, merkle::Hash)>,
}

impl<'a> BlockTxs<'a> {
    fn load(snapshot: &'a Snapshot, height: u64, prove: bool) -> Result<Self, RpcError> {
        let txs = snapshot.txs(height)?;
        let proven = prove.then(|| {
            let hashes: Vec<_> = txs.iter().map(|tx| comet::tx_hash(tx)).collect();
            let root = merkle::root(&hashes);
            (hashes, root)
        });
        Ok(Self {
            snapshot,
            height,
            txs,
            proven,
        })
    }

    fn shown(&self, position: u32) -> Answer {
        let index = position as usize;
        let tx = self.txs.get(index);
        let tx = tx.ok_or_else(|| RpcError::internal("tx not found in its block"))?;
        let place = TxPlace {
            height: self.height,
            position,
        };
        let mut shown = json!({
            "hash": hex_of(&comet::tx_hash(tx)),
            "height": self.height.to_string(),
            "index": position,
            "tx_result": tx_result(&self.snapshot.tx_result(place)?),
            "tx": base64_of(tx),
        });
        if let Some((hashes, root)) = &self.proven {
            shown["proof"] = tx_proof(hashes, root, index, tx);
        }
        Ok(shown)
    }
}

/// The proof that a transaction is in its block's `data_hash` (types/tx.go `Txs.Proof`): leaves are the transactions' hashes.
fn tx_proof(hashes: &[merkle::Hash], root: &merkle::Hash, index: usize, tx: &[u8]) -> Value {
    let path = merkle::audit_path(hashes, index);
    let aunts: Vec<String> = path.iter().map(|hash| base64_of(hash)).collect();
    json!({
        "root_hash": hex_of(root),
        "data": base64_of(tx),
        "proof": {
            "total": hashes.len().to_string(),
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
    let (height, mut positions) = found(&snapshot, &query)?;
    if params.text("order_by")? == "desc" {
        positions.reverse();
    }
    let (skip, take) = page(params, positions.len())?;
    let block = BlockTxs::load(&snapshot, height, params.flag("prove")?)?;
    let shown = positions.iter().skip(skip).take(take);
    let shown: Result<Vec<Value>, RpcError> = shown.map(|at| block.shown(*at)).collect();
    Ok(json!({ "txs": shown?, "total_count": positions.len().to_string() }))
}

/// The block in which they are, and their positions there.
fn found(snapshot: &Snapshot, query: &str) -> Result<(u64, Vec<u32>), RpcError> {
    let condition = query
        .split_once('=')
        .map(|(key, value)| (key.trim(), value.trim().trim_matches('\'')));
    match condition {
        Some(("tx.hash", hash)) => {
            let hash = hex::decode(hash.trim_start_matches("0x"))
                .map_err(|_| RpcError::internal("expected a hash in hex"))?;
            let place = snapshot.tx_place(&hash)?;
            Ok(place.map_or_else(Default::default, |place| {
                (place.height, vec![place.position])
            }))
        }
        Some(("tx.height", height)) => {
            let height = height
                .parse()
                .map_err(|_| RpcError::internal("expected a height"))?;
            let meta = snapshot.block_meta(height)?;
            let count = meta.map_or(0, |meta| u32::try_from(meta.num_txs).unwrap_or(0));
            Ok((height, (0..count).collect()))
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
