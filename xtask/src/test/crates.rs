//! The crates' own tests.

use super::{stream, tally::Tally};
use crate::failure::Result;
use crate::run;
use crate::workspace;
use std::ffi::OsString;
use std::process::Command;

/// Always all packages, whichever tests are played: with other packages cargo chooses other features, and builds everything once more.
const TEST: [&str; 3] = ["test", "--workspace", "--no-fail-fast"];

/// Builds every test, and the programs that tests start as processes of their own.
pub fn build() -> Result<Tally> {
    let mut command = Command::new("cargo");
    command
        .args(TEST)
        .arg("--no-run")
        .current_dir(workspace::root());
    run::step(
        "Building all tests",
        &workspace::target().join("xtask/tests.log"),
        &mut command,
    )?;
    Ok(Tally::passed())
}

/// Every test that starts no browser and no program that others wrote.
pub fn unit() -> Result<Tally> {
    cargo_test(&[], &[], &[])
}

/// These test programs of `tests/`, with words for them and variables of the environment, whichever fails. What passing tests print is shown too: skips are said there.
pub fn cargo_test(
    programs: &[&str],
    words: &[&str],
    variables: &[(String, OsString)],
) -> Result<Tally> {
    let mut command = Command::new("cargo");
    command.args(TEST);
    for program in programs {
        command.args(["--test", program]);
    }
    command
        .args(["--", "--show-output"])
        .args(words)
        .envs(variables.iter().cloned())
        .current_dir(workspace::root());
    stream::run(&mut command)
}
