//! Tools that Go builds from the module proxy.

use crate::cache;
use crate::failure::Result;
use crate::run;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A tool built with `go install`.
pub struct GoTool<'a> {
    name: &'a str,
    package: &'a str,
    version: &'a str,
    /// The file that Go makes: the package's last part.
    program: &'a str,
    /// What it is for, as the person waiting reads it.
    why: &'a str,
}

/// Sends requests at a constant rate, and says how long each took.
pub const VEGETA: GoTool<'static> = GoTool {
    name: "vegeta",
    package: "github.com/tsenart/vegeta/v12",
    version: "12.13.0",
    program: "vegeta",
    why: "it is the load before a gateway",
};

/// Reads a compose file with the code with which Docker Compose reads it, and prints what came of it.
pub const COMPOSE: GoTool<'static> = GoTool {
    name: "compose-go",
    package: "github.com/compose-spec/compose-go/v2/cmd",
    version: "2.16.2",
    program: "cmd",
    why: "it reads deploy/compose.yaml as Docker Compose does",
};

impl GoTool<'_> {
    /// The program, built first where it is missing.
    pub fn ensure(&self) -> Result<PathBuf> {
        let Self {
            name,
            package,
            version,
            program,
            why,
        } = self;
        let home = cache::tool(name, version)?;
        let file = home.join(program);
        if !file.is_file() {
            require_go(name)?;
            cache::fill(&home, |partial| {
                let what = format!("{name} {version}, once per user: {why}");
                install(partial, &format!("{package}@v{version}"), &[], name, &what)
            })?;
        }
        Ok(file)
    }
}

/// Fails where Go is missing, and says how to get it.
pub fn require_go(program: &str) -> Result {
    match run::on_path("go") {
        true => Ok(()),
        false => Err(format!(
            "{program} is built with Go, which is not on PATH: install Go 1.25 or later from https://go.dev/dl or as your system's package."
        )
        .into()),
    }
}

/// Builds a package into a folder, with more options for Go; `log` is the name of the log in the cache.
pub fn install(folder: &Path, package: &str, options: &[&str], log: &str, what: &str) -> Result {
    let mut command = Command::new("go");
    command
        .args(["install", "-trimpath", "-ldflags=-s -w"])
        .args(options)
        .arg(package)
        .current_dir(folder)
        .env("GOBIN", folder)
        .env_remove("GOFLAGS");
    let log = cache::folder()?.join(format!("{log}.log"));
    run::step(
        &format!("Building {what} (some minutes)"),
        &log,
        &mut command,
    )
}
