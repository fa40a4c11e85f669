//! Snapshots of the state, as ABCI knows them: taken beside the chain as it goes on, and restored chunk by chunk by a node that joins.
//!
//! Whatever a chunk says is kept apart until the whole gives the app hash that the light client of CometBFT found. Format: docs/node.md.

mod item;
mod manifest;
mod progress;
mod restore;
mod shelf;
mod writer;

pub use item::Item;
pub use manifest::{FORMAT, MAX_CHUNK, MAX_CHUNKS, Manifest};
pub use restore::{Fault, Finished, Restore, Restored, forget};
pub use shelf::{DEFAULT_PACE, Pace, Shelf};
pub use writer::write;
