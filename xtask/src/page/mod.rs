//! Builds the page into `target/site`: its WebAssembly programs, pinned by hash from index.html.

mod names;
mod pin;
mod size;
mod stamp;
mod validate;

pub use size::print_sizes;
pub use validate::validates_as_mvp;

use crate::failure::{Doing, Result};
use crate::run;
use crate::tools::{self, rust};
use crate::workspace;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// A program of the page, or another file that is fetched with its hash.
struct Program {
    /// As budgets and tables name it.
    name: &'static str,
    /// How the names of its WebAssembly and JavaScript begin; or the whole name of its one file.
    stem: &'static str,
    /// What it should weigh, JavaScript included, gzip, in bytes.
    goal: u64,
    /// The most it may weigh: it has not reached the goal yet, and must not grow on the way.
    limit: u64,
}

/// What a visitor may come to download.
const PROGRAMS: [Program; 6] = [
    Program {
        name: "app",
        stem: "app-",
        goal: 180_000,
        limit: 202_300,
    },
    Program {
        name: "verifier worker",
        stem: "verifier-worker",
        goal: 170_000,
        limit: 337_200,
    },
    Program {
        name: "verifier worker, all keys",
        stem: "verifier-all-keys-worker",
        goal: 200_000,
        limit: 361_200,
    },
    Program {
        name: "keys worker",
        stem: "keys-worker",
        goal: 86_000,
        limit: 88_400,
    },
    Program {
        name: "scanner worker",
        stem: "scanner-worker",
        goal: 57_000,
        limit: 57_000,
    },
    Program {
        name: "words in English",
        stem: "en.txt",
        goal: 15_000,
        limit: 15_800,
    },
];

/// The page's folder, once it was built by this process.
static BUILT: OnceLock<PathBuf> = OnceLock::new();

/// Builds the page and returns its folder; at most once, for several parts of the tests want it.
pub fn build() -> Result<PathBuf> {
    if let Some(site) = BUILT.get() {
        return Ok(site.clone());
    }
    let site = build_anew()?;
    Ok(BUILT.get_or_init(|| site).clone())
}

fn build_anew() -> Result<PathBuf> {
    let rust = rust::ensure()?;
    let made_of = stamp::now().doing("read what the page is made of")?;
    if stamp::fits(&workspace::site(), &made_of) {
        run::say("The page is built already, from the same sources");
        return Ok(workspace::site());
    }
    let mut folders = tools::page_tools()?;
    folders.extend(rust.path);
    let made = workspace::target().join("site-in-the-making");
    let mut command = Command::new("trunk");
    command
        .arg("build")
        .arg("--dist")
        .arg(&made)
        .current_dir(workspace::root());
    command
        .env("PATH", tools::path_with(&folders)?)
        .envs(rust.env)
        .env("TRUNK_SKIP_VERSION_CHECK", "true");
    // A hash that anyone can rebuild: no file names of this machine in the program. A panic ends it at once and without words, for
    // the page starts a new one anyway: its messages would only be weight, and so would the texts of Debug, which nobody reads. A value
    // that fills more than a register is copied by a call: the instructions in its place weigh more.
    command.env(
        "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
        "-Zlocation-detail=none -Zfmt-debug=none -Zunstable-options -Cpanic=immediate-abort \
         -Cllvm-args=-max-store-memcpy=1 -Cllvm-args=-max-store-memmove=1 -Cllvm-args=-max-store-memset=1",
    );
    let log = workspace::target().join("xtask/page.log");
    run::step(
        "Building the page: app, verifier, keys and scanner as WebAssembly",
        &log,
        &mut command,
    )?;
    names::shorten(&made).doing("shorten the names that the page's programs call each other by")?;
    pin::pin(&made).doing("pin the page's programs by hash")?;
    stamp::forget(&workspace::site()).doing("forget what the page was made of")?;
    let site = replace(&made)?;
    stamp::note(&site, &made_of).doing("note what the page is made of")?;
    Ok(site)
}

/// Puts the finished page where it is served from, so that an interrupted build leaves the one before.
fn replace(made: &Path) -> Result<PathBuf> {
    let site = workspace::site();
    if site.exists() {
        std::fs::remove_dir_all(&site).doing(format_args!("remove {}", site.display()))?;
    }
    std::fs::rename(made, &site).doing(format_args!("put the page into {}", site.display()))?;
    Ok(site)
}
