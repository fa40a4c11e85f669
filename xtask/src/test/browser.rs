//! The page in a real browser, and the same scenarios before CometBFT.

use super::{comet, crates, tally::Tally};
use crate::failure::Result;
use crate::page;
use crate::tools::{
    self,
    cometbft::{self, CometBft},
};
use std::ffi::OsString;

/// The tests' name for the program on which their consortium runs.
const COMETBFT: &str = "LIANYAN_COMETBFT";
/// The tests' name for the type of its validators' keys.
const KEYS: &str = "LIANYAN_KEYS";
/// The tests' word for a browser that looks on while a chain's keys, machines or lines change.
const PAGE_FOLLOWS: &str = "LIANYAN_PAGE_FOLLOWS";
const BROWSER: [&str; 1] = ["browser"];

/// Before the embedded consortium, with the demo's own tests; then before CometBFT while its validators' keys change from one type to the other, on days
/// when machines and lines fail, and before a chain that is none of ours.
pub fn browser() -> Result<Tally> {
    let mut tally = scenarios(&["browser", "demo"], &[], &[])?;
    // Without a browser that was skipped, which is said once.
    if tools::browser::ensure().is_ok() {
        let follows = (PAGE_FOLLOWS.into(), "1".into());
        let followed = [
            "moves_to_ml_dsa_keys",
            "a_kvstore_on",
            "0_40_goes_on_without_one",
            "0_40_survives_a_partition",
        ];
        tally.add(&comet::drive(&followed, vec![follows])?);
    }
    Ok(tally)
}

/// Before four CometBFT validators of each line; what their keys are is seen with ML-DSA-65 as well.
pub fn browser_comet() -> Result<Tally> {
    let mut tally = Tally::default();
    for engine in cometbft::ALL {
        println!("-- CometBFT {}", engine.line);
        tally.add(&before(engine, &[], &[])?);
    }
    let post_quantum = (KEYS.into(), "ml_dsa_65".into());
    tally.add(&before(
        cometbft::NEWEST,
        &["validator's key"],
        &[post_quantum],
    )?);
    Ok(tally)
}

/// The scenarios that these words choose, or all, before validators of one line.
fn before(engine: CometBft, chosen: &[&str], more: &[(String, OsString)]) -> Result<Tally> {
    let program = match engine.ensure() {
        Ok(program) => (COMETBFT.into(), program.into_os_string()),
        Err(missing) => return Ok(Tally::skipped("browser-comet", &missing.to_string())),
    };
    scenarios(&BROWSER, chosen, &[&[program], more].concat())
}

fn scenarios(tests: &[&str], chosen: &[&str], environment: &[(String, OsString)]) -> Result<Tally> {
    if let Err(missing) = tools::browser::ensure() {
        return Ok(Tally::skipped("browser", &missing.to_string()));
    }
    page::build()?;
    crates::build()?;
    crates::cargo_test(tests, chosen, environment)
}
