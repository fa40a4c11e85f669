//! What records take from issuers, nodes and printers.

pub mod canonical;
pub mod codes;
pub mod envelope;
pub mod fields;
pub mod ground;
pub mod log;
pub mod roster;
pub mod rules;
pub mod seal;
pub mod story;
