//! A network of CometBFT processes on this machine, each with its application as a process of its own: what the folders hold, how the
//! processes are started, watched and ended, and how they are asked.
//!
//! CometBFT's file formats are those of v0.38 and v0.40, which agree.

mod client;
mod config;
mod keys;
mod process;
mod running;
mod version;

pub use client::{Client, MAX_BATCH};
pub use config::{Home, Peer, Settings};
pub use keys::{SigningSeed, node_id, validator_key};
pub use process::{Process, Program};
pub use running::{Network, Node, Plan, wait_until_free};
pub use version::{Version, version};
