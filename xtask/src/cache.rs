//! The per-user cache folder: one folder per tool and version, shared by every clone.

use crate::failure::{Doing, Result};
use std::path::{Path, PathBuf};

/// `$LIANYAN_CACHE`, else `$XDG_CACHE_HOME/lianyan`, else `~/.cache/lianyan`.
pub fn folder() -> Result<PathBuf> {
    let from = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    from("LIANYAN_CACHE")
        .or_else(|| from("XDG_CACHE_HOME").map(|folder| folder.join("lianyan")))
        .or_else(|| from("HOME").map(|home| home.join(".cache/lianyan")))
        .ok_or_else(|| "no cache folder: set HOME or LIANYAN_CACHE.".into())
}

/// The folder of one version of one tool.
pub fn tool(name: &str, version: &str) -> Result<PathBuf> {
    Ok(folder()?.join(format!("{name}-{version}")))
}

/// Fills a tool's folder in one move, so that an interrupted installation is never mistaken for a finished one.
pub fn fill(home: &Path, install: impl FnOnce(&Path) -> Result) -> Result {
    let partial = home.with_extension("partial");
    let _ = std::fs::remove_dir_all(&partial);
    std::fs::create_dir_all(&partial).doing(format_args!("create {}", partial.display()))?;
    install(&partial)?;
    let _ = std::fs::remove_dir_all(home);
    std::fs::rename(&partial, home).doing(format_args!("move {} into place", home.display()))
}
