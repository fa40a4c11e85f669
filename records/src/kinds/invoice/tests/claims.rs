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

/// *Attack: a company claims a stranger's invoice that nobody holds.*
#[test]
fn an_invoice_that_nobody_holds_is_claimed_by_its_buyers_company_alone() {
    let claim = |by: &str, opening: &str| Lock {
        buyer: Some(opening.into()),
        ..lock_body(by)
    };
    let (mut world, buyer) = World::bought_by("acme", &["buyer_id"]);
    let (_, other) = World::bought_by("bolt", &["buyer_id"]);
    let (_, more) = World::bought_by("acme", &["buyer_id", "total"]);
    let (_, name) = World::bought_by("acme", &["buyer_name"]);
    assert_eq!(
        world.refuse("lock", ID, &lock_body("bolt"), &["bolt"]),
        "no-holder"
    );
    // Another's opening, an opening of one's own making, one field too many, another field, and no opening at all.
    for (by, opening) in [
        ("bolt", &buyer),
        ("bolt", &other),
        ("acme", &more),
        ("acme", &name),
        ("acme", &"AQ".into()),
        ("acme", &"?".into()),
    ] {
        let code = world.refuse("lock", ID, &claim(by, opening), &[by]);
        assert_eq!(code, "not-the-buyer", "{by} {opening}");
    }
    assert_eq!(
        world.refuse("lock", ID, &claim("acme", &buyer), &["bolt"]),
        "not-signed-by-member"
    );
    world.accept("lock", ID, &claim("acme", &buyer), &["acme"]);
    world.0.replay_all();
    // A person's invoice names no organisation.
    let (mut world, nobody) = World::bought_by("", &["buyer_id"]);
    let code = world.refuse("lock", ID, &claim("acme", &nobody), &["acme"]);
    assert_eq!(code, "not-the-buyer");
}

#[test]
fn the_buyers_company_claims_what_its_employee_holds_too() {
    let (mut world, buyer) = World::bought_by("acme", &["buyer_id"]);
    let to = key("holder").public();
    let issuer = "shop".into();
    world.accept("deliver", ID, &Deliver { issuer, to }, &["shop"]);
    let claim = Lock {
        buyer: Some(buyer),
        ..lock_body("acme")
    };
    world.accept("lock", ID, &claim, &["acme"]);
}

/// What nobody held could be claimed by anybody, and never passed on.
#[test]
fn the_issuer_delivers_an_invoice_that_nobody_holds_once() {
    let (mut world, _) = World::bought_by("", &["buyer_id"]);
    let deliver = |issuer: &str, to: &str| Deliver {
        issuer: issuer.into(),
        to: key(to).public(),
    };
    let pass = Pass {
        to: key("colleague").public(),
    };
    assert_eq!(world.refuse("pass", ID, &pass, &["holder"]), "no-holder");
    for (body, signer, code) in [
        (deliver("shop", "thief"), "thief", "not-signed-by-member"),
        (deliver("metro", "thief"), "metro", "other-issuer"),
    ] {
        assert_eq!(world.refuse("deliver", ID, &body, &[signer]), code);
    }
    world.accept("deliver", ID, &deliver("shop", "holder"), &["shop"]);
    let again = world.refuse("deliver", ID, &deliver("shop", "thief"), &["shop"]);
    assert_eq!(again, "already-held");
    world.accept("pass", ID, &pass, &["holder"]);
    world.accept("lock", ID, &lock_body("acme"), &["acme", "colleague"]);
    world.0.replay_all();
}

#[test]
fn what_is_claimed_or_void_is_delivered_to_nobody() {
    let (mut world, buyer) = World::bought_by("acme", &["buyer_id"]);
    let deliver = Deliver {
        issuer: "shop".into(),
        to: key("holder").public(),
    };
    let claim = Lock {
        buyer: Some(buyer),
        ..lock_body("acme")
    };
    world.accept("lock", ID, &claim, &["acme"]);
    let code = world.refuse("deliver", ID, &deliver, &["shop"]);
    assert_eq!(code, "already-claimed");
    let (mut world, _) = World::bought_by("acme", &["buyer_id"]);
    world.accept("void", ID, &void_body(), &["shop"]);
    assert_eq!(
        world.refuse("deliver", ID, &deliver, &["shop"]),
        "invoice-void"
    );
}
