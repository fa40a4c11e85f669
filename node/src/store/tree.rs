//! The state tree: `jmt` over the database, its upper levels kept in memory.

use super::{Changes, Snapshot, Table};
use crate::{
    error::{Error, Result},
    merkle::Hash,
};
use jmt::{
    KeyHash, OwnedValue, RootHash, Sha256Jmt, Version,
    storage::{HasPreimage, LeafNode, NibblePath, Node, NodeKey, TreeReader, TreeUpdateBatch},
};
use records::Head;
use std::{
    collections::HashMap,
    sync::{Arc, RwLock},
};

/// Nodes this many nibbles below the root, and above, stay in memory: at most 4 369 of them.
const UPPER_LEVELS: usize = 3;

/// The newest nodes of the upper levels, shared by all readers.
#[derive(Default)]
pub struct UpperNodes(RwLock<HashMap<NibblePath, (Version, Node)>>);

impl UpperNodes {
    /// Forgets every node: the tree begins anew.
    pub fn clear(&self) {
        if let Ok(mut nodes) = self.0.write() {
            nodes.clear();
        }
    }

    fn get(&self, key: &NodeKey) -> Option<Node> {
        if key.nibble_path().num_nibbles() > UPPER_LEVELS {
            return None;
        }
        let nodes = self.0.read().ok()?;
        let (version, node) = nodes.get(key.nibble_path())?;
        (*version == key.version()).then(|| node.clone())
    }

    fn keep(&self, key: &NodeKey, node: &Node) {
        if key.nibble_path().num_nibbles() > UPPER_LEVELS {
            return;
        }
        if let Ok(mut nodes) = self.0.write() {
            let newest = nodes
                .entry(key.nibble_path().clone())
                .or_insert_with(|| (key.version(), node.clone()));
            if newest.0 < key.version() {
                *newest = (key.version(), node.clone());
            }
        }
    }
}

/// The state tree in a snapshot.
pub struct TreeView<'a> {
    snapshot: &'a Snapshot,
    upper: Arc<UpperNodes>,
}

impl<'a> TreeView<'a> {
    /// The tree in this snapshot.
    pub fn new(snapshot: &'a Snapshot, upper: Arc<UpperNodes>) -> Self {
        Self { snapshot, upper }
    }

    /// Sets heads at the next version: the new root, and the nodes to write.
    pub fn update(
        &self,
        heads: impl IntoIterator<Item = (Hash, Head)>,
        version: Version,
        changes: &mut Changes,
    ) -> Result<Hash> {
        let values = heads
            .into_iter()
            .map(|(key, head)| (hashed(&key), Some(head.encode().to_vec())));
        let (RootHash(root), batch) = Sha256Jmt::new(self)
            .put_value_set(values, version)
            .map_err(tree_error)?;
        write_nodes(batch, changes)?;
        Ok(root)
    }

    /// The head of a record at a version, with the ICS-23 proof that it is there, or that nothing is.
    pub fn prove(
        &self,
        key: &Hash,
        version: Version,
    ) -> Result<(Option<Vec<u8>>, ics23::CommitmentProof)> {
        Sha256Jmt::new(self)
            .get_with_ics23_proof(key.to_vec(), version)
            .map_err(tree_error)
    }
}

/// The key as the tree knows it.
fn hashed(key: &Hash) -> KeyHash {
    KeyHash(crate::merkle::sha256(key))
}

fn write_nodes(batch: TreeUpdateBatch, changes: &mut Changes) -> Result<()> {
    for (key, node) in batch.node_batch.nodes() {
        let bytes = borsh::to_vec(node).map_err(|error| Error::Tree(error.to_string()))?;
        changes.put(Table::Nodes, node_key(key), bytes);
    }
    for stale in &batch.stale_node_index_batch {
        let since = stale.stale_since_version.to_be_bytes();
        let key = [&since[..], &node_key(&stale.node_key)].concat();
        changes.put(Table::StaleNodes, key, Vec::new());
    }
    Ok(())
}

fn node_key(key: &NodeKey) -> Vec<u8> {
    let path = key.nibble_path();
    let mut bytes = key.version().to_be_bytes().to_vec();
    bytes.push(path.num_nibbles() as u8);
    let mut nibbles = path.nibbles();
    while let Some(high) = nibbles.next() {
        let low = nibbles.next().map_or(0, u8::from);
        bytes.push(u8::from(high) << 4 | low);
    }
    bytes
}

fn tree_error(error: anyhow::Error) -> Error {
    Error::Tree(format!("{error:#}"))
}

impl TreeReader for TreeView<'_> {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        if let Some(node) = self.upper.get(key) {
            return Ok(Some(node));
        }
        let Some(bytes) = self.snapshot.get(Table::Nodes, &node_key(key))? else {
            return Ok(None);
        };
        let node: Node = borsh::from_slice(&bytes)?;
        self.upper.keep(key, &node);
        Ok(Some(node))
    }

    fn get_value_option(
        &self,
        max_version: Version,
        key: KeyHash,
    ) -> anyhow::Result<Option<OwnedValue>> {
        let Some(key) = self.snapshot.preimage(&key.0)? else {
            return Ok(None);
        };
        let record = self.snapshot.record(&key, max_version)?;
        Ok(record.map(|(_, record)| record.head.encode().to_vec()))
    }

    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        anyhow::bail!("trees are never restored from leaves here")
    }
}

impl HasPreimage for TreeView<'_> {
    fn preimage(&self, key: KeyHash) -> anyhow::Result<Option<Vec<u8>>> {
        Ok(self.snapshot.preimage(&key.0)?.map(|key| key.to_vec()))
    }
}
