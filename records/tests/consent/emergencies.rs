//! Readings without consent, and their review.

use crate::{
    DAY, body, code,
    documents::{DESKS, recover},
    ledger, patient, root,
};
use records::{
    SecretKey,
    canonical::Value,
    kinds::consent::{
        Emergency, Finding, Review,
        document::{Deny, Document},
        read::{Basis, Read},
    },
    testing::{Ledger, key},
};

/// A hospital reads a document in emergency; the reading is record `e1`.
fn break_glass(ledger: &mut Ledger, document: &str) {
    let emergency = body(&Emergency {
        by: "renji".into(),
        document: document.into(),
        root: root(),
    });
    ledger
        .submit(
            "read.emergency",
            ("read", "e1"),
            emergency,
            &[&key("renji")],
        )
        .expect("read");
}

/// The patient's own review of `e1`.
fn own_review(document: &str) -> Value {
    body(&Review {
        by: None,
        document: document.into(),
        finding: Finding::Unjustified,
    })
}

fn review(ledger: &mut Ledger, document: &str, by: &SecretKey) {
    ledger
        .submit("read.review", ("read", "e1"), own_review(document), &[by])
        .expect("reviewed");
    assert_eq!(
        ledger.data::<Document>("document", document).open_reviews,
        0
    );
    ledger.replay_all();
}

#[test]
fn a_guardian_reviews_for_the_patient() {
    let mut ledger = ledger();
    break_glass(&mut ledger, "a2");
    review(&mut ledger, "a2", &key("guardian"));
}

#[test]
fn a_recovered_key_reviews_what_was_read_before_it_counted() {
    let mut ledger = ledger();
    break_glass(&mut ledger, "a1");
    let (old, new) = (patient("a1"), key("new"));
    assert_eq!(
        recover(&mut ledger, "a1", [&old, &new], DESKS, &[&new]),
        "ok"
    );
    let old = [&patient("a1")];
    assert_eq!(
        ledger.refusal("read.review", ("read", "e1"), own_review("a1"), &old),
        "key-recovery-pending"
    );
    ledger.time += 3 * DAY;
    assert_eq!(
        ledger.refusal("read.review", ("read", "e1"), own_review("a1"), &old),
        "not-signed-by-patient"
    );
    review(&mut ledger, "a1", &key("new"));
}

/// *Attack: a hospital breaks the glass and closes the reading itself, as a patient whom it made up.*
#[test]
fn nobody_reviews_as_a_patient_whom_the_document_does_not_know() {
    let mut ledger = ledger();
    break_glass(&mut ledger, "a1");
    let before = ledger.state_hash("document", "a1");
    for sham in ["renji", "made up", "guardian"] {
        assert_eq!(
            ledger.refusal(
                "read.review",
                ("read", "e1"),
                own_review("a1"),
                &[&key(sham)]
            ),
            "not-signed-by-patient",
            "{sham}"
        );
    }
    assert_eq!(ledger.state_hash("document", "a1"), before);
    // Nor can the reading itself name a patient.
    let mut naming = body(&Emergency {
        by: "renji".into(),
        document: "a1".into(),
        root: root(),
    });
    let Value::Object(fields) = &mut naming else {
        panic!("an object");
    };
    fields.insert(
        "patient".into(),
        key("renji").public().to_string().as_str().into(),
    );
    assert_eq!(
        ledger.refusal("read.emergency", ("read", "e2"), naming, &[&key("renji")]),
        "malformed-body"
    );
}

#[test]
fn breaking_the_glass_is_always_allowed_to_a_hospital_never_hidden_and_closed_by_a_review() {
    let mut ledger = ledger();
    let emergency = |by: &str| {
        body(&Emergency {
            by: by.into(),
            document: "a1".into(),
            root: root(),
        })
    };
    assert_eq!(
        ledger.refusal(
            "read.emergency",
            ("read", "e1"),
            emergency("insurer"),
            &[&key("insurer")]
        ),
        "role-missing"
    );
    // A denial does not stop it: it would cost a life.
    let deny = body(&Deny {
        documents: vec![],
        member: "renji".into(),
    });
    ledger
        .submit("document.deny", ("document", "a1"), deny, &[&patient("a1")])
        .expect("denied");
    ledger
        .submit(
            "read.emergency",
            ("read", "e1"),
            emergency("renji"),
            &[&key("renji")],
        )
        .expect("read");
    let document: Document = ledger.data("document", "a1");
    assert_eq!(
        (document.emergencies, document.open_reviews, document.reads),
        (1, 1, 0)
    );

    let review = |by: Option<&str>, document: &str| {
        body(&Review {
            by: by.map(Into::into),
            document: document.into(),
            finding: Finding::Unjustified,
        })
    };
    let own = ledger.refusal(
        "read.review",
        ("read", "e1"),
        review(Some("renji-branch"), "a1"),
        &[&key("renji-branch")],
    );
    assert_eq!(own, "own-cause");
    assert_eq!(
        ledger.refusal(
            "read.review",
            ("read", "e1"),
            review(None, "a1"),
            &[&patient("b1")]
        ),
        "not-signed-by-patient"
    );
    assert_eq!(
        ledger.refusal(
            "read.review",
            ("read", "e1"),
            review(None, "a2"),
            &[&patient("a1")]
        ),
        "other-document"
    );
    ledger
        .submit(
            "read.review",
            ("read", "e1"),
            review(Some("notary"), "a1"),
            &[&key("notary")],
        )
        .expect("reviewed");
    assert_eq!(
        ledger.refusal(
            "read.review",
            ("read", "e1"),
            review(None, "a1"),
            &[&patient("a1")]
        ),
        "nothing-to-review"
    );
    assert_eq!(ledger.data::<Document>("document", "a1").open_reviews, 0);
    assert!(matches!(
        ledger.data::<Read>("read", "e1").basis,
        Basis::Reviewed {
            finding: Finding::Unjustified,
            ..
        }
    ));
    ledger.replay_all();
}

/// *Attack: whoever stole a hospital's key breaks the glass of one document again and again, which nothing stops: nobody can replay its log any more.*
#[test]
fn one_reading_in_emergency_stands_for_a_hospitals_day_until_it_is_reviewed() {
    let mut ledger = ledger();
    let broken = |ledger: &mut Ledger, read: &str, document: &str, by: &str| {
        let emergency = body(&Emergency {
            by: by.into(),
            document: document.into(),
            root: root(),
        });
        code(ledger.submit("read.emergency", ("read", read), emergency, &[&key(by)]))
    };
    let start = ledger.time;
    assert_eq!(broken(&mut ledger, "e1", "a1", "renji"), "ok");
    assert_eq!(broken(&mut ledger, "e2", "a1", "renji"), "record-exists");
    assert_eq!(broken(&mut ledger, "e2", "a1", "huashan"), "ok", "another");
    assert_eq!(broken(&mut ledger, "e3", "a2", "renji"), "ok", "another's");
    assert_eq!(broken(&mut ledger, "e4", "a1", "renji"), "record-exists");
    ledger.time = start + DAY - 1;
    assert_eq!(broken(&mut ledger, "e4", "a1", "renji"), "record-exists");
    ledger.time = start + DAY;
    assert_eq!(
        broken(&mut ledger, "e4", "a1", "renji"),
        "ok",
        "a day later"
    );
    assert_eq!(broken(&mut ledger, "e5", "a1", "renji"), "record-exists");
    // Who was heard about one may have to read again.
    let review = |ledger: &mut Ledger, read: &str| {
        let by = [&key("notary")];
        let review = body(&Review {
            by: Some("notary".into()),
            document: "a1".into(),
            finding: Finding::Justified,
        });
        code(ledger.submit("read.review", ("read", read), review, &by))
    };
    assert_eq!(review(&mut ledger, "e2"), "ok");
    assert_eq!(broken(&mut ledger, "e5", "a1", "renji"), "record-exists");
    assert_eq!(review(&mut ledger, "e4"), "ok");
    assert_eq!(broken(&mut ledger, "e5", "a1", "renji"), "ok");
    let document: Document = ledger.data("document", "a1");
    assert_eq!((document.emergencies, document.open_reviews), (4, 2));
    ledger.replay_all();
}
