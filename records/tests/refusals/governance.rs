//! Members, seats, proposals and the rules' versions.

use crate::{
    Table,
    world::{Alone, DAY, QUORUM, World, json, name, public},
};
use records::{
    Event, Timeline,
    canonical::{self, MAX_INTEGER},
    kinds::{consortium::Consortium, proposal::Act},
    testing::{SECOND, key, member},
};

const MAIN: (&str, &str) = ("consortium", "main");

pub fn provoke(table: &mut Table) {
    members(table);
    seats(table);
    proposals(table);
    founding(table);
}

fn keys(add: &[&str], end: &[&str]) -> String {
    let list = |names: &[&str]| -> Vec<String> {
        let quoted = names.iter().map(|name| format!("\"{}\"", public(name)));
        quoted.collect()
    };
    let (add, end) = (list(add).join(","), list(end).join(","));
    format!(r#"{{"add":[{add}],"end":[{end}]}}"#)
}

fn admitted(change: impl FnOnce(&mut records::kinds::member::Member)) -> String {
    let mut member = member("bank", &["company"]);
    change(&mut member);
    String::from_utf8(canonical::encode(&member).expect("encodes")).expect("text")
}

fn members(table: &mut Table) {
    let mut world = World::new();
    let bank = ("member", "bank");
    let usual = admitted(|_| {});
    let other = admitted(|member| member.id = "bakery".into());
    let nameless = admitted(|member| member.name = String::new());
    world.refused(table, "member.admit", bank, &usual, &QUORUM[..2]);
    world.refused(table, "member.admit", bank, &other, &QUORUM);
    world.refused(table, "member.admit", bank, &nameless, &QUORUM);
    world.done("member.admit", bank, &usual, &QUORUM);
    world.refused(table, "member.admit", bank, &usual, &QUORUM);
    for (body, signer) in [
        (keys(&["bank 2"], &[]), "acme"),
        (keys(&["bank 2"], &[]), "bank"),
        (keys(&["bank"], &[]), "bank"),
        (keys(&[], &["bank"]), "bank"),
    ] {
        world.refused(table, "member.rekey", bank, &body, &[signer]);
    }
    world.refused(table, "member.rekey", bank, &keys(&[], &[]), &["bank"]);
    let sealed = keys(&[], &[]).replace('}', r#","seal_key":"x"}"#);
    world.refused(table, "member.rekey", bank, &sealed, &["bank"]);
    world.refused(table, "member.leave", ("member", "tax"), "{}", &QUORUM);
    let next = r#"{"from":900,"version":3}"#;
    world.refused(table, "rules.activate", ("rules", "main"), next, &QUORUM);
}

/// The body that gives a member one validator: a key, a power, and since when it is suspended.
fn one(member: &str, key: &str, power: u64, suspended: &str) -> String {
    format!(
        r#"{{"member":"{member}","validators":[{{"key":"{key}","power":{power}{suspended}}}]}}"#
    )
}

fn seats(table: &mut Table) {
    let mut world = World::new();
    let event = "consortium.seat";
    let ml_dsa = format!("ml_dsa_65:{}", "AAAA".repeat(650) + "AAA=");
    let own = public("validator of notary");
    let none = r#"{"member":"acme","validators":[]}"#.to_owned();
    for body in [
        one("stranger", &public("s"), 1, ""),
        one("notary", &public("n"), 40, ""),
        one("notary", &public("n"), 0, ""),
        one("notary", &public("n"), MAX_INTEGER.unsigned_abs(), ""),
        one("notary", &public("validator of tax"), 20, ""),
        one("notary", &ml_dsa, 20, ""),
        none,
    ] {
        world.refused(table, event, MAIN, &body, &QUORUM);
    }
    let (height, time) = (world.ledger.height, world.ledger.time);
    world.done(event, MAIN, &one("notary", &public("n"), 20, ""), &QUORUM);
    (world.ledger.height, world.ledger.time) = (height, time);
    let housing = one("housing", &public("h"), 23, "");
    world.refused(table, event, MAIN, &housing, &QUORUM);
    (world.ledger.height, world.ledger.time) = (height + 1, time + SECOND);
    world.done(event, MAIN, &one("notary", &own, 20, ""), &QUORUM);

    let consortium: Consortium = world.ledger.data(MAIN.0, MAIN.1);
    let notary = consortium.seat("notary").expect("seated");
    let address = hex::encode(notary.validators[0].key.address());
    let found = format!(r#"{{"height":1,"offence":"duplicate-vote","power":20,"time":"{time}"}}"#);
    world.done(
        "misbehaviour.found",
        ("misbehaviour", &address),
        &found,
        &[],
    );
    world.refused(table, event, MAIN, &one("notary", &own, 20, ""), &QUORUM);
    let too = one("tax", &public("t"), 31, r#","suspended":"1""#);
    world.refused(table, event, MAIN, &too, &QUORUM);
}

fn proposals(table: &mut Table) {
    let mut world = World::new();
    let body = json(&one("notary", &public("n"), 20, ""));
    let act = Act::of(&world.ledger.payload("consortium.seat", MAIN, body));
    let id = act.proposal().expect("an id");
    let subject = ("proposal", id.as_str());
    let act = String::from_utf8(canonical::encode(&act).expect("encodes")).expect("text");
    let make = |by: &str, until: i64| format!(r#"{{"act":{act},"by":"{by}","until":"{until}"}}"#);
    let (now, event) = (world.ledger.time, "proposal.make");
    let good = make("tax", now + 2 * DAY);
    world.refused(table, event, ("proposal", "another"), &good, &["tax"]);
    world.refused(table, event, subject, &make("tax", now), &["tax"]);
    world.refused(table, event, subject, &make("acme", now + DAY), &["acme"]);
    world.refused(table, event, subject, &good, &["acme"]);
    world.done(event, subject, &good, &["tax"]);
    world.refused(table, event, subject, &good, &["tax"]);
    let approve = |by: &str| format!(r#"{{"by":"{by}"}}"#);
    let event = "proposal.approve";
    world.refused(table, event, subject, &approve("tax"), &["tax"]);
    let housing = approve("housing");
    world.refused(table, "proposal.withdraw", subject, &housing, &["housing"]);
    world.ledger.time += 3 * DAY;
    world.refused(table, event, subject, &approve("hospital"), &["hospital"]);

    let made = world.signed("proposal.make", subject, &good, &["tax"]);
    let mut nothing = Timeline::new();
    nothing.absent(&name(MAIN));
    let alone = Alone {
        directory: &nothing,
        height: 1,
        time: now,
    };
    let outcome = alone.judge(subject, None, "subject", &made);
    table.note("proposal.make", outcome);
}

/// What no chain begins with.
fn founding(table: &mut Table) {
    let mut world = World::new();
    let first = world.ledger.log(MAIN.0, MAIN.1)[0][16..].to_vec();
    let first = Event::open(&first).expect("an event");
    let body = first.payload().body.clone();
    let event = "consortium.found";
    let second = ("consortium", "second");
    let outcome = world.submit(event, second, &body, &["tax"]);
    table.note(event, outcome);

    let nobody = Timeline::new();
    let alone = Alone {
        directory: &nobody,
        height: 0,
        time: world.ledger.time,
    };
    let outcome = alone.judge(("member", "ghost"), None, "founder", &first);
    table.note(event, outcome);
    let mut unsigned = first.clone();
    for signer in ["tax", "shop"] {
        unsigned = unsigned.without(&key(signer).public());
    }
    table.note(event, alone.judge(MAIN, None, "subject", &unsigned));
    let shop = canonical::to_value(&member("shop", &[])).expect("encodes");
    let shop = String::from_utf8(canonical::encode_value(&shop).expect("encodes")).expect("text");
    let seatless = format!(r#"{{"members":[{{"member":{shop},"validators":[]}}]}}"#);
    let seatless = world.signed(event, MAIN, &seatless, &["shop"]);
    table.note(event, alone.judge(MAIN, None, "subject", &seatless));
}
