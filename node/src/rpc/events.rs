//! What subscribers are told of a block, in the shapes of CometBFT v0.38's event bus (types/events.go).

use super::{RpcError, json};
use crate::{
    chain::TxPlace,
    comet::{self, ExecTxResult},
    store::Snapshot,
};
use serde_json::{Map, Value, json as value};

/// What can be subscribed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A block's header.
    NewBlockHeader,
    /// A block and what became of it.
    NewBlock,
    /// One transaction and its result.
    Tx,
}

/// What happened, and the keys that queries look at.
pub struct Event {
    kind: EventKind,
    content: Value,
    /// `type.attribute` to every value that it has.
    pub keys: Map<String, Value>,
}

impl Event {
    fn new(kind: EventKind, content: Value, mut keys: Map<String, Value>) -> Self {
        keys.insert("tm.event".into(), value!([kind.name()]));
        Self {
            kind,
            content,
            keys,
        }
    }

    /// The `result` of an answer to who subscribed with this query.
    pub fn told_to(self, query: &str) -> Value {
        value!({
            "query": query,
            "data": { "type": format!("tendermint/event/{}", self.kind.name()), "value": self.content },
            "events": self.keys,
        })
    }
}

impl EventKind {
    /// The kind of this name.
    pub fn named(name: &str) -> Option<Self> {
        let kinds = [Self::NewBlockHeader, Self::NewBlock, Self::Tx];
        kinds.into_iter().find(|kind| kind.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::NewBlockHeader => "NewBlockHeader",
            Self::NewBlock => "NewBlock",
            Self::Tx => "Tx",
        }
    }

    /// The events of one block.
    pub fn of_block(self, snapshot: &Snapshot, height: u64) -> Result<Vec<Event>, RpcError> {
        let missing = || RpcError::internal(format!("height {height} is not available"));
        match self {
            Self::NewBlockHeader => {
                let meta = snapshot.block_meta(height)?.ok_or_else(missing)?;
                let header = meta.header.as_ref().map(json::header);
                let content = value!({ "header": header });
                Ok(vec![Event::new(self, content, Map::new())])
            }
            Self::NewBlock => {
                let meta = snapshot.block_meta(height)?.ok_or_else(missing)?;
                let block = snapshot.block(height)?.ok_or_else(missing)?;
                let results = snapshot.results(height)?.ok_or_else(missing)?;
                let content = value!({
                    "block": json::block(&block),
                    "block_id": json::block_id(&meta.block_id.unwrap_or_default()),
                    "result_finalize_block": json::finalized(&results),
                });
                Ok(vec![Event::new(self, content, Map::new())])
            }
            Self::Tx => {
                let txs = snapshot.txs(height)?;
                let places = (0..).zip(&txs);
                let one = |(position, tx): (u32, &Vec<u8>)| {
                    let place = TxPlace { height, position };
                    Ok(tx_event(place, tx, &snapshot.tx_result(place)?))
                };
                places.map(one).collect()
            }
        }
    }
}

fn tx_event(place: TxPlace, tx: &[u8], result: &ExecTxResult) -> Event {
    let mut shown = value!({
        "height": place.height.to_string(),
        "tx": json::base64_of(tx),
        "result": json::tx_result_of_event(result),
    });
    if place.position > 0 {
        shown["index"] = value!(place.position);
    }
    let mut keys = keys_of(result);
    let hash = json::hex_of(&comet::tx_hash(tx));
    keys.insert("tx.hash".into(), value!([hash]));
    keys.insert("tx.height".into(), value!([place.height.to_string()]));
    Event::new(EventKind::Tx, value!({ "TxResult": shown }), keys)
}

/// The events of a transaction by `type.attribute`.
fn keys_of(result: &ExecTxResult) -> Map<String, Value> {
    let mut keys: Map<String, Value> = Map::new();
    for event in &result.events {
        for attribute in &event.attributes {
            let key = format!("{}.{}", event.r#type, attribute.key);
            let values = keys.entry(key).or_insert_with(|| value!([]));
            if let Value::Array(values) = values {
                values.push(value!(attribute.value));
            }
        }
    }
    keys
}
