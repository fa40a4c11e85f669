//! All tests of the core, as one program: what it stands on is linked once, and a change is judged in seconds.

mod answers;
mod bisection;
#[path = "../common/mod.rs"]
mod common;
mod differential;
mod ed25519;
mod executors;
mod ics23;
mod jmt;
mod keys;
mod known_answers;
mod light_client_steps;
mod mistakes;
mod mutation;
mod query;
mod recorded;
mod rfc6962;
mod sharing;
mod shelves;
mod simulation;
mod stored;
mod stores;
mod wire;
