//! What the tests share: where the vectors are, and how to read them.
#![allow(missing_docs)]

pub mod generate;
pub mod signing;
/// Light blocks as JSON, in the form of the public vectors.
pub mod write {
    pub fn light_block(block: &light_client::LightBlock) -> light_client::json::Value {
        let text = light_client::json::write::light_block(block);
        light_client::json::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

use std::fs;
use std::path::{Path, PathBuf};

use light_client::json::{self, Value};
use light_client::{LightBlock, Options, Time, TrustedState};

/// Chains recorded from real CometBFT networks; they are part of the repository.
pub fn recorded() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors/recorded")
}

/// A folder of public vectors, which lies beside the repository; a test that finds none says so and ends.
pub fn public_vectors(folder: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/vectors")
        .join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("SKIPPED: no public vectors at {}", path.display());
    None
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no files in {}", folder.display());
    files
}

pub fn name(path: &Path) -> String {
    path.file_stem().unwrap().to_string_lossy().into_owned()
}

pub fn read(path: &Path) -> Value {
    json::parse(&fs::read(path).unwrap())
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub const CHAINS: [&str; 6] = [
    "v0.38-ed25519",
    "v0.40-134-validators",
    "v0.40-ed25519",
    "v0.40-mixed-keys",
    "v0.40-ml-dsa-65",
    "v0.40-moving-to-secp256k1",
];

/// All light blocks of a recorded chain, by height.
pub fn chain(name: &str) -> Vec<LightBlock> {
    let files = files(&recorded().join(name).join("light"));
    files
        .iter()
        .map(|path| {
            json::light_block(&read(path)).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
        })
        .collect()
}

pub fn trust(block: &LightBlock) -> TrustedState {
    TrustedState::from_checkpoint(block, &block.signed_header.header.hash()).unwrap()
}

/// A moment after every recorded block, well within the trusting period.
pub fn soon_after(block: &LightBlock) -> Time {
    let time = block.signed_header.header.time;
    Time::from_unix_nanos(time.unix_nanos() + 3_600_000_000_000).unwrap()
}

pub fn options() -> Options {
    Options::default()
}
