//! The per-user cache folder: one folder per tool and version, shared by every clone.

use crate::failure::{Doing, Result};
use crate::run;
use std::fs::File;
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

/// Fills a tool's folder in one move, so that an interrupted installation is never mistaken for a finished one. Of two commands at once one does it, and
/// the other waits.
pub fn fill(home: &Path, install: impl FnOnce(&Path) -> Result) -> Result {
    let what = format!("prepare {}", home.display());
    if let Some(folder) = home.parent() {
        std::fs::create_dir_all(folder).doing(&what)?;
    }
    let lock = File::create(home.with_extension("lock")).doing(&what)?;
    if lock.try_lock().is_err() {
        run::say(format_args!(
            "Waiting for another command that makes {}",
            home.display()
        ));
        lock.lock().doing(&what)?;
        if home.is_dir() {
            return Ok(());
        }
    }
    let partial = home.with_extension("partial");
    let _ = std::fs::remove_dir_all(&partial);
    std::fs::create_dir_all(&partial).doing(format_args!("create {}", partial.display()))?;
    install(&partial)?;
    let _ = std::fs::remove_dir_all(home);
    std::fs::rename(&partial, home).doing(format_args!("move {} into place", home.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::time::Duration;

    /// *Mistake: two clones are tested at once for the first time, and each takes away what the other has begun.*
    #[test]
    fn one_command_at_a_time_makes_a_tool() {
        let folder = std::env::temp_dir().join(format!("xtask-cache-{}", std::process::id()));
        let home = folder.join("tool-1.2.3");
        let (inside, overlaps) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let make = || {
            fill(&home, |partial| {
                let others = inside.fetch_add(1, SeqCst);
                overlaps.fetch_add(others, SeqCst);
                // Whoever else comes in has come by now.
                std::thread::sleep(Duration::from_millis(300));
                inside.fetch_sub(1, SeqCst);
                std::fs::write(partial.join("program"), "whole").doing("write")
            })
        };
        let made = std::thread::scope(|scope| {
            let both = [scope.spawn(make), scope.spawn(make)];
            both.map(|done| done.join().unwrap().is_ok())
        });
        assert_eq!((made, overlaps.into_inner()), ([true, true], 0));
        assert!(home.join("program").is_file());
        let _ = std::fs::remove_dir_all(folder);
    }
}
