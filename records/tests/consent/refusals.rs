//! What stands against a reading: shams, forgeries, denials, guardians.

use crate::{DAY, body, done, give, grant, ledger, patient};
use records::{
    kinds::consent::{
        Revoke,
        document::{Deny, Document},
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
