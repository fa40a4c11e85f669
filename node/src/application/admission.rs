//! What may be in a block at all: well-formed events with good signatures, for this chain.

use super::{
    Application, CheckTxRequest, CheckTxResponse, blobs::Name, code, known::is_known,
    recent::Opened,
};
use crate::{comet, error::Error, merkle::Hash};
use records::{Event, registry};
use std::{panic, sync::Arc, thread, time::Instant};

/// Fewer transactions than this are not worth a thread of their own.
const LEAST_SHARE: usize = 32;
/// Whoever pays for the event.
const TOO_MANY: &str =
    "too many events of this key, of its member, or of keys that no member has: wait a little";

impl Application {
    /// Opens a transaction: size, encoding, signatures, an event type that the rules of this version know with its records, and this chain's id.
    pub(super) fn open_event(
        &self,
        chain_id: &str,
        rules_version: u64,
        tx: &[u8],
    ) -> Result<Opened, String> {
        let hash = comet::tx_hash(tx);
        let event = self.open_hashed(chain_id, rules_version, tx, &hash)?;
        self.admitted.keep(hash, event.clone());
        Ok(event)
    }

    fn open_hashed(
        &self,
        chain_id: &str,
        rules_version: u64,
        tx: &[u8],
        hash: &Hash,
    ) -> Result<Opened, String> {
        let known = |event: &Event| {
            registry::require_known(event.payload(), rules_version)
                .map_err(|refusal| refusal.to_string())
        };
        if let Some(event) = self.admitted.get(hash) {
            return known(&event).map(|()| event);
        }
        let event = Event::open(tx).map_err(|error| error.to_string())?;
        known(&event)?;
        registry::touches(event.payload()).map_err(|refusal| refusal.to_string())?;
        if event.payload().chain != chain_id {
            return Err("the event is for another chain".into());
        }
        Ok(Arc::new(event))
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
            .open_hashed(&position.chain_id, position.app_version, tx, &hash)
            .map_err(|why| malformed(&why))?;
        if event.payload().until < position.time {
            return Err(malformed(
                "the event may no longer be written: its `until` has passed",
            ));
        }
        // Anyone can send again what someone else has signed.
        let failed = |error: Error| (code::FAILED, error.to_string());
        let snapshot = self.store.snapshot();
        if is_known(&snapshot, &hash, event.id()).map_err(failed)? {
            return Err((code::KNOWN, "the event is in a block already".into()));
        }
        if !again {
            let payers = self.payers(&event, &position, &snapshot).map_err(failed)?;
            if payers.is_empty() {
                let why = "the event was refused with these signatures already";
                return Err((code::KNOWN, why.into()));
            }
            let now = Instant::now();
            if !self.rates.take(&payers, tx.len(), now) {
                return Err((code::TOO_MANY, TOO_MANY.into()));
            }
            self.blobs.promise(&Name::of(event.payload()), &payers, now);
        }
        // Not before: memory is for what somebody pays for.
        self.admitted.keep(hash, event);
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::{application::position::Position, store::Store};
    use records::{Payload, RecordName, SecretKey, canonical::Value};

    const CHAIN: &str = "dev-test-0001";
    const NOW: i64 = 1_790_000_000_000_000_000;

    fn application() -> (tempfile::TempDir, Application) {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("db")).expect("opens");
        let application = Application::open(Arc::new(store), 0).expect("opens");
        (folder, application)
    }

    fn signed(event_type: &str, body: Value, until: i64, key: &SecretKey) -> Vec<u8> {
        let (kind, _) = event_type.split_once('.').expect("a kind");
        let payload = Payload {
            body,
            chain: CHAIN.into(),
            seq: 0,
            subject: RecordName::new(kind, "m").expect("a name"),
            event_type: event_type.into(),
            until,
        };
        payload.sign(&[key]).expect("signs").encode()
    }

    /// The event that needs most memory for its bytes: lists of one number, so deep as they may be, and as many as fit.
    pub(in crate::application) fn bloated(key: &SecretKey, until: i64) -> Vec<u8> {
        let deep = (0..14).fold(Value::Integer(0), |inner, _| Value::Array(vec![inner]));
        signed("proposal.make", Value::Array(vec![deep; 1_600]), until, key)
    }

    /// The same answer as that of a program which does not have the type yet, also where it was opened before.
    #[test]
    fn a_type_of_later_rules_is_no_type_yet() {
        let (_folder, application) = application();
        let key = SecretKey::from_seed(&[7; 32]);
        let tx = signed("member.admit", Value::default(), 0, &key);
        let open = |rules_version| application.open_event(CHAIN, rules_version, &tx);
        for _ in 0..2 {
            let why = open(0).expect_err("of version 1");
            assert!(why.contains("unknown-event-type"), "{why}");
            assert!(open(1).is_ok() && open(2).is_ok());
        }
    }

    #[test]
    fn what_nobody_pays_for_takes_no_memory() {
        let (_folder, application) = application();
        let application = application.with_rate(1);
        let position = Position {
            chain_id: CHAIN.into(),
            height: 1,
            time: NOW,
            app_hash: Hash::default(),
            version: 1,
            hashes_logged: 1,
            app_version: 1,
        };
        *crate::application::write_lock(&application.committed) = Some(position);
        let check = |tx: &[u8], again| {
            let request = CheckTxRequest { tx, again };
            application.check_tx(request).code
        };
        let hand_in = |number, until| {
            let key = SecretKey::from_seed(&[number; 32]);
            check(&bloated(&key, until), false)
        };
        assert_eq!(hand_in(0, NOW - 1), code::MALFORMED);
        assert_eq!(application.admitted.count(), 0, "its time has passed");
        let codes: Vec<u32> = (0..40).map(|number| hand_in(number, NOW)).collect();
        let taken = codes.iter().filter(|code| **code == code::OK).count();
        assert!(codes.contains(&code::TOO_MANY) && taken > 0, "{codes:?}");
        assert_eq!(application.admitted.count(), taken);
    }
}
