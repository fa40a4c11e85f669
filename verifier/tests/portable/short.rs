//! Short proofs: the record's own part of a file, which nodes complete; and what a forger makes of them.

use crate::{
    NODES, claimed,
    common::{self, INVOICE, Lie, Net, PRINTED, TestChain, chain, json, lie, link, now},
    make, net, reader, record, verify,
};
use records::{
    RecordName,
    kinds::quota,
    testing::{SECOND, key},
};
use std::rc::Rc;
use verifier::{
    portable::{self, Asked, NotMade, Portable, Short},
    verdict::{Outcome, Verdict},
};

/// The short form of a file, and what it was cut from.
pub fn short_of(chain: &Rc<TestChain>, asked: Asked) -> (Short, Vec<u8>) {
    let (file, verdict) = make(chain, asked).expect("made");
    let proof = Portable::decode(&file).expect("reads");
    let record = RecordName::new(&verdict.kind, &verdict.id).expect("a record");
    (Short::of(&proof, &record).expect("holds it"), file)
}

pub fn short(chain: &Rc<TestChain>) -> Short {
    short_of(chain, Asked::text(&link())).0
}

fn own(short: &mut Short) -> &mut portable::Shelf {
    let name = RecordName::new("invoice", INVOICE).expect("a name");
    short.own.shelves.get_mut(&name.tree_key()).expect("there")
}

/// Completes over these nodes, from the chain's first block on.
pub fn complete_over(
    net: &Net,
    chain: &TestChain,
    bytes: &[u8],
) -> Result<(Vec<u8>, Verdict), NotMade> {
    let with = portable::beside(net);
    now(portable::complete(&with, &reader(chain, 1), bytes))
}

pub fn complete(chain: &Rc<TestChain>, short: &Short) -> Result<(Vec<u8>, Verdict), NotMade> {
    complete_over(&net(chain), chain, &short.encode().expect("encodes"))
}

/// Why nothing comes of it.
pub fn refusal(chain: &Rc<TestChain>, short: &Short) -> String {
    match complete(chain, short) {
        Err(why) => why.code().into(),
        Ok((_, verdict)) => panic!("it was completed: {verdict:#?}"),
    }
}

#[test]
fn nodes_make_the_very_file_of_it_from_which_it_was_cut() {
    let chain = Rc::new(chain());
    for asked in [Asked::text(&link()), Asked::text(PRINTED), record()] {
        let (short, file) = short_of(&chain, asked);
        let (whole, verdict) = complete(&chain, &short).expect("completes");
        assert_eq!(whole, file);
        assert_eq!(verdict.headline, "proven-as-of");
        assert_eq!(verify(&chain, &whole).headline, "proven-as-of");
    }
    let bytes = short(&chain).encode().expect("encodes");
    println!("a short proof about an invoice: {} bytes", bytes.len());
    assert!(bytes.len() < 2_000);
}

#[test]
fn it_says_what_held_under_its_header_however_the_record_changed_since() {
    let old = short(&Rc::new(chain()));
    let today = Rc::new(claimed(3));
    let (file, verdict) = complete(&today, &old).expect("completes");
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::NotEstablished, "proven-as-of")
    );
    assert_eq!(verdict.facts[&"last".to_owned()], "invoice-unclaimed");
    assert_eq!(verdict.facts[&"height".to_owned()], "3");
    assert_eq!(Portable::decode(&file).expect("reads").header().height, 3);
    let claimed = complete(&today, &short(&today)).expect("completes").1;
    assert_eq!(claimed.facts[&"last".to_owned()], "invoice-locked");
}

#[test]
fn no_node_is_asked_about_the_record_itself() {
    let chain = Rc::new(chain());
    let name = RecordName::new("invoice", INVOICE).expect("a name");
    let own = hex::encode(name.tree_key());
    let listening = || {
        let own = own.clone();
        lie(move |_, params, answer| {
            let data = params["data"].as_str().unwrap_or_default();
            assert!(!data.starts_with(&own), "asked about the record");
            answer
        })
    };
    let net = NODES
        .iter()
        .fold(Net::at(chain.time() + SECOND), |net, (url, _)| {
            net.with(url, &chain, listening())
        });
    let bytes = short(&chain).encode().expect("encodes");
    assert!(complete_over(&net, &chain, &bytes).is_ok());
}

#[test]
fn an_absence_and_a_vote_are_cut_and_completed_too() {
    let chain = Rc::new(chain());
    let nothing = Asked::Record {
        kind: "invoice".into(),
        id: "011001900311-00000001".into(),
        opening: None,
    };
    let (short, _) = short_of(&chain, nothing);
    let verdict = complete(&chain, &short).expect("completes").1;
    assert_eq!(verdict.headline, "absence-stale");
    let mut community = common::vote::voting(|_| {});
    community.all_cast(0..4);
    community.chain.empty();
    let chain = Rc::new(community.chain);
    let vote = Asked::Record {
        kind: "vote".into(),
        id: common::vote::VOTE.into(),
        opening: None,
    };
    let (short, file) = short_of(&chain, vote);
    assert_eq!(complete(&chain, &short).expect("completes").0, file);
}

#[test]
fn an_altered_field_is_rejected_once_it_is_complete() {
    let chain = Rc::new(chain());
    let mut other = common::facts();
    other.total = 99_999;
    other.tax = 64_339;
    let mut bent = short(&chain);
    bent.asked = Asked::Record {
        kind: "invoice".into(),
        id: INVOICE.into(),
        opening: Some(other.open_all(&common::SEED).expect("fits")),
    };
    let verdict = complete(&chain, &bent).expect("completes").1;
    assert_eq!(
        (verdict.outcome, verdict.headline.as_str()),
        (Outcome::Rejected, "fields-altered")
    );
}

#[test]
fn its_record_is_not_another_one_whose_openings_it_brings() {
    let mut chain = chain();
    let other = INVOICE.replace("26105568", "26105569");
    let mut facts = common::facts();
    facts.buyer_name = "李四".into();
    let issue = records::kinds::invoice::Issue {
        root: facts.commit(&[6; 16]).expect("fits"),
        prints: Vec::new(),
        ..common::issue()
    };
    let subject = ("invoice", other.as_str());
    chain.submit("invoice.issue", subject, json(&issue), &[&key("shop")]);
    chain.empty();
    let chain = Rc::new(chain);
    let asked = |id: &str| Asked::Record {
        kind: "invoice".into(),
        id: id.into(),
        opening: Some(facts.open_all(&[6; 16]).expect("fits")),
    };
    let true_one = short_of(&chain, asked(&other)).0;
    assert_eq!(
        complete(&chain, &true_one).expect("completes").1.headline,
        "proven-as-of"
    );
    let mut bent = short(&chain);
    bent.asked = asked(INVOICE);
    let verdict = complete(&chain, &bent).expect("completes").1;
    assert_eq!(verdict.headline, "fields-altered");
    // The other's name beside this one's head and log: nodes prove the other, and it is not what was brought.
    bent.asked = asked(&other);
    assert_eq!(refusal(&chain, &bent), "proof-bent");
    // And over them: neither stands under that key.
    let key = |id: &str| RecordName::new("invoice", id).expect("a name").tree_key();
    let shelf = own(&mut bent).clone();
    bent.own.shelves = [(key(&other), shelf)].into_iter().collect();
    assert_eq!(refusal(&chain, &bent), "proof-refuted");
}

#[test]
fn no_bent_byte_makes_it_prove_something_else() {
    let chain = Rc::new(chain());
    let bytes = short(&chain).encode().expect("encodes");
    let net = net(&chain);
    let mut read = 0;
    for at in 0..bytes.len() {
        let mut bent = bytes.clone();
        bent[at] ^= 1 << (at % 8);
        let completed = complete_over(&net, &chain, &bent);
        read += usize::from(!matches!(completed, Err(NotMade::Unreadable(_))));
        if let Ok((_, verdict)) = completed {
            assert_ne!(verdict.headline, "proven-as-of", "byte {at}");
        }
    }
    println!("{} bytes: {read} bent ones could be read", bytes.len());
    assert!(read > 500, "the test reaches the checks: {read}");
}

#[test]
fn another_headers_hash_or_height_is_refuted() {
    let today = Rc::new(claimed(3));
    let true_one = short(&Rc::new(chain()));
    let mut bent = true_one.clone();
    bent.own.header.1 = today.header(2).hash();
    assert_eq!(refusal(&today, &bent), "proof-bent");
    bent = true_one.clone();
    bent.own.header.0 = 2;
    assert_eq!(refusal(&today, &bent), "proof-refuted");
    // A head under the header of another height, and that header's own hash.
    for height in [2, 5, 6] {
        bent.own.header = (height, today.header(height).hash());
        let why = refusal(&today, &bent);
        assert_eq!(why, "proof-refuted", "{height}");
    }
    bent.own.header = (99, true_one.own.header.1);
    assert_eq!(refusal(&today, &bent), "header-not-given");
}

#[test]
fn a_shortened_log_and_an_old_state_under_a_newer_header_are_refuted() {
    let today = Rc::new(claimed(1));
    let mut bent = short(&today);
    own(&mut bent).log.pop();
    assert_eq!(refusal(&today, &bent), "proof-bent");
    own(&mut bent).log.clear();
    assert_eq!(refusal(&today, &bent), "proof-bent");
    let mut old = short(&Rc::new(chain()));
    let mut bent = short(&today);
    *own(&mut bent) = own(&mut old).clone();
    assert_eq!(refusal(&today, &bent), "proof-refuted");
}

#[test]
fn what_it_does_not_need_is_not_in_it() {
    let chain = Rc::new(chain());
    let (mut bent, file) = short_of(&chain, Asked::text(&link()));
    let whole = Portable::decode(&file).expect("reads");
    let more = |(key, _): &(&_, &_)| !bent.own.shelves.contains_key(*key);
    let (key, shelf) = whole.shelves.iter().find(more).expect("more records");
    let (key, shelf) = (*key, shelf.clone());
    bent.own.shelves.insert(key, shelf);
    assert_eq!(refusal(&chain, &bent), "proof-bent");
    bent.own.shelves.clear();
    assert_eq!(refusal(&chain, &bent), "proof-bent");
}

#[test]
fn of_another_chain_nothing_is_completed() {
    let chain = Rc::new(chain());
    let mut bent = short(&chain);
    bent.chain = "dev-other-1".into();
    let net = net(&chain);
    let bytes = bent.encode().expect("encodes");
    let refused = complete_over(&net, &chain, &bytes).expect_err("unknown");
    assert_eq!(refused.code(), "proof-chain-unknown");
    assert!(net.calls.borrow().is_empty(), "nobody was asked");
    // A chain of the same name, founded by the forger: its header is not ours.
    let members = ["tax", "shop", "notary", "regulator"];
    let members = members.map(|id| records::testing::member(id, &["tax-bureau"]));
    let mut forged = TestChain::salted(members.into(), 9);
    (0..2).for_each(|_| forged.empty());
    let asked = Asked::Record {
        kind: "member".into(),
        id: "tax".into(),
        opening: None,
    };
    let forged = short_of(&Rc::new(forged), asked).0;
    assert_eq!(refusal(&chain, &forged), "proof-refuted");
}

#[test]
fn a_checkpoint_above_its_header_does_not_reach_it() {
    let old = short(&Rc::new(chain()));
    let today = Rc::new(claimed(3));
    let bytes = old.encode().expect("encodes");
    let net = net(&today);
    let with = portable::beside(&net);
    let refused = now(portable::complete(&with, &reader(&today, 5), &bytes));
    assert_eq!(refused.expect_err("below").code(), "proof-not-anchored");
}

#[test]
fn what_nodes_do_not_hold_any_more_is_not_established() {
    let today = Rc::new(claimed(3));
    let bytes = short(&Rc::new(chain())).encode().expect("encodes");
    let pruned = || {
        lie(|method, params, mut answer| {
            if method == "abci_query" && params["path"] == "/head" {
                answer["result"]["response"]["code"] = 4.into();
            }
            answer
        })
    };
    let at = Net::at(today.time() + SECOND);
    let all = NODES
        .iter()
        .fold(at, |net, (url, _)| net.with(url, &today, pruned()));
    let refused = complete_over(&all, &today, &bytes).expect_err("pruned");
    assert_eq!(refused.code(), "proof-not-given");
    let one = net(&today).with("http://a", &today, pruned());
    assert!(complete_over(&one, &today, &bytes).is_ok(), "others do");
    let nobody = Net::at(today.time());
    let refused = complete_over(&nobody, &today, &bytes).expect_err("alone");
    assert_eq!(refused.code(), "checkpoint-not-given");
}

#[test]
fn lying_nodes_complete_nothing() {
    let chain = Rc::new(chain());
    let bytes = short(&chain).encode().expect("encodes");
    // Members of another consortium: more of them, and other keys.
    let other = {
        let mut other = common::issued();
        let grant = quota::Grant {
            by: "tax".into(),
            count: 11,
        };
        let subject = ("quota", "shop");
        other.submit("quota.grant", subject, json(&grant), &[&key("tax")]);
        Rc::new(other)
    };
    let false_state = || {
        let other = other.clone();
        lie(move |_, params, mut answer| {
            let data = params["data"].as_str().unwrap_or_default();
            if params["path"] == "/head" && !data.is_empty() {
                let (_, proof) = other.prove(&hex::decode(data).expect("hex"), 3);
                let proof = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, proof);
                answer["result"]["response"]["proofOps"]["ops"][0]["data"] = proof.into();
            }
            answer
        })
    };
    let at = Net::at(chain.time() + SECOND);
    let all = NODES
        .iter()
        .fold(at, |net, (url, _)| net.with(url, &chain, false_state()));
    let refused = complete_over(&all, &chain, &bytes).expect_err("lies");
    assert_eq!(refused.code(), "proof-refuted");
    let one = net(&chain).with("http://a", &chain, false_state());
    assert!(complete_over(&one, &chain, &bytes).is_ok(), "one liar");
    let two =
        net(&chain)
            .with("http://a", &chain, Lie::Cut)
            .with("http://b", &chain, false_state());
    assert!(complete_over(&two, &chain, &bytes).is_ok(), "and one cut");
}
