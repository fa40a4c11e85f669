//! Grants: what they allow, until when, and who may be given one.

use crate::{
    DAY, Nothing, body, code,
    documents::{DESKS, recover},
    done, give, grant, ledger, patient, propose,
};
use records::{
    kinds::consent::{
        MAX_DOCUMENTS, Revoke,
        document::Document,
        grant::{Grant, MAX_READS, Standing},
    },
    testing::{GENESIS, Ledger, key},
};

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

    for other in [&["b1"][..], &["a1", "b1"], &[]] {
        let other = body(&Revoke {
            documents: other.iter().map(|id| id.to_string()).collect(),
        });
        assert_eq!(
            ledger.refusal("grant.revoke", ("grant", "g1"), other, &[&key("grant")]),
            "other-documents"
        );
    }
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
        "not-signed-by-patient"
    );
    // The patient of one document alone does not speak for the other.
    let one = [&patient("a1")];
    assert_eq!(
        ledger.refusal("grant.revoke", ("grant", "g1"), revoke.clone(), &one),
        "not-signed-by-patient"
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
fn a_new_grant_supersedes_the_old_one() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "huashan", &["a1", "a2"]);
    let mut next = give("huashan", &["a1"], ledger.time + 2 * DAY);
    (next.replaces, next.by) = (Some("g1".into()), key("grant 2").public());
    let all = [&key("grant"), &key("grant 2"), &patient("a1")];
    for left in [None, Some(vec![]), Some(vec!["a2".into(), "b1".into()])] {
        next.left = left;
        let code = ledger.refusal("grant.give", ("grant", "g2"), body(&next), &all);
        assert!(
            ["other-documents", "no-such-grant"].contains(&code),
            "{code}"
        );
    }
    next.left = Some(vec!["a2".into()]);
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
        "no-live-grant"
    );
    assert_eq!(ledger.data::<Document>("document", "a2").grants, []);
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
fn only_a_grant_that_takes_anothers_place_leaves_documents_out() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "huashan", &["a1"]);
    let mut next = give("huashan", &["b1"], ledger.time + DAY);
    next.left = Some(vec!["a1".into()]);
    let keys = [&key("grant"), &patient("b1")];
    let code = ledger.refusal("grant.give", ("grant", "g2"), body(&next), &keys);
    assert_eq!(code, "other-documents");
    assert_eq!(ledger.data::<Document>("document", "a1").grants.len(), 1);
}

/// The guardian's grants, and a patient's after the loss of all keys: whoever may give may take back.
#[test]
fn the_patient_or_guardian_of_every_document_revokes_without_the_grants_key() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "huashan", &["a1", "a2"]);
    let (old, new) = (patient("a1"), key("new"));
    assert_eq!(
        recover(&mut ledger, "a1", [&old, &new], DESKS, &[&new]),
        "ok"
    );
    let revoke = || {
        body(&Revoke {
            documents: vec!["a1".into(), "a2".into()],
        })
    };
    let keys = [&key("new"), &key("guardian")];
    assert_eq!(
        ledger.refusal("grant.revoke", ("grant", "g1"), revoke(), &keys),
        "not-signed-by-patient",
        "the new key does not count yet"
    );
    let until = ledger.data::<Grant>("grant", "g1").until;
    assert!(ledger.time < until);
    ledger.time += 3 * DAY;
    assert_eq!(
        ledger.refusal("grant.revoke", ("grant", "g1"), revoke(), &keys),
        "grant-expired"
    );
    // A longer one, given with a key that is lost by now.
    let long = body(&give("huashan", &["a1", "a2"], ledger.time + DAY));
    let givers = [&key("grant"), &key("new"), &key("guardian")];
    ledger
        .submit("grant.give", ("grant", "g2"), long, &givers)
        .expect("given");
    ledger
        .submit("grant.revoke", ("grant", "g2"), revoke(), &keys)
        .expect("revoked");
    assert_eq!(ledger.data::<Document>("document", "a2").grants, []);
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

/// *Accident: a grant over so many documents that all keys which have to sign it do not fit into one envelope.*
#[test]
fn so_many_documents_as_one_grant_may_have_can_all_sign_it() {
    let mut ledger = ledger();
    let ids: Vec<String> = (0..MAX_DOCUMENTS).map(|n| format!("d{n}")).collect();
    for id in &ids {
        propose(&mut ledger, id).expect("proposed");
        let subject = ("document", id.as_str());
        ledger
            .submit(
                "document.confirm",
                subject,
                body(&Nothing {}),
                &[&patient(id)],
            )
            .expect("confirmed");
    }
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    grant(&mut ledger, "g1", "huashan", &ids);
    // Where the grant's key is lost, all the documents' keys revoke it.
    let revoke = body(&Revoke {
        documents: ids.iter().map(|id| id.to_string()).collect(),
    });
    let keys: Vec<_> = ids.iter().map(|id| patient(id)).collect();
    let keys: Vec<_> = keys.iter().collect();
    ledger
        .submit("grant.revoke", ("grant", "g1"), revoke, &keys)
        .expect("revoked");
    let mut more = ids.clone();
    more.push("a1");
    let until = ledger.time + DAY;
    let refused = ledger.refusal(
        "grant.give",
        ("grant", "g2"),
        body(&give("huashan", &more, until)),
        &[&key("grant")],
    );
    assert_eq!(refused, "too-many-documents");
}

/// *Attack: whoever stole a patient's key puts that one's document into grants beside one of their own, for ever: the patient has another key by now, and signs
/// for one document alone; neither do the grants end, nor is there room for others.*
#[test]
fn a_patient_takes_back_what_a_thief_granted_beside_a_document_of_their_own() {
    let mut ledger = ledger();
    let (stolen, thief, new) = (patient("a1"), patient("b1"), key("new"));
    let grants: Vec<_> = (0..32).map(|number| format!("g{number}")).collect();
    for grant in &grants {
        let given = body(&give("insurer", &["a1", "b1"], i64::MAX));
        let givers = [&key("grant"), &stolen, &thief];
        ledger
            .submit("grant.give", ("grant", grant), given, &givers)
            .expect("given");
    }
    let recovered = recover(&mut ledger, "a1", [&stolen, &new], DESKS, &[&new]);
    assert_eq!(recovered, "ok");
    ledger.time += 3 * DAY;
    let revoke = |document: &str| {
        body(&Revoke {
            documents: vec![document.into()],
        })
    };
    let first = ("grant", "g0");
    for (document, by) in [("a1", &stolen), ("b1", &new)] {
        let refused = ledger.refusal("grant.revoke", first, revoke(document), &[by]);
        assert_eq!(refused, "not-signed-by-patient", "{document}");
    }
    for grant in &grants {
        ledger
            .submit("grant.revoke", ("grant", grant), revoke("a1"), &[&new])
            .expect("revoked");
    }
    assert_eq!(ledger.data::<Document>("document", "a1").grants, []);
    let read = |ledger: &mut Ledger, document: &str| {
        let read = done(document, "g0", "insurer");
        code(ledger.submit("read.done", ("read", document), read, &[&key("insurer")]))
    };
    assert_eq!(read(&mut ledger, "a1"), "no-live-grant");
    assert_eq!(read(&mut ledger, "b1"), "ok", "that is the thief's own");
    let left: Grant = ledger.data("grant", "g0");
    assert_eq!(left.documents, ["b1"]);
    assert_eq!(left.standing(ledger.time), Standing::InForce);
    let refused = ledger.refusal("grant.revoke", first, revoke("a1"), &[&new]);
    assert_eq!(refused, "other-documents", "once");
    ledger
        .submit("grant.revoke", first, revoke("b1"), &[&thief])
        .expect("the rest");
    let left: Grant = ledger.data("grant", "g0");
    assert_eq!(left.standing(ledger.time), Standing::Revoked);
    ledger.replay_all();
}

/// *Attack: a reader reads without end, until nobody can replay the document's log any more.*
#[test]
fn a_grant_is_read_under_so_often_and_no_more() {
    let mut ledger = ledger();
    grant(&mut ledger, "g1", "huashan", &["a1"]);
    let read = |ledger: &mut Ledger, number: u64| {
        let (id, read) = (format!("r{number}"), done("a1", "g1", "huashan"));
        code(ledger.submit("read.done", ("read", &id), read, &[&key("huashan")]))
    };
    for number in 0..MAX_READS {
        assert_eq!(read(&mut ledger, number), "ok", "{number}");
    }
    assert_eq!(read(&mut ledger, MAX_READS), "too-many-reads");
    assert_eq!(ledger.data::<Document>("document", "a1").reads, MAX_READS);
}
