//! A Rust that compiles to WebAssembly, standard library included.

use super::debian_rust;
use crate::cache;
use crate::failure::Result;
use crate::run;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-unknown-unknown";

/// What cargo must be told to build the page.
pub struct WasmRust {
    /// Environment for cargo.
    pub env: Vec<(&'static str, PathBuf)>,
    /// Folders that belong on PATH.
    pub path: Vec<PathBuf>,
}

/// Finds or fetches the wasm32 standard library and its source: from rustup, else from Debian.
///
/// `LIANYAN_RUST=debian` skips rustup.
pub fn ensure() -> Result<WasmRust> {
    let debian = std::env::var_os("LIANYAN_RUST").is_some_and(|choice| choice == "debian");
    if !debian && (installed() || from_rustup()) {
        return Ok(WasmRust {
            env: build_std(),
            path: Vec::new(),
        });
    }
    let unpacked = debian_rust::ensure()?;
    let mut env = build_std();
    env.push(("RUSTC", unpacked.rustc));
    Ok(WasmRust {
        env,
        path: vec![unpacked.bin],
    })
}

/// The standard library is built along with the page: the one that rustup ships uses instructions that older in-app browsers lack.
fn build_std() -> Vec<(&'static str, PathBuf)> {
    vec![
        ("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort".into()),
        (
            "CARGO_UNSTABLE_BUILD_STD_FEATURES",
            "optimize_for_size".into(),
        ),
        ("RUSTC_BOOTSTRAP", "1".into()),
    ]
}

fn installed() -> bool {
    let Some(sysroot) = run::output("rustc", &["--print", "sysroot"]) else {
        return false;
    };
    let lib = Path::new(&sysroot).join("lib/rustlib");
    lib.join(TARGET).is_dir() && lib.join("src/rust/library/Cargo.lock").is_file()
}

fn from_rustup() -> bool {
    if !run::on_path("rustup") {
        return false;
    }
    let Ok(folder) = cache::folder() else {
        return false;
    };
    let add = |what: &str, words: &[&str]| {
        let log = folder.join("rustup.log");
        run::step(what, &log, Command::new("rustup").args(words)).is_ok()
    };
    add(
        "Adding Rust's wasm32 target with rustup: the page is compiled to WebAssembly",
        &["target", "add", TARGET],
    ) && add(
        "Adding Rust's library source with rustup: old browsers need it compiled for them",
        &["component", "add", "rust-src"],
    ) && installed()
}
