//! The targets, by who takes the bytes.

mod identities;
mod light;
mod node;
mod records;
mod scanner;
mod verifier;
mod worker;

use crate::Target;

/// Every target.
pub const TARGETS: &[Target] = &[
    light::answers::TARGET,
    light::wire::TARGET,
    light::step::TARGET,
    light::bisection::TARGET,
    light::stored::TARGET,
    light::evidence::TARGET,
    light::ics23::TARGET,
    light::merkle::TARGET,
    light::transaction::TARGET,
    records::canonical::TARGET,
    records::envelope::TARGET,
    records::rules::TARGET,
    records::log::TARGET,
    records::fields::TARGET,
    records::roster::TARGET,
    records::codes::TARGET,
    records::seal::TARGET,
    records::ground::TARGET,
    identities::FILE,
    identities::ACTS,
    scanner::PICTURE,
    scanner::FILE,
    verifier::chains::TARGET,
    verifier::question::TARGET,
    verifier::lookup::TARGET,
    verifier::proof_file::TARGET,
    worker::TARGET,
    node::transactions::TARGET,
    node::post::TARGET,
    node::get::TARGET,
];
