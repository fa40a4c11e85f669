//! Consent to reading medical records: the rules, and the attacks that they stop.

use records::{
    SecretKey, Stop,
    canonical::{self, Value},
    kinds::consent::{
        Done, Emergency, Finding, Give, Review, Revoke,
        document::{Deny, Document, Erase, Propose, Recover, Status},
        grant::{Grant, Standing},
        read::{Basis, Read},
    },
    testing::{GENESIS, Ledger, SECOND, key, member},
};

const DAY: i64 = 24 * 3600 * SECOND;
const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

fn body<T: records::shape::Shape>(body: &T) -> Value {
    canonical::to_value(body).expect("encodes")
}

/// Four founders with validators, two hospitals, an insurer; patient A's documents a1 and a2 shared, patient B's b1 shared.
fn ledger() -> Ledger {
    let mut members = ["tax", "renji", "housing", "notary"]
        .map(|id| member(id, &["desk", "reviewer"]))
        .to_vec();
    members[1].roles = vec!["hospital".into(), "reviewer".into()];
    members.extend([
        member("huashan", &["hospital"]),
        member("insurer", &["company"]),
        member("shop", &["issuer"]),
    ]);
    let mut branch = member("renji-branch", &["reviewer", "desk"]);
    branch.org = "renji".into();
    members.push(branch);
    let mut ledger = Ledger::found(members);
    for id in ["a1", "a2", "b1"] {
        propose(&mut ledger, id).expect("proposed");
        ledger
            .submit(
                "document.confirm",
                ("document", id),
                body(&Nothing {}),
                &[&patient(id)],
            )
            .expect("confirmed");
    }
    ledger
}

struct Nothing {}

records::shape!(Nothing {});

/// A patient's key for one document: derived, so that two documents cannot be linked.
fn patient(document: &str) -> SecretKey {
    key(&format!("patient of {document}"))
}

fn propose(ledger: &mut Ledger, id: &str) -> Result<(), Stop> {
    let guardian = (id == "a2").then(|| key("guardian").public());
    let propose = Propose {
        content: HASH.into(),
        guardian,
        hospital: "renji".into(),
        patient: patient(id).public(),
        root: HASH.into(),
    };
    ledger.submit(
        "document.propose",
        ("document", id),
        body(&propose),
        &[&key("renji")],
    )
}

fn give(to: &str, documents: &[&str], until: i64) -> Give {
    Give {
        by: key("grant").public(),
        documents: documents.iter().map(|id| id.to_string()).collect(),
        replaces: None,
        root: HASH.into(),
        sealed: None,
        to: to.into(),
        until,
    }
}

fn grant(ledger: &mut Ledger, id: &str, to: &str, documents: &[&str]) {
    let mut keys = vec![key("grant")];
    keys.extend(documents.iter().map(|id| patient(id)));
    let until = ledger.time + DAY;
    ledger
        .submit(
            "grant.give",
            ("grant", id),
            body(&give(to, documents, until)),
            &keys.iter().collect::<Vec<_>>(),
        )
        .expect("granted");
}

fn done(document: &str, grant: &str, by: &str) -> Value {
    body(&Done {
        by: by.into(),
        document: document.into(),
        grant: grant.into(),
    })
}

#[test]
fn a_grant_lets_its_reader_read_its_documents_until_it_is_revoked() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "huashan", &["a1", "a2"]);
    ledger
        .submit(
            "read.done",
            ("read", "r1"),
            done("a1", "g1", "huashan"),
            &[&key("huashan")],
        )
        .expect("read");
    assert_eq!(
        ledger.refusal(
            "read.done",
            ("read", "r2"),
            done("b1", "g1", "huashan"),
            &[&key("huashan")]
        ),
        "no-live-grant"
    );
    assert_eq!(
        ledger.refusal(
            "read.done",
            ("read", "r2"),
            done("a1", "g1", "insurer"),
            &[&key("insurer")]
        ),
        "no-live-grant"
    );
    assert_eq!(
        ledger.refusal(
            "read.done",
            ("read", "r2"),
            done("a1", "g1", "huashan"),
            &[&key("insurer")]
        ),
        "not-signed-by-member"
    );

    let other = body(&Revoke {
        documents: vec!["a1".into()],
    });
    assert_eq!(
        ledger.refusal("grant.revoke", ("grant", "g1"), other, &[&key("grant")]),
        "other-documents"
    );
    let revoke = body(&Revoke {
        documents: vec!["a1".into(), "a2".into()],
    });
    assert_eq!(
        ledger.refusal(
            "grant.revoke",
            ("grant", "g1"),
            revoke.clone(),
            &[&key("huashan")]
        ),
        "not-signed-by-key"
    );
    ledger
        .submit("grant.revoke", ("grant", "g1"), revoke, &[&key("grant")])
        .expect("revoked");
    assert_eq!(
        ledger.refusal(
            "read.done",
            ("read", "r2"),
            done("a1", "g1", "huashan"),
            &[&key("huashan")]
        ),
        "no-live-grant"
    );

    let (document, grant): (Document, Grant) =
        (ledger.data("document", "a1"), ledger.data("grant", "g1"));
    assert_eq!(
        (document.reads, document.grants.len(), grant.reads),
        (1, 0, 1)
    );
    assert_eq!(grant.standing(ledger.time), Standing::Revoked);
    ledger.replay_all();
}

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
fn expiry_goes_by_block_time() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "huashan", &["a1"]);
    ledger.time = ledger.data::<Grant>("grant", "g1").until - 1;
    ledger
        .submit(
            "read.done",
            ("read", "r1"),
            done("a1", "g1", "huashan"),
            &[&key("huashan")],
        )
        .expect("the last moment");
    ledger.time = ledger.data::<Grant>("grant", "g1").until;
    assert_eq!(
        ledger.refusal(
            "read.done",
            ("read", "r2"),
            done("a1", "g1", "huashan"),
            &[&key("huashan")]
        ),
        "no-live-grant"
    );
    assert_eq!(
        ledger.data::<Grant>("grant", "g1").standing(ledger.time),
        Standing::Expired
    );
    ledger.replay_all();
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
fn a_new_grant_supersedes_the_old_one() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "huashan", &["a1", "a2"]);
    let mut next = give("huashan", &["a1"], ledger.time + 2 * DAY);
    (next.replaces, next.by) = (Some("g1".into()), key("grant 2").public());
    let alone = ledger.refusal(
        "grant.give",
        ("grant", "g2"),
        body(&next),
        &[&key("grant 2"), &patient("a1")],
    );
    assert_eq!(alone, "not-signed-by-key");
    ledger
        .submit(
            "grant.give",
            ("grant", "g2"),
            body(&next),
            &[&key("grant"), &key("grant 2"), &patient("a1")],
        )
        .expect("superseded");
    // Neither the document in both nor the one that the new grant left out can be read under the old one.
    assert_eq!(
        ledger.refusal(
            "read.done",
            ("read", "r1"),
            done("a1", "g1", "huashan"),
            &[&key("huashan")]
        ),
        "no-live-grant"
    );
    assert_eq!(
        ledger.refusal(
            "read.done",
            ("read", "r1"),
            done("a2", "g1", "huashan"),
            &[&key("huashan")]
        ),
        "grant-superseded"
    );
    ledger
        .submit(
            "read.done",
            ("read", "r1"),
            done("a1", "g2", "huashan"),
            &[&key("huashan")],
        )
        .expect("read");
    assert_eq!(
        ledger.data::<Grant>("grant", "g1").successor.as_deref(),
        Some("g2")
    );
    ledger.replay_all();
}

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

    // In the delay: no grant, no reading, but denying is accepted, and the old key may veto.
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
fn a_document_holds_at_most_thirty_two_live_grants_and_forgets_the_expired() {
    let mut ledger = ledger();
    for i in 0..32 {
        grant(&mut ledger, &format!("g{i}"), "huashan", &["a1"]);
    }
    let full = body(&give("huashan", &["a1"], ledger.time + DAY));
    assert_eq!(
        ledger.refusal(
            "grant.give",
            ("grant", "g32"),
            full,
            &[&key("grant"), &patient("a1")]
        ),
        "too-many-grants"
    );
    ledger.time = GENESIS + 3 * DAY;
    grant(&mut ledger, "g32", "huashan", &["a1"]);
    assert_eq!(ledger.data::<Document>("document", "a1").grants.len(), 1);
}

#[test]
fn only_readers_are_granted_a_reading() {
    let mut ledger = ledger();
    let until = ledger.time + DAY;
    let keys = [&key("grant"), &patient("a1")];
    for (to, until, expected) in [
        ("shop", until, "role-missing"),
        ("nobody", until, "unknown-member"),
        ("huashan", ledger.time, "until-in-the-past"),
    ] {
        assert_eq!(
            ledger.refusal(
                "grant.give",
                ("grant", "g1"),
                body(&give(to, &["a1"], until)),
                &keys
            ),
            expected
        );
    }
    assert_eq!(
        ledger.refusal(
            "grant.give",
            ("grant", "g1"),
            body(&give("huashan", &[], until)),
            &keys
        ),
        "no-documents"
    );
    let twice = body(&give("huashan", &["a1", "a1"], until));
    assert_eq!(
        ledger.refusal("grant.give", ("grant", "g1"), twice, &keys),
        "bad-touches"
    );
}
