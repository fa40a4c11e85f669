//! libFuzzer over the target that `LIANYAN_FUZZ_TARGET` names; where it names none, the names of all.
//!
//! It is an example because cargo then chooses features as it does for tests, and nearly all that the targets stand on has been built for those.
#![no_main]

use lianyan_fuzz::{TARGETS, Target, target};
use std::{path::PathBuf, sync::OnceLock};

libfuzzer_sys::fuzz_target!(init: prepare(), |data: &[u8]| run(data));

static CHOSEN: OnceLock<&Target> = OnceLock::new();

/// Chooses the target and writes its seeds to the folder `LIANYAN_FUZZ_SEEDS`, before libFuzzer reads it.
fn prepare() {
    let name = std::env::var("LIANYAN_FUZZ_TARGET").unwrap_or_default();
    let Some(target) = target(&name) else {
        TARGETS
            .iter()
            .for_each(|target| println!("{}", target.name));
        std::process::exit(i32::from(!name.is_empty()));
    };
    CHOSEN.get_or_init(|| target);
    let Some(folder) = std::env::var_os("LIANYAN_FUZZ_SEEDS").map(PathBuf::from) else {
        return;
    };
    for (number, seed) in (target.seeds)().iter().enumerate() {
        let file = folder.join(format!("seed-{number:04}"));
        if let Err(error) = std::fs::write(&file, seed) {
            eprintln!("{}: {error}", file.display());
            std::process::exit(1);
        }
    }
}

/// One execution.
fn run(data: &[u8]) {
    if let Some(target) = CHOSEN.get() {
        (target.run)(data);
    }
}
