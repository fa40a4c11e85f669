//! Short proofs about a portal's address: it names no invoice, and which one it is of comes from nodes, never from who brings the proof.

use crate::{
    NODES,
    common::{self, INVOICE, Lie, Net, TestChain, chain, json, lie, print_of},
    net, reason,
    short::{complete, complete_over, refusal, short_of},
};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use records::{
    RecordName,
    kinds::{invoice::Issue, portal},
    testing::{SECOND, key},
};
use std::{cell::RefCell, rc::Rc};
use verifier::portable::{Asked, Portable, Shelf, Short};

const ADDRESS: &str = "https://bcfp.shenzhen.chinatax.gov.cn/verify/scan?hash=007547b34bf2fa4dfadf9dd789f9b017b59bee8c563e1185232d66bc58b7c90a04&bill_num=05830164&total_amount=500";
const OF_ADDRESS: &str = "144031909110-05830164";
const OTHER: &str = "144031909110-05830165";

/// A chain on which the address is this invoice's.
fn addressed(invoice: &str) -> Rc<TestChain> {
    let mut chain = chain();
    let issue = Issue {
        prints: vec![print_of(ADDRESS)],
        portal: Some(print_of(ADDRESS)),
        ..common::issue()
    };
    let subject = ("invoice", invoice);
    chain.submit("invoice.issue", subject, json(&issue), &[&key("shop")]);
    chain.empty();
    Rc::new(chain)
}

fn tree_key(kind: &str, id: &str) -> [u8; 32] {
    RecordName::new(kind, id).expect("a name").tree_key()
}

fn address() -> [u8; 32] {
    tree_key(portal::NAME, &portal::id(&print_of(ADDRESS)))
}

/// A short proof about the address, and the file that it was cut from.
fn short(chain: &Rc<TestChain>) -> (Short, Vec<u8>) {
    short_of(chain, Asked::text(ADDRESS))
}

/// What a file holds of a record.
fn shelf(file: &[u8], key: [u8; 32]) -> Shelf {
    let file = Portable::decode(file).expect("reads");
    file.shelves.get(&key).expect("holds it").clone()
}

fn all(chain: &Rc<TestChain>, manner: impl Fn() -> Lie) -> Net {
    let net = Net::at(chain.time() + SECOND);
    NODES
        .iter()
        .fold(net, |net, (url, _)| net.with(url, chain, manner()))
}

#[test]
fn which_invoice_an_address_is_of_is_asked_of_nodes() {
    let chain = addressed(OF_ADDRESS);
    let (short, file) = short(&chain);
    let own: Vec<[u8; 32]> = short.own.shelves.keys().copied().collect();
    assert_eq!(own, [tree_key("invoice", OF_ADDRESS)]);
    let asked: Rc<RefCell<Vec<String>>> = Rc::default();
    let listening = || {
        let asked = asked.clone();
        lie(move |_, params, answer| {
            let data = params["data"].as_str().unwrap_or_default();
            asked.borrow_mut().push(data.into());
            answer
        })
    };
    let bytes = short.encode().expect("encodes");
    let net = all(&chain, listening);
    let (whole, verdict) = complete_over(&net, &chain, &bytes).expect("completes");
    assert_eq!(whole, file);
    assert_eq!(verdict.headline, "proven-as-of");
    assert_eq!(
        (verdict.kind.as_str(), verdict.id.as_str()),
        ("invoice", OF_ADDRESS)
    );
    assert!(
        verdict
            .checks
            .iter()
            .any(|check| check.reason == "print-recorded")
    );
    let asked_of = |key: [u8; 32]| {
        let key = hex::encode(key);
        asked.borrow().iter().any(|data| data.starts_with(&key))
    };
    assert!(asked_of(address()));
    assert!(!asked_of(own[0]), "the record itself is brought");
}

#[test]
fn nodes_that_hide_an_address_or_bend_it_complete_nothing() {
    let chain = addressed(OF_ADDRESS);
    let bytes = short(&chain).0.encode().expect("encodes");
    let of_address = |params: &serde_json::Value| {
        let data = params["data"].as_str().unwrap_or_default();
        data.starts_with(&hex::encode(address()))
    };
    let hides = move || {
        lie(move |_, params, mut answer| {
            if of_address(params) {
                answer["result"]["response"]["code"] = 4.into();
            }
            answer
        })
    };
    // The head and the log of the address where it is another invoice's.
    let elsewhere = addressed(OTHER);
    let bends = || {
        let elsewhere = elsewhere.clone();
        lie(move |_, params, mut answer| {
            let response = &mut answer["result"]["response"];
            if of_address(params) && params["path"] == "/head" {
                let (value, proof) = elsewhere.prove(&address(), elsewhere.height() - 1);
                response["value"] = BASE64_STANDARD.encode(value).into();
                let proof = BASE64_STANDARD.encode(proof);
                response["proofOps"]["ops"][0]["data"] = proof.into();
            } else if of_address(params) && params["path"] == "/log" {
                let log = elsewhere.log(&address(), elsewhere.height() - 1);
                let log = log.expect("there");
                let log = records::log::pack_entries(log.iter().map(Vec::as_slice));
                response["value"] = BASE64_STANDARD.encode(log).into();
            }
            answer
        })
    };
    let outcome = |manner: &dyn Fn() -> Lie| {
        let alone = complete_over(&all(&chain, manner), &chain, &bytes);
        let beside = net(&chain).with("http://a", &chain, manner());
        let beside = complete_over(&beside, &chain, &bytes);
        assert!(beside.is_ok(), "others do");
        alone.expect_err("nobody says so").code().to_owned()
    };
    assert_eq!(outcome(&hides), "proof-not-given");
    assert_eq!(outcome(&bends), "proof-refuted");
}

#[test]
fn who_brings_the_proof_has_no_say_in_which_invoice_an_address_is_of() {
    let chain = addressed(OF_ADDRESS);
    let (true_one, file) = short(&chain);
    assert!(complete(&chain, &true_one).is_ok());
    // Another invoice of the same chain, rightly proven, in the place of the address's own.
    let (other, _) = short_of(&chain, crate::record());
    let mut bent = true_one.clone();
    bent.own.shelves = other.own.shelves;
    assert!(bent.own.shelves.contains_key(&tree_key("invoice", INVOICE)));
    assert_eq!(refusal(&chain, &bent), "proof-bent");
    // The address's own record: beside the invoice, in its place, and of a chain where it is another invoice's.
    let (_, elsewhere) = short(&addressed(OTHER));
    for (shelf, refused) in [
        (shelf(&file, address()), "proof-bent"),
        (shelf(&elsewhere, address()), "proof-refuted"),
    ] {
        let mut bent = true_one.clone();
        bent.own.shelves.insert(address(), shelf.clone());
        match refused {
            // Of two trees nothing can be written together.
            "proof-refuted" => assert_eq!(bent.encode(), None),
            _ => assert_eq!(refusal(&chain, &bent), refused),
        }
        bent.own.shelves = [(address(), shelf)].into_iter().collect();
        assert_eq!(refusal(&chain, &bent), refused);
    }
    let verdict = complete(&chain, &true_one).expect("completes").1;
    assert_eq!(reason(&verdict, "in-state"), Some("record-proven"));
}
