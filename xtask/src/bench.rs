//! `cargo xtask bench`: tables of ratios, each within one run.

use crate::failure::{Doing, Result};
use crate::page;
use crate::run;
use crate::tools::{self, cometbft, go_tool, rust};
use crate::workspace;
use std::process::Command;

/// One table.
struct Bench {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result,
}

const BENCHES: [Bench; 9] = [
    Bench {
        name: "sizes",
        what: "what a visitor downloads",
        run: sizes,
    },
    Bench {
        name: "step",
        what: "a non-adjacent step in WebAssembly, beside tendermint-light-client-verifier",
        run: step,
    },
    Bench {
        name: "page",
        what: "what a visitor waits for, in a real browser, and what a proof weighs",
        run: visit,
    },
    Bench {
        name: "ballots",
        what: "from a cast ballot to its proof in a real browser, at one block a second",
        run: ballots,
    },
    Bench {
        name: "votes",
        what: "votes of ten thousand ballots and more: casting, proving and counting them again",
        run: votes,
    },
    Bench {
        name: "light-client",
        what: "coming back after a million headers, a year of daily visits, memory after a day of following",
        run: light_client,
    },
    Bench {
        name: "comet",
        what: "events a second on four CometBFT validators, beside CometBFT's own kvstore",
        run: comet,
    },
    Bench {
        name: "gateway",
        what: "verified reading through a gateway on one core, as in an evening of a million visitors",
        run: gateway,
    },
    Bench {
        name: "crates",
        what: "the other crates' own benches",
        run: crates,
    },
];

/// A bench of what crosses crates, to be named after this.
const CROSSING: [&str; 5] = ["bench", "--quiet", "--package", "lianyan-tests", "--bench"];

/// Prints the tables named, or all of them.
pub fn bench(names: &[String]) -> Result {
    if let Some(unknown) = names
        .iter()
        .find(|name| BENCHES.iter().all(|bench| bench.name != name.as_str()))
    {
        let known: Vec<&str> = BENCHES.iter().map(|bench| bench.name).collect();
        return Err(format!(
            "there is no bench `{unknown}`; there are {}.",
            known.join(", ")
        )
        .into());
    }
    for bench in BENCHES
        .iter()
        .filter(|bench| names.is_empty() || names.iter().any(|name| name == bench.name))
    {
        println!("\n== {}: {}", bench.name, bench.what);
        (bench.run)()?;
    }
    Ok(())
}

fn sizes() -> Result {
    page::print_sizes(&page::build()?).map(drop)
}

/// The page before a node as they are deployed.
fn visit() -> Result {
    tools::browser::ensure()?;
    page::build()?;
    node()?;
    program("verifier", "lianyan")?;
    let figures = [
        "run",
        "--quiet",
        "--release",
        "--package",
        "lianyan-tests",
        "--bin",
        "figures",
    ];
    show(
        Command::new("cargo").args(figures),
        "measuring in the browser",
    )
}

fn ballots() -> Result {
    tools::browser::ensure()?;
    page::build()?;
    node()?;
    show(
        Command::new("cargo").args(CROSSING).arg("ballots"),
        "voting in the browser",
    )
}

fn votes() -> Result {
    show(
        Command::new("cargo").args(CROSSING).arg("votes"),
        "the votes",
    )
}

/// The node's program, as it is deployed.
fn node() -> Result {
    program("node", "lianyan-node")
}

/// A program of ours, as it is deployed.
fn program(package: &str, name: &str) -> Result {
    let mut build = Command::new("cargo");
    build.args(["build", "--quiet", "--release"]);
    build.args(["--package", package, "--bin", name]);
    show(&mut build, &format!("building {name}"))
}

fn comet() -> Result {
    let program = match cometbft::NEWEST.ensure() {
        Ok(program) => program,
        Err(missing) => {
            println!("skipped: {missing}");
            return Ok(());
        }
    };
    node()?;
    show(
        Command::new("cargo")
            .args(CROSSING)
            .arg("comet")
            .env("LIANYAN_COMETBFT", program),
        "both chains",
    )
}

fn gateway() -> Result {
    let program = match go_tool::VEGETA.ensure() {
        Ok(program) => program,
        Err(missing) => {
            println!("skipped: {missing}");
            return Ok(());
        }
    };
    page::build()?;
    node()?;
    show(
        Command::new("cargo")
            .args(CROSSING)
            .arg("gateway")
            .env("LIANYAN_VEGETA", program),
        "the load",
    )
}

fn light_client() -> Result {
    let benches = [
        "bench",
        "--quiet",
        "--package",
        "light-client",
        "--bench",
        "*",
    ];
    show(
        Command::new("cargo").args(benches),
        "the light client's benches",
    )
}

/// Every `[[bench]]` of the other crates; those that start programs have a name of their own.
fn crates() -> Result {
    let benches = [
        "bench",
        "--quiet",
        "--workspace",
        "--exclude",
        "light-client",
        "--exclude",
        "lianyan-tests",
    ];
    show(
        Command::new("cargo").args(benches).args(["--bench", "*"]),
        "the crates' benches",
    )
}

/// Both sides with the same compiler, flags and profile.
fn step() -> Result {
    let rust = rust::ensure()?;
    let steps = workspace::target().join("bench/steps");
    let blocks = [
        "run",
        "--quiet",
        "--package",
        "light-client",
        "--example",
        "steps",
        "--",
    ];
    show(
        Command::new("cargo").args(blocks).arg(&steps),
        "writing the blocks to verify",
    )?;
    let mut build = Command::new("cargo");
    build.args(["build", "--release", "--target", "wasm32-unknown-unknown"]);
    build.args([
        "--package",
        "bench-step-ours",
        "--package",
        "bench-step-reference",
    ]);
    build
        .env("PATH", tools::path_with(&rust.path)?)
        .envs(rust.env)
        .current_dir(workspace::root());
    let log = workspace::target().join("xtask/step.log");
    run::step("Building both verifiers as WebAssembly", &log, &mut build)?;
    let built = workspace::target().join("wasm32-unknown-unknown/release");
    let mut node = Command::new("node");
    node.arg("tests/bench-step/run.mjs");
    node.args(["ours", "reference"].map(|side| built.join(format!("bench_step_{side}.wasm"))))
        .arg(steps);
    show(&mut node, "both verifiers under Node")
}

/// Runs a command whose output is the table.
fn show(command: &mut Command, what: &str) -> Result {
    let status =
        run::shown(command.current_dir(workspace::root())).doing(format_args!("run {what}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("this failed: {what}.").into())
    }
}
