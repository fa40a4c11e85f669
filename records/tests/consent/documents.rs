//! Documents: shared, their keys replaced, erased.

use crate::{DAY, Nothing, body, code, done, give, grant, ledger, patient, propose};
use records::{
    SecretKey,
    kinds::consent::{
        Revoke,
        document::{Deny, Document, Erase, Recover, Status},
    },
    testing::{Ledger, key},
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

/// Hands in that `new` comes in the place of `lost`, signed by the members named in `by` and by whoever else signs.
pub fn recover(
    ledger: &mut Ledger,
    id: &str,
    [lost, new]: [&SecretKey; 2],
    by: [&str; 2],
    others: &[&SecretKey],
) -> &'static str {
    let recover = body(&Recover {
        by: by.map(Into::into),
        key: new.public(),
        lost: lost.public(),
    });
    let desks = by.map(key);
    let signers = [&[&desks[0], &desks[1]], others].concat();
    code(ledger.submit("document.recover", ("document", id), recover, &signers))
}

fn veto(ledger: &mut Ledger, id: &str, by: &SecretKey) -> &'static str {
    let nothing = body(&Nothing {});
    code(ledger.submit("document.veto", ("document", id), nothing, &[by]))
}

pub const DESKS: [&str; 2] = ["housing", "notary"];

#[test]
fn a_lost_key_is_replaced_after_a_delay_in_which_the_old_one_may_veto() {
    let mut ledger = ledger();
    let (old, new) = (patient("a1"), key("new"));
    let keys = [&old, &new];
    for (by, signers, refused) in [
        (["notary", "notary"], &[&new][..], "same-organisation"),
        (["housing", "renji-branch"], &[&new], "own-cause"),
        (DESKS, &[], "not-signed-by-key"),
    ] {
        assert_eq!(recover(&mut ledger, "a1", keys, by, signers), refused);
    }
    let none = [&key("stranger"), &new];
    assert_eq!(
        recover(&mut ledger, "a1", none, DESKS, &[&new]),
        "changes-nothing"
    );
    // Nor do three days pass in which nothing is granted, for nothing.
    assert_eq!(
        recover(&mut ledger, "a1", [&old, &old], DESKS, &[&old]),
        "changes-nothing"
    );
    assert_eq!(recover(&mut ledger, "a1", keys, DESKS, &[&new]), "ok");

    // In the delay: no grant, no reading, no erasing, but denying is accepted, and the old key may veto.
    let erased = ledger.refusal(
        "document.erase",
        ("document", "a1"),
        body(&Erase { reviewer: None }),
        &[&key("renji"), &old],
    );
    assert_eq!(erased, "key-recovery-pending");
    let until = ledger.time + DAY;
    let given = ledger.refusal(
        "grant.give",
        ("grant", "g1"),
        body(&give("huashan", &["a1"], until)),
        &[&key("grant"), &old],
    );
    assert_eq!(given, "key-recovery-pending");
    let deny = body(&Deny {
        documents: vec![],
        member: "insurer".into(),
    });
    ledger
        .submit("document.deny", ("document", "a1"), deny, &[&old])
        .expect("denied");
    ledger.time += 3 * DAY;
    assert_eq!(veto(&mut ledger, "a1", &old), "not-signed-by-patient");
    let until = ledger.time + DAY;
    ledger
        .submit(
            "grant.give",
            ("grant", "g1"),
            body(&give("huashan", &["a1"], until)),
            &[&key("grant"), &new],
        )
        .expect("the new key counts");
    ledger.replay_all();
}

/// *Attacks: whoever stole a patient's key vetoes every other one for ever; two desks try again until the patient looks away for three days.*
#[test]
fn after_a_veto_it_takes_the_hospital_too_and_nobody_vetoes_any_more() {
    let mut ledger = ledger();
    let (old, new, hospital) = (patient("a1"), key("new"), key("renji"));
    let keys = [&old, &new];
    assert_eq!(recover(&mut ledger, "a1", keys, DESKS, &[&new]), "ok");
    assert_eq!(
        veto(&mut ledger, "a1", &key("stranger")),
        "not-signed-by-patient"
    );
    assert_eq!(veto(&mut ledger, "a1", &old), "ok");
    assert_eq!(veto(&mut ledger, "a1", &old), "nothing-to-veto");
    assert_eq!(
        recover(&mut ledger, "a1", keys, DESKS, &[&new]),
        "not-signed-by-member"
    );
    let agreed = [&new, &hospital];
    assert_eq!(recover(&mut ledger, "a1", keys, DESKS, &agreed), "ok");
    assert_eq!(veto(&mut ledger, "a1", &old), "nothing-to-veto");
    ledger.time += 3 * DAY;
    let erase = body(&Erase { reviewer: None });
    assert_eq!(
        ledger.refusal(
            "document.erase",
            ("document", "a1"),
            erase,
            &[&hospital, &old]
        ),
        "not-signed-by-patient"
    );
    // It stays so: the desks do not get a first try again.
    let back = [&new, &old];
    assert_eq!(
        recover(&mut ledger, "a1", back, DESKS, &[&old]),
        "not-signed-by-member"
    );
    ledger.replay_all();
}

/// *Attack: whoever stole a guardian's key decides for the child until it is grown up, and after.*
#[test]
fn a_guardians_key_is_replaced_as_a_patients() {
    let mut ledger = ledger();
    let (stolen, new) = (key("guardian"), key("new"));
    let keys = [&stolen, &new];
    assert_eq!(recover(&mut ledger, "a2", keys, DESKS, &[&new]), "ok");
    assert_eq!(veto(&mut ledger, "a2", &stolen), "ok");
    let agreed = [&new, &key("renji")];
    assert_eq!(recover(&mut ledger, "a2", keys, DESKS, &agreed), "ok");
    ledger.time += 3 * DAY;
    let denial = |member: &str| {
        body(&Deny {
            documents: vec![],
            member: member.into(),
        })
    };
    let on = ("document", "a2");
    assert_eq!(
        ledger.refusal("document.deny", on, denial("insurer"), &[&stolen]),
        "not-signed-by-patient"
    );
    for (member, by) in [("insurer", new), ("huashan", patient("a2"))] {
        ledger
            .submit("document.deny", on, denial(member), &[&by])
            .expect("the other's key is as it was");
    }
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
