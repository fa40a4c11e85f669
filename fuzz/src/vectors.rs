//! Where seeds lie: the recorded chains in this repository, and the public vectors beside it, which may be absent.

use serde_json::Value;
use std::{
    fs,
    path::{Path, PathBuf},
};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// All files below `tests/vectors/recorded/<path>`, with their bytes, in order of their names.
pub fn recorded(path: &str) -> Vec<(PathBuf, Vec<u8>)> {
    below(&root().join("tests/vectors/recorded").join(path))
}

/// All files below a folder of the public vectors; none where they are absent.
pub fn public(path: &str) -> Vec<(PathBuf, Vec<u8>)> {
    below(&root().join("../shared/vectors").join(path))
}

fn below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    let mut files = Vec::new();
    for path in entries {
        if path.is_dir() {
            files.extend(below(&path));
        } else if let Ok(bytes) = fs::read(&path) {
            files.push((path, bytes));
        }
    }
    files
}

/// The JSON documents among files.
pub fn documents(files: Vec<(PathBuf, Vec<u8>)>) -> Vec<Value> {
    let parsed = files.iter().map(|(_, bytes)| serde_json::from_slice(bytes));
    parsed.filter_map(Result::ok).collect()
}
