//! The operator's path through the program itself: founding a chain, joining it, keys, and every mistake that `doctor` finds.
#![cfg(unix)]

mod backup;
mod ceremony;
#[path = "../common/mod.rs"]
mod common;
mod deploy;
mod doctor;
mod documents;
mod homes;
mod patient;
mod replaced;
mod restored;
mod rpc;
mod second_home;
mod typed;
mod words;
