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

/// The page's programs, whose code is for WebAssembly alone: package, program, features.
const PAGE: [(&str, &str, &str); 5] = [
    ("app", "app", ""),
    ("worker", "verifier-worker", "verifier-worker"),
    (
        "worker",
        "verifier-all-keys-worker",
        "verifier-all-keys-worker",
    ),
    ("worker", "keys-worker", "keys-worker"),
    ("worker", "scanner-worker", "scanner-worker"),
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
    let rust = rust::ensure()?;
    for (package, program, features) in PAGE {
        let words = [
            "--package",
            package,
            "--bin",
            program,
            "--features",
            features,
        ];
        let mut cargo = Command::new("cargo");
        cargo
            .env("PATH", tools::path_with(&rust.path)?)
            .envs(rust.env.clone());
        let words = [
            &words[..],
            &["--profile", "web", "--target", "wasm32-unknown-unknown"],
        ]
        .concat();
        tally.add(&lint(&words, &mut cargo)?);
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
fn succeeds(cargo: &mut Command) -> Result<Tally> {
    cargo.current_dir(workspace::root());
    Ok(Tally::of(stream::run(cargo)?.failed == 0))
}
