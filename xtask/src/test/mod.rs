//! `cargo xtask test`: every check, each as a named part, one line of sums at the end.

mod browser;
mod code;
mod comet;
mod crates;
mod deny;
mod fuzz;
mod hard_days;
mod interop;
mod miri;
mod mutants;
mod stream;
mod tally;
mod wasm;

pub use fuzz::as_rustc;

use crate::failure::Result;
use crate::run;
use std::process::ExitCode;
use std::time::Instant;
use tally::Tally;

/// One part of the tests.
struct Part {
    name: &'static str,
    what: &'static str,
    run: fn() -> Result<Tally>,
}

/// Cheap ones first, so that a slip is known early.
const PARTS: [Part; 17] = [
    Part {
        name: "fmt",
        what: "the code is formatted",
        run: code::fmt,
    },
    Part {
        name: "deny",
        what: "licences, bans, sources and advisories of what we depend on",
        run: deny::deny,
    },
    Part {
        name: "clippy",
        what: "no lint complains",
        run: code::clippy,
    },
    Part {
        name: "docs",
        what: "the documentation builds without a warning",
        run: code::docs,
    },
    Part {
        name: "unit",
        what: "unit and conformance tests of every crate",
        run: crates::unit,
    },
    Part {
        name: "node",
        what: "the node, its store and its RPC",
        run: crates::node,
    },
    Part {
        name: "comet",
        what: "the application under real CometBFT processes",
        run: comet::comet,
    },
    Part {
        name: "days",
        what: "hard days on real CometBFT processes, each once: machines, lines, clocks, disks and members fail",
        run: hard_days::short,
    },
    Part {
        name: "interop",
        what: "clients that others wrote, before our node",
        run: interop::interop,
    },
    Part {
        name: "interop-comet",
        what: "the same clients before CometBFT with our application",
        run: interop::interop_comet,
    },
    Part {
        name: "hard-days",
        what: "the same at random for `--minutes N`",
        run: hard_days::long,
    },
    Part {
        name: "fuzz",
        what: "whatever bytes come from outside, nothing breaks and nothing false is believed",
        run: fuzz::fuzz,
    },
    Part {
        name: "mutants",
        what: "whatever is changed in the light client's core, a test fails",
        run: mutants::mutants,
    },
    Part {
        name: "miri",
        what: "the light client's core does nothing undefined",
        run: miri::miri,
    },
    Part {
        name: "wasm",
        what: "the page builds, runs in old browsers and keeps its size",
        run: wasm::wasm,
    },
    Part {
        name: "browser",
        what: "the page in a real browser, before honest and lying nodes",
        run: browser::browser,
    },
    Part {
        name: "browser-comet",
        what: "the same page and scenarios before CometBFT",
        run: browser::browser_comet,
    },
];

/// Parts that run only where they are named: they are worth hours now and then rather than minutes each time.
const ON_REQUEST: [&str; 6] = [
    "hard-days",
    "interop-comet",
    "fuzz",
    "mutants",
    "miri",
    "browser-comet",
];

/// Runs the parts named, or all of them but those on request.
pub fn test(words: &[String]) -> Result<ExitCode> {
    let names = hard_days::take_minutes(words)?;
    if names.iter().any(|name| name == "--list") {
        PARTS
            .iter()
            .for_each(|part| println!("{:13} {}", part.name, part.what));
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(unknown) = names
        .iter()
        .find(|name| PARTS.iter().all(|part| part.name != name.as_str()))
    {
        return Err(
            format!("there is no part `{unknown}`; `cargo xtask test --list` names them.").into(),
        );
    }
    let chosen = PARTS.iter().filter(|part| match names[..] {
        [] => !ON_REQUEST.contains(&part.name),
        _ => names.iter().any(|name| name == part.name),
    });
    let mut table = String::new();
    let mut total = Tally::default();
    let began = Instant::now();
    for part in chosen {
        let started = Instant::now();
        println!("\n== {}: {}", part.name, part.what);
        let tally = (part.run)().unwrap_or_else(|failure| {
            eprintln!("{failure}");
            Tally::failed()
        });
        table += &format!(
            "  {:13} {:>10}  {tally}\n",
            part.name,
            run::seconds(started.elapsed())
        );
        total.add(&tally);
    }
    println!(
        "\n{table}  {:13} {:>10}\n",
        "in all",
        run::seconds(began.elapsed())
    );
    println!("{total}");
    Ok(if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
