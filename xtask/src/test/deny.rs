//! What we depend on: licences, bans, sources, advisories.

use super::tally::Tally;
use crate::failure::{Doing, Result};
use crate::tools::cargo_tool::CARGO_DENY;
use crate::workspace;
use std::process::{Command, Output};

pub fn deny() -> Result<Tally> {
    let mut tally = Tally::default();
    for check in ["licenses", "bans", "sources"] {
        let output = cargo_deny(&["check", check])?;
        show(&output);
        tally.add(&Tally::of(output.status.success()));
    }
    tally.add(&advisories()?);
    Ok(tally)
}

/// The advisory database is fetched apart, so that a closed network is a visible skip and an advisory a failure.
fn advisories() -> Result<Tally> {
    if !cargo_deny(&["fetch", "db"])?.status.success() {
        return Ok(Tally::skipped(
            "advisories",
            "their database cannot be reached from here",
        ));
    }
    let output = cargo_deny(&["check", "--disable-fetch", "advisories"])?;
    show(&output);
    Ok(Tally::of(output.status.success()))
}

fn cargo_deny(words: &[&str]) -> Result<Output> {
    let program = CARGO_DENY.ensure()?.join("cargo-deny");
    Command::new(program)
        .args(["--color", "never"])
        .args(words)
        .current_dir(workspace::root())
        .output()
        .doing("run cargo-deny")
}

fn show(output: &Output) {
    print!("{}", String::from_utf8_lossy(&output.stdout));
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
}
