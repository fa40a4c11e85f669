//! Hard days on real CometBFT processes: each once and short, or at random for as long as is wanted.

use super::{comet, tally::Tally};
use crate::failure::Result;
use crate::tools::cargo_tool::TMKMS;
use crate::tools::cometbft::{self, CometBft};
use std::ffi::OsString;
use std::sync::OnceLock;

/// The word before the number of minutes.
const MINUTES: &str = "--minutes";
/// How long they go on where no number is given.
const ENOUGH: u64 = 20;

static MINUTES_WANTED: OnceLock<u64> = OnceLock::new();

/// Each once.
pub fn short() -> Result<Tally> {
    drive("hard_days::short", &[cometbft::NEWEST], Vec::new())
}

/// At random moments, in random order, for long.
pub fn long() -> Result<Tally> {
    let minutes = MINUTES_WANTED.get().unwrap_or(&ENOUGH);
    println!("  for {minutes} minutes (`{MINUTES} N` says otherwise)");
    let mut variables = vec![(
        "LIANYAN_HARD_DAYS_MINUTES".to_owned(),
        minutes.to_string().into(),
    )];
    match TMKMS.ensure() {
        Ok(folder) => variables.push(("LIANYAN_TMKMS".to_owned(), folder.join("tmkms").into())),
        // The tests that want it say that they are skipped.
        Err(missing) => println!("{missing}"),
    }
    drive("hard_days::long", &[cometbft::DEPLOYED], variables)
}

/// Plays these days; the clock can be wrong in these versions.
fn drive(
    tests: &str,
    clocks: &[CometBft],
    mut variables: Vec<(String, OsString)>,
) -> Result<Tally> {
    for version in clocks {
        match version.with_other_clock() {
            Ok(program) => variables.push((version.variable() + "_CLOCK", program.into())),
            // The test that wants it says that it is skipped.
            Err(missing) => println!("{missing}"),
        }
    }
    comet::drive(&[tests], variables)
}

/// Takes the number of minutes out of the command line's words.
pub fn take_minutes(words: &[String]) -> Result<Vec<String>> {
    let mut left = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == MINUTES {
            let number = words.next().and_then(|word| word.parse().ok());
            let minutes = number.ok_or("`--minutes` wants a number after it.")?;
            MINUTES_WANTED.get_or_init(|| minutes);
        } else {
            left.push(word.clone());
        }
    }
    Ok(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_no_part() {
        let words = ["hard-days", MINUTES, "3", "comet"].map(str::to_owned);
        assert_eq!(take_minutes(&words).unwrap(), ["hard-days", "comet"]);
        assert_eq!(MINUTES_WANTED.get(), Some(&3));
        assert!(take_minutes(&words[..2]).is_err());
    }
}
