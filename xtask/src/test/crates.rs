//! The crates' own tests.

use super::{stream, tally::Tally};
use crate::failure::Result;
use crate::run;
use crate::tools::go_tool;
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

/// Every test that starts no browser, no CometBFT and no client that others wrote.
pub fn unit() -> Result<Tally> {
    let mut places = Vec::new();
    match go_tool::COMPOSE.ensure() {
        Ok(program) => places.push(("LIANYAN_COMPOSE".to_owned(), program.into_os_string())),
        // The test that wants it says that it is skipped.
        Err(missing) => println!("{missing}"),
    }
    cargo_test(&[], &[], &places)
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
