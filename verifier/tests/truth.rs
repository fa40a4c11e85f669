//! What honest nodes say becomes the right verdict.

mod common;

use common::{INVOICE, Lie, Net, PRINTED, chain, json, link, now, verifier, verifier_from};
use records::{
    kinds::{
        invoice::{Close, Issue, Lock, Outcome as As},
        member::Rekey,
        quota,
    },
    testing::{SECOND, key, member},
};
use std::rc::Rc;
use verifier::{
    Question,
    verdict::{Backing, CheckId, Outcome, Status, Verdict},
};

const NODES: [(&str, &str); 2] = [("http://a", "tax"), ("http://b", "notary")];

fn ask(chain: common::TestChain, question: &Question) -> Verdict {
    let chain = Rc::new(chain);
    let net = Net::at(chain.time() + 3 * SECOND)
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, Lie::None);
    now(verifier(&chain, &NODES).check(&net, question))
}

fn reasons(verdict: &Verdict) -> Vec<&str> {
    verdict
        .checks
        .iter()
        .map(|check| check.reason.as_str())
        .collect()
}

#[test]
fn an_unclaimed_invoice_with_its_openings_is_verified() {
    let verdict = ask(chain(), &Question::text(&link()));
    assert_eq!(
        reasons(&verdict),
        [
            "link-read",
            "fields-opened",
            "record-proven",
            "history-replayed",
            "header-signed",
            "header-fresh",
            "nodes-agree",
            "invoice-unclaimed",
            "truth-outside-proof"
        ],
        "{verdict:#?}"
    );
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Verified, "invoice-unchanged-unclaimed")
    );
    let total = verdict
        .fields
        .iter()
        .find(|field| field.name == "total")
        .expect("opened");
    assert_eq!(
        (total.value.as_str(), total.backing),
        ("37800", Backing::Proven)
    );
    let anchor = verdict.anchor.expect("anchored");
    let signers: Vec<_> = anchor
        .signers
        .iter()
        .map(|s| (s.member.as_str(), s.signed))
        .collect();
    assert_eq!(
        signers,
        [("tax", 31), ("shop", 26), ("notary", 23), ("regulator", 20)]
    );
    assert_eq!(
        (anchor.signed_power, anchor.total_power, anchor.height),
        (100, 100, 3)
    );
    assert_eq!(verdict.history[0].by, ["shop"]);
    assert_eq!(verdict.history[0].event, "invoice.issue");
}

#[test]
fn a_member_that_joined_later_is_named_as_the_author() {
    let mut chain = chain();
    let quorum = [&key("tax"), &key("shop"), &key("notary")];
    chain.submit(
        "member.admit",
        ("member", "kiosk"),
        json(&member("kiosk", &["issuer"])),
        &quorum,
    );
    let quota = quota::Grant {
        by: "tax".into(),
        count: 10,
    };
    let grant = ("quota", "kiosk");
    chain.submit("quota.grant", grant, json(&quota), &[&key("tax")]);
    let issue = Issue {
        issuer: "kiosk".into(),
        ..common::issue()
    };
    let id = INVOICE.replace("26105568", "26105570");
    let subject = ("invoice", id.as_str());
    chain.submit("invoice.issue", subject, json(&issue), &[&key("kiosk")]);
    chain.empty();
    let verdict = ask(
        chain,
        &Question::record("invoice", &id, None).expect("a name"),
    );
    let first = &verdict.history[0];
    assert_eq!(
        (&first.by[0][..], &first.by_names[0][..]),
        ("kiosk", "机构 kiosk")
    );
}

#[test]
fn a_member_that_has_a_key_in_common_with_another_is_not_named_in_its_place() {
    let mut chain = chain();
    let rekey = Rekey {
        add: vec![key("shop").public()],
        end: Vec::new(),
        seal_key: None,
    };
    let notary = ("member", "notary");
    let both = [&key("notary"), &key("shop")];
    chain.submit("member.rekey", notary, json(&rekey), &both);
    chain.empty();
    let chain = Rc::new(chain);
    let mut visitor = verifier(&chain, &NODES);
    let net = Net::at(chain.time() + 3 * SECOND)
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, Lie::None);
    let record = Question::record("member", "notary", None).expect("a name");
    now(visitor.check(&net, &record));
    let verdict = now(visitor.check(&net, &Question::text(&link())));
    assert_eq!(verdict.history[0].event, "invoice.issue");
    assert_eq!(verdict.history[0].by, ["notary", "shop"]);
}

#[test]
fn a_printed_code_is_compared_by_its_digest_and_an_altered_amount_is_rejected() {
    let verdict = ask(chain(), &Question::text(PRINTED));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Verified, "invoice-unchanged-unclaimed")
    );
    let altered = PRINTED.replace("356.60", "956.60");
    let verdict = ask(chain(), &Question::text(&altered));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "print-differs")
    );
}

#[test]
fn altered_openings_are_rejected_and_shown_as_contradicted() {
    let mut facts = common::facts();
    facts.total = 97_800;
    let opening = facts.open_all(&common::SEED).expect("fits");
    let question = Question::record("invoice", INVOICE, Some(opening)).expect("a name");
    let verdict = ask(chain(), &question);
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "fields-altered")
    );
    assert!(
        verdict
            .fields
            .iter()
            .all(|field| field.backing == Backing::Contradicted)
    );
}

/// The address that is printed on a blockchain invoice names no code, and yet finds it: or proves that nobody recorded such an address.
/// *Attack: a paper with other amounts, and on it a link with an opening that opens nothing: the root alone, which everybody can read.*
#[test]
fn an_opening_that_shows_no_value_compares_nothing() {
    let schema = &records::kinds::invoice::SCHEMA;
    let whole = common::facts().open_all(&common::SEED).expect("fits");
    let empty = schema.index("buyer_id").expect("a field");
    for shown in [&[][..], &[empty]] {
        let opening = schema.narrow(&whole, shown).expect("narrows");
        let question = Question::record("invoice", INVOICE, Some(opening)).expect("a name");
        let verdict = ask(chain(), &question);
        assert_eq!(verdict.headline, "invoice-unclaimed", "{shown:?}");
        let withheld = |field: &verifier::verdict::Field| field.backing == Backing::Withheld;
        assert!(verdict.fields.iter().all(withheld) && !verdict.fields.is_empty());
    }
}

#[test]
fn a_portal_address_finds_its_invoice_and_an_altered_one_is_proven_absent() {
    const ADDRESS: &str = "https://bcfp.shenzhen.chinatax.gov.cn/verify/scan?hash=007547b34bf2fa4dfadf9dd789f9b017b59bee8c563e1185232d66bc58b7c90a04&bill_num=05830164&total_amount=500";
    let mut chain = chain();
    let id = "144031909110-05830164";
    let issue = Issue {
        prints: vec![common::print_of(PRINTED), common::print_of(ADDRESS)],
        portal: Some(common::print_of(ADDRESS)),
        ..common::issue()
    };
    let body = json(&issue);
    chain.submit("invoice.issue", ("invoice", id), body, &[&key("shop")]);
    chain.empty();
    let verdict = ask(chain, &Question::text(ADDRESS));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Verified, "invoice-unchanged-unclaimed")
    );
    assert_eq!(
        (verdict.kind.as_str(), verdict.id.as_str()),
        ("invoice", id)
    );
    assert!(reasons(&verdict).contains(&"print-recorded"));
    let fields = verdict.fields.iter();
    assert!(fields.clone().all(|field| field.backing == Backing::Proven));
    assert!(fields.clone().any(|field| field.value == "05830164"));

    let altered = ADDRESS.replace("=500", "=50000");
    for address in [&altered, ADDRESS] {
        let verdict = ask(common::chain(), &Question::text(address));
        assert_eq!(
            (verdict.outcome, verdict.headline.as_str()),
            (Outcome::Absent, "record-absent")
        );
    }
}

#[test]
fn of_a_vote_that_is_absent_nobody_is_said_to_state_who_may_vote() {
    let verdict = ask(
        chain(),
        &Question::record("vote", "no-such-vote", None).expect("a name"),
    );
    assert_eq!(verdict.outcome, Outcome::Absent);
    assert_eq!(reasons(&verdict).last(), Some(&"truth-outside-proof"));
}

#[test]
fn an_unknown_invoice_is_proven_absent() {
    let unknown = PRINTED.replace("26105568", "26105569");
    let verdict = ask(chain(), &Question::text(&unknown));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Absent, "record-absent")
    );
}

#[test]
fn a_claimed_invoice_names_the_claim() {
    let mut chain = chain();
    let lock = Lock {
        buyer: None,
        by: "firm".into(),
        claim: "BX-1".into(),
    };
    chain.submit(
        "invoice.lock",
        ("invoice", INVOICE),
        json(&lock),
        &[&key("firm")],
    );
    let close = Close {
        by: "firm".into(),
        outcome: As::Reimbursed,
    };
    chain.submit(
        "invoice.close",
        ("invoice", INVOICE),
        json(&close),
        &[&key("firm")],
    );
    chain.empty();
    let verdict = ask(chain, &Question::text(&link()));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::OutOfForce, "invoice-reimbursed"),
        "{:?}",
        verdict.facts
    );
    assert_eq!(verdict.facts[&"by_name".to_owned()], "机构 firm");
    assert_eq!(verdict.history.len(), 3);
}

#[test]
fn text_that_is_no_code_asks_nobody_anything() {
    let chain = Rc::new(chain());
    let net = Net::at(chain.time()).with("http://a", &chain, Lie::None);
    let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text("hello")));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "text-unknown")
    );
    assert!(net.calls.borrow().is_empty());
}

#[test]
fn an_old_header_establishes_neither_unclaimed_nor_absent_but_what_is_final_stays_so() {
    let chain = Rc::new(chain());
    let net = Net::at(chain.time() + 121 * SECOND)
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, Lie::None);
    let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&link())));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "life-cycle-stale")
    );
    let unknown = PRINTED.replace("26105568", "26105569");
    let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&unknown)));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "absence-stale")
    );
}

#[test]
fn what_was_proven_once_is_not_fetched_again() {
    let chain = Rc::new(chain());
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, Lie::None);
    let mut verifier = verifier(&chain, &NODES);
    let first = now(verifier.check(&net, &Question::text(&link())));
    net.calls.borrow_mut().clear();
    let second = now(verifier.check(&net, &Question::text(&link())));
    assert_eq!(
        (first.outcome, second.outcome),
        (Outcome::Verified, Outcome::Verified)
    );
    let calls = net.calls.borrow();
    let queries = calls
        .iter()
        .filter(|(_, method)| method == "abci_query")
        .count();
    assert_eq!(
        queries, 3,
        "heads of the invoice, the consortium and the rules, no logs: {calls:?}"
    );
    assert!(calls.iter().all(|(_, method)| method != "validators"));
}

#[test]
fn however_many_records_were_asked_about_the_next_one_is_verified() {
    let mut chain = chain();
    let quota = quota::Grant {
        by: "tax".into(),
        count: 100,
    };
    chain.submit(
        "quota.grant",
        ("quota", "shop"),
        json(&quota),
        &[&key("tax")],
    );
    let numbers: Vec<String> = (0..70).map(|number| format!("{number:020}")).collect();
    for number in &numbers {
        let body = json(&common::issue());
        chain.submit("invoice.issue", ("invoice", number), body, &[&key("shop")]);
    }
    chain.empty();
    let chain = Rc::new(chain);
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, Lie::None);
    let mut verifier = verifier(&chain, &NODES);
    for number in &numbers {
        let question = Question::record("invoice", number, None).expect("a name");
        let verdict = now(verifier.check(&net, &question));
        assert_eq!(
            verdict.outcome,
            Outcome::Verified,
            "{number}: {}",
            verdict.headline
        );
    }
}

#[test]
fn trust_that_ran_out_is_not_renewed_by_the_nodes() {
    let chain = Rc::new(chain());
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, Lie::None);
    let mut verifier = verifier_from(&chain, 1, &NODES, |chain| {
        chain["trusting_period_seconds"] = 1.into()
    });
    let verdict = now(verifier.check(&net, &Question::text(&link())));
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "trust-expired")
    );
}

#[test]
fn every_check_that_was_made_has_a_reason_from_the_table() {
    let verdict = ask(chain(), &Question::text(&link()));
    for check in &verdict.checks {
        let reason = verifier::Reason::by_code(&check.reason).expect("in the table");
        assert_eq!((reason.check, reason.status), (check.id, check.status));
    }
    assert!(
        verdict.checks.iter().any(
            |check| check.id == CheckId::OutsideProof && check.status == Status::NotEstablished
        )
    );
}

#[test]
fn a_code_that_is_read_says_how_well() {
    let asked = |text: &str| {
        let verdict = ask(chain(), &Question::text(text));
        let scan = verdict
            .checks
            .iter()
            .find(|check| check.id == CheckId::ScanRead);
        scan.expect("it was read").reason.clone()
    };
    let fiscal = "CZ-EI-320000,01,11010125,0488888987,589d80,20210318,128.50";
    for (text, reason) in [
        (PRINTED, "scan-complete"),
        (&PRINTED.replace("C348", "C349"), "scan-check-differs"),
        (PRINTED.trim_end_matches("C348"), "scan-read"),
        (fiscal, "format-unconfirmed"),
        (&link(), "link-read"),
        ("no code at all", "text-unknown"),
    ] {
        assert_eq!(asked(text), reason, "{text}");
    }
}

/// Printed codes that nobody can compare say nothing for their record, and nothing against it.
#[test]
fn a_printed_code_that_cannot_be_compared_establishes_nothing() {
    let of = |prints: Vec<records::Digest>, text: &str| {
        let mut chain = chain();
        let issue = Issue {
            prints,
            ..common::issue()
        };
        let id = INVOICE.replace("26105568", "26105570");
        let subject = ("invoice", id.as_str());
        chain.submit("invoice.issue", subject, json(&issue), &[&key("shop")]);
        chain.empty();
        let verdict = ask(chain, &Question::text(text));
        (verdict.outcome, verdict.headline)
    };
    let text = PRINTED.replace("26105568", "26105570");
    // A check code of six digits can be guessed.
    let short = text.replace("69609999443421834136", "834136");
    for (text, headline) in [
        (&text, "no-print-recorded"),
        (&short, "print-not-comparable"),
    ] {
        let expected = (Outcome::NotEstablished, headline.to_owned());
        assert_eq!(of(Vec::new(), text), expected, "{text}");
    }
    let recorded = of(vec![common::print_of(&text)], &text);
    assert_eq!(recorded.0, Outcome::Verified);
}
