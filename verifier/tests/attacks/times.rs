//! Block time is a lower bound: an event happened between the time of its block and that of the next.

use crate::{
    ask::{NODES, all_lie, one_liar},
    common::{
        self, INVOICE, Lie, Net, PRINTED, TestChain, chain, lie, link, now, verifier,
        vote::{VOTE, voting},
    },
    rests::granted,
};
use light_client::Time;
use records::{
    Digest,
    kinds::invoice::Red,
    testing::{SECOND, key},
};
use std::rc::Rc;
use verifier::{
    Question,
    verdict::{HistoryEntry, Outcome, Verdict},
};

/// An invoice issued in block 2, block 3 after `pause` seconds, and long afterwards an event about another record.
pub fn paused(pause: i64) -> TestChain {
    let mut chain = common::issued();
    chain.ledger.time += (pause - 5) * SECOND;
    chain.empty();
    chain.ledger.time += 3600 * SECOND;
    let grant = records::kinds::quota::Grant {
        by: "tax".into(),
        count: 1,
    };
    let body = common::json(&grant);
    chain.submit("quota.grant", ("quota", "shop"), body, &[&key("tax")]);
    chain.empty();
    chain
}

pub fn width(entry: &HistoryEntry) -> i64 {
    let nanos = |text: &str| text.parse::<i64>().expect("a time");
    (nanos(&entry.until_time) - nanos(&entry.time)) / SECOND
}

fn warns(verdict: &Verdict) -> bool {
    let of = |check: &verifier::verdict::Check| check.reason == "event-times-wide";
    verdict.checks.iter().any(of)
}

#[test]
fn an_event_ends_at_the_time_of_the_next_block_which_the_log_of_block_hashes_proves() {
    let chain = Rc::new(paused(20));
    let verdict = one_liar(&chain, Lie::None, &Question::text(&link()));
    assert_eq!(width(&verdict.history[0]), 20);
    assert!(!warns(&verdict));
    assert_eq!(verdict.outcome, Outcome::Verified);
}

#[test]
fn a_wide_interval_is_shown_and_warned_of() {
    let chain = Rc::new(paused(400));
    let verdict = one_liar(&chain, Lie::None, &Question::text(&link()));
    assert_eq!(width(&verdict.history[0]), 400);
    assert!(warns(&verdict), "{verdict:#?}");
    // It says when, not whether: the verdict stands.
    assert_eq!(verdict.outcome, Outcome::Verified);
}

/// The next header with another time, by nodes that would have an event look precise.
fn nearer_header() -> Lie {
    lie(|method, params, mut answer| {
        if method == "header" && params["height"] == "3" {
            let near = chain().header(2).time.to_string();
            answer["result"]["header"]["time"] = near.into();
        }
        answer
    })
}

/// Another header of the chain, for the one asked for.
fn other_header() -> Lie {
    lie(|method, params, mut answer| {
        if method == "header" && params["height"] == "3" {
            answer["result"]["header"] = common::comet::header_json(paused(400).header(2));
        }
        answer
    })
}

#[test]
fn a_forged_next_header_makes_no_interval_narrow() {
    let chain = Rc::new(paused(400));
    for tell in [nearer_header, other_header] {
        let verdict = one_liar(&chain, tell(), &Question::text(&link()));
        assert_eq!(width(&verdict.history[0]), 400);
        assert_eq!(verdict.nodes[0].state, "refuted");
        // Where all of them lie, the header of today ends the interval.
        let verdict = all_lie(&chain, tell, &Question::text(&link()));
        let today = (chain.time() - chain.header(2).time.unix_nanos() as i64) / SECOND;
        assert_eq!(width(&verdict.history[0]), today);
        assert!(warns(&verdict));
    }
}

#[test]
fn beyond_the_logs_end_the_next_header_counts_by_its_signatures() {
    let quiet = || {
        let mut chain = common::issued();
        (0..60).for_each(|_| chain.empty());
        Rc::new(chain)
    };
    let chain = quiet();
    let verdict = one_liar(&chain, Lie::None, &Question::text(&link()));
    assert_eq!(width(&verdict.history[0]), 5);
    // Signed by others: not believed.
    let forged = || {
        lie(|method, params, mut answer| {
            if method == "commit" && params["height"] == "3" {
                let header = &mut answer["result"]["signed_header"]["header"];
                header["time"] = common::chain().header(2).time.to_string().into();
            }
            answer
        })
    };
    let verdict = all_lie(&chain, forged, &Question::text(&link()));
    assert_eq!(width(&verdict.history[0]), 300);
}

#[test]
fn beyond_the_logs_end_no_header_counts_that_todays_contradicts_whoever_signed_it() {
    // Block 3 as all validators signed it once more: so near to block 2, or so much later than today's, which follows it or comes one later.
    for (is_near, seconds, blocks) in [(true, 1, 1), (false, 5, 1), (false, 5, 2)] {
        let mut chain = common::issued();
        chain.empty();
        chain.ledger.time += 100 * SECOND;
        (0..blocks).for_each(|_| chain.empty());
        let issued = chain.header(2).time.unix_nanos();
        let today = i128::from(chain.time());
        let since = if is_near { issued } else { today };
        let mut other = chain.header(3).clone();
        let time = Time::from_unix_nanos(since + seconds * i128::from(SECOND));
        other.time = time.expect("a time");
        let signed = common::comet::commit_json(&other, &chain.seats, |_| true);
        let chain = Rc::new(chain);
        let tell = || {
            let signed = signed.clone();
            lie(move |method, params, mut answer| {
                if method == "commit" && params["height"] == "3" {
                    answer["result"] = signed.clone();
                }
                answer
            })
        };
        let net = NODES
            .iter()
            .fold(Net::at(chain.time() + 3 * SECOND), |net, (url, _)| {
                net.with(url, &chain, tell())
            });
        let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&link())));
        assert_eq!(verdict.outcome, Outcome::Verified);
        assert_eq!(verdict.nodes[0].state, "refuted");
        let to_today = (today - issued) / i128::from(SECOND);
        let found = i128::from(width(&verdict.history[0]));
        assert_eq!(found, to_today, "{is_near} {blocks}");
    }
}

#[test]
fn a_proven_time_is_not_asked_for_again() {
    let chain = Rc::new(paused(20));
    let mut net = Net::at(chain.time() + 3 * SECOND);
    for (url, _) in NODES {
        net = net.with(url, &chain, Lie::None);
    }
    let mut verifier = verifier(&chain, &NODES);
    for _ in 0..3 {
        let verdict = now(verifier.check(&net, &Question::text(&link())));
        assert_eq!(width(&verdict.history[0]), 20);
    }
    let requests = net.requests.borrow();
    let dated = requests
        .iter()
        .filter(|(_, calls)| calls == "header abci_query");
    assert_eq!(dated.count(), 1);
}

#[test]
fn nothing_that_can_still_change_is_established_under_an_old_header() {
    let chain = Rc::new(chain());
    let absent = PRINTED.replace("26105568", "26105569");
    for (text, stale) in [(link(), "life-cycle-stale"), (absent, "absence-stale")] {
        let mut net = Net::at(chain.time() + 121 * SECOND);
        for (url, _) in NODES {
            net = net.with(url, &chain, Lie::None);
        }
        let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&text)));
        assert_eq!(verdict.outcome, Outcome::NotEstablished);
        assert_eq!(verdict.headline, stale);
    }
}

#[test]
fn a_red_flushed_invoice_stays_so_under_an_old_header() {
    let mut chain = chain();
    let red = Red {
        issuer: "shop".into(),
        whole: 1,
        id: "011001900311-26105570".into(),
        root: Digest([9; 32]),
        prints: Vec::new(),
        portal: None,
    };
    let body = common::json(&red);
    chain.submit("invoice.red", ("invoice", INVOICE), body, &[&key("shop")]);
    chain.empty();
    let chain = Rc::new(chain);
    let mut net = Net::at(chain.time() + 86_400 * SECOND);
    for (url, _) in NODES {
        net = net.with(url, &chain, Lie::None);
    }
    let verdict = now(verifier(&chain, &NODES).check(&net, &Question::text(&link())));
    assert_eq!(verdict.outcome, Outcome::OutOfForce);
}

#[test]
fn neither_a_consent_nor_a_vote_nor_a_document_is_in_force_under_an_old_header() {
    let mut vote = voting(|_| {});
    vote.chain.empty();
    let vote = Rc::new(vote.chain);
    let consent = Rc::new(granted());
    for (chain, kind, id, last) in [
        (&vote, "vote", VOTE, "vote-open"),
        (&consent, "grant", "g1", "grant-active"),
        (&consent, "document", "a1", "document-shared"),
    ] {
        let mut net = Net::at(chain.time() + 121 * SECOND);
        for (url, _) in NODES {
            net = net.with(url, chain, Lie::None);
        }
        let question = Question::record(kind, id, None).expect("a name");
        let verdict = now(verifier(chain, &NODES).check(&net, &question));
        assert_eq!(
            (verdict.outcome, verdict.headline.as_str()),
            (Outcome::NotEstablished, "life-cycle-stale"),
            "{kind}"
        );
        assert_eq!(verdict.facts[&"last".to_owned()], last);
    }
}

#[test]
fn a_clock_behind_what_is_trusted_tells_no_age() {
    let chain = Rc::new(chain());
    let net = NODES
        .iter()
        .fold(Net::at(0), |net, (url, _)| net.with(url, &chain, Lie::None));
    let mut visitor = verifier(&chain, &NODES);
    let none = PRINTED.replace("26105568", "26105569");
    let mut outcomes = |ahead: i64| {
        net.now.set(chain.time() - ahead * SECOND);
        [link(), none.clone()].map(|text| {
            let verdict = now(visitor.check(&net, &Question::text(&text)));
            let by = verdict.facts.get("age_seconds").cloned();
            (verdict.outcome, verdict.headline, by)
        })
    };
    let sure = [Outcome::Verified, Outcome::Absent];
    assert_eq!(outcomes(-1).map(|(outcome, ..)| outcome), sure);
    // The chain stands still: no step is taken, and none is refused for its time.
    for ahead in [10, 6 * 365 * 86_400] {
        let [found, absent] = outcomes(ahead);
        let why = "header-from-future".to_owned();
        let by = Some(ahead.to_string());
        assert_eq!(found, (Outcome::NotEstablished, why, by));
        assert_eq!(absent, found);
    }
    // So much do clocks differ.
    assert_eq!(outcomes(9).map(|(outcome, ..)| outcome), sure);
}
