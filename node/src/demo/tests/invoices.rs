//! Invoices in every state, with amounts that add up.

use super::*;
use crate::demo::invoices::{SCARCE, Shown};
use records::{
    codes::{self, Crc},
    kinds::{
        invoice::{Invoice, Outcome, SCHEMA, Status, Tax, amounts},
        portal::{self, Portal},
        quota::Quota,
    },
};

fn count(ledger: &Ledger, wanted: impl Fn(&Invoice) -> bool) -> usize {
    let invoices = ledger.all::<Invoice>("invoice");
    invoices
        .iter()
        .filter(|(_, invoice)| wanted(invoice))
        .count()
}

#[test]
fn there_are_invoices_in_every_state() {
    let (_, ledger) = small();
    assert!(count(ledger, |_| true) >= 250);
    for status in [Status::Issued, Status::Locked, Status::Closed] {
        assert!(
            count(ledger, |invoice| invoice.status == status) > 10,
            "{status:?}"
        );
    }
    for (tax, least) in [
        (Tax::Normal, 100),
        // Few forms know voiding.
        (Tax::Void, 2),
        (Tax::RedPart, 4),
        (Tax::RedFull, 4),
        (Tax::Red, 8),
    ] {
        let found = count(ledger, |invoice| invoice.tax == tax);
        assert!(found >= least, "{tax:?}: {found}");
    }
    for outcome in [Outcome::Reimbursed, Outcome::Entered, Outcome::Declared] {
        let ended = |invoice: &Invoice| {
            let claim = invoice.claim.as_ref();
            claim.and_then(|claim| claim.outcome) == Some(outcome)
        };
        assert!(count(ledger, ended) > 3, "{outcome:?}");
    }
    assert!(count(ledger, |invoice| invoice.holder.is_some()) > 100);
    // The buyer's company claims what nobody held.
    let unheld = count(ledger, |invoice| {
        invoice.holder.is_none() && invoice.status == Status::Closed
    });
    assert!(unheld > 3, "{unheld}");
    assert!(count(ledger, |invoice| invoice.payment.is_some()) > 30);
    assert!(
        count(ledger, |invoice| invoice.status == Status::Closed
            && invoice.tax == Tax::RedFull)
            > 0
    );
}

#[test]
fn twenty_issuers_have_quotas_and_one_has_used_it_up() {
    let (_, ledger) = small();
    let mut quotas: Vec<(String, Quota)> = ledger.all("quota");
    let bills: Vec<(String, Quota)> = ledger.all("fiscal-quota");
    assert_eq!((quotas.len(), bills.len()), (19, 1));
    assert!(bills[0].1.used > 3);
    quotas.extend(bills);
    let used_up = quotas
        .iter()
        .filter(|(_, quota)| quota.used == quota.granted);
    assert_eq!(
        used_up.map(|(id, _)| id.as_str()).collect::<Vec<_>>(),
        [SCARCE]
    );
    let used: u64 = quotas.iter().map(|(_, quota)| quota.used).sum();
    assert_eq!(used as usize, count(ledger, |_| true));
}

#[test]
fn what_is_shown_is_in_the_state_that_its_name_says() {
    let (script, ledger) = small();
    let state = |shown| -> Invoice {
        let id = script.showcase.get(shown).number.id();
        ledger.find("invoice", &id).expect("issued")
    };
    for shown in [
        Shown::Genuine,
        Shown::Opened,
        Shown::Digital,
        Shown::Metro,
        Shown::Bill,
    ] {
        let invoice = state(shown);
        assert_eq!(
            (invoice.status, invoice.tax),
            (Status::Issued, Tax::Normal),
            "{shown:?}"
        );
    }
    assert_eq!(state(Shown::Red).tax, Tax::RedFull);
    assert_eq!(state(Shown::RedPart).tax, Tax::RedPart);
    assert_eq!(state(Shown::Void).tax, Tax::Void);
    assert_eq!(state(Shown::Locked).status, Status::Locked);
    assert_eq!(state(Shown::Reimbursed).status, Status::Closed);
    let unknown = script.showcase.unknown().number.id();
    assert_eq!(ledger.find::<Invoice>("invoice", &unknown), None);
}

#[test]
fn openings_fit_the_records_and_the_amounts_add_up() {
    let (script, ledger) = small();
    for shown in [
        Shown::Genuine,
        Shown::Opened,
        Shown::Red,
        Shown::Digital,
        Shown::Metro,
        Shown::Bill,
    ] {
        let made = script.showcase.get(shown);
        let invoice: Invoice = ledger.find("invoice", &made.number.id()).expect("issued");
        let opening = made.facts.open_all(&made.seed).expect("fits");
        let opened = SCHEMA.open(&opening, &invoice.root.0).expect("opens");
        let lines = SCHEMA.index("lines").expect("a field");
        let lines = amounts::read_lines(&opened[lines].1).expect("lines");
        let facts = &made.facts;
        assert_eq!(
            amounts::compare(facts.amount, facts.tax, facts.total, &lines),
            []
        );
    }
    assert_eq!(script.showcase.get(Shown::Genuine).facts.total, 128_600);
}

#[test]
fn printed_codes_are_read_back_and_fit_the_digests_of_their_records() {
    let (script, ledger) = small();
    for shown in [
        Shown::Genuine,
        Shown::Opened,
        Shown::Metro,
        Shown::Void,
        Shown::Locked,
        Shown::Digital,
    ] {
        let made = script.showcase.get(shown);
        let scanned = codes::read(&made.printed());
        assert_eq!(scanned.record_id(), Some(made.number.id()));
        let declared = scanned.declared().expect("declares");
        assert_ne!(declared.crc, Crc::NoMatch);
        let invoice: Invoice = ledger.find("invoice", &made.number.id()).expect("issued");
        match codes::print_digest(&scanned) {
            Some(digest) => assert!(
                invoice.prints.contains(&records::Digest(digest)),
                "{shown:?}"
            ),
            None => assert_eq!((shown, invoice.prints.len()), (Shown::Digital, 0)),
        }
    }
    let printed = codes::read(&script.showcase.get(Shown::Metro).portal_address());
    let digest = codes::print_digest(&printed).expect("a digest");
    let metro = script.showcase.get(Shown::Metro).number.id();
    let invoice: Invoice = ledger.find("invoice", &metro).expect("issued");
    assert!(invoice.prints.contains(&records::Digest(digest)));
    // And is found by it.
    let address: Portal = ledger
        .find("portal", &portal::id(&records::Digest(digest)))
        .expect("recorded");
    assert_eq!(address.invoice, metro);
}
