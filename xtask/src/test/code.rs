//! Checks of the code itself.

use super::{stream, tally::Tally};
use crate::failure::Result;
use crate::tools::{self, rust};
use crate::workspace;
use std::process::Command;

pub fn fmt() -> Result<Tally> {
    cargo(&["fmt", "--all", "--check"], &[])
}

/// The fuzz targets' one feature is the fuzzer itself, which wants a C++ compiler: they are looked at without it.
const WITHOUT_FUZZER: [&str; 4] = ["--workspace", "--all-features", "--exclude", "lianyan-fuzz"];

/// The page's workers, whose code is for WebAssembly alone; each is named as the feature that it needs.
const WORKERS: [&str; 4] = [
    "verifier-worker",
    "verifier-all-keys-worker",
    "keys-worker",
    "scanner-worker",
];

/// Warnings are denied through clippy's own flags: RUSTFLAGS would make cargo build everything twice.
pub fn clippy() -> Result<Tally> {
    let native = |words: &[&str]| {
        lint(
            &[words, &["--all-targets"]].concat(),
            &mut Command::new("cargo"),
        )
    };
    let mut tally = native(&WITHOUT_FUZZER)?;
    tally.add(&native(&["--package", "lianyan-fuzz"])?);
    // They are no part of `--all-targets`, for they are run by themselves.
    let apart = ["browser", "comet", "demo", "interop"].map(|test| ["--test", test]);
    let words = [&WITHOUT_FUZZER[..], apart.as_flattened()].concat();
    tally.add(&lint(&words, &mut Command::new("cargo"))?);
    let rust = rust::ensure()?;
    let path = tools::path_with(&rust.path)?;
    let page = |words: &[&str]| {
        let target = ["--profile", "web", "--target", "wasm32-unknown-unknown"];
        let mut cargo = Command::new("cargo");
        cargo.env("PATH", &path).envs(rust.env.clone());
        lint(&[words, &target].concat(), &mut cargo)
    };
    tally.add(&page(&["--package", "app"])?);
    for worker in WORKERS {
        tally.add(&page(&[
            "--package",
            "worker",
            "--bin",
            worker,
            "--features",
            worker,
        ])?);
    }
    Ok(tally)
}

fn lint(words: &[&str], cargo: &mut Command) -> Result<Tally> {
    cargo
        .args(["clippy", "--quiet"])
        .args(words)
        .args(["--", "-D", "warnings"]);
    succeeds(cargo)
}

pub fn docs() -> Result<Tally> {
    let words = [&["doc", "--quiet", "--no-deps"], &WITHOUT_FUZZER[..]].concat();
    cargo(&words, &[("RUSTDOCFLAGS", "-D warnings")])
}

fn cargo(words: &[&str], env: &[(&str, &str)]) -> Result<Tally> {
    succeeds(Command::new("cargo").args(words).envs(env.iter().copied()))
}

/// One check: cargo succeeds.
pub(super) fn succeeds(cargo: &mut Command) -> Result<Tally> {
    cargo.current_dir(workspace::root());
    Ok(Tally::of(stream::run(cargo)?.failed == 0))
}
