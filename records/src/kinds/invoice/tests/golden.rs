//! Rules version 1 stays as it was: this log, written once, ends in these heads for ever.

use super::*;

/// Every event type of the kind, in one life.
fn life() -> World {
    let mut world = World::with_invoice();
    world.grant("shop", 1);
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
            "ce3379fac7863592bea72e91f200410f0f6c9f0bb220277f6ec45b899530efff00000000000000089d3ebc78cc793b0bb5f189958f094042b1d694af62f0407e5cf9b152a7340b6d",
        ),
        (
            NAME,
            OTHER_ID,
            "30b4dc5458a9c51ee941786f8e39f5c2787df0ca4ae22d8710c9110a85b933b90000000000000002005422057de9d56afeb968ff7c4ffe27634ba2a81b0a1a80e91c84a0aa6d9472",
        ),
        (
            NAME,
            DIGITAL_ID,
            "2a77af9cf03d46b44124fb70658d8d1cc8e45fdb1c20b964694c8723dab32fef00000000000000013dff5671051f670f906dc0091d90b599c1c58ea368dfe2cd4f32b3794d7d15b2",
        ),
        (
            quota::NAME,
            "shop",
            "c8e67c342310549cd198f1b007319db72f592845759786e4ce878ed35f90ca050000000000000006b856e681b5a07c054e86bdf51fd82a4542cc169d79aa2dd0d60391387b594e95",
        ),
    ] {
        assert_eq!(
            hex::encode(world.0.head(kind, id).encode()),
            head,
            "{kind}/{id}"
        );
    }
}
