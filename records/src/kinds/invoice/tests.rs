//! The life of an invoice, and the attacks on it.

use super::*;
use crate::{
    Digest, Event, Fault, SecretKey, Stop,
    canonical::{self, Value},
    kinds::quota::{Grant, Quota},
    registry,
    testing::{CHAIN, Ledger, SECOND, key, member},
};
use serde::Serialize;

const ID: &str = "011001900311-26105568";
const OTHER_ID: &str = "011001900311-26105569";
const DIGITAL_ID: &str = "25432000000031411143";
const DAY: i64 = 24 * 3600 * SECOND;

fn root(of: u8) -> Digest {
    Digest([of; 32])
}

fn json(body: &impl Serialize) -> Value {
    canonical::to_value(body).expect("encodes")
}

fn issue_body(issuer: &str) -> Issue {
    Issue {
        issuer: issuer.into(),
        root: root(1),
        prints: vec![root(2)],
        holder: Some(key("holder").public()),
        payment: None,
    }
}

fn lock_body(by: &str) -> Lock {
    Lock {
        by: by.into(),
        claim: format!("BX-{by}-1"),
    }
}

fn red_body(id: &str, whole: u8) -> Red {
    Red {
        issuer: "shop".into(),
        whole,
        id: id.into(),
        root: root(3),
    }
}

fn void_body() -> Void {
    Void {
        issuer: "shop".into(),
    }
}

fn close_body(by: &str) -> Close {
    Close {
        by: by.into(),
        outcome: Outcome::Reimbursed,
    }
}

/// Members: a tax bureau, two issuers, two companies. `shop` may issue three invoices, `metro`
/// none.
struct World(Ledger);

impl World {
    fn new() -> Self {
        let mut ledger = Ledger::found(vec![
            member("tax", &["tax-bureau"]),
            member("hospital", &["hospital"]),
            member("housing", &["regulator"]),
            member("notary", &["notary"]),
            member("shop", &[ISSUER]),
            member("metro", &[ISSUER]),
            member("acme", &[COMPANY]),
            member("bolt", &[COMPANY]),
        ]);
        // Genesis is on 1 January; nine days on, both ends of the month are far.
        ledger.time += 9 * DAY;
        let mut world = Self(ledger);
        world.grant("shop", 3);
        world
    }

    /// With the invoice [`ID`] issued by `shop` to `holder`.
    fn with_invoice() -> Self {
        let mut world = Self::new();
        world.accept("issue", ID, &issue_body("shop"), &["shop"]);
        world
    }

    fn grant(&mut self, issuer: &str, count: u64) {
        let grant = Grant {
            by: "tax".into(),
            count,
        };
        let keys = [&key("tax")];
        let result = self
            .0
            .submit("quota.grant", ("quota", issuer), json(&grant), &keys);
        assert_eq!(result, Ok(()));
    }

    fn submit(
        &mut self,
        verb: &str,
        id: &str,
        body: &impl Serialize,
        signers: &[&str],
    ) -> Result<(), Stop> {
        let keys: Vec<SecretKey> = signers.iter().map(|name| key(name)).collect();
        let keys: Vec<&SecretKey> = keys.iter().collect();
        self.0
            .submit(&format!("invoice.{verb}"), (NAME, id), json(body), &keys)
    }

    #[track_caller]
    fn accept(&mut self, verb: &str, id: &str, body: &impl Serialize, signers: &[&str]) {
        assert_eq!(self.submit(verb, id, body, signers), Ok(()));
    }

    /// The reason code; a refusal must leave the invoice as it was.
    #[track_caller]
    fn refuse(&mut self, verb: &str, id: &str, body: &impl Serialize, signers: &[&str]) -> &str {
        let before = (verb != "issue").then(|| self.0.state_hash(NAME, id));
        let result = self.submit(verb, id, body, signers);
        let after = (verb != "issue").then(|| self.0.state_hash(NAME, id));
        assert_eq!(before, after);
        match result {
            Err(Stop::Refused(refusal)) => refusal.code,
            other => panic!("not refused: {other:?}"),
        }
    }

    fn invoice(&self) -> Invoice {
        self.0.data(NAME, ID)
    }

    fn quota(&self, issuer: &str) -> Quota {
        self.0.data(quota::NAME, issuer)
    }
}

// The way through

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

#[test]
fn an_invoice_without_a_holder_is_locked_by_the_company_alone_and_cannot_be_passed() {
    let mut world = World::new();
    let body = Issue {
        holder: None,
        ..issue_body("shop")
    };
    world.accept("issue", ID, &body, &["shop"]);
    let to = key("colleague").public();
    assert_eq!(
        world.refuse("pass", ID, &Pass { to }, &["holder"]),
        "no-holder"
    );
    world.accept("lock", ID, &lock_body("acme"), &["acme"]);
    world.0.replay_all();
}

// Issuing

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
    for id in [ID, DIGITAL_ID, "1200154130-03630024", "11010125-0488888987"] {
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

// Claiming

#[test]
fn a_second_claim_is_refused_and_names_the_first() {
    let mut world = World::with_invoice();
    world.accept("lock", ID, &lock_body("acme"), &["acme", "holder"]);
    let twice = world.submit("lock", ID, &lock_body("bolt"), &["bolt", "holder"]);
    let Err(Stop::Refused(refusal)) = twice else {
        panic!("{twice:?}")
    };
    assert_eq!(refusal.code, "already-claimed");
    assert_eq!(refusal.detail["by"], "acme");
    assert_eq!(refusal.detail["claim"], "BX-acme-1");
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

// Red and void

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
    for id in [ID, "red", ""] {
        assert_eq!(
            world.refuse("red", ID, &red_body(id, 0), &["shop"]),
            "bad-red-id"
        );
    }
    assert_eq!(
        world.refuse("red", ID, &red_body(OTHER_ID, 2), &["shop"]),
        "malformed-body"
    );
    world.accept("red", ID, &red_body(OTHER_ID, 0), &["shop"]);
    assert_eq!(
        world.refuse("red", ID, &red_body(OTHER_ID, 0), &["shop"]),
        "bad-red-id"
    );
    for number in 1..16 {
        let id = format!("011001900311-{number:08}");
        world.accept("red", ID, &red_body(&id, 0), &["shop"]);
    }
    let last = red_body("011001900311-00000099", 0);
    assert_eq!(world.refuse("red", ID, &last, &["shop"]), "too-many-red");
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
fn what_is_claimed_flushed_or_digital_is_not_voided() {
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
    world.accept("issue", DIGITAL_ID, &issue_body("shop"), &["shop"]);
    assert_eq!(
        world.refuse("void", DIGITAL_ID, &void_body(), &["shop"]),
        "digital-not-voidable"
    );
}

// The mechanism's attacks, played on invoices

/// Touches follow from the type and the body: no envelope can name other records.
#[test]
fn an_issue_touches_its_issuers_quota_and_nothing_else_touches_it() {
    let world = World::with_invoice();
    let touched = |event_type: &str, body: Value| {
        let payload = world.0.payload(event_type, (NAME, ID), body);
        registry::touches(&payload).map(|touches| {
            let names = touches
                .iter()
                .map(|touch| (touch.record.to_string(), touch.role));
            names.collect::<Vec<_>>()
        })
    };
    let subject = (format!("invoice/{ID}"), "subject");
    assert_eq!(
        touched("invoice.issue", json(&issue_body("shop"))),
        Ok(vec![subject.clone(), ("quota/shop".to_owned(), "issuer")])
    );
    assert_eq!(
        touched("invoice.lock", json(&lock_body("acme"))),
        Ok(vec![subject])
    );
    assert!(touched("invoice.issue", json(&issue_body("no such/id"))).is_err());
    assert!(touched("quota.grant", json(&issue_body("shop"))).is_err());
    assert!(touched("invoice.steal", json(&lock_body("acme"))).is_err());
}

/// A record refuses every (type, role) that it does not expect.
#[test]
fn an_event_of_another_kind_or_role_is_refused() {
    let world = World::with_invoice();
    let payload = world
        .0
        .payload("invoice.issue", (NAME, ID), json(&issue_body("shop")));
    let envelope = payload.sign(&[&key("shop")]).expect("signs").encode();
    let event = Event::open(&envelope).expect("opens");
    let context = crate::Context {
        chain: CHAIN,
        height: 1,
        time: world.0.time,
        rules_version: 1,
        directory: &world.0.timeline,
    };
    for (kind, id, role) in [
        (&KIND, ID, QUOTA_ROLE),
        (&quota::KIND, "shop", "subject"),
        (&quota::KIND, "shop", "other"),
    ] {
        let case = registry::Case {
            record: &crate::RecordName::new(kind.name, id).expect("a name"),
            state: None,
            role,
            event: &event,
            context: &context,
        };
        let refused = (kind.apply)(&case);
        assert!(
            matches!(&refused, Err(Stop::Refused(refusal)) if refusal.code == "unexpected-event"),
            "{refused:?}"
        );
    }
}

/// A log with an issue left out, doubled or moved is not the proven one, or breaks a rule.
#[test]
fn a_quotas_log_cannot_be_bent() {
    let mut world = World::with_invoice();
    world.accept("issue", OTHER_ID, &issue_body("shop"), &["shop"]);
    let log = world.0.log(quota::NAME, "shop").to_vec();
    let replay = |log: &[Vec<u8>]| world.0.replay(quota::NAME, "shop", log);
    assert_eq!(replay(&log), Ok(()));
    assert_eq!(replay(&log[..2]), Err(Fault::OtherLog));
    let doubled = [&log[..2], &log[1..2]].concat();
    assert_eq!(replay(&doubled), Err(Fault::Repeated(2)));
    let without_grant = &log[1..];
    assert!(matches!(replay(without_grant), Err(Fault::Stopped(0, _))));
    let foreign = [&log[..1], &world.0.log("member", "shop")[..1]].concat();
    assert!(replay(&foreign).is_err());
}

/// The lock is hidden to reimburse twice: the invoice's log then has another root.
#[test]
fn a_hidden_claim_is_noticed() {
    let mut world = World::with_invoice();
    world.accept("lock", ID, &lock_body("acme"), &["acme", "holder"]);
    let log = world.0.log(NAME, ID).to_vec();
    assert_eq!(world.0.replay(NAME, ID, &log), Ok(()));
    assert_eq!(world.0.replay(NAME, ID, &log[..1]), Err(Fault::OtherLog));
}

/// A signed claim kept back by a relay is worthless after its time, on another chain, and in
/// another place of the sequence.
#[test]
fn a_claim_kept_back_is_refused() {
    let mut world = World::with_invoice();
    let signers = [&key("acme"), &key("holder")];
    let payload = world
        .0
        .payload("invoice.lock", (NAME, ID), json(&lock_body("acme")));
    let kept = payload.sign(&signers).expect("signs");
    let elsewhere = crate::Payload {
        chain: "dev-other-0000".into(),
        ..payload.clone()
    };
    let elsewhere = elsewhere.sign(&signers).expect("signs");
    assert_eq!(code(world.0.write(&elsewhere)), "other-chain");
    world.0.time = payload.until + 1;
    assert_eq!(code(world.0.write(&kept)), "too-late");
    world.0.time = payload.until - DAY / 2;
    let to = key("colleague").public();
    world.accept("pass", ID, &Pass { to }, &["holder"]);
    assert_eq!(code(world.0.write(&kept)), "wrong-sequence");
}

fn code(result: Result<(), Stop>) -> &'static str {
    match result {
        Err(Stop::Refused(refusal)) => refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

/// More in a body than its type has is refused, so that one event has one encoding.
#[test]
fn a_body_with_an_extra_field_is_refused() {
    let mut world = World::with_invoice();
    let mut body = json(&lock_body("acme"));
    body["note"] = "x".into();
    assert_eq!(
        world.refuse("lock", ID, &body, &["acme", "holder"]),
        "malformed-body"
    );
}

/// The root binds every field: the same invoice cannot be opened for another buyer.
#[test]
fn an_invoice_opens_for_the_buyer_it_was_committed_to() {
    let values = [
        "10",
        "545",
        "33",
        "578",
        "20190320",
        "南国饭店",
        "91440300708437873H",
        "宏图公司",
        "91350100M000100Y43",
        "[]",
        "",
        "",
        "",
    ];
    let mut bent = values;
    bent[7] = "另一家公司";
    let seed = [7; 16];
    let root = SCHEMA.commit(&seed, &values).expect("commits");
    assert!(
        SCHEMA
            .open(&SCHEMA.open_all(&seed, &values).expect("opens"), &root)
            .is_ok()
    );
    assert!(
        SCHEMA
            .open(&SCHEMA.open_all(&seed, &bent).expect("opens"), &root)
            .is_err()
    );
}
