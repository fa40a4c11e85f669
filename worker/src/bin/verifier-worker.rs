//! The verifier as a web worker.

fn main() {}
