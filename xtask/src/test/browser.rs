//! The page in a real browser.

use super::{crates, tally::Tally};
use crate::failure::Result;
use crate::tools;
use crate::{page, workspace};

pub fn browser() -> Result<Tally> {
    if let Err(missing) = tools::browser::ensure() {
        return Ok(Tally::skipped("browser", &missing.to_string()));
    }
    if !workspace::site().join("index.html").is_file() {
        page::build()?;
    }
    crates::cargo_test(&["--package", "lianyan-tests"])
}
