//! The mechanism's attacks, played on invoices.

use super::*;

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

/// One record's judgement of an issue in the name of `shop`, by itself.
fn judged_alone(
    world: &World,
    kind: &registry::Kind,
    record: (&str, &str),
    role: &str,
    signer: &str,
) -> &'static str {
    let body = json(&issue_body("shop"));
    let payload = world.0.payload("invoice.issue", (NAME, ID), body);
    let envelope = payload.sign(&[&key(signer)]).expect("signs").encode();
    let state: Option<Value> = (record.1 == "shop").then(|| json(&world.quota("shop")));
    let case = registry::Case {
        record: &crate::RecordName::new(record.0, record.1).expect("a name"),
        state: state.as_ref(),
        role,
        event: &Event::open(&envelope).expect("opens"),
        context: &crate::Context {
            chain: CHAIN,
            height: world.0.height,
            time: world.0.time,
            rules_version: 1,
            directory: &world.0.timeline,
        },
    };
    (kind.apply)(&case).map_or_else(|stop| code(Err(stop)), |_| "accepted")
}

/// A record refuses every (type, role) that it does not expect.
#[test]
fn an_event_of_another_role_is_refused() {
    let world = World::new();
    for (kind, record, role) in [
        (&KIND, (NAME, ID), QUOTA_ROLE),
        (&quota::KIND, (quota::NAME, "shop"), "subject"),
        (&quota::KIND, (quota::NAME, "shop"), "other"),
    ] {
        let judgement = judged_alone(&world, kind, record, role, "shop");
        assert_eq!(judgement, "unexpected-event");
    }
}

/// The quota's log stands without the invoice's: it asks for the issuer's signature itself.
#[test]
fn a_quota_judges_an_issue_alone() {
    let world = World::new();
    let judge = |signer| {
        let record = (quota::NAME, "shop");
        judged_alone(&world, &quota::KIND, record, QUOTA_ROLE, signer)
    };
    assert_eq!(judge("shop"), "accepted");
    assert_eq!(judge("metro"), "not-signed-by-member");
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
    let fields = body.as_object_mut().expect("an object");
    fields.insert("note".into(), "x".into());
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
