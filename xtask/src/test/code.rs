//! Checks of the code itself.

use super::{stream, tally::Tally};
use crate::failure::Result;
use crate::workspace;
use std::process::Command;

pub fn fmt() -> Result<Tally> {
    cargo(&["fmt", "--all", "--check"], &[])
}

/// The fuzz targets' one feature is the fuzzer itself, which wants a C++ compiler: they are looked at without it.
const WITHOUT_FUZZER: [&str; 4] = ["--workspace", "--all-features", "--exclude", "lianyan-fuzz"];

/// Warnings are denied through clippy's own flags: RUSTFLAGS would make cargo build everything twice.
pub fn clippy() -> Result<Tally> {
    let judge = |packages: &[&str]| {
        let lints = ["--all-targets", "--", "-D", "warnings"];
        cargo(&[&["clippy", "--quiet"], packages, &lints].concat(), &[])
    };
    let mut tally = judge(&WITHOUT_FUZZER)?;
    tally.add(&judge(&["--package", "lianyan-fuzz"])?);
    Ok(tally)
}

pub fn docs() -> Result<Tally> {
    let words = [&["doc", "--quiet", "--no-deps"], &WITHOUT_FUZZER[..]].concat();
    cargo(&words, &[("RUSTDOCFLAGS", "-D warnings")])
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
