//! Miri: the core's unit tests in an interpreter that sees undefined behaviour, for there is unsafe code in what the core stands on.

use super::{stream, tally::Tally};
use crate::failure::Result;
use crate::{run, workspace};
use std::process::Command;

/// Only a nightly toolchain has it.
const TOOLCHAIN: &str = "+nightly";

pub fn miri() -> Result<Tally> {
    if run::output("cargo", &[TOOLCHAIN, "miri", "--version"]).is_none() {
        return Ok(Tally::skipped(
            "miri",
            "get it with: rustup toolchain install nightly --component miri --component rust-src",
        ));
    }
    let mut tally = interpret(&["--lib"], "")?;
    tally.add(&interpret(&["--test", "all"], "rfc6962")?);
    Ok(tally)
}

/// Plays the tests of a target whose names hold `part`.
fn interpret(target: &[&str], part: &str) -> Result<Tally> {
    let mut command = Command::new("cargo");
    command
        .args([TOOLCHAIN, "miri", "test", "--package", "light-client"])
        .args(target)
        .args(["--", "--show-output", part])
        // Tests read vectors from files. The specs of the vectors are leaked, for those of the program are static.
        .env("MIRIFLAGS", "-Zmiri-disable-isolation -Zmiri-ignore-leaks")
        .env("CARGO_TARGET_DIR", workspace::target().join("miri"))
        .current_dir(workspace::root());
    stream::run(&mut command)
}
