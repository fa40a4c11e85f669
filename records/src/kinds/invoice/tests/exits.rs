//! Red-flushing (红冲) and voiding (作废).

use super::*;

#[test]
fn a_red_flushed_invoice_cannot_be_claimed_and_a_part_can() {
    let mut world = World::with_invoice();
    world.accept("red", ID, &red_body(DIGITAL_ID, 0), &["shop"]);
    assert_eq!(world.invoice().tax, Tax::RedPart);
    world.accept("lock", ID, &lock_body("acme"), &["acme", "holder"]);
    world.accept("red", ID, &red_body(OTHER_ID, 1), &["shop"]);
    assert_eq!(
        (world.invoice().tax, world.invoice().red.len()),
        (Tax::RedFull, 2)
    );
    assert_eq!(
        world.refuse("close", ID, &close_body("acme"), &["acme"]),
        "invoice-red"
    );
    world.accept("unlock", ID, &Unlock { by: "acme".into() }, &["acme"]);
    assert_eq!(
        world.refuse("lock", ID, &lock_body("acme"), &["acme", "holder"]),
        "invoice-red"
    );
    let to = key("colleague").public();
    assert_eq!(
        world.refuse("pass", ID, &Pass { to }, &["holder"]),
        "invoice-red"
    );
    world.grant("shop", 1);
    let again = red_body("25432000000031411144", 1);
    assert_eq!(world.refuse("red", ID, &again, &["shop"]), "invoice-red");
    world.0.replay_all();
}

/// The seller takes back what the buyer has booked.
#[test]
fn after_entry_the_issuer_needs_the_buyers_confirmation() {
    let mut world = World::with_invoice();
    world.accept("lock", ID, &lock_body("acme"), &["acme", "holder"]);
    world.accept("close", ID, &close_body("acme"), &["acme"]);
    let body = red_body(OTHER_ID, 1);
    assert_eq!(
        world.refuse("red", ID, &body, &["shop"]),
        "not-signed-by-member"
    );
    assert_eq!(
        world.refuse("red", ID, &body, &["shop", "bolt"]),
        "not-signed-by-member"
    );
    assert_eq!(
        world.refuse("red", ID, &body, &["acme"]),
        "not-signed-by-member"
    );
    world.accept("red", ID, &body, &["shop", "acme"]);
    assert_eq!(
        (world.invoice().status, world.invoice().tax),
        (Status::Closed, Tax::RedFull)
    );
    world.0.replay_all();
}

#[test]
fn only_its_own_issuer_red_flushes_or_voids() {
    let mut world = World::with_invoice();
    let red = Red {
        issuer: "metro".into(),
        ..red_body(OTHER_ID, 1)
    };
    assert_eq!(world.refuse("red", ID, &red, &["metro"]), "other-issuer");
    assert_eq!(
        world.refuse("red", ID, &red_body(OTHER_ID, 1), &["metro"]),
        "not-signed-by-member"
    );
    let void = Void {
        issuer: "metro".into(),
    };
    assert_eq!(world.refuse("void", ID, &void, &["metro"]), "other-issuer");
    assert_eq!(
        world.refuse("void", ID, &void_body(), &["metro"]),
        "not-signed-by-member"
    );
}

#[test]
fn a_red_invoice_has_an_id_of_its_own() {
    let mut world = World::with_invoice();
    for (id, code) in [
        (ID, "bad-touches"),
        ("red", "bad-red-id"),
        (BILL_ID, "bad-red-id"),
        ("", "malformed-body"),
    ] {
        assert_eq!(
            world.refuse("red", ID, &red_body(id, 0), &["shop"]),
            code,
            "{id}"
        );
    }
    let printed_twice = Red {
        prints: vec![root(4), root(4)],
        ..red_body(OTHER_ID, 0)
    };
    assert_eq!(
        world.refuse("red", ID, &printed_twice, &["shop"]),
        "bad-prints"
    );
    assert_eq!(
        world.refuse("red", ID, &red_body(OTHER_ID, 2), &["shop"]),
        "malformed-body"
    );
    world.accept("red", ID, &red_body(OTHER_ID, 0), &["shop"]);
    world.grant("shop", 20);
    for number in 1..16 {
        let id = format!("011001900311-{number:08}");
        world.accept("red", ID, &red_body(&id, 0), &["shop"]);
    }
    let last = red_body("011001900311-00000099", 0);
    assert_eq!(world.refuse("red", ID, &last, &["shop"]), "too-many-red");
}

/// *Attacks: one red number that takes back two invoices; a red number that is an issued invoice's, or becomes one.*
#[test]
fn a_number_is_issued_once_whatever_the_colour() {
    let mut world = World::with_invoice();
    world.grant("shop", 3);
    world.accept("issue", OTHER_ID, &issue_body("shop"), &["shop"]);
    let red = red_body(DIGITAL_ID, 1);
    world.accept("red", ID, &red, &["shop"]);
    assert_eq!(
        world.refuse("red", OTHER_ID, &red, &["shop"]),
        "record-exists"
    );
    assert_eq!(
        world.refuse("red", OTHER_ID, &red_body(ID, 1), &["shop"]),
        "record-exists"
    );
    assert_eq!(
        world.refuse("issue", DIGITAL_ID, &issue_body("shop"), &["shop"]),
        "record-exists"
    );
    world.0.replay_all();
}

/// Whoever scans a red invoice finds it, and what it takes back.
#[test]
fn a_red_invoice_is_found_by_its_printed_number_and_nothing_moves_it() {
    let mut world = World::with_invoice();
    let scanned = crate::codes::read(&format!("01,32,,{DIGITAL_ID},-655.00,20260111,,"));
    let id = scanned.record_id().expect("an id");
    world.accept("red", ID, &red_body(&id, 0), &["shop"]);
    let red = world.red_invoice(&id);
    assert_eq!(
        (red.tax, red.reverses.as_deref(), red.issuer.as_str()),
        (Tax::Red, Some(ID), "shop")
    );
    assert_eq!((red.root, red.prints), (root(3), vec![root(4)]));
    for (verb, body, signers) in [
        ("lock", json(&lock_body("acme")), "acme"),
        ("red", json(&red_body(OTHER_ID, 1)), "shop"),
        ("void", json(&void_body()), "shop"),
    ] {
        assert_eq!(
            world.refuse(verb, &id, &body, &[signers]),
            "red-invoice",
            "{verb}"
        );
    }
    world.0.replay_all();
}

#[test]
fn a_red_invoice_uses_one_of_the_quota() {
    let mut world = World::with_invoice();
    world.accept("red", ID, &red_body(DIGITAL_ID, 0), &["shop"]);
    world.accept("red", ID, &red_body(OTHER_ID, 0), &["shop"]);
    assert_eq!(
        (world.quota("shop").used, world.quota("shop").granted),
        (3, 3)
    );
    let more = red_body("25432000000031411144", 1);
    assert_eq!(world.refuse("red", ID, &more, &["shop"]), "quota-used-up");
    world.grant("shop", 1);
    world.accept("red", ID, &more, &["shop"]);
}

#[test]
fn a_void_invoice_stays_void() {
    let mut world = World::with_invoice();
    world.accept("void", ID, &void_body(), &["shop"]);
    assert_eq!(world.invoice().tax, Tax::Void);
    for (verb, body, signers) in [
        ("lock", json(&lock_body("acme")), &["acme", "holder"][..]),
        (
            "pass",
            json(&Pass {
                to: key("colleague").public(),
            }),
            &["holder"],
        ),
        ("red", json(&red_body(OTHER_ID, 1)), &["shop"]),
        ("void", json(&void_body()), &["shop"]),
    ] {
        assert_eq!(
            world.refuse(verb, ID, &body, signers),
            "invoice-void",
            "{verb}"
        );
    }
    world.0.replay_all();
}

#[test]
fn voiding_ends_with_the_month_in_china() {
    // Issued on 10 January; 31 January 15:59:59 UTC is the last second of the month in China.
    let last_second = crate::testing::GENESIS + 30 * DAY + 16 * 3600 * SECOND - SECOND;
    let mut world = World::with_invoice();
    world.0.time = last_second + SECOND;
    assert_eq!(
        world.refuse("void", ID, &void_body(), &["shop"]),
        "month-over"
    );
    world.0.time = last_second;
    world.accept("void", ID, &void_body(), &["shop"]);
}

#[test]
fn what_is_claimed_or_flushed_is_not_voided() {
    let mut world = World::with_invoice();
    world.accept("lock", ID, &lock_body("acme"), &["acme", "holder"]);
    assert_eq!(
        world.refuse("void", ID, &void_body(), &["shop"]),
        "already-claimed"
    );
    world.accept("unlock", ID, &Unlock { by: "acme".into() }, &["acme"]);
    world.accept("red", ID, &red_body(OTHER_ID, 0), &["shop"]);
    assert_eq!(
        world.refuse("void", ID, &void_body(), &["shop"]),
        "red-part"
    );
}

/// 作废 takes the paper back within its month; what was never on paper is only red-flushed.
#[test]
fn only_paper_and_the_old_blockchain_form_are_voided() {
    let mut world = World::new();
    world.grant("shop", 9);
    world.grant_from(quota::FISCAL_NAME, "finance", "shop", 1);
    let electronic = "electronic-not-voidable";
    for (id, code) in [
        ("011001900311-26105568", electronic),
        ("011001900312-26105568", electronic),
        ("011001900313-26105568", electronic),
        (DIGITAL_ID, electronic),
        (BILL_ID, "bill-not-voidable"),
    ] {
        world.accept("issue", id, &issue_body("shop"), &["shop"]);
        let Err(Stop::Refused(refusal)) = world.submit("void", id, &void_body(), &["shop"]) else {
            panic!("{id} was voided");
        };
        assert_eq!(refusal.code, code, "{id}");
    }
    for id in [ID, "4200161350-00015045", "144031909110-01034285"] {
        world.accept("issue", id, &issue_body("shop"), &["shop"]);
        world.accept("void", id, &void_body(), &["shop"]);
    }
}
