//! A network of CometBFT processes on this machine, each with its application as a process of its own: what the folders hold, how the
//! processes are started, watched and ended, and how they are asked.
//!
//! CometBFT's file formats are those of v0.38 and v0.40, which agree.

mod client;
mod config;
mod key_types;
mod keys;
mod process;
mod remote;
mod running;

pub use client::{Client, MAX_BATCH, Written};
pub use config::{Home, IDLE, Peer, Settings, StateSync, common, pretty};
pub use key_types::{is_v0_38, key_types, version};
pub use keys::{SigningSeed, node_id, node_key, validator_key};
pub use process::{Process, Program};
pub use remote::Remote;
pub use running::{Network, Node, Plan, wait_until_free};
