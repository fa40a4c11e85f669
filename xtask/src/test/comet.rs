//! The application under real CometBFT processes.

use super::{crates, tally::Tally};
use crate::failure::Result;
use crate::tools::cometbft;
use std::ffi::OsString;

/// As many tests at a time as have a turn, whatever the number of processors: they wait more than they work.
const AT_ONCE: [&str; 2] = ["--test-threads", "3"];

pub fn comet() -> Result<Tally> {
    drive(&["--skip", "hard_days::"], Vec::new())
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
    crates::build()?;
    let words = [of_tests, &AT_ONCE].concat();
    crates::cargo_test(&["comet"], &words, &programs)
}
