//! What a forger makes of a true file.

use crate::{
    claimed,
    common::{self, INVOICE, TestChain, chain, comet},
    made, reader, reader_of, reason, verify, verify_after, verify_changed,
};
use light_client::LightBlock;
use records::{RecordName, testing::SECOND};
use serde_json::json;
use std::{collections::BTreeMap, rc::Rc};
use verifier::{chains::Chain, portable::Portable, verdict::Outcome};

#[test]
fn a_file_does_not_bring_its_own_checkpoint() {
    // Another chain of the same name and the same members' keys, founded by the forger.
    let members = ["tax", "shop", "notary", "regulator"];
    let members = members.map(|id| records::testing::member(id, &["tax-bureau"]));
    let mut forged = TestChain::salted(members.into(), 9);
    forged.empty();
    forged.empty();
    let forged = Rc::new(forged);
    let asked = verifier::portable::Asked::Record {
        kind: "member".into(),
        id: "tax".into(),
        opening: None,
    };
    let net = common::Net::at(forged.time() + 1)
        .with("http://a", &forged, common::Lie::None)
        .with("http://b", &forged, common::Lie::None);
    let made = common::now(verifier::portable::make(
        &verifier::portable::beside(&net),
        &reader(&forged, 1)[0],
        asked,
    ));
    let file = made.expect("made").0;
    let chain = chain();
    assert_eq!(
        verify_after(&chain, &reader(&forged, 1), &file, 60).headline,
        "proven-as-of"
    );
    let verdict = verify(&chain, &file);
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "header-refuted")
    );
    assert_eq!(verdict.facts[&"why".to_owned()], "wrong-checkpoint");
    assert_eq!(verdict.anchor, None);
}

#[test]
fn a_file_whose_way_passes_no_checkpoint_of_ours_is_not_anchored() {
    let chain = Rc::new(claimed(1));
    let file = made(&Rc::new(common::chain()));
    let verdict = verify_after(&chain, &reader(&chain, 5), &file, 60);
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "proof-not-anchored")
    );
    assert_eq!(
        (
            &*verdict.facts[&"checkpoint".to_owned()],
            &*verdict.facts[&"to".to_owned()]
        ),
        ("5", "3")
    );
}

#[test]
fn a_file_of_another_chain_proves_nothing_here() {
    let chain = Rc::new(chain());
    let file = made(&chain);
    let other: Vec<Chain> = reader_of(&chain, 1, "dev-other-1");
    let verdict = verify_after(&chain, &other, &file, 60);
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "proof-chain-unknown")
    );
    // A file that says so, over the headers of the chain that it is from.
    let mut proof = Portable::decode(&file).expect("reads");
    proof.chain = "dev-other-1".into();
    let verdict = verify_after(&chain, &other, &proof.encode().expect("encodes"), 60);
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "header-refuted")
    );
}

#[test]
fn an_old_state_does_not_pass_under_a_newer_header() {
    let (before, after) = (Rc::new(chain()), Rc::new(claimed(1)));
    let old = Portable::decode(&made(&before)).expect("reads");
    let file = made(&after);
    assert_eq!(
        verify(&after, &file).facts[&"last".to_owned()],
        "invoice-locked"
    );
    let name = RecordName::new("invoice", INVOICE).expect("a name");
    let all = old.shelves.clone();
    let verdict = verify_changed(&after, &file, |proof| proof.shelves = all);
    assert_eq!(verdict.outcome, Outcome::NotEstablished);
    assert_eq!(reason(&verdict, "in-state"), Some("proof-refuted"));
    // The newer proof with the older log.
    let verdict = verify_changed(&after, &file, |proof| {
        let key = name.tree_key();
        let log = old.shelves[&key].log.clone();
        proof.shelves.get_mut(&key).expect("there").log = log;
    });
    assert_eq!(verdict.outcome, Outcome::NotEstablished);
    assert_eq!(
        reason(&verdict, "history-replayed"),
        Some("history-refuted")
    );
}

/// *Attack: one record's head of an older state, rightly proven under its root, among heads of the newer one.*
#[test]
fn heads_of_two_states_have_no_place_in_one_file() {
    let (before, after) = (Rc::new(chain()), Rc::new(claimed(1)));
    let (old, new) = (made(&before), made(&after));
    let old = Portable::decode(&old).expect("reads");
    let mut mixed = Portable::decode(&new).expect("reads");
    let key = RecordName::new("invoice", INVOICE)
        .expect("a name")
        .tree_key();
    mixed.shelves.insert(key, old.shelves[&key].clone());
    assert_eq!(mixed.encode(), None);
    mixed.shelves.retain(|other, _| *other == key);
    assert!(mixed.encode().is_some(), "alone it is of one tree");
}

#[test]
fn what_is_left_out_of_a_file_is_not_established() {
    let chain = Rc::new(chain());
    let file = made(&chain);
    let keys: Vec<_> = Portable::decode(&file)
        .expect("reads")
        .shelves
        .keys()
        .copied()
        .collect();
    let block_hashes = RecordName::new("block-hashes", "main")
        .expect("a name")
        .tree_key();
    for key in keys {
        let verdict = verify_changed(&chain, &file, |proof| drop(proof.shelves.remove(&key)));
        // Of the log of block hashes hangs nothing but how precisely times are known.
        assert_eq!(
            verdict.headline == "proven-as-of",
            key == block_hashes,
            "{verdict:#?}"
        );
    }
    let verdict = verify_changed(&chain, &file, |proof| proof.steps.clear());
    assert_ne!(verdict.headline, "proven-as-of");
    let minority = verify_changed(&chain, &file, |proof| {
        let commit = &mut proof.steps.last_mut().expect("a step").signed_header.commit;
        for vote in &mut commit.signatures[..2] {
            vote.flag = light_client::BlockIdFlag::Absent;
            vote.address = None;
            vote.signature.clear();
            vote.timestamp = light_client::Time::GO_ZERO;
        }
    });
    assert_eq!(minority.headline, "header-refuted");
}

#[test]
fn keys_whose_time_is_over_vouch_for_their_year_alone() {
    let chain = Rc::new(chain());
    let file = made(&chain);
    let verdict = verify_after(&chain, &reader(&chain, 1), &file, 30 * 24 * 3600);
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "header-by-old-keys")
    );
    let time = chain.header(1).time.to_string();
    assert_eq!(verdict.facts[&"year".to_owned()], time[..4]);
    assert!(
        !verdict.state.is_empty(),
        "what it shows is shown all the same"
    );
}

const DAY: i64 = 24 * 3600;

/// A true file whose way goes on to two more blocks, so many seconds after the third and after each other, rightly signed.
fn led_on(pauses: [i64; 2]) -> Vec<u8> {
    let mut chain = chain();
    for pause in pauses {
        chain.ledger.time += (pause - 5) * SECOND;
        chain.empty();
    }
    let mut proof = Portable::decode(&made(&Rc::new(common::chain()))).expect("reads");
    for height in 4..=5 {
        let commit = comet::commit_json(chain.header(height), &chain.seats, |_| true);
        let signed_header =
            light_client::json::commit(&json!({ "jsonrpc": "2.0", "id": 0, "result": commit }));
        proof.steps.push(LightBlock {
            signed_header: signed_header.expect("a commit"),
            validators: comet::set(&chain.seats),
            next_validators: None,
        });
    }
    proof.encode().expect("encodes")
}

/// A step that is judged by its own time ends within the trusting period of the header before it, which is over by now.
#[test]
fn no_file_rests_on_a_header_from_the_future_however_old_its_keys() {
    let chain = chain();
    let readers = reader(&chain, 1);
    let (days, mut seen) = ([1, 10, 20, 9_000], BTreeMap::<String, u32>::new());
    for [first, second] in days
        .iter()
        .flat_map(|first| days.map(|second| [*first, second]))
    {
        let file = led_on([first * DAY, second * DAY]);
        for now in [0, 5, 12, 25, 9_005, 20_000] {
            let verdict = verify_after(&chain, &readers, &file, now * DAY);
            let signed = reason(&verdict, "header-signed").unwrap_or_default();
            *seen.entry(signed.into()).or_default() += 1;
            let age = (now - first - second) * DAY;
            let anchor = verdict.anchor.map(|anchor| anchor.age_seconds);
            assert!(
                anchor.is_none_or(|anchor| anchor == age && age >= 0),
                "{now} {age}"
            );
        }
    }
    let ends = [
        "header-by-old-keys",
        "header-from-future",
        "header-signed",
        "trust-expired",
    ];
    assert_eq!(seen.keys().collect::<Vec<_>>(), ends, "{seen:?}");
}
