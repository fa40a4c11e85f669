//! Short proofs as bytes and as links.

use crate::{
    common::{self, INVOICE, Net, chain, now},
    made, net, reader, reason,
    short::short,
};
use std::rc::Rc;
use verifier::portable::{self, Asked, MAX_SHORT, NotMade, Short, Unreadable};

#[test]
fn only_its_one_encoding_is_read() {
    let chain = Rc::new(chain());
    let bytes = short(&chain).encode().expect("encodes");
    assert!(Short::is(&bytes) && !Short::is(&made(&chain)));
    for cut in 0..bytes.len() {
        assert!(Short::decode(&bytes[..cut]).is_err(), "{cut}");
    }
    let more = [&bytes[..], &[0]].concat();
    assert_eq!(Short::decode(&more), Err(Unreadable::Torn));
    assert_eq!(Short::decode(&made(&chain)), Err(Unreadable::Version(1)));
    let long = [&bytes[..], &[0; MAX_SHORT]].concat();
    assert_eq!(Short::decode(&long), Err(Unreadable::TooLong));
    let mut wide = short(&chain);
    wide.asked = Asked::Record {
        kind: "invoice".into(),
        id: INVOICE.into(),
        opening: Some(vec![1; MAX_SHORT]),
    };
    assert_eq!(wide.encode(), None);
    // Whoever may ask no node has no use for it.
    let alone = Net::at(chain.time());
    let with = portable::beside(&alone);
    let verified = now(portable::verify(&with, &reader(&chain, 1), &bytes));
    assert_eq!(verified.map(|_| ()), Err(Unreadable::Version(2)));
}

#[test]
fn a_link_brings_a_short_proof_and_nothing_else() {
    let short = short(&Rc::new(chain()));
    let bytes = short.encode().expect("encodes");
    let link = short.to_link().expect("a link");
    let beginning = format!("#/r/invoice/{INVOICE}/bGlhbnlhbg");
    assert!(link.starts_with(&beginning), "{link}");
    for text in [
        link.clone(),
        ["https://evil.example/?node=evil", &link].concat(),
        portable::to_text(&bytes),
    ] {
        assert_eq!(portable::from_text(&text).as_ref(), Some(&bytes), "{text}");
    }
    let whole = portable::to_text(&made(&Rc::new(chain())));
    let whole = whole.replace('+', "-").replace('/', "_");
    let whole = format!("#/r/invoice/{INVOICE}/{}", whole.trim_end_matches('='));
    for other in [common::link(), whole, beginning, "#/r/".into()] {
        assert_eq!(portable::from_text(&other), None, "{other}");
    }
}

#[test]
fn a_short_proof_is_judged_once_nodes_have_made_it_whole() {
    let chain = Rc::new(chain());
    let bytes = short(&chain).encode().expect("encodes");
    let net = net(&chain);
    let with = portable::beside(&net);
    let checked = now(portable::check(&with, &reader(&chain, 1), &bytes));
    let checked = checked.expect("a verdict");
    assert_eq!(checked.headline, "proven-as-of");
    assert_eq!(reason(&checked, "nodes-agree"), Some("no-node-asked"));
    let renewed = now(portable::renew(&with, &reader(&chain, 1)[0], &bytes));
    assert_eq!(renewed, Err(NotMade::Unreadable(Unreadable::Version(2))));
}
