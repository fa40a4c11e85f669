//! Documents: shared, their keys replaced, erased.

use crate::{DAY, Nothing, body, done, give, grant, ledger, patient, propose};
use records::{
    kinds::consent::{
        Revoke,
        document::{Deny, Document, Erase, Recover, Status},
    },
    testing::key,
};

#[test]
fn a_hospital_proposes_and_only_the_patient_shares() {
    let mut ledger = ledger();
    propose(&mut ledger, "c1").expect("proposed");
    let until = ledger.time + DAY;
    let early = body(&give("huashan", &["c1"], until));
    assert_eq!(
        ledger.refusal(
            "grant.give",
            ("grant", "g1"),
            early,
            &[&key("grant"), &patient("c1")]
        ),
        "document-not-shared"
    );
    let confirm = || body(&Nothing {});
    assert_eq!(
        ledger.refusal(
            "document.confirm",
            ("document", "c1"),
            confirm(),
            &[&key("renji")]
        ),
        "not-signed-by-patient"
    );
    ledger
        .submit(
            "document.reject",
            ("document", "c1"),
            confirm(),
            &[&patient("c1")],
        )
        .expect("rejected");
    assert_eq!(
        ledger.refusal(
            "document.confirm",
            ("document", "c1"),
            confirm(),
            &[&patient("c1")]
        ),
        "document-not-proposed"
    );
    assert_eq!(
        ledger.data::<Document>("document", "c1").status,
        Status::Rejected
    );
}

#[test]
fn a_lost_key_is_replaced_after_a_delay_in_which_the_old_one_may_veto() {
    let mut ledger = ledger();
    let recover = |by: [&str; 2]| {
        body(&Recover {
            by: by.map(Into::into),
            key: key("new").public(),
        })
    };
    let (housing, notary, branch) = (key("housing"), key("notary"), key("renji-branch"));
    let alone = ledger.refusal(
        "document.recover",
        ("document", "a1"),
        recover(["notary", "notary"]),
        &[&notary],
    );
    assert_eq!(alone, "same-organisation");
    ledger
        .submit(
            "document.recover",
            ("document", "a1"),
            recover(["housing", "notary"]),
            &[&housing, &notary],
        )
        .expect("pending");

    // In the delay: no grant, no reading, no erasing, but denying is accepted, and the old key may veto.
    let erased = ledger.refusal(
        "document.erase",
        ("document", "a1"),
        body(&Erase { reviewer: None }),
        &[&key("renji"), &patient("a1")],
    );
    assert_eq!(erased, "key-recovery-pending");
    let until = ledger.time + DAY;
    let given = ledger.refusal(
        "grant.give",
        ("grant", "g1"),
        body(&give("huashan", &["a1"], until)),
        &[&key("grant"), &patient("a1")],
    );
    assert_eq!(given, "key-recovery-pending");
    let deny = body(&Deny {
        documents: vec![],
        member: "insurer".into(),
    });
    ledger
        .submit("document.deny", ("document", "a1"), deny, &[&patient("a1")])
        .expect("denied");
    ledger
        .submit(
            "document.veto",
            ("document", "a1"),
            body(&Nothing {}),
            &[&patient("a1")],
        )
        .expect("vetoed");
    assert_eq!(
        ledger.refusal(
            "document.veto",
            ("document", "a1"),
            body(&Nothing {}),
            &[&patient("a1")]
        ),
        "nothing-to-veto"
    );

    let own_house = ledger.refusal(
        "document.recover",
        ("document", "a1"),
        recover(["housing", "renji-branch"]),
        &[&housing, &branch],
    );
    assert_eq!(own_house, "own-cause");
    ledger
        .submit(
            "document.recover",
            ("document", "a1"),
            recover(["housing", "notary"]),
            &[&housing, &notary],
        )
        .expect("pending");
    ledger.time += 3 * DAY;
    let late = ledger.refusal(
        "document.veto",
        ("document", "a1"),
        body(&Nothing {}),
        &[&patient("a1")],
    );
    assert_eq!(late, "not-signed-by-patient");
    let until = ledger.time + DAY;
    let keys = [&key("grant"), &key("new")];
    ledger
        .submit(
            "grant.give",
            ("grant", "g1"),
            body(&give("huashan", &["a1"], until)),
            &keys,
        )
        .expect("the new key counts");
    ledger.replay_all();
}

#[test]
fn an_erased_document_keeps_its_history_and_is_read_no_more() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "huashan", &["a1"]);
    let erase = |reviewer: Option<&str>| {
        body(&Erase {
            reviewer: reviewer.map(Into::into),
        })
    };
    assert_eq!(
        ledger.refusal(
            "document.erase",
            ("document", "a1"),
            erase(None),
            &[&key("renji")]
        ),
        "not-signed-by-patient"
    );
    let own = ledger.refusal(
        "document.erase",
        ("document", "a1"),
        erase(Some("renji-branch")),
        &[&key("renji"), &key("renji-branch")],
    );
    assert_eq!(own, "same-organisation");
    ledger
        .submit(
            "document.erase",
            ("document", "a1"),
            erase(None),
            &[&key("renji"), &patient("a1")],
        )
        .expect("erased");
    assert_eq!(
        ledger.refusal(
            "read.done",
            ("read", "r1"),
            done("a1", "g1", "huashan"),
            &[&key("huashan")]
        ),
        "no-live-grant"
    );
    assert_eq!(ledger.log("document", "a1").len(), 4);
    ledger.replay_all();
}

#[test]
fn a_grant_over_an_erased_document_among_others_is_still_revoked() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "huashan", &["a1", "b1"]);
    let erase = body(&Erase { reviewer: None });
    ledger
        .submit(
            "document.erase",
            ("document", "a1"),
            erase,
            &[&key("renji"), &patient("a1")],
        )
        .expect("erased");
    let revoke = body(&Revoke {
        documents: vec!["a1".into(), "b1".into()],
    });
    ledger
        .submit("grant.revoke", ("grant", "g1"), revoke, &[&key("grant")])
        .expect("revoked");
    assert_eq!(
        ledger.refusal(
            "read.done",
            ("read", "r1"),
            done("b1", "g1", "huashan"),
            &[&key("huashan")]
        ),
        "no-live-grant"
    );
    ledger.replay_all();
}
