//! Tools that cargo builds from the registry.

use crate::cache;
use crate::failure::Result;
use crate::run;
use crate::workspace;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A tool built with `cargo install`.
pub struct CargoTool<'a> {
    package: &'a str,
    version: &'a str,
    program: &'a str,
    /// What it is for, as the person waiting reads it.
    why: &'a str,
    flags: &'a [&'a str],
}

/// Bundles the page.
pub const TRUNK: CargoTool<'static> = CargoTool {
    package: "trunk",
    version: "0.21.14",
    program: "trunk",
    why: "it bundles the page",
    // It fetches nothing here, so it needs no TLS.
    flags: &["--locked", "--no-default-features"],
};

/// Judges licences, bans, sources and advisories.
pub const CARGO_DENY: CargoTool<'static> = CargoTool {
    package: "cargo-deny",
    version: "0.20.2",
    program: "cargo-deny",
    why: "it checks the licences and sources of what we depend on",
    flags: &["--locked"],
};

/// Changes the code to see whether a test fails.
pub const CARGO_MUTANTS: CargoTool<'static> = CargoTool {
    package: "cargo-mutants",
    version: "27.1.0",
    program: "cargo-mutants",
    why: "it changes the code to see whether a test fails",
    flags: &["--locked"],
};

/// Holds a validator's key, and signs for CometBFT. Keys in files are the one kind that needs no hardware.
pub const TMKMS: CargoTool<'static> = CargoTool {
    package: "tmkms",
    version: "0.15.0",
    program: "tmkms",
    why: "it holds a validator's key apart from its node",
    flags: &["--locked", "--features", "softsign"],
};

/// wasm-bindgen's tool in the very version of the library in Cargo.lock: any other refuses to work.
pub fn wasm_bindgen() -> Result<PathBuf> {
    let version = workspace::locked_version("wasm-bindgen")
        .ok_or("Cargo.lock does not name wasm-bindgen, which the page needs.")?;
    // Its own lock file may name packages newer than a mirror holds, hence no --locked.
    let tool = CargoTool {
        package: "wasm-bindgen-cli",
        version: &version,
        program: "wasm-bindgen",
        why: "it joins WebAssembly to JavaScript and must match the library's version",
        flags: &[],
    };
    tool.ensure()
}

impl CargoTool<'_> {
    /// The folder that holds the program, built first where it is missing.
    pub fn ensure(&self) -> Result<PathBuf> {
        let home = cache::tool(self.package, self.version)?;
        if !home.join("bin").join(self.program).is_file() {
            cache::fill(&home, |partial| self.install(partial))?;
        }
        Ok(home.join("bin"))
    }

    fn install(&self, root: &Path) -> Result {
        let Self {
            package,
            version,
            why,
            ..
        } = self;
        let build = cache::folder()?.join(format!("build-{package}"));
        let mut command = Command::new("cargo");
        command
            .args(["install", package, "--version", version, "--root"])
            .arg(root)
            .args(self.flags);
        light_profile(&mut command);
        // Outside the working tree, so that neither its settings nor its target folder take part.
        command
            .current_dir(root)
            .env("CARGO_TARGET_DIR", &build)
            .env_remove("RUSTFLAGS");
        let log = cache::folder()?.join(format!("{package}.log"));
        let done = run::step(
            &format!("Building {package} {version}, once per user: {why} (some minutes)"),
            &log,
            &mut command,
        );
        let _ = std::fs::remove_dir_all(build);
        done
    }
}

/// A tool, not the product: build it fast.
fn light_profile(command: &mut Command) {
    for (key, value) in [
        ("OPT_LEVEL", "1"),
        ("LTO", "off"),
        ("CODEGEN_UNITS", "16"),
        ("DEBUG", "0"),
    ] {
        command.env(format!("CARGO_PROFILE_RELEASE_{key}"), value);
    }
}
