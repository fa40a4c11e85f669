//! What happens in the story.

use super::{INVOICE, Step, roster, seat};
use records::{
    Digest, canonical,
    hash::sha256,
    kinds::{
        ballot::{self, Appoint, Cast},
        consent::{
            Done, Emergency, Finding, Give, Review, Revoke,
            document::{Deny, Erase, Propose, Recover},
        },
        invoice::{Close, Issue, Lock, Outcome, Pass, Red, Unlock, Void},
        member::Rekey,
        quota,
        room::{self, BallotAt, Bind, Veto},
        rules::Activation,
        vote::{Choice, Extend, Matter, Open, Rank, Settings},
    },
    shape::Shape,
    testing::{GENESIS, SECOND, key, member},
};

const VOIDED: &str = "011001900304-26105569";
const HOUR: i64 = 3600 * SECOND;
const DAY: i64 = 24 * HOUR;
const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const OPENS: i64 = GENESIS + 2 * DAY;

/// In their order.
pub fn all() -> Vec<Step> {
    let chapters = [
        before(),
        invoices(),
        documents(),
        reading(),
        voting(),
        after(),
    ];
    chapters.into_iter().flatten().collect()
}

fn step<T: Shape>(
    event_type: &'static str,
    id: &str,
    signers: &[&str],
    time: i64,
    body: &T,
) -> Step {
    let kind = event_type.split('.').next().unwrap_or_default();
    Step {
        event_type,
        kind,
        id: id.into(),
        body: canonical::to_value(body).expect("encodes"),
        signers: signers.iter().map(|name| key(name)).collect(),
        time,
    }
}

struct Nothing {}

records::shape!(Nothing {});

fn two(one: &str, other: &str) -> [String; 2] {
    [one.into(), other.into()]
}

fn digest() -> Digest {
    Digest(sha256(&[HASH.as_bytes()]))
}

/// Members come, change their keys, and agree on rules to come.
fn before() -> Vec<Step> {
    let quorum = ["tax", "renji", "housing", "notary"];
    vec![
        step(
            "member.admit",
            "late",
            &quorum,
            0,
            &member("late", &["doctor"]),
        ),
        step(
            "member.rekey",
            "late",
            &["late", "late too"],
            0,
            &Rekey {
                add: vec![key("late too").public()],
                end: vec![key("late").public()],
                seal_key: None,
            },
        ),
        step(
            "quota.grant",
            "shop",
            &["tax"],
            0,
            &quota::Grant {
                by: "tax".into(),
                count: 3,
            },
        ),
    ]
}

fn issue() -> Issue {
    Issue {
        issuer: "shop".into(),
        root: digest(),
        prints: vec![digest()],
        holder: Some(key("buyer").public()),
        payment: None,
        portal: None,
    }
}

fn invoices() -> Vec<Step> {
    let lock = || Lock {
        buyer: None,
        by: "firm".into(),
        claim: "c-1".into(),
    };
    vec![
        step("invoice.issue", INVOICE, &["shop"], 0, &issue()),
        step(
            "invoice.pass",
            INVOICE,
            &["buyer"],
            0,
            &Pass {
                to: key("friend").public(),
            },
        ),
        step(
            "invoice.red",
            INVOICE,
            &["shop"],
            0,
            &Red {
                issuer: "shop".into(),
                whole: 0,
                id: "011001900311-26105570".into(),
                root: digest(),
                prints: vec![],
                portal: None,
            },
        ),
        step("invoice.lock", INVOICE, &["firm", "friend"], 0, &lock()),
        step(
            "invoice.unlock",
            INVOICE,
            &["firm"],
            0,
            &Unlock { by: "firm".into() },
        ),
        step("invoice.lock", INVOICE, &["firm", "friend"], 0, &lock()),
        step(
            "invoice.close",
            INVOICE,
            &["firm"],
            0,
            &Close {
                by: "firm".into(),
                outcome: Outcome::Reimbursed,
            },
        ),
        step("invoice.issue", VOIDED, &["shop"], 0, &issue()),
        step(
            "invoice.void",
            VOIDED,
            &["shop"],
            0,
            &Void {
                issuer: "shop".into(),
            },
        ),
    ]
}

fn documents() -> Vec<Step> {
    let propose = |patient: &str| Propose {
        content: HASH.into(),
        guardian: Some(key("guardian").public()),
        hospital: "renji".into(),
        patient: key(patient).public(),
        root: HASH.into(),
    };
    let deny = || Deny {
        documents: vec!["d2".into()],
        member: "insurer".into(),
    };
    vec![
        step(
            "document.propose",
            "d1",
            &["renji"],
            0,
            &propose("patient 1"),
        ),
        step("document.confirm", "d1", &["patient 1"], 0, &Nothing {}),
        step(
            "document.propose",
            "d2",
            &["renji"],
            0,
            &propose("patient 2"),
        ),
        step("document.confirm", "d2", &["guardian"], 0, &Nothing {}),
        step(
            "document.propose",
            "d3",
            &["renji"],
            0,
            &propose("patient 3"),
        ),
        step("document.reject", "d3", &["patient 3"], 0, &Nothing {}),
        step(
            "document.deny",
            "d1",
            &["patient 1", "patient 2"],
            0,
            &deny(),
        ),
        step(
            "document.allow",
            "d1",
            &["patient 1", "patient 2"],
            0,
            &deny(),
        ),
        step(
            "document.recover",
            "d1",
            &["notary", "street", "found again"],
            0,
            &Recover {
                by: two("notary", "street"),
                key: key("found again").public(),
                lost: key("patient 1").public(),
            },
        ),
        step("document.veto", "d1", &["patient 1"], 0, &Nothing {}),
    ]
}

fn reading() -> Vec<Step> {
    let give = |replaces: Option<String>| Give {
        by: key("grant").public(),
        documents: vec!["d1".into(), "d2".into()],
        left: None,
        replaces,
        root: HASH.into(),
        sealed: None,
        to: "huashan".into(),
        until: GENESIS + DAY,
    };
    let givers = ["grant", "patient 1", "patient 2"];
    vec![
        step("grant.give", "g1", &givers, 0, &give(None)),
        step("grant.give", "g2", &givers, 0, &give(Some("g1".into()))),
        step(
            "read.done",
            "r1",
            &["huashan"],
            0,
            &Done {
                by: "huashan".into(),
                document: "d1".into(),
                grant: "g2".into(),
            },
        ),
        step(
            "read.emergency",
            "r2",
            &["renji"],
            0,
            &Emergency {
                by: "renji".into(),
                document: "d1".into(),
                root: digest(),
            },
        ),
        step(
            "read.review",
            "r2",
            &["tax"],
            0,
            &Review {
                by: Some("tax".into()),
                document: "d1".into(),
                finding: Finding::Justified,
            },
        ),
        step(
            "grant.revoke",
            "g2",
            &["grant"],
            0,
            &Revoke {
                documents: vec!["d1".into(), "d2".into()],
            },
        ),
        step(
            "document.erase",
            "d2",
            &["renji", "patient 2"],
            0,
            &Erase { reviewer: None },
        ),
    ]
}

fn voting() -> Vec<Step> {
    let roster = roster();
    let open = Open {
        closes: OPENS + 10 * DAY,
        community: "garden".into(),
        convener: "committee".into(),
        matter: Matter::Owners(5),
        notice: digest(),
        opens: OPENS,
        published: None,
        roster: roster.totals(),
        rules: Settings::USUAL,
        scope: roster.scope(),
        stated_by: two("street", "housing"),
        title: "修缮屋面".into(),
    };
    let desks = || two("street", "notary");
    let bind = |from, name: &str| Bind {
        by: desks(),
        from,
        key: key(name).public(),
        regulator: None,
        seat: Some(seat(&roster, 8)),
    };
    let cast = |index, choice, rank, by| Cast {
        by,
        choice,
        rank,
        replaces: None,
        seat: seat(&roster, index),
    };
    let (room, ballot) = (room::id("garden", "1-8"), |index| ballot::id("v1", index));
    let proxy = Appoint {
        by: None,
        proxy: Some(key("proxy").public()),
        seat: seat(&roster, 1),
    };
    vec![
        step(
            "vote.open",
            "v1",
            &["committee", "street", "housing"],
            0,
            &open,
        ),
        step(
            "room.bind",
            &room,
            &["street", "notary"],
            0,
            &bind(None, "owner 8"),
        ),
        step(
            "ballot.cast",
            &ballot(0),
            &["owner 0"],
            OPENS,
            &cast(0, Choice::For, Rank::Owner, None),
        ),
        step(
            "ballot.cast",
            &ballot(8),
            &["owner 8"],
            OPENS,
            &cast(8, Choice::Against, Rank::Owner, None),
        ),
        step("ballot.appoint", &ballot(1), &["owner 1"], OPENS, &proxy),
        step(
            "ballot.cast",
            &ballot(1),
            &["proxy"],
            OPENS,
            &cast(1, Choice::Abstain, Rank::Proxy, None),
        ),
        step(
            "ballot.cast",
            &ballot(2),
            &["street", "notary"],
            OPENS,
            &cast(2, Choice::For, Rank::Paper, Some(desks())),
        ),
        step(
            "vote.extend",
            "v1",
            &["committee", "street", "housing"],
            OPENS,
            &Extend {
                by: two("street", "housing"),
                closes: OPENS + 20 * DAY,
            },
        ),
    ]
}

/// A key that is replaced and vetoed, and rules for a time that never comes.
fn after() -> Vec<Step> {
    let roster = roster();
    let bind = |name: &str, from| Bind {
        by: two("street", "notary"),
        from,
        key: key(name).public(),
        regulator: None,
        seat: Some(seat(&roster, 9)),
    };
    let room = room::id("garden", "1-9");
    let veto = Veto {
        ballot: Some(BallotAt {
            index: 9,
            vote: "v1".into(),
        }),
    };
    vec![
        step(
            "room.bind",
            &room,
            &["street", "notary"],
            OPENS,
            &bind("owner 9", None),
        ),
        step(
            "room.bind",
            &room,
            &["street", "notary"],
            OPENS,
            &bind("thief", Some(OPENS + 5 * DAY)),
        ),
        step("room.veto", &room, &["owner 9"], OPENS, &veto),
        step(
            "rules.activate",
            "main",
            &["tax", "renji", "housing", "notary"],
            0,
            &Activation {
                from: 1_000_000,
                version: 2,
            },
        ),
    ]
}
