//! Invoices, bills and quotas.

use crate::{
    Table,
    world::{DAY, HASH, World, public},
};

/// On paper, so that it can be voided.
const PAPER: (&str, &str) = ("invoice", "011001900304-26105568");
/// Of an electronic form.
const DIGITAL: (&str, &str) = ("invoice", "25432000000031411143");
const BILL: (&str, &str) = ("invoice", "11010125-0488888987");

pub fn provoke(table: &mut Table) {
    quotas(table);
    claims(table);
    exits(table);
}

fn grant(world: &mut World, event: &str, by: &str) {
    let (kind, _) = event.split_once('.').expect("a kind");
    let body = format!(r#"{{"by":"{by}","count":40}}"#);
    world.done(event, (kind, "shop"), &body, &[by]);
}

fn issue(issuer: &str, holder: bool, prints: &str, portal: bool) -> String {
    let holder = match holder {
        true => format!(r#""holder":"{}","#, public("holder")),
        false => String::new(),
    };
    let portal = match portal {
        true => format!(r#""portal":"{HASH}","#),
        false => String::new(),
    };
    format!(r#"{{{holder}"issuer":"{issuer}",{portal}"prints":[{prints}],"root":"{HASH}"}}"#)
}

fn red(id: &str, whole: u8) -> String {
    format!(r#"{{"id":"{id}","issuer":"shop","prints":[],"root":"{HASH}","whole":{whole}}}"#)
}

fn quotas(table: &mut Table) {
    let mut world = World::new();
    let event = "invoice.issue";
    let usual = issue("shop", true, "", false);
    world.refused(table, event, PAPER, &usual, &["shop"]);
    world.refused(table, event, BILL, &usual, &["shop"]);
    let count = r#"{"by":"tax","count":0}"#;
    world.refused(table, "quota.grant", ("quota", "shop"), count, &["tax"]);
    let count = r#"{"by":"tax","count":5}"#;
    world.refused(table, "quota.grant", ("quota", "acme"), count, &["tax"]);
    world.refused(table, "quota.grant", ("quota", "nobody"), count, &["tax"]);
    let count = r#"{"by":"shop","count":5}"#;
    world.refused(table, "quota.grant", ("quota", "shop"), count, &["shop"]);

    grant(&mut world, "quota.grant", "tax");
    let odd = ("invoice", "12-34");
    world.refused(table, event, odd, &usual, &["shop"]);
    let twice = format!(r#""{HASH}","{HASH}""#);
    let twice = issue("shop", true, &twice, false);
    world.refused(table, event, PAPER, &twice, &["shop"]);
    let found = issue("shop", true, &format!("\"{HASH}\""), true);
    world.done(event, PAPER, &found, &["shop"]);
    world.refused(table, event, PAPER, &found, &["shop"]);
    world.refused(table, event, DIGITAL, &found, &["shop"]);
}

fn claims(table: &mut Table) {
    let mut world = World::new();
    grant(&mut world, "quota.grant", "tax");
    let held = issue("shop", true, "", false);
    let free = issue("shop", false, "", false);
    world.done("invoice.issue", PAPER, &held, &["shop"]);
    world.done("invoice.issue", DIGITAL, &free, &["shop"]);

    let deliver = |issuer: &str| format!(r#"{{"issuer":"{issuer}","to":"{}"}}"#, public("b"));
    let event = "invoice.deliver";
    world.refused(table, event, PAPER, &deliver("shop"), &["shop"]);
    world.refused(table, event, PAPER, &deliver("metro"), &["metro"]);
    let pass = format!(r#"{{"to":"{}"}}"#, public("b"));
    world.refused(table, "invoice.pass", DIGITAL, &pass, &["b"]);
    world.refused(table, "invoice.pass", PAPER, &pass, &["b"]);

    let event = "invoice.lock";
    let lock = |by: &str, claim: &str| format!(r#"{{"by":"{by}","claim":"{claim}"}}"#);
    let buyer = r#"{"buyer":"AQ","by":"acme","claim":"c-1"}"#;
    world.refused(table, event, PAPER, buyer, &["acme"]);
    world.refused(table, event, DIGITAL, &lock("acme", "c-1"), &["acme"]);
    let both = ["acme", "holder"];
    world.refused(table, event, PAPER, &lock("acme", "c 1"), &both);
    let by = |by: &str| format!(r#"{{"by":"{by}"}}"#);
    world.refused(table, "invoice.unlock", PAPER, &by("acme"), &["acme"]);
    world.done(event, PAPER, &lock("acme", "c-1"), &both);
    let other = ["bolt", "holder"];
    world.refused(table, event, PAPER, &lock("bolt", "c-2"), &other);
    world.refused(table, "invoice.unlock", PAPER, &by("bolt"), &["bolt"]);
}

fn exits(table: &mut Table) {
    let mut world = World::new();
    grant(&mut world, "quota.grant", "tax");
    grant(&mut world, "fiscal-quota.grant", "finance");
    let held = issue("shop", true, "", false);
    for invoice in [PAPER, DIGITAL, BILL] {
        world.done("invoice.issue", invoice, &held, &["shop"]);
    }
    let (event, void) = ("invoice.void", r#"{"issuer":"shop"}"#);
    world.refused(table, event, DIGITAL, void, &["shop"]);
    world.refused(table, event, BILL, void, &["shop"]);
    let now = world.ledger.time;
    world.ledger.time += 31 * DAY;
    world.refused(table, event, PAPER, void, &["shop"]);
    world.ledger.time = now;

    let flush = "invoice.red";
    let number = |number: usize| format!("254320000000314112{number:02}");
    world.refused(table, flush, DIGITAL, &red("12-34", 0), &["shop"]);
    world.refused(table, flush, DIGITAL, &red(&number(0), 2), &["shop"]);
    for number in (0..16).map(number) {
        world.done(flush, DIGITAL, &red(&number, 0), &["shop"]);
    }
    world.refused(table, flush, DIGITAL, &red(&number(16), 0), &["shop"]);
    let red_one = number(0);
    let red_one = ("invoice", red_one.as_str());
    world.refused(table, event, red_one, void, &["shop"]);

    world.done(flush, BILL, &red("11010125-0488888988", 1), &["shop"]);
    world.refused(table, event, BILL, void, &["shop"]);
    let next = ("invoice", "011001900304-26105569");
    world.done("invoice.issue", next, &held, &["shop"]);
    world.done(flush, next, &red(&number(20), 0), &["shop"]);
    world.refused(table, event, next, void, &["shop"]);
    world.done(event, PAPER, void, &["shop"]);
    world.refused(table, event, PAPER, void, &["shop"]);
}
