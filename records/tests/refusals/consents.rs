//! Documents, grants and readings.

use crate::{
    Table,
    world::{Alone, DAY, HASH, QUORUM, World, public},
};
use records::{canonical, kinds::consent::grant, testing::member};

const DESKS: [&str; 2] = ["housing", "notary"];

pub fn provoke(table: &mut Table) {
    documents(table);
    denials(table);
    grants(table);
    readings(table);
}

/// A chain where a hospital has proposed these documents, and their patients have confirmed all but `p`.
fn with(documents: &[&str]) -> World {
    let mut world = World::new();
    for id in documents {
        let patient = format!("patient of {id}");
        let body = format!(
            r#"{{"content":"{HASH}","hospital":"hospital","patient":"{}","root":"{HASH}"}}"#,
            public(&patient)
        );
        let subject = ("document", *id);
        world.done("document.propose", subject, &body, &["hospital"]);
        if *id != "p" {
            world.done("document.confirm", subject, "{}", &[&patient]);
        }
    }
    world
}

/// The body of a grant over these, a day long; `more` stands where the order of the encoding has it.
fn give(world: &World, documents: &str, more: &str, to: &str) -> String {
    let until = world.ledger.time + DAY;
    let by = public("grant");
    format!(
        r#"{{"by":"{by}","documents":[{documents}],{more}"root":"{HASH}","to":"{to}","until":"{until}"}}"#
    )
}

fn documents(table: &mut Table) {
    let mut world = with(&["a", "p"]);
    let (a, p) = (("document", "a"), ("document", "p"));
    let bad = format!(
        r#"{{"content":"x","hospital":"hospital","patient":"{}","root":"{HASH}"}}"#,
        public("q")
    );
    let event = "document.propose";
    world.refused(table, event, ("document", "q"), &bad, &["hospital"]);
    world.refused(table, "document.confirm", a, "{}", &["patient of a"]);
    world.refused(table, "document.confirm", p, "{}", &["stranger"]);
    world.refused(table, "document.veto", a, "{}", &["patient of a"]);
    let erase = r#"{"reviewer":"branch"}"#;
    let own = ["hospital", "branch"];
    world.refused(table, "document.erase", a, erase, &own);

    let recover = |first: &str, second: &str| {
        let (key, lost) = (public("new"), public("patient of a"));
        format!(r#"{{"by":["{first}","{second}"],"key":"{key}","lost":"{lost}"}}"#)
    };
    let event = "document.recover";
    world.refused(table, event, a, &recover("notary", "notary"), &["notary"]);
    let own = recover("housing", "branch");
    world.refused(table, event, a, &own, &["housing", "branch"]);
    world.refused(table, event, a, &recover("housing", "acme"), &["housing"]);
    let (two, new) = (recover(DESKS[0], DESKS[1]), [&DESKS[..], &["new"]].concat());
    world.refused(table, event, a, &two, &DESKS);
    let other = two.replace(&public("patient of a"), &public("stranger"));
    world.refused(table, event, a, &other, &new);
    world.done(event, a, &two, &new);
    world.refused(table, event, a, &two, &new);
    world.done("document.veto", a, "{}", &["patient of a"]);
    world.refused(table, event, a, &two, &new);
    world.done(event, a, &two, &[&new[..], &["hospital"]].concat());
    world.refused(table, "document.veto", a, "{}", &["patient of a"]);
}

fn denials(table: &mut Table) {
    let mut world = with(&["a"]);
    let a = ("document", "a");
    let deny = |member: &str| format!(r#"{{"documents":[],"member":"{member}"}}"#);
    let (event, patient) = ("document.deny", ["patient of a"]);
    world.refused(table, "document.allow", a, &deny("acme"), &patient);
    world.refused(table, event, a, &deny("nobody"), &patient);
    let many: Vec<String> = (0..16).map(|number| format!("\"d{number}\"")).collect();
    let many = format!(r#"{{"documents":[{}],"member":"acme"}}"#, many.join(","));
    world.refused(table, event, a, &many, &patient);
    world.done(event, a, &deny("acme"), &patient);
    world.refused(table, event, a, &deny("acme"), &patient);
    let signers = ["grant", "patient of a"];
    let body = give(&world, r#""a""#, "", "acme");
    world.refused(table, "grant.give", ("grant", "g"), &body, &signers);
    for number in 0..32 {
        let id = format!("m{number}");
        let body = canonical::to_value(&member(&id, &["company"])).expect("encodes");
        world
            .submit("member.admit", ("member", &id), &body, &QUORUM)
            .expect("admitted");
        match number {
            31 => world.refused(table, event, a, &deny(&id), &patient),
            _ => world.done(event, a, &deny(&id), &patient),
        }
    }
}

fn grants(table: &mut Table) {
    let mut world = with(&["a", "b", "p"]);
    let event = "grant.give";
    let signers = ["grant", "patient of a", "patient of p"];
    for (documents, more, to) in [
        ("", "", "acme"),
        (r#""p""#, "", "acme"),
        (r#""a""#, "", "shop"),
        (r#""a""#, r#""left":["b"],"#, "acme"),
    ] {
        let body = give(&world, documents, more, to);
        world.refused(table, event, ("grant", "g"), &body, &signers);
    }
    let body = give(&world, r#""a""#, "", "acme");
    world.refused(table, event, ("grant", "g"), &body, &["patient of a"]);
    world.ledger.time += 2 * DAY;
    world.refused(table, event, ("grant", "g"), &body, &signers);

    for number in 0..33 {
        let id = format!("g{number}");
        let body = give(&world, r#""a""#, "", "acme");
        match number {
            32 => world.refused(table, event, ("grant", &id), &body, &signers),
            _ => world.done(event, ("grant", &id), &body, &signers),
        }
    }
    let revoke = |documents: &str| format!(r#"{{"documents":[{documents}]}}"#);
    let (event, grant) = ("grant.revoke", ("grant", "g0"));
    let both = revoke(r#""a","b""#);
    let revoked = revoke(r#""a""#);
    world.refused(table, event, grant, &both, &["grant"]);
    world.done(event, grant, &revoked, &["grant"]);
    world.refused(table, event, grant, &revoked, &["grant"]);
    let next = give(&world, r#""a""#, r#""replaces":"g1","#, "acme");
    world.done("grant.give", ("grant", "h"), &next, &signers);
    world.refused(table, event, ("grant", "g1"), &revoked, &["grant"]);
    // A document that no grant of this id lives on.
    let forged = world.signed(event, ("grant", "h9"), &revoked, &["grant"]);
    let alone = Alone {
        directory: &world.ledger.timeline,
        height: world.ledger.height,
        time: world.ledger.time,
    };
    let document = records::RecordName::new("document", "a").expect("a name");
    let state = world.ledger.state(&document).map(|state| &state.data);
    let outcome = alone.judge(("document", "a"), state, "document", &forged);
    table.note(event, outcome);
    world.ledger.time += 2 * DAY;
    world.refused(table, event, ("grant", "h"), &revoked, &["grant"]);
}

fn readings(table: &mut Table) {
    let mut world = with(&["a", "b"]);
    let body = give(&world, r#""a""#, "", "acme");
    let signers = ["grant", "patient of a"];
    world.done("grant.give", ("grant", "g"), &body, &signers);
    let done = |document: &str, by: &str| {
        format!(r#"{{"by":"{by}","document":"{document}","grant":"g"}}"#)
    };
    let (event, read) = ("read.done", ("read", "r"));
    world.refused(table, event, read, &done("b", "acme"), &["acme"]);
    world.refused(table, event, read, &done("a", "acme"), &["bolt"]);
    // What the grant alone says to a reading of another document.
    let forged = world.signed(event, read, &done("b", "acme"), &["acme"]);
    let alone = Alone {
        directory: &world.ledger.timeline,
        height: world.ledger.height,
        time: world.ledger.time,
    };
    let grant = records::RecordName::new("grant", "g").expect("a name");
    let state = world.ledger.state(&grant).map(|state| &state.data);
    let outcome = alone.judge(("grant", "g"), state, "grant", &forged);
    table.note(event, outcome);

    world.done(event, read, &done("a", "acme"), &["acme"]);
    for number in 1..=grant::MAX_READS {
        let (id, body) = (format!("r{number}"), done("a", "acme"));
        match number {
            grant::MAX_READS => world.refused(table, event, ("read", &id), &body, &["acme"]),
            _ => world.done(event, ("read", &id), &body, &["acme"]),
        }
    }
    let review = |by: &str, document: &str| {
        format!(r#"{{"by":"{by}","document":"{document}","finding":"justified"}}"#)
    };
    let event = "read.review";
    world.refused(table, event, read, &review("notary", "a"), &["notary"]);
    let emergency = format!(r#"{{"by":"hospital","document":"a","root":"{HASH}"}}"#);
    let broken = ("read", "e");
    world.done("read.emergency", broken, &emergency, &["hospital"]);
    let twice = ("read", "f");
    world.refused(table, "read.emergency", twice, &emergency, &["hospital"]);
    world.refused(table, event, broken, &review("notary", "b"), &["notary"]);
    world.refused(table, event, broken, &review("branch", "a"), &["branch"]);
    world.done(
        "document.erase",
        ("document", "a"),
        "{}",
        &["hospital", "patient of a"],
    );
    let again = ("read", "f");
    world.refused(table, "read.emergency", again, &emergency, &["hospital"]);
}
