//! The operator's path: making a node's home and its keys, the founding of a chain by several organisations, joining one, and looking for
//! mistakes. docs/operate.md tells how to use them.

mod card;
mod consent;
mod doctor;
mod founding;
mod genesis;
mod home;
mod init;
mod join;
mod keys;
mod member;
mod options;
pub mod outside;
mod papers;
mod read;
#[cfg(test)]
mod written;

pub(super) use home::read_public_key;
pub(super) use options::{HELP, Options};

use crate::error::Result;
use std::process::ExitCode;

/// Runs the command.
pub(super) fn run(options: &Options) -> Result<ExitCode> {
    let done = |()| ExitCode::SUCCESS;
    match options {
        Options::Init(options) => init::run(options).map(done),
        Options::Genesis(options) => genesis::run(options).map(done),
        Options::Join(options) => join::run(options).map(done),
        Options::Keys(options) => keys::run(options).map(done),
        Options::Doctor(options) => doctor::run(options),
    }
}
