//! The tools a build needs, each fetched once per user and version.

pub mod browser;
pub mod cargo_tool;
pub mod cometbft;
pub mod cosmjs;
mod debian_rust;
mod go_clock;
pub mod go_tool;
pub mod rust;
pub mod wasm_opt;

use crate::failure::Result;
use crate::run;
use std::path::PathBuf;

/// Everything `cargo xtask test` may use.
pub fn all() -> Result {
    rust::ensure()?;
    page_tools()?;
    cargo_tool::CARGO_DENY.ensure()?;
    // Only the parts that want one of these need it.
    for version in cometbft::ALL {
        version.ensure().map_or_else(run::say, drop);
    }
    let others = [
        cometbft::NEWEST.with_other_clock(),
        go_tool::COMPOSE.ensure(),
        cosmjs::ensure(),
    ];
    others
        .into_iter()
        .for_each(|tool| tool.map_or_else(run::say, drop));
    browser::ensure()
}

/// The folders that belong on PATH when the page is built.
pub fn page_tools() -> Result<Vec<PathBuf>> {
    Ok(vec![
        cargo_tool::wasm_bindgen()?,
        cargo_tool::TRUNK.ensure()?,
        wasm_opt::ensure()?,
    ])
}

/// PATH with `folders` before everything else.
pub fn path_with(folders: &[PathBuf]) -> Result<std::ffi::OsString> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.iter().cloned().chain(std::env::split_paths(&path));
    std::env::join_paths(all)
        .map_err(|error| format!("PATH cannot hold the tools' folders: {error}.").into())
}
