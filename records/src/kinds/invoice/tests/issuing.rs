//! Who may issue, how much, under which id.

use super::*;

#[test]
fn the_quota_ends_issuing() {
    let mut world = World::new();
    for id in [ID, OTHER_ID, DIGITAL_ID] {
        world.accept("issue", id, &issue_body("shop"), &["shop"]);
    }
    let fourth = "011001900311-26105570";
    assert_eq!(
        world.refuse("issue", fourth, &issue_body("shop"), &["shop"]),
        "quota-used-up"
    );
    assert_eq!(
        world.refuse("issue", fourth, &issue_body("metro"), &["metro"]),
        "quota-used-up"
    );
    assert_eq!(world.quota("shop").used, 3);
}

/// One invoice, two buyers: a second commitment under the same id.
#[test]
fn an_id_is_issued_once() {
    let mut world = World::with_invoice();
    world.grant("metro", 1);
    let second = Issue {
        root: root(9),
        ..issue_body("shop")
    };
    assert_eq!(
        world.refuse("issue", ID, &second, &["shop"]),
        "record-exists"
    );
}

#[test]
fn an_issuer_cannot_use_anothers_name_or_quota() {
    let mut world = World::new();
    let body = issue_body("shop");
    assert_eq!(
        world.refuse("issue", ID, &body, &["metro"]),
        "not-signed-by-member"
    );
    assert_eq!(
        world.refuse("issue", ID, &body, &["holder"]),
        "not-signed-by-member"
    );
    assert_eq!(
        world.refuse("issue", ID, &issue_body("acme"), &["acme"]),
        "role-missing"
    );
    assert_eq!(
        world.refuse("issue", ID, &issue_body("nobody"), &["shop"]),
        "unknown-member"
    );
    assert_eq!(world.quota("shop").used, 0);
}

#[test]
fn only_the_tax_bureau_grants_and_only_to_issuers() {
    let mut world = World::new();
    let mut grant = |issuer: &str, by: &str, count, signer: &str| {
        let body = json(&Grant {
            by: by.into(),
            count,
        });
        world
            .0
            .refusal("quota.grant", ("quota", issuer), body, &[&key(signer)])
    };
    assert_eq!(grant("shop", "shop", 5, "shop"), "role-missing");
    assert_eq!(grant("shop", "tax", 5, "shop"), "not-signed-by-member");
    assert_eq!(grant("acme", "tax", 5, "tax"), "role-missing");
    assert_eq!(grant("nobody", "tax", 5, "tax"), "unknown-member");
    assert_eq!(grant("shop", "tax", 0, "tax"), "bad-count");
    assert_eq!(
        grant("shop", "tax", 9_007_199_254_740_991, "tax"),
        "bad-count"
    );
}

/// *Attack: whoever stole the tax bureau's key grants an issuer as many invoices as there can be: the bureau has another key by now, and the quota stays.*
#[test]
fn the_bureau_takes_back_what_is_not_used() {
    let mut world = World::with_invoice();
    world.grant("shop", 9_007_199_254_740_988);
    let grant = |world: &mut World, count, signer: &str| {
        let by = signer.into();
        let (body, subject) = (json(&Grant { by, count }), ("quota", "shop"));
        let keys = [&key(signer)];
        match world.0.submit("quota.grant", subject, body, &keys) {
            Ok(()) => "ok",
            Err(Stop::Refused(refusal)) => refusal.code,
            Err(stop) => panic!("{stop}"),
        }
    };
    let most = 9_007_199_254_740_991;
    assert_eq!(grant(&mut world, -1, "shop"), "role-missing");
    assert_eq!(grant(&mut world, 1 - most, "tax"), "ok");
    assert_eq!(
        (world.quota("shop").granted, world.quota("shop").used),
        (1, 1)
    );
    assert_eq!(
        world.refuse("issue", OTHER_ID, &issue_body("shop"), &["shop"]),
        "quota-used-up"
    );
    assert_eq!(grant(&mut world, -1, "tax"), "bad-count", "it is used");
    assert_eq!(grant(&mut world, -most, "tax"), "bad-count");
    let mut fresh = World::new();
    fresh.grant("metro", 1);
    assert_eq!(grant(&mut fresh, -3, "tax"), "ok", "all of them");
    assert_eq!(grant(&mut fresh, -1, "tax"), "bad-count");
    world.0.replay_all();
}

/// *Attack: a hospital issues bills on the tax bureau's account, or invoices on the finance department's.*
#[test]
fn bills_use_the_finance_departments_quota_and_invoices_the_tax_bureaus() {
    let mut world = World::new();
    let unfunded = world.submit("issue", BILL_ID, &issue_body("shop"), &["shop"]);
    let Err(Stop::Refused(refusal)) = unfunded else {
        panic!("{unfunded:?}")
    };
    assert_eq!(refusal.code, "bills-used-up");
    for (by, signer, code) in [
        ("tax", "tax", "role-missing"),
        ("finance", "tax", "not-signed-by-member"),
    ] {
        let by = by.into();
        let (body, subject) = (json(&Grant { by, count: 9 }), ("fiscal-quota", "shop"));
        let keys = [&key(signer)];
        let refused = world.0.refusal("fiscal-quota.grant", subject, body, &keys);
        assert_eq!(refused, code);
    }
    world.grant_from(quota::FISCAL_NAME, "finance", "shop", 1);
    world.accept("issue", BILL_ID, &issue_body("shop"), &["shop"]);
    let bills: Quota = world.0.data(quota::FISCAL_NAME, "shop");
    assert_eq!((bills.granted, bills.used), (1, 1));
    assert_eq!(
        (world.quota("shop").granted, world.quota("shop").used),
        (3, 0)
    );
    // A red bill is a bill.
    assert_eq!(
        world.refuse(
            "red",
            BILL_ID,
            &red_body("11010125-0488888988", 1),
            &["shop"]
        ),
        "bills-used-up"
    );
    world.0.replay_all();
}

#[test]
fn one_invoice_has_one_id() {
    let mut world = World::new();
    for id in [
        "26105568",
        "011001900311-2610556",
        "11001900311-26105568",
        "011001900311_26105568",
        "011001900311-26105568-1",
        "2543200000003141114",
        "A11001900311-26105568",
    ] {
        let code = world.refuse("issue", id, &issue_body("shop"), &["shop"]);
        assert_eq!(code, "not-an-invoice-id", "{id}");
    }
    for id in [ID, DIGITAL_ID, "1200154130-03630024", BILL_ID] {
        assert!(is_invoice_id(id), "{id}");
    }
}

#[test]
fn prints_are_few_and_distinct() {
    let mut world = World::new();
    for prints in [vec![root(1), root(1)], (0..5).map(root).collect()] {
        let body = Issue {
            prints,
            ..issue_body("shop")
        };
        assert_eq!(world.refuse("issue", ID, &body, &["shop"]), "bad-prints");
    }
}

/// An address on the paper names no code: its own record tells which invoice it is of.
#[test]
fn a_portal_address_leads_to_its_invoice_and_to_no_other() {
    let mut world = World::new();
    let with_portal = |print: u8| Issue {
        prints: vec![root(2), root(print)],
        portal: Some(root(print)),
        ..issue_body("shop")
    };
    let leads_to = |world: &World, print: u8| -> String {
        let found: Portal = world.0.data(portal::NAME, &portal::id(&root(print)));
        found.invoice
    };
    let stranger = Issue {
        prints: vec![root(2)],
        ..with_portal(8)
    };
    assert_eq!(
        world.refuse("issue", ID, &stranger, &["shop"]),
        "bad-prints"
    );
    world.accept("issue", ID, &with_portal(8), &["shop"]);
    // *Attack: another invoice under the same address.*
    let twice = world.refuse("issue", OTHER_ID, &with_portal(8), &["shop"]);
    assert_eq!(twice, "record-exists");
    let red = Red {
        portal: Some(root(9)),
        prints: vec![root(9)],
        ..red_body(OTHER_ID, 1)
    };
    world.accept("red", ID, &red, &["shop"]);
    assert_eq!(leads_to(&world, 8), ID);
    assert_eq!(leads_to(&world, 9), OTHER_ID);
    assert_eq!(
        world.0.head(portal::NAME, &portal::id(&root(8))).log_size,
        1
    );
    world.0.replay_all();
}
