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

/// What is left of that. It is the same at every node: it looks at the state that the block rests on.
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

    /// Takes what an event touches off; whether that much was left.
    pub fn take(&mut self, event: &Event) -> Result<bool> {
        let payload = event.payload();
        if !LARGE.contains(&payload.subject.kind()) {
            return Ok(true);
        }
        let mut bytes = 0;
        // What touches nothing that could be named never gets here.
        for touch in registry::touches(payload).unwrap_or_default() {
            bytes += self.size(touch.record.tree_key())?;
        }
        let left = self.left.checked_sub(bytes);
        self.left = left.unwrap_or(self.left);
        Ok(left.is_some())
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
