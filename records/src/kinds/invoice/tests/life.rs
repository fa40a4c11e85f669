//! The way through.

use super::*;

#[test]
fn an_invoice_goes_from_issue_to_the_books_and_replays() {
    let mut world = World::with_invoice();
    let to = key("colleague").public();
    world.accept("pass", ID, &Pass { to }, &["holder"]);
    world.accept("lock", ID, &lock_body("acme"), &["acme", "colleague"]);
    assert_eq!(world.invoice().status, Status::Locked);
    world.accept("close", ID, &close_body("acme"), &["acme"]);
    let invoice = world.invoice();
    assert_eq!(invoice.status, Status::Closed);
    assert_eq!(invoice.claim.unwrap().outcome, Some(Outcome::Reimbursed));
    assert_eq!((invoice.tax, invoice.holder), (Tax::Normal, Some(to)));
    world.0.replay_all();
}

#[test]
fn an_unlocked_invoice_can_be_claimed_by_another_company() {
    let mut world = World::with_invoice();
    world.accept("lock", ID, &lock_body("acme"), &["acme", "holder"]);
    world.accept("unlock", ID, &Unlock { by: "acme".into() }, &["acme"]);
    assert_eq!(
        (world.invoice().status, world.invoice().claim),
        (Status::Issued, None)
    );
    world.accept("lock", ID, &lock_body("bolt"), &["bolt", "holder"]);
    world.0.replay_all();
}

#[test]
fn the_quota_counts_what_its_issuer_issued() {
    let mut world = World::with_invoice();
    assert_eq!(
        (world.quota("shop").granted, world.quota("shop").used),
        (3, 1)
    );
    world.grant("shop", 4);
    world.accept("issue", DIGITAL_ID, &issue_body("shop"), &["shop"]);
    assert_eq!(
        (world.quota("shop").granted, world.quota("shop").used),
        (7, 2)
    );
    world.0.replay_all();
}
