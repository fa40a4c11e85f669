//! The consortium's application, its store, its RPC, and the embedded consortium.
//!
//! [`application`] executes events, shaped as ABCI 2.0, over the [`store`]. [`consortium`] drives it: one process, several validators' keys,
//! CometBFT's headers and commits; through [`abci`] a CometBFT process does. [`rpc`] answers in CometBFT's shapes, and a [`gateway`] stands before it for the public. Nothing here depends on the light client: two independent
//! implementations check each other.

pub mod abci;
pub mod application;
pub mod chain;
pub mod comet;
pub mod consortium;
pub mod demo;
pub mod error;
pub mod fetch;
pub mod files;
pub mod gateway;
pub mod merkle;
pub mod network;
pub mod rpc;
pub mod run;
pub mod statesync;
pub mod store;
