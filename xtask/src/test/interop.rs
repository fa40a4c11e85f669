//! Clients that others wrote, before our node.

use super::{crates, tally::Tally};
use crate::failure::Result;
use crate::tools::{cometbft, cosmjs};
use std::ffi::OsString;

/// Before the embedded consortium.
pub fn interop() -> Result<Tally> {
    before(&[])
}

/// Before four CometBFT validators with our application, whose nodes answer for themselves.
pub fn interop_comet() -> Result<Tally> {
    match cometbft::NEWEST.ensure() {
        Ok(program) => before(&[("LIANYAN_COMETBFT".into(), program.into_os_string())]),
        Err(missing) => Ok(Tally::skipped("interop-comet", &missing.to_string())),
    }
}

fn before(engine: &[(String, OsString)]) -> Result<Tally> {
    let found = [
        ("LIANYAN_COMETBFT_0_40", cometbft::NEWEST.ensure()),
        ("LIANYAN_COSMJS", cosmjs::ensure()),
    ];
    let mut places = engine.to_vec();
    for (name, place) in found {
        match place {
            Ok(place) => places.push((name.to_owned(), place.into_os_string())),
            // The tests that want it say that they are skipped.
            Err(missing) => println!("{missing}"),
        }
    }
    crates::build()?;
    crates::cargo_test(&["interop"], &[], &places)
}
