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
#[rustfmt::skip]
pub const TARGETS: &[Target] = &[
    target("node-answers", light::answers::seeds, light::answers::run),
    target("light-block-bytes", light::wire::seeds, light::wire::run),
    target("step", light::step::seeds, light::step::run),
    target("bisection", light::bisection::seeds, light::bisection::run),
    target("stored", light::stored::seeds, light::stored::run),
    target("evidence", light::evidence::seeds, light::evidence::run),
    target("ics23", light::ics23::seeds, light::ics23::run),
    target("packed-ics23", light::packed::seeds, light::packed::run),
    target("merkle", light::merkle::seeds, light::merkle::run),
    target("transaction", light::transaction::seeds, light::transaction::run),
    target("canonical-json", records::canonical::seeds, records::canonical::run),
    target("envelope", records::envelope::seeds, records::envelope::run),
    target("rules", records::rules::seeds, records::rules::run),
    target("log", records::log::seeds, records::log::run),
    target("fields", records::fields::seeds, records::fields::run),
    target("roster", records::roster::seeds, records::roster::run),
    target("codes", records::codes::seeds, records::codes::run),
    target("seal", records::seal::seeds, records::seal::run),
    target("ground", records::ground::seeds, records::ground::run),
    target("identity-file", identities::files, identities::file),
    target("acts", identities::acts, identities::act),
    target("copies", identities::copies, identities::copy),
    target("picture", scanner::pictures, scanner::picture),
    target("picture-file", scanner::files, scanner::file),
    target("chains-json", verifier::chains::seeds, verifier::chains::run),
    target("checkpoint", verifier::checkpoint::seeds, verifier::checkpoint::run),
    target("question", verifier::question::seeds, verifier::question::run),
    target("lookup", verifier::lookup::seeds, verifier::lookup::run),
    target("proof-file", verifier::proof_file::seeds, verifier::proof_file::run),
    target("renewal", verifier::renew::seeds, verifier::renew::run),
    target("proxy", verifier::proxy::seeds, verifier::proxy::run),
    target("messages", worker::seeds, worker::run),
    target("transactions", node::transactions::seeds, node::transactions::run),
    target("rpc-post", node::post::seeds, node::post::run),
    target("rpc-get", node::get::seeds, node::get::run),
    target("websocket", node::websocket::seeds, node::websocket::run),
    target("gateway", node::gateway::seeds, node::gateway::run),
    target("genesis", node::genesis::seeds, node::genesis::run),
    target("founders", node::founders::seeds, node::founders::run),
    target("doctor", node::doctor::seeds, node::doctor::run),
    target("abci", node::abci::seeds, node::abci::run),
    target("snapshot", node::snapshot::seeds, node::snapshot::run),
];

const fn target(name: &'static str, seeds: fn() -> Vec<Vec<u8>>, run: fn(&[u8])) -> Target {
    Target { name, seeds, run }
}
