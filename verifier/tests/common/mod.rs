//! A chain in memory, nodes that tell the truth about it, and nodes that lie.
#![allow(dead_code, missing_docs, unused_imports)]

pub mod chain;
pub mod comet;
pub mod net;
pub mod served;
/// Keys of every type that a validator may hold.
#[path = "../../../light-client/tests/common/signing.rs"]
pub mod signing;
pub mod vote;

pub use chain::TestChain;
pub use net::{Lie, Net, lie};
pub use served::{node, node_of};

use records::{
    Digest,
    canonical::{self, Value},
    codes::Date,
    kinds::{
        invoice::{Issue, facts::Facts},
        quota,
    },
    testing::{key, member},
};
use std::{cell::RefCell, future::Future, pin::pin, task::Context};
use verifier::{Verifier, chains};

/// Runs a future whose every step is ready at once.
pub fn now<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    for _ in 0..10_000 {
        if let std::task::Poll::Ready(output) = future
            .as_mut()
            .poll(&mut Context::from_waker(std::task::Waker::noop()))
        {
            return output;
        }
    }
    panic!("never ready");
}

pub const INVOICE: &str = "011001900311-26105568";
pub const SEED: [u8; 16] = [5; 16];
/// The printed code of [`INVOICE`].
pub const PRINTED: &str = "01,10,011001900311,26105568,356.60,20190602,69609999443421834136,C348";

pub fn json(body: &impl records::shape::Shape) -> Value {
    canonical::to_value(body).expect("encodes")
}

/// The same value after a change to its JSON.
pub fn changed(value: &Value, change: impl FnOnce(&mut serde_json::Value)) -> Value {
    let bytes = canonical::encode_value(value).expect("encodes");
    let mut json = serde_json::from_slice(&bytes).expect("JSON");
    change(&mut json);
    canonical::decode_value(json.to_string().as_bytes()).expect("canonical")
}

pub fn facts() -> Facts {
    Facts {
        invoice_type: "10".into(),
        amount: 35_660,
        tax: 2_140,
        total: 37_800,
        date: Date::parse("20190602").expect("a day"),
        seller_name: "国贸餐厅".into(),
        seller_id: "91440300708437873H".into(),
        buyer_name: "张三".into(),
        buyer_id: String::new(),
        lines: Vec::new(),
        check_code: "69609999443421834136".into(),
        payment_ref: String::new(),
        remarks: String::new(),
    }
}

pub fn print_of(text: &str) -> Digest {
    Digest(records::codes::print_digest(&records::codes::read(text)).expect("unguessable"))
}

/// A chain with one invoice, issued in block 2, and a block after it.
pub fn chain() -> TestChain {
    let mut chain = issued();
    chain.empty();
    chain
}

/// The same on a chain with so many validators beside the four, each with a power of 1.
pub fn crowded(beside: usize) -> TestChain {
    let mut chain = founded();
    let seat = |number| comet::Seat::of(&key(&format!("validator {number}")), 1);
    chain.seats.extend((0..beside).map(seat));
    with_invoice(&mut chain);
    chain.empty();
    chain
}

/// The same on a chain whose validators have a key of each type.
pub fn mixed() -> TestChain {
    let mut chain = founded();
    for (number, seat) in (0..).zip(&mut chain.seats) {
        seat.key = signing::Key::of_type(number, number);
    }
    with_invoice(&mut chain);
    chain.empty();
    chain
}

/// A chain with one invoice, issued in block 2.
pub fn issued() -> TestChain {
    let mut chain = founded();
    with_invoice(&mut chain);
    chain
}

/// A chain with its members alone.
pub fn founded() -> TestChain {
    TestChain::found(vec![
        member("tax", &["tax-bureau"]),
        member("shop", &["issuer"]),
        member("notary", &["notary"]),
        member("regulator", &["regulator"]),
        member("firm", &["company"]),
    ])
}

/// Issues the invoice, in the second of two blocks.
pub fn with_invoice(chain: &mut TestChain) {
    chain.submit(
        "quota.grant",
        ("quota", "shop"),
        json(&quota::Grant {
            by: "tax".into(),
            count: 10,
        }),
        &[&key("tax")],
    );
    chain.submit(
        "invoice.issue",
        ("invoice", INVOICE),
        json(&issue()),
        &[&key("shop")],
    );
}

pub fn issue() -> Issue {
    Issue {
        issuer: "shop".into(),
        root: facts().commit(&SEED).expect("fits"),
        prints: vec![print_of(PRINTED)],
        // The firm holds what it claims.
        holder: Some(key("firm").public()),
        payment: None,
        portal: None,
    }
}

pub fn link() -> String {
    let opening = facts().open_all(&SEED).expect("fits");
    let link = records::codes::Link::new("invoice", INVOICE, Some(opening)).expect("a link");
    format!("https://portal.example/{}", link.to_fragment())
}

/// A verifier that trusts the chain's first block and knows these nodes: (url, member).
pub fn verifier(chain: &TestChain, nodes: &[(&str, &str)]) -> Verifier {
    verifier_from(chain, 1, nodes, |_| {})
}

pub fn verifier_from(
    chain: &TestChain,
    checkpoint: u64,
    nodes: &[(&str, &str)],
    change: impl Fn(&mut serde_json::Value),
) -> Verifier {
    Verifier::new(entry_from(chain, checkpoint, nodes, change))
}

/// The chain's entry in chains.json.
pub fn entry_from(
    chain: &TestChain,
    checkpoint: u64,
    nodes: &[(&str, &str)],
    change: impl Fn(&mut serde_json::Value),
) -> chains::Chain {
    let nodes: Vec<_> = nodes
        .iter()
        .map(|(url, member)| serde_json::json!({ "url": url, "member": member }))
        .collect();
    let mut entry = serde_json::json!({
        "id": records::testing::CHAIN, "name": "测试链", "name_en": "test chain", "dev": true,
        "checkpoint": { "height": checkpoint, "hash": hex::encode(chain.header(checkpoint).hash()) },
        "nodes": nodes,
    });
    change(&mut entry);
    let file = serde_json::json!({ "chains": [entry] }).to_string();
    chains::read(&file).expect("reads").remove(0)
}

thread_local! {
    pub static TOLD: RefCell<Vec<verifier::News>> = const { RefCell::new(Vec::new()) };
}
