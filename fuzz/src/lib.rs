//! Fuzz targets for everything that takes bytes from outside: parsers, verifiers, rules, scanner, workers and the node.
//!
//! A target is an ordinary function over bytes that panics where something is wrong: because the code under test panics, or because it believed
//! what it must not believe. `cargo xtask test fuzz` drives all of them with libFuzzer; the tests of this crate play every seed, and bent seeds, without it.
//! Seeds come from the recorded chains and the public vectors, read where they lie, and from chains made at the start.

mod edit;
mod input;
mod targets;
mod vectors;

pub use targets::TARGETS;

/// What takes bytes from outside.
pub struct Target {
    /// Its name, in lower case with hyphens.
    pub name: &'static str,
    /// Bytes to begin with.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Takes any bytes; panics only where it has found something.
    pub run: fn(&[u8]),
}

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}
