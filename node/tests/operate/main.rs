//! The operator's path through the program itself: founding a chain, joining it, keys, and every mistake that `doctor` finds.
#![cfg(unix)]

mod ceremony;
mod deploy;
mod doctor;
mod homes;
mod rpc;
mod typed;
