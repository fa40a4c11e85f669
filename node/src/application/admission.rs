//! What may be in a block at all: well-formed events with good signatures, for this chain.

use super::{Application, CheckTxResponse, code};
use crate::merkle::{Hash, sha256};
use records::{Event, registry};
use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
};

/// Opened events kept between the check and the block, so that signatures are verified once.
const KEPT: usize = 8_192;

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

    /// `CheckTx`: whether a transaction may wait for a block. Rules of records are not judged here: a refusal belongs into a block, where it
    /// can be proven.
    pub fn check_tx(&self, tx: &[u8]) -> CheckTxResponse {
        let Some(position) = self.position() else {
            return malformed("the chain has no genesis yet");
        };
        match self.open_event(&position.chain_id, tx) {
            Err(why) => malformed(&why),
            Ok(event) if event.payload().until < position.time => {
                malformed("the event may no longer be written: its `until` has passed")
            }
            Ok(event) => CheckTxResponse {
                code: code::OK,
                log: String::new(),
                sender: event
                    .signers()
                    .first()
                    .map(ToString::to_string)
                    .unwrap_or_default(),
            },
        }
    }
}

fn malformed(why: &str) -> CheckTxResponse {
    CheckTxResponse {
        code: code::MALFORMED,
        log: why.into(),
        sender: String::new(),
    }
}
