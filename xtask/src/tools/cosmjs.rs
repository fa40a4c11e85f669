//! CosmJS, whose reading of our node is tested.

use crate::cache;
use crate::failure::Result;
use crate::run;
use std::path::PathBuf;
use std::process::Command;

const RELEASE: &str = "0.39.0";

/// The folder with its packages, fetched first where it is missing.
pub fn ensure() -> Result<PathBuf> {
    let home = cache::tool("cosmjs", RELEASE)?;
    if !home.join("node_modules").is_dir() {
        if !(run::on_path("node") && run::on_path("npm")) {
            return Err("CosmJS runs on Node.js, which is not on PATH: install Node.js 20 or later with npm.".into());
        }
        let log = cache::folder()?.join("cosmjs.log");
        cache::fill(&home, |partial| {
            let mut command = Command::new("npm");
            command
                .args(["install", "--no-audit", "--no-fund", "--ignore-scripts"])
                .arg("--prefix")
                .arg(partial)
                .arg(format!("@cosmjs/tendermint-rpc@{RELEASE}"))
                .current_dir(partial);
            run::step(
                &format!(
                    "Fetching CosmJS {RELEASE} with npm, once per user: it reads our node in a test"
                ),
                &log,
                &mut command,
            )
        })?;
    }
    Ok(home)
}
