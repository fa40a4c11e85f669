//! The page in a real browser, before honest and lying nodes. `cargo xtask test browser` runs it.
//!
//! A harness of its own: two consortia are started once, and everything ends with the last scenario. A name, or a part of it, chooses
//! scenarios: `cargo test -p lianyan-tests --test browser -- photo`.

mod changes;
mod consents;
mod following;
mod identities;
mod inputs;
mod invoices;
mod keyboard;
mod lies;
mod members;
mod pages;
mod pinned;
mod proofs;
mod replaced;
mod trust;
mod votes;
mod workers;

use lianyan_tests::Outcome;
use lianyan_tests::browser::make_haste;
use lianyan_tests::site::Changes;
use lianyan_tests::world::World;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

/// One scenario; its name is a sentence that would be false if it failed.
#[derive(Clone, Copy)]
struct Scenario {
    name: &'static str,
    run: fn(&World) -> Outcome,
}

/// A scenario in its turn, and with which words in its reason it must fail, if it must.
struct Turn {
    name: String,
    run: fn(&World) -> Outcome,
    must_fail: Option<&'static [&'static str]>,
}

/// Worlds in which scenarios are played at the same time: each waits for its nodes and its browser as long as it works.
const WORLDS: usize = 2;

/// What passed and what did not.
#[derive(Default)]
struct Count {
    passed: AtomicU32,
    failed: AtomicU32,
}

impl Count {
    fn take(&self, name: &str, scenario: impl FnOnce() -> Outcome) {
        let started = Instant::now();
        let outcome =
            catch_unwind(AssertUnwindSafe(scenario)).unwrap_or_else(|_| Err("it panicked".into()));
        let time = started.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => {
                self.passed.fetch_add(1, Ordering::Relaxed);
                println!("test {name} ... ok ({time:.1}s)");
            }
            Err(why) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                println!("test {name} ... FAILED ({time:.1}s)\n{why}\n");
            }
        }
    }
}

fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let chosen =
        |turn: &Turn| wanted.is_empty() || wanted.iter().any(|word| turn.name.contains(word));
    let started = Instant::now();
    let count = Count::default();
    play(honest().filter(chosen).collect(), Changes::default, &count);
    make_haste();
    let unverified = unverified().filter(chosen).collect();
    play(unverified, without_verification, &count);
    let Count { passed, failed } = count;
    let (passed, failed) = (passed.into_inner(), failed.into_inner());
    let result = if failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {result}. {passed} passed; {failed} failed; 0 ignored; finished in {:.1}s",
        started.elapsed().as_secs_f64()
    );
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Plays these, each world taking the next that has not been begun.
fn play(turns: Vec<Turn>, changes: fn() -> Changes, count: &Count) {
    let worlds = WORLDS.min(turns.len());
    let turns = Mutex::new(turns.into_iter());
    let next = || turns.lock().unwrap_or_else(PoisonError::into_inner).next();
    let play_on = || match World::with(changes()) {
        Ok(world) => {
            while let Some(turn) = next() {
                count.take(&turn.name, || turn.judge((turn.run)(&world)));
            }
        }
        Err(why) => count.take("the consortium and its page start", || Err(why)),
    };
    thread::scope(|scope| (0..worlds).for_each(|_| drop(scope.spawn(play_on))));
}

/// All scenarios before the page as it is; what takes longest begins first.
fn honest() -> impl Iterator<Item = Turn> {
    let all = [
        votes::SCENARIOS,
        pinned::SCENARIOS,
        invoices::SCENARIOS,
        inputs::SCENARIOS,
        pages::SCENARIOS,
        consents::SCENARIOS,
        identities::SCENARIOS,
        replaced::SCENARIOS,
        keyboard::SCENARIOS,
        trust::SCENARIOS,
        following::SCENARIOS,
        workers::SCENARIOS,
        changes::SCENARIOS,
        proofs::SCENARIOS,
        lies::SCENARIOS,
        lies::ON_A_PAGE_OF_ITS_OWN,
    ];
    all.concat().into_iter().map(|scenario| Turn {
        name: scenario.name.to_owned(),
        run: scenario.run,
        must_fail: None,
    })
}

/// Those that must fail before a page that verifies nothing.
fn unverified() -> impl Iterator<Item = Turn> {
    let believed = [
        invoices::SCENARIOS,
        &[inputs::OTHERS_CODES],
        lies::SCENARIOS,
    ];
    let unproven = [consents::SCENARIOS, votes::SCENARIOS];
    let must_fail = |scenario: Scenario, signs| Turn {
        name: format!("without verification this fails: {}", scenario.name),
        run: scenario.run,
        must_fail: Some(signs),
    };
    let believed = believed.concat().into_iter();
    let unproven = unproven.concat().into_iter();
    believed
        .map(move |scenario| must_fail(scenario, BELIEVED))
        .chain(unproven.map(move |scenario| must_fail(scenario, UNPROVEN)))
}

impl Turn {
    fn judge(&self, outcome: Outcome) -> Outcome {
        let Some(signs) = self.must_fail else {
            return outcome;
        };
        match outcome {
            Ok(()) => Err("the scenario passed although nothing was verified".into()),
            Err(why) if signs.iter().all(|sign| why.to_string().contains(sign)) => Ok(()),
            Err(why) => Err(format!("it failed, but not because of what was seen: {why}").into()),
        }
    }
}

/// What was seen is "verified".
const BELIEVED: &[&str] = &["\"verified\""];
/// The page came up and knows its chain, and what only a proof brings is not there.
const UNPROVEN: &[&str] = &["Shown instead:", "演示链"];

/// The page with workers that answer "verified" to everything: which of the two it takes depends on the chain.
fn without_verification() -> Changes {
    let liar = include_str!("no_verification.js");
    Changes::default()
        .program("verifier-worker.js", liar)
        .program("verifier-all-keys-worker.js", liar)
}
