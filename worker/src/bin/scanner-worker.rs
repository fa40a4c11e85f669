//! The scanner as a web worker.

fn main() {}
