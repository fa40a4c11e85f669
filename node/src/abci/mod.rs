//! The application as an ABCI 2.0 server: a CometBFT process drives it over a Unix socket or TCP.
//!
//! ABCI on the wire is protocol-buffer messages, each after its length, over one socket per connection; CometBFT opens four: consensus, mempool,
//! query, snapshots. Answers come in the order of the requests. The application behind is the one that the embedded consortium drives.

mod answers;
mod frame;
mod message;
mod server;
mod snapshots;
mod socket;

pub use server::{Server, answer_next};
pub use socket::Address;
