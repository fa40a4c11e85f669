//! wasm-opt, which makes the WebAssembly smaller and proves what it needs of a browser.

use super::debian_rust;
use crate::cache;
use crate::failure::Result;
use crate::run;
use std::path::{Path, PathBuf};
use std::process::Command;

const VERSION: &str = "132.0.0";

/// The folder that holds wasm-opt: npm's package, else Debian's.
pub fn ensure() -> Result<PathBuf> {
    let home = cache::tool("binaryen", VERSION)?;
    let bin = home.join("node_modules/.bin");
    if bin.join("wasm-opt").exists() && run::on_path("node") {
        return Ok(bin);
    }
    if run::on_path("npm") && cache::fill(&home, from_npm).is_ok() {
        return Ok(bin);
    }
    from_debian()
}

fn from_npm(root: &Path) -> Result {
    let mut command = Command::new("npm");
    command
        .args(["install", "--no-audit", "--no-fund", "--prefix"])
        .arg(root)
        .arg(format!("binaryen@{VERSION}"));
    let log = cache::folder()?.join("binaryen.log");
    run::step(
        "Fetching wasm-opt from npm: it makes the page's WebAssembly smaller",
        &log,
        &mut command,
    )
}

/// Debian's program, unpacked into the cache: older, but its passes are enough.
fn from_debian() -> Result<PathBuf> {
    let home = cache::tool("binaryen", "debian")?;
    let bin = home.join("usr/bin");
    if !bin.join("wasm-opt").is_file() {
        if !run::on_path("apt-get") {
            return Err(
                "wasm-opt is missing: install Node.js with npm, or Debian's package `binaryen`."
                    .into(),
            );
        }
        run::say("npm is not at hand, so wasm-opt comes from Debian's package `binaryen`");
        cache::fill(&home, |root| {
            let unpack = || debian_rust::unpack(&["binaryen"], root);
            unpack().or_else(|_| {
                debian_rust::refresh();
                unpack()
            })
        })?;
    }
    Ok(bin)
}
