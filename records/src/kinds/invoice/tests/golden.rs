//! Rules version 1 stays as it was: this log, written once, ends in these heads for ever.

use super::*;

/// Every event type of the kind, in one life.
fn life() -> World {
    let mut world = World::with_invoice();
    let to = key("colleague").public();
    world.accept("pass", ID, &Pass { to }, &["holder"]);
    world.accept("lock", ID, &lock_body("acme"), &["acme", "colleague"]);
    world.accept("unlock", ID, &Unlock { by: "acme".into() }, &["acme"]);
    world.accept("lock", ID, &lock_body("bolt"), &["bolt", "colleague"]);
    world.accept("red", ID, &red_body(DIGITAL_ID, 0), &["shop"]);
    world.accept("close", ID, &close_body("bolt"), &["bolt"]);
    world.accept(
        "red",
        ID,
        &red_body("25432000000031411144", 1),
        &["shop", "bolt"],
    );
    world.accept("issue", OTHER_ID, &issue_body("shop"), &["shop"]);
    world.accept("void", OTHER_ID, &void_body(), &["shop"]);
    world
}

/// A change here means that old invoices no longer replay: add a rules version instead.
#[test]
fn version_1_ends_in_the_heads_it_always_ended_in() {
    let world = life();
    world.0.replay_all();
    for (kind, id, head) in [
        (
            NAME,
            ID,
            "ce3379fac7863592bea72e91f200410f0f6c9f0bb220277f6ec45b899530efff0000000000000008d401f13041c3846689a949877f629aad5a71f5fbfcedfcd408d2f041b34261ab",
        ),
        (
            NAME,
            OTHER_ID,
            "583edceb5903da02c7729d85765e78068e7be00fb74f521e9f9e0bd99c74fedb0000000000000002fb44754653b25f6aa368981db8ad9adfbc78cf7f4abdbc5950a05ef4482e11f2",
        ),
        (
            quota::NAME,
            "shop",
            "f902fe07b0ee56ae4874d02a89130771bfd3104fc6dacef055caf6e780182a870000000000000003f067aa3e63f465a64bec48d6a11c78ccc940f1ac112d599c8db21569d27070f6",
        ),
    ] {
        assert_eq!(
            hex::encode(world.0.head(kind, id).encode()),
            head,
            "{kind}/{id}"
        );
    }
}
