//! The program `lianyan-node abci`, driven over its socket as CometBFT drives it, with messages that others defined.

mod blocks;
#[path = "../common/mod.rs"]
mod common;
mod connections;
mod program;
mod snapshots;
