//! A fixed log of documents, grants and readings, as rules version 1 wrote it: its replay must stay equal for ever.

use crate::{DAY, Nothing, body, done, give, grant, ledger, patient, propose, root};
use records::{
    SecretKey,
    canonical::Value,
    kinds::consent::{
        Emergency, Finding, Review, Revoke,
        document::{Deny, Erase, Recover},
    },
    testing::{Ledger, key, replay_written, written},
};

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/consent-v1.txt");

fn write(
    ledger: &mut Ledger,
    event: &str,
    subject: (&str, &str),
    body: Value,
    keys: &[&SecretKey],
) {
    ledger
        .submit(event, subject, body, keys)
        .unwrap_or_else(|stop| panic!("{event}: {stop}"));
}

/// Every event type of the three kinds, by every signer that it knows.
fn story() -> Ledger {
    let mut ledger = ledger();
    let nothing = || body(&Nothing {});
    let of = |document: &str| patient(document);
    let texts = |ids: &[&str]| ids.iter().map(|id| id.to_string()).collect::<Vec<_>>();
    propose(&mut ledger, "c1").expect("proposed");
    write(
        &mut ledger,
        "document.reject",
        ("document", "c1"),
        nothing(),
        &[&of("c1")],
    );

    grant(&mut ledger, "g1", "huashan", &["a1", "a2", "b1"]);
    let huashan = key("huashan");
    write(
        &mut ledger,
        "read.done",
        ("read", "r1"),
        done("a1", "g1", "huashan"),
        &[&huashan],
    );
    let mut next = give("huashan", &["a1", "a2"], ledger.time + 9 * DAY);
    (next.by, next.replaces) = (key("grant 2").public(), Some("g1".into()));
    next.left = Some(texts(&["b1"]));
    let keys = [key("grant"), key("grant 2"), of("a1"), key("guardian")];
    write(
        &mut ledger,
        "grant.give",
        ("grant", "g2"),
        body(&next),
        &keys.each_ref(),
    );

    let deny = || {
        body(&Deny {
            documents: texts(&["a2"]),
            member: "insurer".into(),
        })
    };
    for verb in ["document.deny", "document.allow"] {
        write(
            &mut ledger,
            verb,
            ("document", "a1"),
            deny(),
            &[&of("a1"), &of("a2")],
        );
    }
    for (read, document) in [("e1", "a2"), ("e2", "b1")] {
        let emergency = Emergency {
            by: "renji".into(),
            document: document.into(),
            root: root(),
        };
        write(
            &mut ledger,
            "read.emergency",
            ("read", read),
            body(&emergency),
            &[&key("renji")],
        );
    }
    let review = |by: Option<&str>, document: &str, finding| {
        body(&Review {
            by: by.map(Into::into),
            document: document.into(),
            finding,
        })
    };
    let by_guardian = review(None, "a2", Finding::Unjustified);
    write(
        &mut ledger,
        "read.review",
        ("read", "e1"),
        by_guardian,
        &[&key("guardian")],
    );
    let by_member = review(Some("notary"), "b1", Finding::Justified);
    write(
        &mut ledger,
        "read.review",
        ("read", "e2"),
        by_member,
        &[&key("notary")],
    );

    let recover = || {
        body(&Recover {
            by: ["housing", "notary"].map(Into::into),
            key: key("new").public(),
            lost: of("a1").public(),
        })
    };
    let (renji, notary, new) = (key("renji"), key("notary"), key("new"));
    let desks = [&key("housing"), &notary, &new];
    let agreed = [&desks[..], &[&renji]].concat();
    write(
        &mut ledger,
        "document.recover",
        ("document", "a1"),
        recover(),
        &desks,
    );
    write(
        &mut ledger,
        "document.veto",
        ("document", "a1"),
        nothing(),
        &[&of("a1")],
    );
    write(
        &mut ledger,
        "document.recover",
        ("document", "a1"),
        recover(),
        &agreed,
    );
    ledger.time += 3 * DAY;
    let erase = |reviewer: Option<&str>| {
        body(&Erase {
            reviewer: reviewer.map(Into::into),
        })
    };
    write(
        &mut ledger,
        "document.erase",
        ("document", "a2"),
        erase(None),
        &[&renji, &of("a2")],
    );
    write(
        &mut ledger,
        "document.erase",
        ("document", "b1"),
        erase(Some("notary")),
        &[&renji, &notary],
    );
    let revoke = body(&Revoke {
        documents: texts(&["a1", "a2"]),
    });
    write(
        &mut ledger,
        "grant.revoke",
        ("grant", "g2"),
        revoke,
        &[&key("new"), &key("guardian")],
    );
    ledger
}

#[test]
#[ignore = "writes the golden file; only for a new version of the rules, under a new name"]
fn write_golden() {
    std::fs::write(GOLDEN, written(&story())).expect("written");
}

#[test]
fn the_golden_consent_log_replays_to_its_heads() {
    let text = std::fs::read_to_string(GOLDEN).expect("the golden file");
    let (logs, _) = replay_written(&text);
    for (name, entries) in [("grant/g2", 2), ("read/e1", 2), ("document/a1", 11)] {
        let found = records::log::unpack_entries(&logs[name].1).expect("packed");
        assert_eq!(found.len(), entries, "{name}");
    }
}

#[test]
fn the_same_consents_still_write_the_golden_log() {
    let text = std::fs::read_to_string(GOLDEN).expect("the golden file");
    assert!(
        written(&story()) == text,
        "events, states or logs have changed"
    );
}
