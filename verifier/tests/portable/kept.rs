//! What a file keeps.

use crate::{
    NODES,
    common::{self, Lie, Net, PRINTED, TestChain, chain, lie, link, now, vote},
    made, make, net, reader, reason, record, verify, verify_after,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use records::{kinds::vote::Choice, testing::SECOND};
use std::rc::Rc;
use verifier::{
    Question, Verifier,
    portable::{self, Asked, NotMade, Portable},
    verdict::{Backing, Outcome, Verdict},
};

#[test]
fn a_file_proves_alone_what_the_nodes_proved() {
    let chain = Rc::new(chain());
    let host = net(&chain);
    let live =
        now(Verifier::new(reader(&chain, 1).remove(0)).check(&host, &Question::text(&link())));
    assert_eq!(live.headline, "invoice-unchanged-unclaimed");
    let file = made(&chain);
    let kept = verify(&chain, &file);
    assert_eq!(
        (kept.outcome, kept.headline.as_str()),
        (Outcome::NotEstablished, "proven-as-of"),
        "{kept:#?}"
    );
    assert_eq!(kept.facts[&"last".to_owned()], "invoice-unclaimed");
    assert_eq!(kept.facts[&"height".to_owned()], "3");
    assert_eq!(
        (&kept.state, &kept.history, &kept.fields),
        (&live.state, &live.history, &live.fields)
    );
    let signers =
        |verdict: &verifier::verdict::Verdict| verdict.anchor.clone().expect("an anchor").signers;
    assert_eq!(signers(&kept), signers(&live));
    assert!(kept.nodes.is_empty());
    assert_eq!(reason(&kept, "header-fresh"), Some("header-stale"));
    println!(
        "a proof file about an invoice in a state of {} records: {} bytes",
        chain.names.len(),
        file.len()
    );
    assert!(file.len() < 5_000);
}

#[test]
fn however_new_the_file_nothing_in_it_is_in_force_now() {
    let chain = Rc::new(chain());
    let kept = verify_after(&chain, &reader(&chain, 1), &made(&chain), 1);
    assert_eq!(reason(&kept, "header-fresh"), Some("header-fresh"));
    assert_eq!(reason(&kept, "life-cycle"), Some("life-cycle-stale"));
    assert_eq!(kept.headline, "proven-as-of");
}

#[test]
fn the_same_answers_make_the_same_bytes() {
    let chain = Rc::new(chain());
    let file = made(&chain);
    assert_eq!(file, made(&chain));
    let proof = Portable::decode(&file).expect("reads");
    assert_eq!(proof.encode(), Some(file));
}

#[test]
fn a_file_as_text_is_told_from_every_other_text() {
    let file = made(&Rc::new(chain()));
    let text = portable::to_text(&file);
    assert_eq!(portable::from_text(&text), Some(file));
    for other in [PRINTED, &link(), "", &text[1..], &text[..text.len() - 1]] {
        assert_eq!(portable::from_text(other), None);
    }
}

#[test]
fn openings_that_are_withheld_are_not_in_the_file() {
    let chain = Rc::new(chain());
    let asked = Asked::text(&link())
        .showing(&["total", "seller_name"])
        .expect("narrows");
    let (file, verdict) = make(&chain, asked).expect("made");
    assert_eq!(backed(&verdict, Backing::Proven), ["total", "seller_name"]);
    assert_eq!(verdict.headline, "proven-as-of");
    let holds = |file: &[u8], text: &str| holds(file, text.as_bytes());
    assert!(holds(&made(&chain), "张三") && !holds(&file, "张三"));
    let (file, verdict) = make(
        &chain,
        Asked::text(&link()).showing(&[]).expect("withholds"),
    )
    .expect("made");
    assert!(!holds(&file, "国贸餐厅") && verdict.fields.is_empty());
    assert_eq!(verdict.headline, "proven-as-of");
    assert_eq!(Asked::text(&link()).showing(&["colour"]), None);
    assert_eq!(record().showing(&["total"]), None);
}

#[test]
fn what_is_withheld_from_a_file_is_nowhere_in_it_and_all_else_is() {
    let chain = Rc::new(chain());
    let whole = made(&chain);
    let (file, verdict) = withhold(&chain, &whole, &["buyer_name"]).expect("made");
    assert_eq!(verify(&chain, &file).fields, verdict.fields);
    assert_eq!(verdict.headline, "proven-as-of");
    assert_eq!(backed(&verdict, Backing::Withheld), ["buyer_name"]);
    let mut all = backed(&verify(&chain, &whole), Backing::Proven);
    all.retain(|name| name != "buyer_name");
    assert_eq!(backed(&verdict, Backing::Proven), all);
    let name = "张三".as_bytes();
    assert!(holds(&whole, name) && !holds(&file, name));
    // Who knew what all salts are made from could guess what is hidden.
    assert!(holds(&whole, &common::SEED) && !holds(&file, &common::SEED));

    // Of a part, less.
    let (kind, salt) = first_shown(&file);
    assert_eq!(kind, 0);
    assert!(holds(&file, &salt));
    let (less, verdict) = withhold(&chain, &file, &["kind", "total"]).expect("made");
    assert_eq!(verdict.headline, "proven-as-of");
    let withheld = backed(&verdict, Backing::Withheld);
    assert_eq!(withheld, ["kind", "total", "buyer_name"]);
    assert!(!holds(&less, &salt) && !holds(&less, name));
}

#[test]
fn a_file_in_which_something_cannot_be_withheld_is_not_made() {
    let chain = Rc::new(chain());
    let not = NotMade::NothingProven("opening-unreadable".into());
    let bare = make(&chain, record()).expect("made").0;
    let printed = make(&chain, Asked::text(PRINTED)).expect("made").0;
    for (file, field) in [
        (&bare, "total"),
        (&printed, "total"),
        (&made(&chain), "colour"),
    ] {
        assert_eq!(withhold(&chain, file, &[field]), Err(not.clone()));
    }
}

fn withhold(
    chain: &Rc<TestChain>,
    file: &[u8],
    fields: &[&str],
) -> Result<(Vec<u8>, Verdict), NotMade> {
    let fields: Vec<String> = fields.iter().map(|&field| field.into()).collect();
    let (net, readers) = (net(chain), reader(chain, 1));
    let with = portable::beside(&net);
    now(portable::renew_without(&with, &readers[0], file, &fields))
}

fn holds(file: &[u8], part: &[u8]) -> bool {
    file.windows(part.len()).any(|bytes| bytes == part)
}

/// Names of the fields that are backed like this.
fn backed(verdict: &Verdict, backing: Backing) -> Vec<String> {
    let fields = verdict.fields.iter();
    let fields = fields.filter(|field| field.backing == backing);
    fields.map(|field| field.name.clone()).collect()
}

/// The first field that the opening of a file shows, which is a part, and its salt.
fn first_shown(file: &[u8]) -> (u8, [u8; 16]) {
    let proof = Portable::decode(file).expect("reads");
    let Asked::Record { opening, .. } = proof.asked else {
        panic!("about a record");
    };
    let opening = opening.expect("an opening");
    let salt = opening[3..].first_chunk().expect("a salt");
    (opening[2], *salt)
}

#[test]
fn a_printed_code_is_kept_as_it_was_read() {
    let chain = Rc::new(chain());
    let (file, _) = make(&chain, Asked::text(PRINTED)).expect("made");
    let kept = verify(&chain, &file);
    assert_eq!(reason(&kept, "fields-match"), Some("print-recorded"));
    assert_eq!(kept.headline, "proven-as-of");
}

#[test]
fn an_altered_field_is_rejected_by_the_file_alone() {
    let chain = Rc::new(chain());
    let mut other = common::facts();
    other.total = 99_999;
    other.tax = 64_339;
    let opening = other.open_all(&common::SEED).expect("fits");
    let asked = Asked::Record {
        kind: "invoice".into(),
        id: common::INVOICE.into(),
        opening: Some(opening),
    };
    let (file, _) = make(&chain, asked).expect("made");
    let kept = verify(&chain, &file);
    assert_eq!(
        (kept.outcome, kept.headline.as_str()),
        (Outcome::Rejected, "fields-altered")
    );
}

#[test]
fn an_absence_is_kept_as_of_its_header() {
    let chain = Rc::new(chain());
    let asked = Asked::Record {
        kind: "invoice".into(),
        id: "011001900311-00000001".into(),
        opening: None,
    };
    let (file, _) = make(&chain, asked).expect("made");
    let kept = verify(&chain, &file);
    assert_eq!(
        (kept.outcome, kept.headline.as_str()),
        (Outcome::NotEstablished, "absence-stale")
    );
    assert_eq!(kept.facts[&"height".to_owned()], "3");
}

#[test]
fn every_ballot_of_a_vote_is_in_its_file() {
    let mut community = vote::voting(|_| {});
    community.all_cast(0..4);
    community.cast(5, Choice::Against);
    community.chain.empty();
    let chain = Rc::new(community.chain);
    let asked = Asked::Record {
        kind: "vote".into(),
        id: common::vote::VOTE.into(),
        opening: None,
    };
    let (file, _) = make(&chain, asked).expect("made");
    let kept = verify(&chain, &file);
    assert_eq!(kept.headline, "proven-as-of", "{kept:#?}");
    assert_eq!(reason(&kept, "history-replayed"), Some("history-replayed"));
    assert_eq!(
        kept.history
            .iter()
            .filter(|entry| entry.event == "ballot.cast")
            .count(),
        5
    );
}

#[test]
fn where_nothing_is_proven_no_file_is_made() {
    let chain = Rc::new(chain());
    let nothing = common::Net::at(chain.time());
    let reader = reader(&chain, 1);
    assert!(matches!(
        now(portable::make(
            &portable::beside(&nothing),
            &reader[0],
            record()
        )),
        Err(NotMade::NothingProven(_))
    ));
    assert!(matches!(
        make(&chain, Asked::text("no code at all")),
        Err(NotMade::NothingProven(_))
    ));
}

#[test]
fn a_vote_with_more_ballots_than_a_file_holds_is_not_fetched_to_its_end_for_one() {
    let mut community = vote::long_vote();
    community.chain.empty();
    let chain = Rc::new(community.chain);
    let host = net(&chain);
    let entry = reader(&chain, 1).remove(0);
    let asked = Asked::Record {
        kind: "vote".into(),
        id: vote::VOTE.into(),
        opening: None,
    };
    let made = now(portable::make(&portable::beside(&host), &entry, asked));
    assert_eq!(made.map(|_| ()), Err(NotMade::TooMuch));
    let given = u32::try_from(host.entries.get()).expect("few");
    assert!(given < vote::LONG, "{given}");
}

/// Entries that are in no log, in stretches as short as a node may give them.
fn junk() -> Lie {
    let value = records::log::pack_entries([&[0; 30_000][..]; 9]);
    let value = STANDARD.encode(value);
    lie(move |_, params, mut answer| {
        if params["path"] == "/log" {
            answer["result"]["response"]["value"] = value.clone().into();
        }
        answer
    })
}

/// *Attack: the node that is asked first gives junk, so that no file has room for what the others prove.*
#[test]
fn a_file_holds_a_log_of_more_than_one_part_and_needs_no_node_for_it() {
    let mut community = vote::long_vote_of(124);
    community.chain.empty();
    let chain = Rc::new(community.chain);
    let asked = || Asked::Record {
        kind: "vote".into(),
        id: vote::VOTE.into(),
        opening: None,
    };
    for first in [Lie::None, junk()] {
        let lies = [first, Lie::None, Lie::None];
        let host = NODES.iter().zip(lies).fold(
            Net::at(chain.time() + 3 * SECOND),
            |net, ((url, _), lie)| net.with(url, &chain, lie),
        );
        let with = portable::beside(&host);
        let (file, _) = now(portable::make(&with, &reader(&chain, 1)[0], asked())).expect("made");
        let kept = verify(&chain, &file);
        assert_eq!(reason(&kept, "history-replayed"), Some("history-replayed"));
        let ballots = |entry: &&verifier::verdict::HistoryEntry| entry.event == "ballot.cast";
        assert_eq!(kept.history.iter().filter(ballots).count(), 124);
        let proof = Portable::decode(&file).expect("reads");
        let logs = proof.shelves.values().flat_map(|shelf| &shelf.log);
        let bytes: usize = logs.map(|entry| entry.len()).sum();
        assert!(bytes > 5 * 1024 * 1024, "more than one part: {bytes}");
    }
}
