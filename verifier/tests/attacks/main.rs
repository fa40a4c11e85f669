//! Attacks played: on whatever `docs/soundness.md` promises, by lying nodes and by validators who sign what they must not.

#[path = "../common/mod.rs"]
mod common;

mod ask;
mod busy;
mod checkpoints;
mod counting;
mod electorate;
mod headers;
mod kept;
mod large;
mod lies;
mod outcomes;
mod parts;
mod patience;
mod reached;
mod remembered;
mod rests;
mod signed;
mod tells;
mod times;
mod unconfirmed;
mod waits;
