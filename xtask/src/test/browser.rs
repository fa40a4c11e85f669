//! The page in a real browser.

use super::{crates, tally::Tally};
use crate::failure::Result;
use crate::run;
use crate::tools;
use crate::{page, workspace};
use std::process::Command;

pub fn browser() -> Result<Tally> {
    if let Err(missing) = tools::browser::ensure() {
        return Ok(Tally::skipped("browser", &missing.to_string()));
    }
    page::build()?;
    build_node()?;
    let words = [
        "--package",
        "lianyan-tests",
        "--lib",
        "--test",
        "browser",
        "--test",
        "demo",
    ];
    crates::cargo_test(&words)
}

/// The scenarios start it as a process of its own.
fn build_node() -> Result {
    let mut command = Command::new("cargo");
    command
        .args(["build", "--package", "node", "--bin", "lianyan-node"])
        .current_dir(workspace::root());
    run::step(
        "Building the node",
        &workspace::target().join("xtask/node.log"),
        &mut command,
    )
}
