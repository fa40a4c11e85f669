//! Checkpoints that members sign: what they begin again, and what is refused.

use crate::{
    common::{self, Lie, Net, TestChain, now},
    headers::forked,
    kept::{Drawer, Visitor, honest, look, visit_with},
};
use records::{
    Digest, Envelope, SecretKey, canonical,
    testing::{CHAIN, SECOND, key},
};
use serde_json::{Value, json};
use std::rc::Rc;
use verifier::{Checkpoint, Question, Shelf, Unsent, verdict::Outcome};

const MONTH: i64 = 30 * 24 * 3600 * SECOND;

fn key_of(member: &str) -> SecretKey {
    key(&format!("checkpoints of {member}"))
}

/// Four members, of whom three are needed; one has two keys.
fn listed(entry: &mut Value) {
    let keys = [
        ("tax", "tax"),
        ("tax", "tax, the second"),
        ("notary", "notary"),
        ("regulator", "regulator"),
        ("shop", "shop"),
    ];
    let keys = keys.map(
        |(member, name)| json!({ "member": member, "key": key_of(name).public().to_string() }),
    );
    entry["checkpoint_keys"] = json!(keys);
}

/// What is true of a block.
fn of(chain: &TestChain, height: u64) -> Checkpoint {
    let header = chain.header(height);
    Checkpoint {
        chain: CHAIN.into(),
        hash: Digest(header.hash()),
        height,
        time: header.time.unix_nanos() as i64,
    }
}

fn signed(checkpoint: &Checkpoint, by: &[&str]) -> Vec<u8> {
    let one = |name: &&str| checkpoint.sign(&key_of(name)).expect("encodes");
    let all = by.iter().map(one);
    let all = all.reduce(|all, one| all.joined(one).expect("the same checkpoint"));
    all.expect("somebody signs").encode()
}

const ENOUGH: [&str; 3] = ["tax", "notary", "shop"];

fn refused(visitor: &mut Visitor, net: &Net, file: &[u8]) -> Unsent {
    now(visitor.vouch(net, file)).expect_err("refused")
}

/// The chain of a month later, with so many blocks more.
fn later(blocks: u32) -> Rc<TestChain> {
    let mut chain = common::chain();
    chain.ledger.time += MONTH;
    for _ in 0..blocks {
        chain.empty();
    }
    Rc::new(chain)
}

/// A visitor who has been away for a month, and the chain of today.
fn away() -> (Drawer, Visitor, Net, Rc<TestChain>) {
    let (drawer, chain) = (Drawer::default(), Rc::new(common::chain()));
    let net = honest(&chain);
    look(&mut visit_with(&drawer, &chain, 1, listed), &net);
    let longer = later(1);
    net.turn(&longer);
    net.now.set(longer.time());
    let mut visitor = visit_with(&drawer, &chain, 1, listed);
    assert_eq!(look(&mut visitor, &net).reason, "trust-expired");
    (drawer, visitor, net, longer)
}

#[test]
fn a_checkpoint_that_enough_members_signed_begins_expired_trust_again_and_a_reload_keeps_it() {
    let (drawer, mut visitor, net, chain) = away();
    let file = signed(&of(&chain, 4), &ENOUGH);
    let vouched = now(visitor.vouch(&net, &file)).expect("enough");
    assert_eq!(vouched.members, ["notary", "shop", "tax"]);
    assert_eq!(visitor.vouched(), vouched.members);
    let found = look(&mut visitor, &net);
    assert_eq!((found.reason.as_str(), found.anchor.is_some()), ("", true));
    now(vouched.keep_signers(&drawer, visitor.chain()));
    let mut again = back(&drawer, &chain, 1);
    let found = look(&mut again, &net);
    let anchor = found.anchor.expect("kept");
    assert_eq!((found.reason.as_str(), anchor.height), ("", 4));
    assert_eq!(again.vouched(), vouched.members);
    // A person who decides takes their place, also in the next visit.
    let hash = hex::encode(chain.header(4).hash());
    now(again.establish(&net, 4, &hash)).expect("recent");
    assert!(again.vouched().is_empty());
    assert!(back(&drawer, &chain, 1).vouched().is_empty());
}

/// *Attack: none; what a page proved of the chain that was trusted before stands against the one that its members began anew.*
#[test]
fn nothing_that_was_proven_before_stands_beside_a_checkpoint_that_members_signed() {
    let (drawer, chain) = (Drawer::default(), Rc::new(common::chain()));
    let net = honest(&chain);
    let mut visitor = visit_with(&drawer, &chain, 1, listed);
    let question = Question::text(&common::link());
    let verdict = now(visitor.check(&net, &question));
    assert_eq!(verdict.outcome, Outcome::Verified);
    // The same invoice, issued a month later on a chain with blocks of its own.
    let mut anew = common::founded();
    anew.ledger.time += MONTH;
    anew.salt += 1;
    common::with_invoice(&mut anew);
    anew.empty();
    anew.empty();
    let anew = Rc::new(anew);
    net.turn(&anew);
    net.now.set(anew.time());
    let file = signed(&of(&anew, 4), &ENOUGH);
    now(visitor.vouch(&net, &file)).expect("enough");
    let verdict = now(visitor.check(&net, &question));
    assert_eq!(verdict.outcome, Outcome::Verified, "{verdict:#?}");
}

/// The next visit of the same browser.
fn back(drawer: &Drawer, chain: &TestChain, checkpoint: u64) -> Visitor {
    let mut visitor = visit_with(drawer, chain, checkpoint, listed);
    now(visitor.recall_signers(drawer));
    visitor
}

#[test]
fn who_signed_is_named_only_while_what_they_signed_is_trusted() {
    let kept = || {
        let (drawer, mut visitor, net, chain) = away();
        let file = signed(&of(&chain, 4), &ENOUGH);
        let vouched = now(visitor.vouch(&net, &file)).expect("enough");
        now(vouched.keep_signers(&drawer, visitor.chain()));
        (drawer, net, chain)
    };
    // A page with another checkpoint begins with that.
    let (drawer, _, chain) = kept();
    assert!(back(&drawer, &chain, 2).vouched().is_empty());
    assert!(back(&drawer, &chain, 1).vouched().is_empty(), "for good");
    // The state is lost, and what is left is from before.
    let (drawer, net, chain) = kept();
    drawer.lose(|name| name.ends_with("0000004"));
    let mut visitor = back(&drawer, &chain, 1);
    look(&mut visitor, &net);
    assert!(visitor.vouched().is_empty());
    // While the page is open everything is lost: trust begins at the page's checkpoint again.
    let (drawer, net, chain) = kept();
    let mut visitor = back(&drawer, &chain, 1);
    assert_eq!(visitor.vouched().len(), ENOUGH.len());
    drawer.lose(|_| true);
    look(&mut visitor, &net);
    assert!(visitor.vouched().is_empty());
    // Bytes that somebody else put there name nobody but members.
    let (drawer, _, chain) = kept();
    let place = drawer.find(|name| name.ends_with("signers"));
    for (bytes, named) in [
        (&b"4\nnobody\ntax\n<b>"[..], &["tax"][..]),
        (b"tax", &[]),
        (b"4\n\xff", &[]),
        (b"", &[]),
    ] {
        now(drawer.put(&place, bytes)).expect("kept");
        assert_eq!(back(&drawer, &chain, 1).vouched(), named);
    }
}

#[test]
fn a_second_checkpoint_that_is_refused_takes_no_trust_from_those_who_signed_the_first() {
    let (_, mut visitor, net, chain) = away();
    let first = signed(&of(&chain, 4), &ENOUGH);
    let vouched = now(visitor.vouch(&net, &first)).expect("enough");
    let longer = later(2);
    net.turn(&longer);
    let mut second = of(&longer, 5);
    second.time += 1;
    let why = refused(&mut visitor, &net, &signed(&second, &ENOUGH));
    assert_eq!(why.reason, "checkpoint-differs");
    assert_eq!(visitor.vouched(), vouched.members);
}

#[test]
fn only_different_members_with_keys_of_todays_chains_json_count() {
    let (_, mut visitor, net, chain) = away();
    for (by, count) in [
        (&["tax", "notary"][..], "2"),
        (&["tax", "tax, the second", "notary"], "2"),
        (&["tax", "notary", "somebody", "somebody else"], "2"),
        (&["somebody", "somebody else", "a third"], "0"),
    ] {
        let why = refused(&mut visitor, &net, &signed(&of(&chain, 4), by));
        assert_eq!(why.reason, "checkpoint-too-few", "{by:?}");
        let fact = |name: &str| why.facts[&name.to_owned()].clone();
        assert_eq!((fact("signed"), fact("needed")), (count.into(), "3".into()));
    }
    assert_eq!(look(&mut visitor, &net).reason, "trust-expired");
    // Where nobody is listed, nobody is enough: neither everybody nor a file without signatures.
    let mut bare = visit_with(&Drawer::default(), &chain, 1, |_| {});
    let file = signed(&of(&chain, 4), &ENOUGH);
    let text = String::from_utf8(file.clone()).expect("ascii");
    let (head, _) = text.split_once("[{").expect("signatures");
    for file in [file, format!("{head}[]}}").into_bytes()] {
        let why = refused(&mut bare, &net, &file);
        assert_eq!(why.reason, "checkpoint-too-few");
    }
}

#[test]
fn a_signed_checkpoint_of_another_chain_or_time_or_hash_is_refused() {
    let (_, mut visitor, net, chain) = away();
    let hour = 3600 * SECOND;
    let bent = |bend: &dyn Fn(&mut Checkpoint)| {
        let mut bent = of(&chain, 4);
        bend(&mut bent);
        signed(&bent, &ENOUGH)
    };
    for (file, reason) in [
        (
            bent(&|c| c.chain = "dev-other-1".into()),
            "checkpoint-other-chain",
        ),
        (bent(&|c| c.hash = Digest([9; 32])), "checkpoint-not-given"),
        (bent(&|c| c.time -= 1), "checkpoint-differs"),
        (bent(&|c| c.time += hour), "header-from-future"),
        (bent(&|c| c.time -= MONTH / 2), "trust-expired"),
    ] {
        assert_eq!(refused(&mut visitor, &net, &file).reason, reason);
    }
    assert_eq!(look(&mut visitor, &net).reason, "trust-expired");
}

#[test]
fn what_was_not_signed_as_this_checkpoint_is_none() {
    let (_, mut visitor, net, chain) = away();
    let (checkpoint, file) = (of(&chain, 4), signed(&of(&chain, 4), &ENOUGH));
    let keys = ENOUGH.map(key_of);
    let keys: Vec<&SecretKey> = keys.iter().collect();
    // Signed as an event, and called a checkpoint afterwards.
    let payload = canonical::encode(&checkpoint).expect("encodes");
    let event = Envelope::sign(payload, &keys).encode();
    let renamed = String::from_utf8(event.clone()).expect("ascii");
    let renamed = renamed.replace("lianyan.event", "lianyan.checkpoint");
    // Signatures for one block beside another.
    let other = signed(&of(&chain, 3), &ENOUGH);
    let cut = |file: &[u8]| {
        let text = String::from_utf8(file.to_vec()).expect("ascii");
        let (payload, rest) = text.split_once(",\"payloadType\"").expect("an envelope");
        (payload.to_owned(), rest.to_owned())
    };
    let moved = format!("{},\"payloadType\"{}", cut(&other).0, cut(&file).1);
    let mut spaced = file.clone();
    spaced.push(b'\n');
    let huge = [&file[..], &vec![b' '; 10_000_000]].concat();
    let crowd: Vec<String> = (0..17).map(|number| number.to_string()).collect();
    let crowd: Vec<&str> = crowd.iter().map(String::as_str).collect();
    for (file, reason) in [
        (event, "checkpoint-unreadable"),
        (renamed.into_bytes(), "checkpoint-bad-signature"),
        (moved.into_bytes(), "checkpoint-bad-signature"),
        (spaced, "checkpoint-unreadable"),
        (huge, "checkpoint-unreadable"),
        (signed(&checkpoint, &crowd), "checkpoint-unreadable"),
        (Vec::new(), "checkpoint-unreadable"),
    ] {
        assert_eq!(refused(&mut visitor, &net, &file).reason, reason);
    }
    for cut in 0..file.len() {
        let why = refused(&mut visitor, &net, &file[..cut]);
        assert_eq!(why.reason, "checkpoint-unreadable");
    }
}

#[test]
fn a_signed_checkpoint_at_odds_with_what_was_trusted_is_refused_as_a_fork() {
    let (_, mut visitor, net, chain) = away();
    let kept = of(&chain, 3);
    let mut other = of(&chain, 4);
    // Another block of a height that was trusted, and a younger one below it.
    for height in [3, 2, 1] {
        other.height = height;
        let why = refused(&mut visitor, &net, &signed(&other, &ENOUGH));
        assert_eq!(why.reason, "checkpoint-conflicts", "{height}");
    }
    // Above it, and yet not later, where trust is not over.
    let fresh = Rc::new(common::chain());
    let net = honest(&fresh);
    let mut visitor = visit_with(&Drawer::default(), &fresh, 1, listed);
    look(&mut visitor, &net);
    let early = Checkpoint {
        height: 9,
        ..kept.clone()
    };
    let why = refused(&mut visitor, &net, &signed(&early, &ENOUGH));
    assert_eq!(why.reason, "checkpoint-conflicts");
    // True, and no news.
    for height in [1, 2, 3] {
        let why = refused(&mut visitor, &net, &signed(&of(&fresh, height), &ENOUGH));
        assert_eq!(why.reason, "checkpoint-not-newer", "{height}");
    }
    assert_eq!(look(&mut visitor, &net).reason, "");
}

#[test]
fn members_signatures_end_no_halt() {
    let chain = Rc::new(common::chain());
    let net = Net::at(chain.time())
        .with("http://a", &chain, Lie::None)
        .with("http://b", &chain, forked())
        .with("http://c", &chain, Lie::None);
    let mut visitor = visit_with(&Drawer::default(), &chain, 1, listed);
    assert_eq!(look(&mut visitor, &net).reason, "chain-forked");
    let file = signed(&of(&chain, 3), &ENOUGH);
    assert_eq!(refused(&mut visitor, &net, &file).reason, "chain-forked");
    assert_eq!(look(&mut visitor, &net).reason, "chain-forked");
}
