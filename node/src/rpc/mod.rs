//! The node's RPC: CometBFT's methods in CometBFT's shapes, over GET with URI parameters, over JSON-RPC POST and over a websocket.

pub mod envelope;
mod error;
mod events;
mod http;
mod json;
mod methods;
mod networks;
mod params;
mod query;
mod server;
mod subscriptions;
mod websocket;

pub use error::RpcError;
pub use http::router;
pub use methods::execute_tx;
pub use networks::network;
pub use params::Params;
pub use server::{MAX_CONNECTIONS, Peer, serve};
pub use websocket::converse;

use crate::{chain::FullNode, consortium::Mempool, store::Snapshot};
use std::sync::{Arc, atomic::AtomicUsize};

/// What the RPC of one node answers from.
pub struct Rpc {
    /// The node.
    pub node: Arc<FullNode>,
    /// Where transactions wait for a block.
    pub mempool: Arc<Mempool>,
    /// The node that this one follows; none where blocks are decided.
    pub source: Option<Arc<FullNode>>,
    /// Name of the node.
    pub moniker: String,
    /// Its raw Ed25519 key: a validator's, or one without power.
    pub key: [u8; 32],
    /// Where it listens.
    pub address: String,
    /// How many clients wait for their transaction to be decided.
    pub waiting: AtomicUsize,
}

impl Rpc {
    fn snapshot(&self) -> Arc<Snapshot> {
        self.node.snapshot()
    }
}
