//! The application under real CometBFT processes.

use super::{crates, tally::Tally};
use crate::failure::Result;
use crate::run;
use crate::tools::cometbft;
use crate::workspace;
use std::ffi::OsString;
use std::process::Command;

pub fn comet() -> Result<Tally> {
    // As many as have a turn, whatever the number of processors: they wait more than they work.
    let words = ["--skip", "hard_days::", "--test-threads", "3"];
    drive(&words, Vec::new())
}

/// Runs the tests that these words choose under every version that can be had here.
pub(super) fn drive(of_tests: &[&str], mut programs: Vec<(String, OsString)>) -> Result<Tally> {
    for version in cometbft::ALL {
        match version.ensure() {
            Ok(program) => programs.push((version.variable(), program.into_os_string())),
            // The tests of this version say that they are skipped.
            Err(missing) => println!("{missing}"),
        }
    }
    build("node", "lianyan-node")?;
    build("verifier", "lianyan")?;
    let words = ["--package", "lianyan-tests", "--test", "comet"];
    crates::cargo_test_with(&words, of_tests, &programs)
}

/// What the tests start as processes of their own; one by one, as the other parts build them.
pub(super) fn build(package: &str, program: &str) -> Result {
    let mut command = Command::new("cargo");
    command
        .args(["build", "--package", package, "--bin", program])
        .current_dir(workspace::root());
    run::step(
        &format!("Building {program}"),
        &workspace::target().join(format!("xtask/{program}.log")),
        &mut command,
    )
}
