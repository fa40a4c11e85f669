//! What the built page was made of, so that an unchanged one is not made again.

use super::pin::hashes;
use crate::run;
use crate::workspace;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sha2::{Digest, Sha256};
use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};

/// What goes into the page: its crates and files, and the commands and tools that build it.
const FOLDERS: [&str; 10] = [
    ".cargo",
    "app",
    "keys",
    "light-client",
    "public",
    "records",
    "scanner",
    "verifier",
    "worker",
    "xtask",
];
const FILES: [&str; 4] = ["Cargo.lock", "Cargo.toml", "Trunk.toml", "index.html"];

/// One line that changes with any of it.
pub fn now() -> Result<String> {
    let root = workspace::root();
    let mut all = Sha256::new();
    for folder in FOLDERS {
        for (name, hash) in hashes(&root, &root.join(folder))? {
            all.update(name.as_bytes());
            all.update(hash);
        }
    }
    for file in FILES {
        all.update(Sha256::digest(std::fs::read(root.join(file))?));
    }
    all.update(run::output("rustc", &["--version"]).unwrap_or_default());
    Ok(BASE64.encode(all.finalize()))
}

/// Whether the page in this folder was made of what `now` says.
pub fn fits(site: &Path, now: &str) -> bool {
    let made_of = std::fs::read_to_string(place(site)).unwrap_or_default();
    made_of == now && site.join("index.html").is_file()
}

/// Forgets what the page in this folder was made of, before another takes its place.
pub fn forget(site: &Path) -> Result<()> {
    match std::fs::remove_file(place(site)) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Notes what the page in this folder was made of.
pub fn note(site: &Path, made_of: &str) -> Result<()> {
    std::fs::write(place(site), made_of)
}

/// Beside the page, which is served as it lies there.
fn place(site: &Path) -> PathBuf {
    site.with_extension("stamp")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_page_that_is_there_and_was_made_of_the_same_is_kept() {
        let folder = std::env::temp_dir().join(format!("lianyan-stamp-{}", std::process::id()));
        let site = folder.join("site");
        std::fs::create_dir_all(&site).unwrap();
        note(&site, "these sources").unwrap();
        assert!(!fits(&site, "these sources"), "no page is there");
        std::fs::write(site.join("index.html"), "").unwrap();
        assert!(fits(&site, "these sources") && !fits(&site, "others"));
        forget(&site).unwrap();
        forget(&site).unwrap();
        assert!(!fits(&site, "these sources"));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_the_page_is_made_of_is_found() {
        let stamp = now().unwrap();
        assert!(stamp.len() == 44 && stamp == now().unwrap());
    }
}
