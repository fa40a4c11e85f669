//! Counting what passed, failed and was skipped.

use std::fmt;
use std::str::FromStr;

/// What a test prints when it cannot run here: `SKIPPED: why`.
const SKIP_MARK: &str = "SKIPPED:";

/// A sum of outcomes.
#[derive(Default, Debug, PartialEq, Eq)]
pub struct Tally {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Tally {
    /// One check that passed.
    pub fn passed() -> Self {
        Self {
            passed: 1,
            ..Self::default()
        }
    }

    /// One check that failed.
    pub fn failed() -> Self {
        Self {
            failed: 1,
            ..Self::default()
        }
    }

    /// One check that could not run here; says so.
    pub fn skipped(what: &str, why: &str) -> Self {
        println!("{SKIP_MARK} {what}: {why}");
        Self {
            skipped: 1,
            ..Self::default()
        }
    }

    /// One check, judged.
    pub fn of(good: bool) -> Self {
        if good { Self::passed() } else { Self::failed() }
    }

    pub fn add(&mut self, other: &Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Counts one line of a test program's output.
    pub fn read(&mut self, line: &str) {
        if let Some((_, counts)) = line.split_once("test result:") {
            self.passed += count(counts, " passed");
            self.failed += count(counts, " failed");
            self.skipped += count(counts, " ignored");
        } else if line.contains(SKIP_MARK) {
            // The test that says so is counted as passed by its harness.
            self.skipped += 1;
            self.passed = self.passed.saturating_sub(1);
        }
    }
}

/// The number before `word` in libtest's summary.
fn count(counts: &str, word: &str) -> u64 {
    let before = counts.split(word).next().unwrap_or_default();
    let digits = before
        .rsplit(|letter: char| !letter.is_ascii_digit())
        .next()
        .unwrap_or_default();
    digits.parse().unwrap_or(0)
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// A closing line, read back.
impl FromStr for Tally {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let tally = Self {
            passed: count(line, " passed"),
            failed: count(line, " failed"),
            skipped: count(line, " skipped"),
        };
        if tally.to_string() == line {
            Ok(tally)
        } else {
            Err(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn a_closing_line_alone_is_read_back() {
        let line = "12 passed, 1 failed, 3 skipped";
        assert_eq!(line.parse::<Tally>().unwrap().to_string(), line);
        assert!(format!("comet 8 s  {line}").parse::<Tally>().is_err());
        assert!("".parse::<Tally>().is_err());
    }

    #[test]
    fn libtests_summary_is_counted() {
        let mut tally = Tally::default();
        tally.read("test result: FAILED. 12 passed; 2 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.40s");
        tally.read("test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s");
        assert_eq!(
            tally,
            Tally {
                passed: 15,
                failed: 2,
                skipped: 1
            }
        );
    }

    #[test]
    fn a_test_that_skips_itself_does_not_count_as_passed() {
        let mut tally = Tally::default();
        tally.read("test result: ok. 2 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s");
        tally.read("SKIPPED: no vectors here");
        assert_eq!(tally.to_string(), "1 passed, 0 failed, 1 skipped");
    }
}
