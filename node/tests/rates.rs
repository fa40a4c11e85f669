//! How much may be handed in at a node, and who pays: a key, a member for all its keys, everybody else together.

mod common;

use common::{GENESIS, begun, follow, founder_key, key, member, open, payload, time_at};
use node::{
    application::{Application, CheckTxRequest, code},
    comet::ExecTxResult,
};
use records::{
    SecretKey, canonical,
    kinds::{
        consent::document::Propose,
        member::{Member, Rekey},
    },
};
use std::time::Instant;

/// Events a second for one key.
const RATE: u32 = 5;

/// What somebody may hand in: at once, and a second from then on.
type Bound = (usize, usize);
const KEY: Bound = (50, 5);
const MEMBER: Bound = (100, 10);
const PERSONS: Bound = (100, 25);
const STRANGERS: Bound = (50, 5);

struct Node {
    application: Application,
    height: u64,
    _folder: tempfile::TempDir,
}

impl Node {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("node.redb");
        Self {
            application: begun(open(&file).with_rate(RATE)),
            height: 0,
            _folder: folder,
        }
    }

    fn time(&self) -> i64 {
        time_at(self.height)
    }

    /// A block with these events.
    fn decide(&mut self, txs: &[Vec<u8>]) -> Vec<ExecTxResult> {
        self.height += 1;
        let answer = follow(&self.application, self.height, txs).expect("executes");
        answer.tx_results
    }

    /// A block with these events, which the rules accept.
    #[track_caller]
    fn accept(&mut self, txs: &[Vec<u8>]) {
        let results = self.decide(txs);
        let refused = results.iter().find(|result| result.code != code::OK);
        assert_eq!(refused, None);
    }

    fn check(&self, tx: &[u8]) -> u32 {
        let request = CheckTxRequest { tx, again: false };
        self.application.check_tx(request).code
    }

    /// Hands in these, of which `left` and what comes back meanwhile are taken; the others come too fast.
    #[track_caller]
    fn takes(&self, (left, pace): Bound, txs: &[Vec<u8>]) {
        let start = Instant::now();
        let codes: Vec<u32> = txs.iter().map(|tx| self.check(tx)).collect();
        let back = start.elapsed().as_millis() as usize * pace / 1_000 + 2;
        let known = [code::OK, code::TOO_MANY];
        assert!(codes.iter().all(|code| known.contains(code)), "{codes:?}");
        let taken = codes.iter().filter(|code| **code == code::OK).count();
        let range = left.min(txs.len())..=left + back;
        assert!(range.contains(&taken), "{taken}, not {range:?}");
    }

    /// An event that lacks a quorum, each number another one.
    fn lone(&self, number: usize, signers: &[&SecretKey]) -> Vec<u8> {
        let id = format!("m-{number}");
        payload(
            "member.admit",
            ("member", &id),
            0,
            &member(&id),
            self.time(),
        )
        .sign(signers)
        .expect("signs")
        .encode()
    }

    /// A founder's keys change.
    fn rekey(&mut self, seq: u64, add: &[SecretKey], end: &[SecretKey]) {
        let public = |keys: &[SecretKey]| keys.iter().map(SecretKey::public).collect();
        let body = Rekey {
            add: public(add),
            end: public(end),
        };
        let founder = founder_key(0);
        let event = payload(
            "member.rekey",
            ("member", "founder-0"),
            seq,
            &body,
            self.time(),
        );
        self.accept(&[event.sign(&[&founder]).expect("signs").encode()]);
    }

    /// Documents of these patients, each proposed by one hospital; and how each confirms its own.
    fn patients(&mut self, patients: &[SecretKey]) -> Vec<Vec<u8>> {
        let hospital = Member {
            roles: vec!["hospital".into()],
            ..member("hospital")
        };
        let founders: Vec<SecretKey> = (0..4).map(founder_key).collect();
        let admit = payload(
            "member.admit",
            ("member", "hospital"),
            0,
            &hospital,
            GENESIS,
        );
        let admit = admit.sign(&founders.iter().collect::<Vec<_>>());
        self.accept(&[admit.expect("signs").encode()]);
        let propose = |(number, patient): (usize, &SecretKey)| {
            let body = Propose {
                content: "11".repeat(32),
                guardian: None,
                hospital: "hospital".into(),
                patient: patient.public(),
                root: "22".repeat(32),
            };
            let id = format!("d-{number}");
            let event = payload("document.propose", ("document", &id), 0, &body, GENESIS);
            event.sign(&[&key("hospital")]).expect("signs").encode()
        };
        let proposals: Vec<_> = patients.iter().enumerate().map(propose).collect();
        self.accept(&proposals);
        let confirm = |(number, patient): (usize, &SecretKey)| {
            let nothing = canonical::Value::Object(canonical::Map::new());
            let id = format!("d-{number}");
            let event = payload("document.confirm", ("document", &id), 1, &nothing, GENESIS);
            event.sign(&[patient]).expect("signs").encode()
        };
        patients.iter().enumerate().map(confirm).collect()
    }
}

fn keys(name: &str, count: usize) -> Vec<SecretKey> {
    (0..count)
        .map(|number| key(&format!("{name} {number}")))
        .collect()
}

#[test]
fn a_key_that_hands_in_too_much_has_to_wait_and_others_do_not() {
    let node = Node::new();
    let (flood, quiet) = (founder_key(0), founder_key(1));
    // Signed beforehand: what takes long gives the key time to recover.
    let events: Vec<_> = (0..200)
        .map(|number| node.lone(number, &[&flood]))
        .collect();
    node.takes(KEY, &events);
    assert_eq!(node.check(&node.lone(0, &[&quiet])), code::OK);
    let again = CheckTxRequest {
        tx: &events[0],
        again: true,
    };
    let answer = node.application.check_tx(again);
    assert_eq!(answer.code, code::OK, "what waits already goes on waiting");
}

#[test]
fn a_refused_event_counts_more_than_one() {
    let mut node = Node::new();
    let event = |node: &Node, number| node.lone(number, &[&founder_key(0)]);
    let refused: Vec<_> = (0..4).map(|number| event(&node, number)).collect();
    let results = node.decide(&refused);
    assert!(results.iter().all(|result| result.code == code::REFUSED));
    let events: Vec<_> = (4..100).map(|number| event(&node, number)).collect();
    let (at_once, pace) = KEY;
    node.takes((at_once - 40, pace), &events);
}

#[test]
fn a_member_does_not_flood_by_using_one_key_after_the_other() {
    let mut node = Node::new();
    let own = keys("a branch of founder-0", 20);
    node.rekey(0, &own, &[]);
    let flood: Vec<_> = (0..400)
        .map(|number| node.lone(number, &[&own[number % own.len()]]))
        .collect();
    node.takes(MEMBER, &flood);
    let (_, pace) = MEMBER;
    let first: Vec<_> = (0..40)
        .map(|number| node.lone(number, &[&founder_key(0)]))
        .collect();
    node.takes((0, pace), &first);
    assert_eq!(node.check(&node.lone(0, &[&founder_key(1)])), code::OK);
}

#[test]
fn a_key_that_a_member_has_ended_is_anybodys() {
    let mut node = Node::new();
    let stolen = keys("a branch of founder-0", 20);
    node.rekey(0, &stolen, &[]);
    node.rekey(1, &[], &stolen);
    let flood: Vec<_> = (0..200)
        .map(|number| node.lone(number, &[&stolen[number % stolen.len()]]))
        .collect();
    node.takes(STRANGERS, &flood);
    let own = node.lone(0, &[&founder_key(0)]);
    assert_eq!(node.check(&own), code::OK, "the member has not flooded");
}

#[test]
fn new_keys_for_every_event_count_as_one_key_and_keep_nobody_out() {
    let mut node = Node::new();
    let confirmations = node.patients(&keys("patient", 5));
    let strangers = keys("nobody", 200);
    let flood: Vec<_> = (0..)
        .zip(&strangers)
        .map(|(number, key)| node.lone(number, &[key]))
        .collect();
    node.takes(STRANGERS, &flood);
    for confirmation in &confirmations {
        assert_eq!(node.check(confirmation), code::OK, "a patient's own event");
    }
    assert_eq!(node.check(&node.lone(0, &[&founder_key(0)])), code::OK);
    node.accept(&confirmations);
}

#[test]
fn large_events_of_strangers_use_up_what_all_of_them_have() {
    let mut node = Node::new();
    let strangers = keys("nobody", 40);
    let large = |(number, key): (usize, &SecretKey)| {
        let id = format!("m-{number}");
        let body = Member {
            name_en: "x".repeat(45_000),
            ..member(&id)
        };
        let event = payload("member.admit", ("member", &id), 0, &body, GENESIS);
        event.sign(&[key]).expect("signs").encode()
    };
    let flood: Vec<_> = strangers.iter().enumerate().map(large).collect();
    let size = flood[0].len().div_ceil(4 * 1024);
    let (at_once, pace) = STRANGERS;
    node.takes((at_once.div_ceil(size), pace), &flood);
    node.decide(&flood[..4]);
    let small = node.lone(99, &[&key("nobody else")]);
    assert_eq!(node.check(&small), code::TOO_MANY);
    assert_eq!(node.check(&node.lone(0, &[&founder_key(0)])), code::OK);
}

#[test]
fn persons_however_many_leave_room_to_members() {
    let mut node = Node::new();
    let confirmations = node.patients(&keys("patient", 250));
    node.takes(PERSONS, &confirmations);
    assert_eq!(node.check(&node.lone(0, &[&founder_key(0)])), code::OK);
}

#[test]
fn nobody_exhausts_a_member_with_signatures_of_its_own() {
    let mut node = Node::new();
    let founders: Vec<SecretKey> = (0..4).map(founder_key).collect();
    let event = payload("member.admit", ("member", "x"), 0, &member("x"), GENESIS);
    let sign = |signers: &[&SecretKey]| event.sign(signers).expect("signs").encode();
    let strangers = keys("nobody", 300);
    let copies: Vec<_> = strangers
        .iter()
        .map(|stranger| {
            let mut signers: Vec<&SecretKey> = founders.iter().collect();
            signers.push(stranger);
            sign(&signers)
        })
        .collect();
    let (before, after) = copies.split_at(150);
    // Any of them could come into a block first.
    node.takes(STRANGERS, before);
    node.accept(&[sign(&founders.iter().collect::<Vec<_>>())]);
    // All of them are refused now.
    let refused = node.decide(after);
    assert!(refused.iter().all(|result| result.code == code::REFUSED));
    let own: Vec<_> = (0..200)
        .map(|number| node.lone(number, &[&founders[0]]))
        .collect();
    node.takes(KEY, &own);
}
