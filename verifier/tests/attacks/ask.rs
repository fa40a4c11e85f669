//! Asking where some of the nodes lie.

use crate::common::{Lie, Net, TestChain, now, verifier};
use records::testing::SECOND;
use std::rc::Rc;
use verifier::{Question, verdict::Verdict};

pub const NODES: [(&str, &str); 3] = [
    ("http://a", "tax"),
    ("http://b", "notary"),
    ("http://c", "regulator"),
];

pub type Tell = fn() -> Lie;

/// Asks where the first node lies and the others do not.
pub fn one_liar(chain: &Rc<TestChain>, lie: Lie, question: &Question) -> Verdict {
    let net = Net::at(chain.time() + 3 * SECOND)
        .with("http://a", chain, lie)
        .with("http://b", chain, Lie::None)
        .with("http://c", chain, Lie::None);
    now(verifier(chain, &NODES).check(&net, question))
}

/// Asks where every node tells the same lie.
pub fn all_lie(chain: &Rc<TestChain>, lie: Tell, question: &Question) -> Verdict {
    let net = Net::at(chain.time() + 3 * SECOND)
        .with("http://a", chain, lie())
        .with("http://b", chain, lie())
        .with("http://c", chain, lie());
    now(verifier(chain, &NODES).check(&net, question))
}
