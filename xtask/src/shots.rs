//! `cargo xtask shots`: every page as a picture, taken in a real browser before a running demo.

use crate::failure::{Doing, Result};
use crate::page;
use crate::run;
use crate::tools;
use crate::workspace;
use std::process::Command;

pub fn shots() -> Result {
    tools::browser::ensure()?;
    page::build()?;
    let words = ["build", "--package", "node", "--bin", "lianyan-node"];
    cargo(&words, "building the node")?;
    let folder = workspace::target().join("shots");
    let folder = folder.to_string_lossy();
    let words = [
        "run",
        "--package",
        "lianyan-tests",
        "--bin",
        "shots",
        "--",
        &folder,
    ];
    cargo(&words, "taking the pictures")
}

fn cargo(words: &[&str], what: &str) -> Result {
    let mut command = Command::new("cargo");
    let status =
        run::shown(command.args(words).current_dir(workspace::root())).doing("run cargo")?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("this failed: {what}.").into())
    }
}
