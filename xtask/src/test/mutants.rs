//! Mutation testing: the light client's core is changed in one place after the other, and each time a test must fail.

use super::tally::Tally;
use crate::failure::{Doing, Result};
use crate::tools::cargo_tool::CARGO_MUTANTS;
use crate::{run, tools, workspace};
use std::path::Path;
use std::process::Command;

/// Files to change, with commas between; all of the core where it is not set.
const FILES: &str = "LIANYAN_MUTANTS";
/// Simulated networks for each change: what more of them find, a hundred do.
const SIMULATIONS: &str = "100";

pub fn mutants() -> Result<Tally> {
    let tool = CARGO_MUTANTS.ensure()?;
    let (root, out) = (workspace::root(), workspace::target().join("mutants"));
    std::fs::create_dir_all(&out).doing(format_args!("create {}", out.display()))?;
    let mut command = Command::new("cargo");
    command
        .args(["mutants", "--package", "light-client", "--output"])
        .arg(&out)
        .current_dir(&root)
        .env("PATH", tools::path_with(&[tool])?)
        // What the copy of the tree is built from is kept from one run to the next.
        .env("CARGO_TARGET_DIR", out.join("build"))
        .env("LIANYAN_SIMULATIONS", SIMULATIONS);
    let files = std::env::var(FILES).unwrap_or_default();
    for file in files.split(',').filter(|file| !file.is_empty()) {
        command.args(["--file", file]);
    }
    // The public vectors lie beside the repository: so must the copy.
    if let Some(beside) = root
        .parent()
        .filter(|it| it.join("shared/vectors").is_dir())
    {
        command.env("TMPDIR", beside);
    }
    let status = run::shown(&mut command).doing("run cargo-mutants")?;
    let count = |name| lines(&out.join("mutants.out").join(name));
    let tally = Tally {
        // A change after which a test never ends is noticed as well.
        passed: count("caught.txt") + count("timeout.txt"),
        failed: count("missed.txt"),
        skipped: 0,
    };
    println!("  {} changes do not compile", count("unviable.txt"));
    // Without an outcome it did not get as far as the first change.
    let none = tally == Tally::default() && !status.success();
    Ok(if none { Tally::failed() } else { tally })
}

fn lines(file: &Path) -> u64 {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    text.lines().count() as u64
}
