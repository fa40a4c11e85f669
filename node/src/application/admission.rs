//! What may be in a block at all: well-formed events with good signatures, for this chain.

use super::{Application, CheckTxRequest, CheckTxResponse, code};
use crate::{comet, error::Error, merkle::Hash, store::Table};
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
    /// Opens a transaction: size, encoding, signatures, an event type that the rules of this version know with its records, and this chain's id.
    pub(super) fn open_event(
        &self,
        chain_id: &str,
        rules_version: u64,
        tx: &[u8],
    ) -> Result<Opened, String> {
        self.open_hashed(chain_id, rules_version, tx, comet::tx_hash(tx))
    }

    fn open_hashed(
        &self,
        chain_id: &str,
        rules_version: u64,
        tx: &[u8],
        hash: Hash,
    ) -> Result<Opened, String> {
        let known = |event: &Event| {
            registry::require_known(event.payload(), rules_version)
                .map_err(|refusal| refusal.to_string())
        };
        if let Some(event) = self.admitted.get(&hash) {
            return known(&event).map(|()| event);
        }
        let event = Event::open(tx).map_err(|error| error.to_string())?;
        known(&event)?;
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
    pub(super) fn open_all(
        &self,
        chain_id: &str,
        rules_version: u64,
        txs: &[Vec<u8>],
    ) -> Vec<Result<Opened, String>> {
        let open = |txs: &[Vec<u8>]| -> Vec<_> {
            let opened = txs
                .iter()
                .map(|tx| self.open_event(chain_id, rules_version, tx));
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
        let hash = comet::tx_hash(tx);
        let event = self
            .open_hashed(&position.chain_id, position.app_version, tx, hash)
            .map_err(|why| malformed(&why))?;
        if event.payload().until < position.time {
            return Err(malformed(
                "the event may no longer be written: its `until` has passed",
            ));
        }
        // Anyone can send again what someone else has signed.
        let failed = |error: Error| (code::FAILED, error.to_string());
        let snapshot = self.store.snapshot();
        let known = snapshot.get(Table::TxIndex, &hash);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;
    use records::{Payload, RecordName, SecretKey, canonical::Value};

    /// The same answer as that of a program which does not have the type yet, also where it was opened before.
    #[test]
    fn a_type_of_later_rules_is_no_type_yet() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("db")).expect("opens");
        let application = Application::open(Arc::new(store), 0).expect("opens");
        let payload = Payload {
            body: Value::default(),
            chain: "dev-test-0001".into(),
            seq: 0,
            subject: RecordName::new("member", "m").expect("a name"),
            event_type: "member.admit".into(),
            until: 0,
        };
        let key = SecretKey::from_seed(&[7; 32]);
        let tx = payload.sign(&[&key]).expect("signs").encode();
        let open = |rules_version| application.open_event(&payload.chain, rules_version, &tx);
        for _ in 0..2 {
            let why = open(0).expect_err("of version 1");
            assert!(why.contains("unknown-event-type"), "{why}");
            assert!(open(1).is_ok() && open(2).is_ok());
        }
    }
}
