//! What stands against a reading: shams, forgeries, denials, guardians.

use crate::{DAY, Nothing, body, done, give, grant, ledger, patient};
use records::{
    kinds::consent::{
        Revoke,
        document::{Deny, Document, Recover},
    },
    testing::key,
};

#[test]
fn a_sham_patient_grants_nothing_over_somebody_elses_document() {
    let mut ledger = ledger();
    let until = ledger.time + DAY;
    let before = ledger.state_hash("document", "b1");
    let sham = body(&give("huashan", &["a1", "b1"], until));
    let code = ledger.refusal(
        "grant.give",
        ("grant", "g1"),
        sham,
        &[&key("grant"), &patient("a1")],
    );
    assert_eq!(code, "not-signed-by-patient");
    // Nothing was written anywhere: not the grant, and not the document that would have accepted.
    assert_eq!(ledger.state_hash("document", "b1"), before);
    assert_eq!(ledger.data::<Document>("document", "a1").grants, []);
}

#[test]
fn a_forged_revocation_does_not_remove_a_grant_from_a_documents_log() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "huashan", &["a1"]);
    // A node that made up a revocation would need the grant's own key: the document knows which.
    let revoke = ledger.payload(
        "grant.revoke",
        ("grant", "g1"),
        body(&Revoke {
            documents: vec!["a1".into()],
        }),
    );
    let forged = revoke.sign(&[&key("stranger")]).expect("encodes").encode();
    let entry = records::log::Entry {
        height: ledger.height,
        time: ledger.time,
        envelope: &forged,
    }
    .encode();
    let mut log = ledger.log("document", "a1").to_vec();
    log.push(entry);
    assert!(matches!(
        ledger.replay("document", "a1", &log),
        Err(records::Fault::Stopped(3, _))
    ));
}

#[test]
fn a_denial_beats_every_grant_and_refuses_new_ones() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "insurer", &["a1", "a2"]);
    let deny = || {
        body(&Deny {
            documents: vec!["a2".into()],
            member: "insurer".into(),
        })
    };
    assert_eq!(
        ledger.refusal(
            "document.deny",
            ("document", "a1"),
            deny(),
            &[&patient("a1")]
        ),
        "not-signed-by-patient"
    );
    ledger
        .submit(
            "document.deny",
            ("document", "a1"),
            deny(),
            &[&patient("a1"), &patient("a2")],
        )
        .expect("denied");
    for id in ["a1", "a2"] {
        assert_eq!(
            ledger.refusal(
                "read.done",
                ("read", "r1"),
                done(id, "g1", "insurer"),
                &[&key("insurer")]
            ),
            "no-live-grant"
        );
    }
    let again = body(&give("insurer", &["a1"], ledger.time + DAY));
    assert_eq!(
        ledger.refusal(
            "grant.give",
            ("grant", "g2"),
            again,
            &[&key("grant"), &patient("a1")]
        ),
        "denied"
    );
    let allow = body(&Deny {
        documents: vec![],
        member: "insurer".into(),
    });
    ledger
        .submit(
            "document.allow",
            ("document", "a1"),
            allow,
            &[&patient("a1")],
        )
        .expect("allowed");
    ledger
        .submit(
            "read.done",
            ("read", "r1"),
            done("a1", "g1", "insurer"),
            &[&key("insurer")],
        )
        .expect("the grant lives again");
    ledger.replay_all();
}

#[test]
fn a_guardian_acts_for_the_patient_where_the_document_names_one() {
    let mut ledger = ledger();
    let until = ledger.time + DAY;
    let keys = [&key("grant"), &key("guardian")];
    ledger
        .submit(
            "grant.give",
            ("grant", "g1"),
            body(&give("huashan", &["a2"], until)),
            &keys,
        )
        .expect("granted");
    let other = body(&give("huashan", &["a1"], until));
    assert_eq!(
        ledger.refusal("grant.give", ("grant", "g2"), other, &keys),
        "not-signed-by-patient"
    );
}

#[test]
fn a_guardian_denies_vetoes_and_revokes() {
    let mut ledger = ledger();
    let guardian = [&key("guardian")];
    grant(&mut ledger, "g1", "huashan", &["a2"]);
    let revoke = body(&Revoke {
        documents: vec!["a2".into()],
    });
    let deny = body(&Deny {
        documents: vec![],
        member: "insurer".into(),
    });
    let recover = body(&Recover {
        by: ["housing", "notary"].map(Into::into),
        key: key("thief").public(),
        lost: key("guardian").public(),
    });
    let desks = [&key("housing"), &key("notary"), &key("thief")];
    for (event, subject, body, keys) in [
        ("grant.revoke", ("grant", "g1"), revoke, &guardian[..]),
        ("document.deny", ("document", "a2"), deny.clone(), &guardian),
        ("document.allow", ("document", "a2"), deny, &guardian),
        ("document.recover", ("document", "a2"), recover, &desks),
        (
            "document.veto",
            ("document", "a2"),
            body(&Nothing {}),
            &guardian,
        ),
    ] {
        ledger
            .submit(event, subject, body, keys)
            .unwrap_or_else(|stop| panic!("{event}: {stop}"));
    }
    let document: Document = ledger.data("document", "a2");
    assert_eq!((document.grants, document.recovery), (vec![], None));
    assert!(document.denied.is_empty());
    ledger.replay_all();
}

#[test]
fn a_denial_is_made_and_lifted_once_and_names_few_documents() {
    let mut ledger = ledger();
    let keys = [&patient("a1")];
    let denial = |documents: usize| {
        body(&Deny {
            documents: (0..documents).map(|n| format!("d{n}")).collect(),
            member: "insurer".into(),
        })
    };
    let on = ("document", "a1");
    assert_eq!(
        ledger.refusal("document.allow", on, denial(0), &keys),
        "changes-nothing"
    );
    ledger
        .submit("document.deny", on, denial(0), &keys)
        .expect("denied");
    assert_eq!(
        ledger.refusal("document.deny", on, denial(0), &keys),
        "changes-nothing"
    );
    assert_eq!(
        ledger.refusal("document.deny", on, denial(16), &keys),
        "too-many-documents"
    );
    ledger
        .submit("document.allow", on, denial(0), &keys)
        .expect("lifted");
    assert_eq!(
        ledger.refusal("document.deny", on, denial(15), &keys),
        "no-such-record",
        "not too many"
    );
}

/// *Attack: a made-up entry in a grant's log says that others read, or something else was read, under it.*
#[test]
fn a_grant_counts_no_reading_that_it_does_not_allow() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "huashan", &["a1"]);
    for (document, by) in [("a1", "insurer"), ("b1", "huashan")] {
        let payload = ledger.payload("read.done", ("read", "r1"), done(document, "g1", by));
        let forged = payload.sign(&[&key(by)]).expect("encodes").encode();
        let entry = records::log::Entry {
            height: ledger.height,
            time: ledger.time,
            envelope: &forged,
        };
        let mut log = ledger.log("grant", "g1").to_vec();
        log.push(entry.encode());
        let Err(records::Fault::Stopped(1, records::Stop::Refused(refusal))) =
            ledger.replay("grant", "g1", &log)
        else {
            panic!("{document} by {by} is counted");
        };
        assert_eq!(refusal.code, "not-granted");
    }
}
