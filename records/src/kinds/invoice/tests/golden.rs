//! Rules version 1 stays as it was: this log, written once, ends in these heads for ever.

use super::*;

/// Every event type of the kind, in one life.
fn life() -> World {
    let (mut world, buyer) = World::bought_by("bolt", &["buyer_id"]);
    let holder = Deliver {
        issuer: "shop".into(),
        to: key("holder").public(),
    };
    world.accept("deliver", ID, &holder, &["shop"]);
    world.grant("shop", 1);
    let to = key("colleague").public();
    world.accept("pass", ID, &Pass { to }, &["holder"]);
    world.accept("lock", ID, &lock_body("acme"), &["acme", "colleague"]);
    world.accept("unlock", ID, &Unlock { by: "acme".into() }, &["acme"]);
    let bought = Lock {
        buyer: Some(buyer),
        ..lock_body("bolt")
    };
    world.accept("lock", ID, &bought, &["bolt"]);
    world.accept("red", ID, &red_body(DIGITAL_ID, 0), &["shop"]);
    world.accept("close", ID, &close_body("bolt"), &["bolt"]);
    world.accept(
        "red",
        ID,
        &red_body("25432000000031411144", 1),
        &["shop", "bolt"],
    );
    let found = Issue {
        portal: Some(root(2)),
        ..issue_body("shop")
    };
    world.accept("issue", OTHER_ID, &found, &["shop"]);
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
            "0c4035893036f55c0efd21d19600dede86311e65e1402d6ecc16a01e3ca365810000000000000009c663ef9c7b9db21875cee1cc175c0806172b49467fa36320ccd47e22325d2da3",
        ),
        (
            NAME,
            OTHER_ID,
            "345e47bfe0efaf485dfa808ea653109e296dc97fe52a771ad73d7ebc0ed168c800000000000000024e5831ec9f3804df0c7ccf03c12dfae4d4f6a481bd56c4b010967701a1ff2920",
        ),
        (
            NAME,
            DIGITAL_ID,
            "81f78feb76bee585ea2b4d22e0a9d205f9393fdc1e88a1456504d604fa1a26860000000000000001f610017975ce0f180296ed3a9986326f9b5da00273fe32ca003796959d52db77",
        ),
        (
            portal::NAME,
            "0202020202020202020202020202020202020202020202020202020202020202",
            "e77c5327e5a82d2f94bbaa6f2599e46da3d184ce070f1a3391bd08be7cdc03f00000000000000001a3503fdfadf392599585bcc6ae6dc6949f48177a21146932d9efad75e94cd5ef",
        ),
        (
            quota::NAME,
            "shop",
            "c8e67c342310549cd198f1b007319db72f592845759786e4ce878ed35f90ca050000000000000006c9f2ce961904a019eee8afa5370b9ac2cf984c55f5758d0615a110cec27463e3",
        ),
    ] {
        assert_eq!(
            hex::encode(world.0.head(kind, id).encode()),
            head,
            "{kind}/{id}"
        );
    }
}
