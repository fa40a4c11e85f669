//! The crates' own tests.

use super::{stream, tally::Tally};
use crate::failure::Result;
use crate::workspace;
use std::ffi::OsString;
use std::process::Command;

/// Packages with a part of their own.
const ELSEWHERE: [&str; 2] = ["node", "lianyan-tests"];

pub fn unit() -> Result<Tally> {
    let mut words = vec!["--workspace"];
    ELSEWHERE
        .iter()
        .for_each(|package| words.extend(["--exclude", package]));
    cargo_test(&words)
}

pub fn node() -> Result<Tally> {
    cargo_test(&["--package", "node"])
}

/// Every test of some packages, whichever fails. What passing tests print is shown too: skips are said there.
pub fn cargo_test(words: &[&str]) -> Result<Tally> {
    cargo_test_with(words, &[], &[])
}

/// The same, with words for the test programs and variables of the environment.
pub fn cargo_test_with(
    words: &[&str],
    of_tests: &[&str],
    variables: &[(String, OsString)],
) -> Result<Tally> {
    let mut command = Command::new("cargo");
    command
        .args(["test", "--no-fail-fast"])
        .args(words)
        .args(["--", "--show-output"])
        .args(of_tests)
        .envs(variables.iter().cloned())
        .current_dir(workspace::root());
    stream::run(&mut command)
}
