//! What the events of one block may have every node read. Anybody may sign ten thousand small events about one large record, none of which its rules
//! accept: each has to be read for that.

use crate::{error::Result, merkle::Hash, store::Snapshot};
use records::{
    Event,
    kinds::{consortium, member, proposal},
    registry,
};
use std::collections::HashMap;

/// Kinds whose records may be as large as an event, or grow. Events about others touch none of these.
const LARGE: [&str; 3] = [consortium::NAME, member::NAME, proposal::NAME];
/// Bytes of such records that the events of one block may touch, each as often as it is touched.
const MOST: usize = 16 * 1024 * 1024;

/// What is left of that. It is the same at every node: it looks at the state that the block rests on, and at the block.
pub(super) struct Weight<'a> {
    snapshot: &'a Snapshot,
    version: u64,
    left: usize,
    known: HashMap<Hash, usize>,
}

impl<'a> Weight<'a> {
    /// For the block after this version of the tree.
    pub fn new(snapshot: &'a Snapshot, version: u64) -> Self {
        Self {
            snapshot,
            version,
            left: MOST,
            known: HashMap::new(),
        }
    }

    /// Takes what this event touches off, which is a transaction of so many bytes; whether that much was left.
    pub fn take(&mut self, event: &Event, of: usize) -> Result<bool> {
        let payload = event.payload();
        if !LARGE.contains(&payload.subject.kind()) {
            return Ok(true);
        }
        // What touches nothing that could be named never gets here.
        let touches = registry::touches(payload).unwrap_or_default();
        let keys = touches.iter().map(|touch| touch.record.tree_key());
        let keys: Vec<Hash> = keys.collect();
        let mut bytes = 0;
        for key in &keys {
            bytes += self.size(*key)?;
        }
        let Some(left) = self.left.checked_sub(bytes) else {
            return Ok(false);
        };
        self.left = left;
        // For those that come after it a record may be as large as this makes it.
        for key in keys {
            let size = self.known.entry(key).or_default();
            *size = of.max(*size);
        }
        Ok(true)
    }

    fn size(&mut self, key: Hash) -> Result<usize> {
        if let Some(known) = self.known.get(&key) {
            return Ok(*known);
        }
        let record = self.snapshot.record(&key, self.version)?;
        let size = record.map_or(0, |(_, record)| record.state.len());
        self.known.insert(key, size);
        Ok(size)
    }
}
