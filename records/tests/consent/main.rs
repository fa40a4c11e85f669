//! Consent to reading medical records: the rules, and the attacks that they stop.

mod documents;
mod emergencies;
mod golden;
mod grants;
mod refusals;

use records::{
    SecretKey, Stop,
    canonical::{self, Value},
    kinds::consent::{Done, Give, document::Propose},
    testing::{Ledger, SECOND, key, member},
};

const DAY: i64 = 24 * 3600 * SECOND;
/// A commitment that nothing opens.
fn root() -> records::Digest {
    records::Digest([7; 32])
}
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

fn code(result: Result<(), Stop>) -> &'static str {
    match result {
        Ok(()) => "ok",
        Err(Stop::Refused(refusal)) => refusal.code,
        Err(other) => panic!("{other:?}"),
    }
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
        left: None,
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
