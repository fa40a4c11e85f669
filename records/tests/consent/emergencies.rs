//! Readings without consent, and their review.

use crate::{HASH, body, ledger, patient};
use records::{
    kinds::consent::{
        Emergency, Finding, Review,
        document::{Deny, Document},
        read::{Basis, Read},
    },
    testing::key,
};

#[test]
fn breaking_the_glass_is_always_allowed_to_a_hospital_never_hidden_and_closed_by_a_review() {
    let mut ledger = ledger();
    let emergency = |by: &str| {
        body(&Emergency {
            by: by.into(),
            document: "a1".into(),
            patient: patient("a1").public(),
            reason: HASH.into(),
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
        "not-signed-by-key"
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
