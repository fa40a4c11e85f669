//! What may be in a block at all: well-formed events with good signatures, for this chain.

use super::{Application, CheckTxRequest, CheckTxResponse, code};
use crate::{
    comet,
    error::Error,
    merkle::{Hash, sha256},
    store::Table,
};
use records::{Event, registry};
use std::{
    collections::{HashMap, VecDeque},
    panic,
    sync::{Arc, Mutex},
    thread,
    time::Instant,
};

/// Opened events kept between the check and the block, so that signatures are verified once.
const KEPT: usize = 8_192;
/// Fewer transactions than this are not worth a thread of their own.
const LEAST_SHARE: usize = 32;
/// Whoever pays for the event.
const TOO_MANY: &str =
    "too many events of this key, of its member, or of keys that no member has: wait a little";

/// A transaction that may be in a block.
pub(super) type Opened = Arc<Event>;

/// Events that were opened lately, by the hash of their bytes.
#[derive(Default)]
pub(super) struct Admitted(Mutex<Recent>);

#[derive(Default)]
struct Recent {
    events: HashMap<Hash, Opened>,
    order: VecDeque<Hash>,
}

impl Admitted {
    fn get(&self, hash: &Hash) -> Option<Opened> {
        super::lock(&self.0).events.get(hash).cloned()
    }

    fn keep(&self, hash: Hash, event: Opened) {
        let mut recent = super::lock(&self.0);
        if recent.events.insert(hash, event).is_none() {
            recent.order.push_back(hash);
        }
        if recent.order.len() > KEPT
            && let Some(oldest) = recent.order.pop_front()
        {
            recent.events.remove(&oldest);
        }
    }
}

impl Application {
    /// Opens a transaction: size, encoding, signatures, a known event type with its records, and this chain's id.
    pub(super) fn open_event(&self, chain_id: &str, tx: &[u8]) -> Result<Opened, String> {
        let hash = sha256(tx);
        if let Some(event) = self.admitted.get(&hash) {
            return Ok(event);
        }
        let event = Event::open(tx).map_err(|error| error.to_string())?;
        registry::touches(event.payload()).map_err(|refusal| refusal.to_string())?;
        if event.payload().chain != chain_id {
            return Err("the event is for another chain".into());
        }
        let event = Arc::new(event);
        self.admitted.keep(hash, event.clone());
        Ok(event)
    }

    /// Opens a block's transactions, on every core: a node that catches up has seen none of them before. Each signature by itself: a batch is
    /// judged by another equation than one signature, and no node may accept what another refuses.
    pub(super) fn open_all(&self, chain_id: &str, txs: &[Vec<u8>]) -> Vec<Result<Opened, String>> {
        let open = |txs: &[Vec<u8>]| -> Vec<_> {
            let opened = txs.iter().map(|tx| self.open_event(chain_id, tx));
            opened.collect()
        };
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let share = txs.len().div_ceil(cores).max(LEAST_SHARE);
        if txs.len() <= share {
            return open(txs);
        }
        thread::scope(|scope| {
            let shares = txs.chunks(share);
            let shares: Vec<_> = shares.map(|txs| scope.spawn(move || open(txs))).collect();
            let opened = shares.into_iter().map(|share| share.join());
            opened
                .flat_map(|opened| opened.unwrap_or_else(|panicked| panic::resume_unwind(panicked)))
                .collect()
        })
    }

    /// `CheckTx`: whether a transaction may wait for a block. Rules of records are not judged here: a refusal belongs into a block, where it
    /// can be proven.
    pub fn check_tx(&self, request: CheckTxRequest<'_>) -> CheckTxResponse {
        let (code, log) = match self.judge(request) {
            Ok(()) => (code::OK, String::new()),
            Err(why) => why,
        };
        CheckTxResponse { code, log }
    }

    fn judge(&self, CheckTxRequest { tx, again }: CheckTxRequest<'_>) -> Result<(), (u32, String)> {
        let malformed = |why: &str| (code::MALFORMED, why.into());
        let position = self
            .position()
            .ok_or_else(|| malformed("the chain has no genesis yet"))?;
        let event = self
            .open_event(&position.chain_id, tx)
            .map_err(|why| malformed(&why))?;
        if event.payload().until < position.time {
            return Err(malformed(
                "the event may no longer be written: its `until` has passed",
            ));
        }
        // Anyone can send again what someone else has signed.
        let failed = |error: Error| (code::FAILED, error.to_string());
        let snapshot = self.store.snapshot().map_err(failed)?;
        let known = snapshot.get(Table::TxIndex, &comet::tx_hash(tx));
        if known.map_err(failed)?.is_some() {
            return Err((code::KNOWN, "the event is in a block already".into()));
        }
        if again {
            return Ok(());
        }
        let payers = self.payers(&event, &position, &snapshot).map_err(failed)?;
        match self.rates.take(&payers, Instant::now()) {
            true => Ok(()),
            false => Err((code::TOO_MANY, TOO_MANY.into())),
        }
    }
}
