//! Checks of the code itself.

use super::{stream, tally::Tally};
use crate::failure::Result;
use crate::workspace;
use std::process::Command;

pub fn fmt() -> Result<Tally> {
    cargo(&["fmt", "--all", "--check"], &[])
}

/// Warnings are denied through clippy's own flags: RUSTFLAGS would make cargo build everything twice.
pub fn clippy() -> Result<Tally> {
    cargo(
        &[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--",
            "-D",
            "warnings",
        ],
        &[],
    )
}

pub fn docs() -> Result<Tally> {
    cargo(
        &[
            "doc",
            "--quiet",
            "--workspace",
            "--no-deps",
            "--all-features",
        ],
        &[("RUSTDOCFLAGS", "-D warnings")],
    )
}

/// One check: cargo succeeds.
fn cargo(words: &[&str], env: &[(&str, &str)]) -> Result<Tally> {
    let mut command = Command::new("cargo");
    command
        .args(words)
        .envs(env.iter().copied())
        .current_dir(workspace::root());
    Ok(Tally::of(stream::run(&mut command)?.failed == 0))
}
