//! `cargo xtask test`: every check, each as a named part, one line of sums at the end.

mod beside;
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
use beside::Beside;
use std::process::ExitCode;
use std::time::Instant;
use tally::Tally;

/// One part of the tests.
struct Part {
    name: &'static str,
    what: &'static str,
    turn: Turn,
    run: fn() -> Result<Tally>,
}

/// When a part runs where none is named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// After those before it.
    Next,
    /// Beside those that follow: it waits more than it works.
    Beside,
    /// After everything before it, and nothing beside.
    Alone,
    /// Not at all: it is worth hours now and then rather than minutes each time.
    Asked,
}

/// Cheap ones first, so that a slip is known early; fuzzing while those beside still wait.
const PARTS: [Part; 17] = [
    Part {
        name: "fmt",
        what: "the code is formatted",
        turn: Turn::Next,
        run: code::fmt,
    },
    Part {
        name: "deny",
        what: "licences, bans, sources and advisories of what we depend on",
        turn: Turn::Next,
        run: deny::deny,
    },
    Part {
        name: "clippy",
        what: "no lint complains",
        turn: Turn::Next,
        run: code::clippy,
    },
    Part {
        name: "docs",
        what: "the documentation builds without a warning",
        turn: Turn::Next,
        run: code::docs,
    },
    Part {
        name: "build",
        what: "every test program builds",
        turn: Turn::Next,
        run: crates::build,
    },
    Part {
        name: "comet",
        what: "the application under real CometBFT processes",
        turn: Turn::Beside,
        run: comet::comet,
    },
    Part {
        name: "days",
        what: "hard days on real CometBFT processes, each once: machines, lines, clocks, disks and members fail",
        turn: Turn::Beside,
        run: hard_days::short,
    },
    Part {
        name: "interop",
        what: "clients that others wrote, before our node",
        turn: Turn::Beside,
        run: interop::interop,
    },
    Part {
        name: "interop-comet",
        what: "the same clients before CometBFT with our application",
        turn: Turn::Beside,
        run: interop::interop_comet,
    },
    Part {
        name: "unit",
        what: "unit and conformance tests of every crate, the node with its store and its RPC among them",
        turn: Turn::Next,
        run: crates::unit,
    },
    Part {
        name: "hard-days",
        what: "the same at random for `--minutes N`",
        turn: Turn::Asked,
        run: hard_days::long,
    },
    Part {
        name: "mutants",
        what: "whatever is changed in the light client's core, a test fails",
        turn: Turn::Asked,
        run: mutants::mutants,
    },
    Part {
        name: "miri",
        what: "the light client's core does nothing undefined",
        turn: Turn::Asked,
        run: miri::miri,
    },
    Part {
        name: "wasm",
        what: "the page builds, runs in old browsers and keeps its size",
        turn: Turn::Next,
        run: wasm::wasm,
    },
    Part {
        name: "fuzz",
        what: "whatever bytes come from outside, nothing breaks and nothing false is believed",
        turn: Turn::Next,
        run: fuzz::fuzz,
    },
    Part {
        name: "browser",
        what: "the page in a real browser, before honest and lying nodes",
        turn: Turn::Alone,
        run: browser::browser,
    },
    Part {
        name: "browser-comet",
        what: "the same page and scenarios before CometBFT",
        turn: Turn::Asked,
        run: browser::browser_comet,
    },
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
    let whole = names.is_empty();
    let chosen = PARTS.iter().filter(|part| match whole {
        true => part.turn != Turn::Asked,
        false => names.iter().any(|name| name == part.name),
    });
    let mut sums = Sums::default();
    let mut beside = None;
    let began = Instant::now();
    for part in chosen {
        match part.turn {
            Turn::Beside if whole => {
                if beside.is_none() {
                    beside = Some(Beside::begin(&waiting())?);
                }
                continue;
            }
            Turn::Alone => sums.take(beside.take()),
            _ => {}
        }
        let started = Instant::now();
        println!("\n== {}: {}", part.name, part.what);
        let tally = (part.run)().unwrap_or_else(|failure| {
            eprintln!("{failure}");
            Tally::failed()
        });
        sums.add(part.name, started, &tally);
    }
    sums.take(beside);
    let Sums { table, total } = sums;
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

/// The parts that run beside others.
fn waiting() -> Vec<&'static str> {
    let parts = PARTS.iter().filter(|part| part.turn == Turn::Beside);
    parts.map(|part| part.name).collect()
}

/// A row for each part, and all of them together.
#[derive(Default)]
struct Sums {
    table: String,
    total: Tally,
}

impl Sums {
    fn add(&mut self, name: &str, started: Instant, tally: &Tally) {
        let time = run::seconds(started.elapsed());
        self.table += &format!("  {name:13} {time:>10}  {tally}\n");
        self.total.add(tally);
    }

    /// Waits for what runs beside.
    fn take(&mut self, beside: Option<Beside>) {
        let Some(beside) = beside else { return };
        let started = beside.started;
        self.add("beside", started, &beside.end());
    }
}
