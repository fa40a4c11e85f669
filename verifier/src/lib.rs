//! Question in, verdict out: the light client and the records put together; the lianyan command line.
//!
//! [`Verifier`] holds what is trusted of one chain and answers questions about its records. Everything outside of it, network, clock,
//! randomness, the person who waits, is behind one small trait, [`Host`]. `docs/verdicts.md` says what every verdict means.

extern crate alloc;

mod archive;
pub mod chains;
mod checkpoint;
mod checks;
mod electorate;
mod fields;
pub mod fork;
mod headers;
mod history;
mod host;
mod judging;
mod kinds;
#[cfg(feature = "proxy")]
mod logged;
mod members;
mod nodes;
mod outcome;
mod pace;
pub mod portable;
mod portal;
mod proof;
mod provider;
#[cfg(feature = "proxy")]
pub mod proxy;
mod question;
mod raw;
mod reasons;
mod rebuilt;
mod rests;
mod rpc;
mod sample;
mod sending;
mod session;
mod signed_by;
mod stages;
mod trust;
pub mod verdict;
mod verifier;
mod way;

pub use checkpoint::{Checkpoint, MAX_CHECKPOINT, Vouched};
pub use host::{Host, Limits, News};
pub use light_client::client::{KeptStore, Shelf, Store, StoreError, Unreachable, join_all};
#[cfg(feature = "proxy")]
pub use logged::{Below, Logged, logged};
pub use provider::{Device, Node, Shown};
pub use question::Question;
pub use reasons::{ACTS, HEADLINES, Headline, REASONS, Reason};
pub use rpc::{Call, Fault, MAX_BATCH, ask};
pub use sending::{Sending, Unsent, Written};
pub use stages::Stage;
pub use verifier::{Look, Verifier};
