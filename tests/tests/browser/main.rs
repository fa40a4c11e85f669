//! The page in a real browser, before honest and lying nodes. `cargo xtask test browser` runs it.
//!
//! A harness of its own: the consortium is started once, and everything ends with the last scenario. A name, or a part of it, chooses
//! scenarios: `cargo test -p lianyan-tests --test browser -- pinned`.

mod pinned;

use lianyan_tests::Outcome;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

/// One scenario; its name is a sentence that would be false if it failed.
struct Scenario {
    name: &'static str,
    run: fn() -> Outcome,
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let chosen: Vec<&Scenario> = pinned::SCENARIOS
        .iter()
        .filter(|scenario| {
            wanted.is_empty() || wanted.iter().any(|word| scenario.name.contains(word))
        })
        .collect();
    let started = Instant::now();
    let failed = chosen.iter().filter(|scenario| !passes(scenario)).count();
    let result = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {result}. {} passed; {failed} failed; 0 ignored; finished in {:.1}s",
        chosen.len() - failed,
        started.elapsed().as_secs_f64()
    );
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn passes(scenario: &Scenario) -> bool {
    let started = Instant::now();
    let outcome =
        catch_unwind(AssertUnwindSafe(scenario.run)).unwrap_or_else(|_| Err("it panicked".into()));
    let time = started.elapsed().as_secs_f64();
    match &outcome {
        Ok(()) => println!("test {} ... ok ({time:.1}s)", scenario.name),
        Err(why) => println!("test {} ... FAILED ({time:.1}s)\n{why}\n", scenario.name),
    }
    outcome.is_ok()
}
