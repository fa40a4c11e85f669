//! The page as it is served: built, valid in old browsers, within its size.

use super::code::succeeds;
use super::tally::Tally;
use crate::failure::{Doing, Result};
use crate::page;
use crate::tools::{self, rust};
use crate::workspace;
use std::path::Path;
use std::process::Command;

pub fn wasm() -> Result<Tally> {
    let site = page::build()?;
    let mut tally = Tally::passed();
    tally.add(&the_judge_is_awake()?);
    for entry in std::fs::read_dir(&site).doing("read the built page")? {
        let path = entry.doing("read the built page")?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "wasm")
        {
            tally.add(&validate(&path)?);
        }
    }
    for fits in page::print_sizes(&site)? {
        tally.add(&Tally::of(fits));
    }
    tally.add(&core_without_std()?);
    Ok(tally)
}

/// The light client's core, without and with every key type, where there is no standard library at all: a dependency that wants one is seen.
fn core_without_std() -> Result<Tally> {
    let rust = rust::ensure()?;
    let path = tools::path_with(&rust.path)?;
    let mut tally = Tally::default();
    for features in ["--no-default-features", "--all-features"] {
        let mut cargo = Command::new("cargo");
        cargo
            .args(["check", "--quiet", "--package", "light-client", features])
            .args(["--target", "wasm32-unknown-unknown", "--target-dir"])
            .arg(workspace::target().join("no-std"))
            .env("PATH", &path)
            .envs(rust.env.clone())
            .env("CARGO_UNSTABLE_BUILD_STD", "core,alloc")
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "");
        tally.add(&succeeds(&mut cargo)?);
    }
    Ok(tally)
}

fn validate(wasm: &Path) -> Result<Tally> {
    let name = wasm.file_name().unwrap_or_default().to_string_lossy();
    let needs = page::validates_as_mvp(wasm)?;
    match &needs {
        None => {
            println!("  {name}: valid with WebAssembly's first version and mutable globals alone")
        }
        Some(what) => println!("  {name}: needs more of a browser than it may: {what}"),
    }
    Ok(Tally::of(needs.is_none()))
}

/// `(func (param i32) (result i32) local.get 0 i32.extend8_s)`: the smallest program that needs more than the first version.
const SIGN_EXTENSION: [u8; 29] = [
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f, 3, 2, 1, 0, 0x0a, 7, 1, 5, 0,
    0x20, 0, 0xc0, 0x0b,
];

/// The validation must refuse a program that it has to refuse, else its praise means nothing.
fn the_judge_is_awake() -> Result<Tally> {
    let path = workspace::target().join("xtask/sign-extension.wasm");
    std::fs::write(&path, SIGN_EXTENSION).doing("write a small program")?;
    Ok(Tally::of(
        page::validates_as_mvp(&path)?.is_some_and(|why| why.contains("extend8_s")),
    ))
}
