//! Debian's Rust for the web, for networks where rustup cannot download: unpacked into the cache, not installed, because apt would
//! replace rustup's own compiler.

use crate::cache;
use crate::failure::{Doing, Result};
use crate::run;
use std::path::{Path, PathBuf};
use std::process::Command;

/// An unpacked compiler.
pub struct DebianRust {
    /// A script that runs the unpacked rustc with its libraries.
    pub rustc: PathBuf,
    /// Holds `rust-lld`.
    pub bin: PathBuf,
}

/// Downloads and unpacks the version that apt offers today.
pub fn ensure() -> Result<DebianRust> {
    if !run::on_path("apt-get") || !run::on_path("dpkg") {
        return Err("Rust's wasm32 target is missing: rustup could not fetch it, and this is not a Debian system that could stand in. \
                    Run `rustup target add wasm32-unknown-unknown` and `rustup component add rust-src` where the network allows."
            .into());
    }
    let library = std_package().or_else(|| {
        refresh();
        std_package()
    });
    let library = library.ok_or(
        "Debian's package lists hold no Rust for the web: run `apt-get update` and try again.",
    )?;
    let home = cache::tool("debian-rust-web", &library.version)?;
    let rustc = home.join("rustc.sh");
    if !rustc.is_file() {
        run::say(
            "rustup cannot download here, so Rust for the web comes from Debian, into the cache",
        );
        cache::fill(&home, |root| {
            let mut packages = vec![
                "rustc-web",
                "libstd-rust-web-dev",
                "rust-web-src",
                "rust-web-llvm",
                &library.name,
            ];
            let llvm = llvm_packages();
            packages.extend(llvm.iter().map(String::as_str));
            unpack(&packages, root)
        })?;
        write_wrapper(&home, &rustc)?;
    }
    Ok(DebianRust {
        rustc,
        bin: home.join("usr/bin"),
    })
}

/// A fresh Debian has no package lists yet; where they cannot be fetched, what is missing is told by who looks for it.
pub fn refresh() {
    if let Ok(folder) = cache::folder() {
        let mut update = Command::new("apt-get");
        let what = "Refreshing Debian's package lists";
        let _ = run::step(what, &folder.join("debian.log"), update.arg("update"));
    }
}

/// Downloads Debian packages and unpacks them below `root`.
pub fn unpack(packages: &[&str], root: &Path) -> Result {
    let log = cache::folder()?.join("debian.log");
    let mut download = Command::new("apt-get");
    download.arg("download").args(packages).current_dir(root);
    run::step(
        &format!("Downloading from Debian: {}", packages.join(", ")),
        &log,
        &mut download,
    )?;
    for entry in std::fs::read_dir(root).doing(format_args!("read {}", root.display()))? {
        let file = entry.doing(format_args!("read {}", root.display()))?.path();
        if file.extension().is_some_and(|extension| extension == "deb") {
            let what = format!(
                "Unpacking {}",
                file.file_name().unwrap_or_default().to_string_lossy()
            );
            run::step(
                &what,
                &log,
                Command::new("dpkg").arg("-x").arg(&file).arg(root),
            )?;
            let _ = std::fs::remove_file(file);
        }
    }
    Ok(())
}

struct Package {
    name: String,
    version: String,
}

/// The library package carries its version in its name, so ask on what the development package depends.
fn std_package() -> Option<Package> {
    let name = depends("libstd-rust-web-dev")?
        .into_iter()
        .find(|name| name.starts_with("libstd-rust-web-"))?;
    let policy = run::output("apt-cache", &["policy", "rustc-web"])?;
    let version = policy
        .lines()
        .find_map(|line| line.trim().strip_prefix("Candidate: "))?;
    Some(Package {
        name,
        version: version.to_owned(),
    })
}

/// libllvm and lld in the version that this compiler works with.
fn llvm_packages() -> Vec<String> {
    let names = depends("rust-web-llvm").unwrap_or_default();
    let version = names.iter().find_map(|name| name.strip_prefix("llvm-"));
    let both = |version: &str| vec![format!("libllvm{version}"), format!("lld-{version}")];
    version.map(both).unwrap_or_default()
}

fn depends(package: &str) -> Option<Vec<String>> {
    let lines = run::output("apt-cache", &["depends", package])?;
    let names = lines
        .lines()
        .filter_map(|line| line.trim().strip_prefix("Depends: "));
    Some(names.map(str::to_owned).collect())
}

fn write_wrapper(home: &Path, script: &Path) -> Result {
    let home = home.display();
    let text = format!(
        "#!/bin/sh\nLD_LIBRARY_PATH=\"{home}/usr/lib:{home}/usr/lib/$(uname -m)-linux-gnu${{LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}}\" \
         exec \"{home}/usr/bin/rustc\" \"$@\"\n"
    );
    std::fs::write(script, text).doing(format_args!("write {}", script.display()))?;
    run::step(
        "Making the compiler's script executable",
        &cache::folder()?.join("debian.log"),
        Command::new("chmod").arg("+x").arg(script),
    )
}
