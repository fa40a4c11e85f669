//! The page in a real browser, and the same scenarios before CometBFT.

use super::{comet, crates, tally::Tally};
use crate::failure::Result;
use crate::page;
use crate::tools::{self, cometbft};
use std::ffi::OsString;

/// The tests' name for the program on which their consortium runs.
const COMETBFT: &str = "LIANYAN_COMETBFT";
/// The tests' name for the type of its validators' keys.
const KEYS: &str = "LIANYAN_KEYS";
/// The tests' word for a browser that follows a chain while its keys change.
const PAGE_FOLLOWS: &str = "LIANYAN_PAGE_FOLLOWS";
const BROWSER: [&str; 1] = ["browser"];

/// Before the embedded consortium, with the demo's own tests.
pub fn browser() -> Result<Tally> {
    scenarios(&["browser", "demo"], &[], &[])
}

/// Before four CometBFT validators; what their keys are is seen with ML-DSA-65 as well, and while they change from one type to the other; and before a chain that is none of ours.
pub fn browser_comet() -> Result<Tally> {
    let program = match cometbft::NEWEST.ensure() {
        Ok(program) => (COMETBFT.into(), program.into_os_string()),
        Err(missing) => return Ok(Tally::skipped("browser-comet", &missing.to_string())),
    };
    let mut tally = scenarios(&BROWSER, &[], std::slice::from_ref(&program))?;
    let post_quantum = [program, (KEYS.into(), "ml_dsa_65".into())];
    tally.add(&scenarios(&BROWSER, &["validator's key"], &post_quantum)?);
    let follows = (PAGE_FOLLOWS.into(), "1".into());
    let followed = ["moves_to_ml_dsa_keys", "a_kvstore_on"];
    tally.add(&comet::drive(&followed, vec![follows])?);
    Ok(tally)
}

fn scenarios(tests: &[&str], chosen: &[&str], environment: &[(String, OsString)]) -> Result<Tally> {
    if let Err(missing) = tools::browser::ensure() {
        return Ok(Tally::skipped("browser", &missing.to_string()));
    }
    page::build()?;
    crates::build()?;
    crates::cargo_test(tests, chosen, environment)
}
