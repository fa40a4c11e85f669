//! CometBFT, the consensus engine, in the versions that the application is driven with.

use super::{go_clock, go_tool};
use crate::cache;
use crate::failure::Result;
use std::path::{Path, PathBuf};

/// A version: its line, as a person names it, and the release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CometBft {
    pub line: &'static str,
    release: &'static str,
}

/// The newest line.
pub const NEWEST: CometBft = CometBft {
    line: "0.40",
    release: "0.40.0",
};
/// The most deployed line.
pub const DEPLOYED: CometBft = CometBft {
    line: "0.38",
    release: "0.38.26",
};
/// Both.
pub const ALL: [CometBft; 2] = [NEWEST, DEPLOYED];

impl CometBft {
    /// The version of a line.
    pub fn of_line(line: &str) -> Result<Self> {
        let found = ALL.into_iter().find(|version| version.line == line);
        found.ok_or_else(|| {
            format!("there is no CometBFT `{line}` here; choose 0.40 or 0.38.").into()
        })
    }

    /// The variable that tells tests where the program is.
    pub fn variable(self) -> String {
        format!("LIANYAN_COMETBFT_{}", self.line.replace('.', "_"))
    }

    /// The program, built first where it is missing.
    pub fn ensure(self) -> Result<PathBuf> {
        let home = cache::tool("cometbft", self.release)?;
        let program = home.join("cometbft");
        if !program.is_file() {
            go_tool::require_go("CometBFT")?;
            cache::fill(&home, |partial| self.install(partial))?;
        }
        Ok(program)
    }

    /// The same with a clock that `LIANYAN_CLOCK_AHEAD` sets ahead by so many seconds: a Go program reads the system's clock itself, where nothing
    /// that is preloaded can come between.
    pub fn with_other_clock(self) -> Result<PathBuf> {
        let home = cache::tool("cometbft-clock", self.release)?;
        let program = home.join("cometbft");
        if !program.is_file() {
            go_tool::require_go("CometBFT")?;
            cache::fill(&home, |partial| {
                let overlay = go_clock::overlay(partial)?;
                self.build(partial, "cometbft-clock", &[&overlay])
            })?;
        }
        Ok(program)
    }

    fn install(self, folder: &Path) -> Result {
        self.build(folder, "cometbft", &[])
    }

    fn build(self, folder: &Path, name: &str, options: &[&str]) -> Result {
        let what = match options {
            [] => "it is the consensus engine",
            _ => "with a clock that can be wrong",
        };
        go_tool::install(
            folder,
            &format!(
                "github.com/cometbft/cometbft/cmd/cometbft@v{}",
                self.release
            ),
            options,
            &format!("{name}-{}", self.release),
            &format!("CometBFT {}, once per user: {what}", self.release),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_by_their_line() {
        assert_eq!(CometBft::of_line("0.38").unwrap(), DEPLOYED);
        assert!(
            CometBft::of_line("0.37")
                .unwrap_err()
                .to_string()
                .contains("0.37")
        );
    }
}
