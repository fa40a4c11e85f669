//! One invoice, one claim.

use super::*;

#[test]
fn a_second_claim_is_refused_and_names_the_first() {
    let mut world = World::with_invoice();
    world.accept("lock", ID, &lock_body("acme"), &["acme", "holder"]);
    let twice = world.submit("lock", ID, &lock_body("bolt"), &["bolt", "holder"]);
    let Err(Stop::Refused(refusal)) = twice else {
        panic!("{twice:?}")
    };
    assert_eq!(refusal.code, "already-claimed");
    assert_eq!(refusal.fact("by"), Some("acme"));
    assert_eq!(refusal.fact("claim"), Some("BX-acme-1"));
    // Neither again by the same company, nor once it is closed.
    assert_eq!(
        world.refuse("lock", ID, &lock_body("acme"), &["acme", "holder"]),
        "already-claimed"
    );
    world.accept("close", ID, &close_body("acme"), &["acme"]);
    assert_eq!(
        world.refuse("lock", ID, &lock_body("bolt"), &["bolt", "holder"]),
        "already-claimed"
    );
}

#[test]
fn nobody_but_the_locker_unlocks_or_closes() {
    let mut world = World::with_invoice();
    assert_eq!(
        world.refuse("close", ID, &close_body("acme"), &["acme"]),
        "not-locked"
    );
    world.accept("lock", ID, &lock_body("acme"), &["acme", "holder"]);
    let unlock = |by: &str| Unlock { by: by.into() };
    assert_eq!(
        world.refuse("unlock", ID, &unlock("bolt"), &["bolt"]),
        "not-the-locker"
    );
    assert_eq!(
        world.refuse("unlock", ID, &unlock("acme"), &["bolt"]),
        "not-signed-by-member"
    );
    assert_eq!(
        world.refuse("unlock", ID, &unlock("acme"), &["holder"]),
        "not-signed-by-member"
    );
    assert_eq!(
        world.refuse("close", ID, &close_body("bolt"), &["bolt"]),
        "not-the-locker"
    );
    world.accept("close", ID, &close_body("acme"), &["acme"]);
    assert_eq!(
        world.refuse("unlock", ID, &unlock("acme"), &["acme"]),
        "not-locked"
    );
    assert_eq!(
        world.refuse("close", ID, &close_body("acme"), &["acme"]),
        "not-locked"
    );
}

#[test]
fn a_claim_needs_the_holder_and_the_company() {
    let mut world = World::with_invoice();
    assert_eq!(
        world.refuse("lock", ID, &lock_body("acme"), &["acme"]),
        "not-signed-by-key"
    );
    assert_eq!(
        world.refuse("lock", ID, &lock_body("acme"), &["bolt", "holder"]),
        "not-signed-by-member"
    );
    assert_eq!(
        world.refuse("lock", ID, &lock_body("shop"), &["shop", "holder"]),
        "role-missing"
    );
    let bad = Lock {
        claim: "报销 1".into(),
        ..lock_body("acme")
    };
    assert_eq!(
        world.refuse("lock", ID, &bad, &["acme", "holder"]),
        "malformed-body"
    );
}

#[test]
fn only_the_holder_passes_it_on_and_only_while_unclaimed() {
    let mut world = World::with_invoice();
    let to = key("thief").public();
    for signer in ["thief", "shop", "acme"] {
        assert_eq!(
            world.refuse("pass", ID, &Pass { to }, &[signer]),
            "not-signed-by-key"
        );
    }
    world.accept("lock", ID, &lock_body("acme"), &["acme", "holder"]);
    assert_eq!(
        world.refuse("pass", ID, &Pass { to }, &["holder"]),
        "already-claimed"
    );
}
