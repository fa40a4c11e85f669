//! Files that are proven again under a later header.

use crate::{
    NODES,
    common::{self, Lie, Net, TestChain, chain, json, now},
    made, net, reader, reason, verify_after,
};
use records::{
    kinds::quota,
    testing::{SECOND, key},
};
use std::rc::Rc;
use verifier::{
    portable::{self, NotMade, Portable},
    verdict::Outcome,
};

/// A checkpoint after the file was made.
pub const CHECKPOINT: u64 = 5;
const LATER: i64 = 400 * 24 * 3600;

/// The chain a year later: with events, so that its log of block hashes goes on.
fn later() -> TestChain {
    let mut chain = chain();
    chain.ledger.time += LATER * SECOND;
    for count in 11..14 {
        let grant = quota::Grant {
            by: "tax".into(),
            count,
        };
        chain.submit(
            "quota.grant",
            ("quota", "shop"),
            json(&grant),
            &[&key("tax")],
        );
    }
    chain.empty();
    chain
}

pub fn renewed() -> (Rc<TestChain>, Vec<u8>) {
    let old = made(&Rc::new(chain()));
    let later = Rc::new(later());
    let reader = reader(&later, CHECKPOINT);
    let (file, verdict) = now(portable::renew(
        &portable::beside(&net(&later)),
        &reader[0],
        &old,
    ))
    .expect("renewed");
    assert_eq!(verdict.headline, "proven-as-of", "{verdict:#?}");
    (later, file)
}

#[test]
fn an_old_file_is_proven_again_under_a_header_of_today() {
    let old = made(&Rc::new(chain()));
    let (later, file) = renewed();
    let todays = reader(&later, CHECKPOINT);
    assert_eq!(
        verify_after(&later, &todays, &old, 60).headline,
        "proof-not-anchored"
    );
    let verdict = verify_after(&later, &todays, &file, 60);
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "proven-as-of")
    );
    assert_eq!(reason(&verdict, "header-signed"), Some("header-logged"));
    let anchor = verdict.anchor.expect("an anchor");
    assert_eq!(
        (anchor.height, anchor.hash),
        (3, hex::encode(later.header(3).hash()))
    );
    let proof = Portable::decode(&file).expect("reads");
    assert!(proof.last().height > CHECKPOINT && proof.header().height == 3);
    // And again, as often as one likes.
    let again = now(portable::renew(
        &portable::beside(&net(&later)),
        &todays[0],
        &file,
    ))
    .expect("renewed");
    assert_eq!(again.0, file);
}

/// The chain so many seconds later, without any event since.
fn quiet(seconds: i64, blocks: u64) -> Rc<TestChain> {
    let mut chain = chain();
    chain.ledger.time += seconds * SECOND;
    (0..blocks).for_each(|_| chain.empty());
    Rc::new(chain)
}

#[test]
fn where_nothing_happened_since_a_file_rests_on_the_header_of_today() {
    let old = made(&Rc::new(chain()));
    let later = quiet(LATER, 4);
    let todays = reader(&later, CHECKPOINT);
    let renew = |file: &[u8]| {
        let net = net(&later);
        now(portable::renew(&portable::beside(&net), &todays[0], file)).expect("renewed")
    };
    let (file, _) = renew(&old);
    let verdict = verify_after(&later, &todays, &file, 60);
    assert_eq!(verdict.headline, "proven-as-of", "{verdict:#?}");
    assert_eq!(reason(&verdict, "header-signed"), Some("header-signed"));
    let anchor = verdict.anchor.expect("an anchor").height;
    let (old, new) = (Portable::decode(&old), Portable::decode(&file));
    let (old, new) = (old.expect("reads"), new.expect("reads"));
    assert!(anchor > CHECKPOINT && old.header().height < CHECKPOINT);
    assert_eq!((new.older, new.shelves), (None, old.shelves));
    assert_eq!(renew(&file).0, file);
}

#[test]
fn nodes_that_are_behind_a_file_do_not_renew_it() {
    let ahead = made(&quiet(5, 4));
    let behind = quiet(5, 2);
    let (net, reader) = (net(&behind), reader(&behind, 1));
    let renewed = now(portable::renew(&portable::beside(&net), &reader[0], &ahead));
    assert!(
        matches!(&renewed, Err(NotMade::NothingProven(code)) if code == "proof-not-given"),
        "{renewed:?}"
    );
}

#[test]
fn a_header_that_the_chain_never_had_is_not_renewed() {
    let (later, file) = renewed();
    let mut proof = Portable::decode(&made(&Rc::new(chain()))).expect("reads");
    proof
        .steps
        .last_mut()
        .expect("a step")
        .signed_header
        .header
        .app_hash = vec![9; 32];
    let forged = proof.encode().expect("encodes");
    let renew = |bytes: &[u8]| {
        now(portable::renew(
            &portable::beside(&net(&later)),
            &reader(&later, CHECKPOINT)[0],
            bytes,
        ))
    };
    assert!(
        matches!(renew(&forged), Err(NotMade::NothingProven(code)) if code == "header-refuted")
    );
    // Nor does another header take the older one's place in the file.
    let mut proof = Portable::decode(&file).expect("reads");
    if let Some(((header, _), _)) = &mut proof.older {
        header.app_hash = vec![9; 32];
    }
    let bent = proof.encode().expect("encodes");
    let verdict = verify_after(&later, &reader(&later, CHECKPOINT), &bent, 60);
    assert_eq!(verdict.headline, "header-refuted");
}

#[test]
fn lying_nodes_renew_nothing() {
    let old = made(&Rc::new(chain()));
    let later = Rc::new(later());
    let reader = reader(&later, CHECKPOINT);
    let lie = || {
        common::lie(|method, _, mut answer| {
            if method == "header" {
                answer["result"]["header"]["app_hash"] = "09".repeat(32).into();
            }
            answer
        })
    };
    let net = NODES
        .iter()
        .fold(Net::at(later.time() + SECOND), |net, (url, _)| {
            net.with(url, &later, lie())
        });
    assert!(matches!(
        now(portable::renew(&portable::beside(&net), &reader[0], &old)),
        Err(NotMade::NothingProven(code)) if code == "proof-not-given"
    ));
    let one = Net::at(later.time() + SECOND)
        .with("http://a", &later, lie())
        .with("http://b", &later, Lie::None)
        .with("http://c", &later, Lie::None);
    assert!(now(portable::renew(&portable::beside(&one), &reader[0], &old)).is_ok());
}
