//! What rests on another record is not established before that was replayed too.

use crate::{
    ask::{all_lie, one_liar},
    common::{Lie, TestChain, changed, json, lie},
    tells::is_about,
};
use records::{
    RecordName, SecretKey, State,
    canonical::Value,
    kinds::consent::{
        Done, Give, Revoke,
        document::{Deny, Erase, Propose},
    },
    testing::{SECOND, key, member},
};
use serde_json::json as raw;
use std::rc::Rc;
use verifier::{
    Question,
    verdict::{Outcome, Verdict},
};

const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const DOCUMENTS: [&str; 2] = ["a1", "a2"];

fn patient(document: &str) -> SecretKey {
    key(&format!("patient of {document}"))
}

/// Two shared documents, a grant over both to another hospital, and a reading under it.
pub fn granted() -> TestChain {
    let mut chain = TestChain::found(vec![
        member("tax", &["tax-bureau"]),
        member("renji", &["hospital"]),
        member("notary", &["notary"]),
        member("regulator", &["regulator"]),
        member("huashan", &["hospital"]),
    ]);
    for id in DOCUMENTS {
        let propose = Propose {
            content: HASH.into(),
            guardian: None,
            hospital: "renji".into(),
            patient: patient(id).public(),
            root: HASH.into(),
        };
        let document = ("document", id);
        chain.submit(
            "document.propose",
            document,
            json(&propose),
            &[&key("renji")],
        );
        chain.submit(
            "document.confirm",
            document,
            Value::Object(Default::default()),
            &[&patient(id)],
        );
    }
    let give = Give {
        by: key("grant").public(),
        documents: DOCUMENTS.map(String::from).to_vec(),
        left: None,
        replaces: None,
        root: HASH.into(),
        sealed: None,
        to: "huashan".into(),
        until: chain.ledger.time + 24 * 3600 * SECOND,
    };
    let keys = [key("grant"), patient("a1"), patient("a2")];
    let keys: Vec<&SecretKey> = keys.iter().collect();
    chain.submit("grant.give", ("grant", "g1"), json(&give), &keys);
    let done = Done {
        by: "huashan".into(),
        document: "a1".into(),
        grant: "g1".into(),
    };
    chain.submit("read.done", ("read", "r1"), json(&done), &[&key("huashan")]);
    chain.empty();
    chain
}

fn about(kind: &str, id: &str) -> Question {
    Question::record(kind, id, None).expect("a name")
}

fn check<'a>(verdict: &'a Verdict, reason: &str) -> &'a verifier::verdict::Check {
    let found = verdict.checks.iter().find(|check| check.reason == reason);
    found.unwrap_or_else(|| panic!("no {reason}: {verdict:#?}"))
}

#[test]
fn a_grant_and_a_reading_are_verified_with_the_records_that_they_name() {
    let chain = Rc::new(granted());
    let verdict = one_liar(&chain, Lie::None, &about("grant", "g1"));
    assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
    assert_eq!(
        check(&verdict, "rests-replayed").facts[&"records".to_owned()],
        "2"
    );
    let verdict = one_liar(&chain, Lie::None, &about("read", "r1"));
    assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
    assert_eq!(
        check(&verdict, "rests-replayed").facts[&"records".to_owned()],
        "2"
    );
}

/// The validators sign a grant whose document never heard of it: a sham patient's, over somebody else's document.
#[test]
fn a_grant_that_its_document_never_accepted_is_rejected() {
    let mut chain = granted();
    let name = RecordName::new("document", "a2").expect("a name");
    let mut log = chain.ledger.log("document", "a2").to_vec();
    log.pop();
    let data: Value = chain.ledger.data("document", "a2");
    let data = changed(&data, |data| data["grants"] = raw!([]));
    let seq = chain.ledger.seq(&name);
    chain.forge(&name, &State { data, seq }, log);
    chain.empty();
    let verdict = one_liar(&Rc::new(chain), Lie::None, &about("grant", "g1"));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "rests-differ"),
        "{verdict:#?}"
    );
    assert_eq!(
        check(&verdict, "rests-differ").facts[&"record".to_owned()],
        name.to_string()
    );
}

#[test]
fn a_document_that_does_not_stand_takes_its_grant_with_it() {
    let mut chain = granted();
    let name = RecordName::new("document", "a2").expect("a name");
    let log = chain.ledger.log("document", "a2").to_vec();
    let data: Value = chain.ledger.data("document", "a2");
    let data = changed(&data, |data| data["reads"] = 7.into());
    let seq = chain.ledger.seq(&name);
    chain.forge(&name, &State { data, seq }, log);
    chain.empty();
    let verdict = one_liar(&Rc::new(chain), Lie::None, &about("grant", "g1"));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "history-breaks-rules")
    );
}

/// A node that keeps one document to itself.
fn withholds() -> Lie {
    lie(|method, params, mut answer| {
        if method == "abci_query" && is_about(params, "document", "a2") {
            answer["result"]["response"]["code"] = 4.into();
        }
        answer
    })
}

#[test]
fn a_document_that_no_node_gives_leaves_the_grant_unestablished() {
    let chain = Rc::new(granted());
    let verdict = one_liar(&chain, withholds(), &about("grant", "g1"));
    assert_eq!(verdict.outcome, Outcome::Verified);
    let verdict = all_lie(&chain, withholds, &about("grant", "g1"));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "rests-not-replayed"),
        "{verdict:#?}"
    );
    assert_eq!(
        check(&verdict, "rests-not-replayed").facts[&"replayed".to_owned()],
        "1"
    );
}

fn denied(documents: &[&str]) -> Verdict {
    denied_on(granted(), documents)
}

fn denied_on(mut chain: TestChain, documents: &[&str]) -> Verdict {
    let deny = Deny {
        documents: documents[1..].iter().map(|id| id.to_string()).collect(),
        member: "huashan".into(),
    };
    let keys: Vec<SecretKey> = documents.iter().map(|id| patient(id)).collect();
    let keys: Vec<&SecretKey> = keys.iter().collect();
    chain.submit(
        "document.deny",
        ("document", documents[0]),
        json(&deny),
        &keys,
    );
    chain.empty();
    one_liar(&Rc::new(chain), Lie::None, &about("grant", "g1"))
}

#[test]
fn a_denial_beats_the_grant_whose_own_record_does_not_know_of_it() {
    let verdict = denied(&DOCUMENTS);
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::OutOfForce, "grant-denied"),
        "{verdict:#?}"
    );
    let verdict = denied(&["a1"]);
    assert_eq!(verdict.headline, "grant-active");
    let facts = &check(&verdict, "grant-active").facts;
    assert_eq!(
        (
            facts[&"denying".to_owned()].as_str(),
            facts[&"documents".to_owned()].as_str()
        ),
        ("1", "2")
    );
}

/// *Attack: a reader to whom the patient denies the one document for which the grant was not revoked shows it as in force, for the other denies nothing.*
#[test]
fn a_document_for_which_the_grant_was_revoked_does_not_outweigh_a_denial() {
    let mut chain = granted();
    let revoke = Revoke {
        documents: vec!["a1".into()],
    };
    chain.submit(
        "grant.revoke",
        ("grant", "g1"),
        json(&revoke),
        &[&patient("a1")],
    );
    let verdict = denied_on(chain, &["a2"]);
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::OutOfForce, "grant-denied"),
        "{verdict:#?}"
    );
}

/// *Attack: a hospital shows a grant as in force whose documents were erased: it could read, and for what it did it has the patient's word.*
#[test]
fn a_grant_over_nothing_but_erased_documents_is_in_force_no_more() {
    let mut chain = granted();
    let erase = |chain: &mut TestChain, id: &str| {
        let body = json(&Erase { reviewer: None });
        let keys = [&key("renji"), &patient(id)];
        chain.submit("document.erase", ("document", id), body, &keys);
        chain.empty();
    };
    erase(&mut chain, "a1");
    let mut chain = Rc::new(chain);
    let said = |chain: &Rc<TestChain>| {
        let verdict = one_liar(chain, Lie::None, &about("grant", "g1"));
        (verdict.outcome, verdict.headline)
    };
    assert_eq!(said(&chain), (Outcome::Verified, "grant-active".into()));
    erase(Rc::get_mut(&mut chain).expect("nobody asks"), "a2");
    let over = (Outcome::OutOfForce, "document-erased".into());
    assert_eq!(said(&chain), over);
    let mut chain = granted();
    erase(&mut chain, "a1");
    let verdict = denied_on(chain, &["a2"]);
    assert_eq!(verdict.headline, "grant-denied", "of what is left");
}
