//! The page in a real browser, before honest and lying nodes. `cargo xtask test browser` runs it.
//!
//! A harness of its own: the consortium is started once, and everything ends with the last scenario. A name, or a part of it, chooses
//! scenarios: `cargo test -p lianyan-tests --test browser -- photo`.

mod changes;
mod consents;
mod following;
mod identities;
mod inputs;
mod invoices;
mod lies;
mod pages;
mod pinned;
mod proofs;
mod trust;
mod votes;
mod workers;

use lianyan_tests::Outcome;
use lianyan_tests::browser::make_haste;
use lianyan_tests::site::Changes;
use lianyan_tests::world::World;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::time::Instant;

/// One scenario; its name is a sentence that would be false if it failed.
#[derive(Clone, Copy)]
struct Scenario {
    name: &'static str,
    run: fn(&World) -> Outcome,
}

/// What passed and what did not.
#[derive(Default)]
struct Count {
    passed: u32,
    failed: u32,
}

impl Count {
    fn take(&mut self, name: &str, scenario: impl FnOnce() -> Outcome) {
        let started = Instant::now();
        let outcome =
            catch_unwind(AssertUnwindSafe(scenario)).unwrap_or_else(|_| Err("it panicked".into()));
        let time = started.elapsed().as_secs_f64();
        match outcome {
            Ok(()) => {
                self.passed += 1;
                println!("test {name} ... ok ({time:.1}s)");
            }
            Err(why) => {
                self.failed += 1;
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
    let chosen = |name: &str| wanted.is_empty() || wanted.iter().any(|word| name.contains(word));
    let started = Instant::now();
    let mut count = Count::default();
    match World::start() {
        Ok(mut world) => play(&mut world, chosen, &mut count),
        Err(why) => count.take("the consortium and its page start", || Err(why)),
    }
    let result = if count.failed == 0 { "ok" } else { "FAILED" };
    println!(
        "\ntest result: {result}. {} passed; {} failed; 0 ignored; finished in {:.1}s",
        count.passed,
        count.failed,
        started.elapsed().as_secs_f64()
    );
    if count.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn play(world: &mut World, chosen: impl Fn(&str) -> bool, count: &mut Count) {
    let all = [
        pinned::SCENARIOS,
        invoices::SCENARIOS,
        inputs::SCENARIOS,
        pages::SCENARIOS,
        consents::SCENARIOS,
        identities::SCENARIOS,
        trust::SCENARIOS,
        following::SCENARIOS,
        workers::SCENARIOS,
        changes::SCENARIOS,
        proofs::SCENARIOS,
        votes::SCENARIOS,
        lies::SCENARIOS,
        lies::ON_A_PAGE_OF_ITS_OWN,
    ]
    .concat();
    for scenario in all.iter().filter(|scenario| chosen(scenario.name)) {
        count.take(scenario.name, || (scenario.run)(world));
    }
    if let Err(why) = world.exchange_page(without_verification()) {
        return count.take("a page that verifies nothing can be made", || Err(why));
    }
    make_haste();
    let believed = [
        invoices::SCENARIOS,
        &[inputs::OTHERS_CODES],
        lies::SCENARIOS,
    ];
    let unproven = [consents::SCENARIOS, votes::SCENARIOS];
    let must_see = |scenario: Scenario| (scenario, BELIEVED);
    let must_miss = |scenario: Scenario| (scenario, UNPROVEN);
    let believed = believed.concat().into_iter().map(must_see);
    let unproven = unproven.concat().into_iter().map(must_miss);
    for (scenario, signs) in believed.chain(unproven) {
        let name = format!("without verification this fails: {}", scenario.name);
        if chosen(&name) {
            count.take(&name, || must_fail((scenario.run)(world), signs));
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

/// With these words in why.
fn must_fail(outcome: Outcome, signs: &[&str]) -> Outcome {
    match outcome {
        Ok(()) => Err("the scenario passed although nothing was verified".into()),
        Err(why) if signs.iter().all(|sign| why.to_string().contains(sign)) => Ok(()),
        Err(why) => Err(format!("it failed, but not because of what was seen: {why}").into()),
    }
}
