//! How much may be handed in at a node, and who pays: a key, a member for all its keys, everybody else together.

mod bounds;
#[path = "../common/mod.rs"]
mod common;
mod others;

use common::{SECOND, begun, follow_at, founder_key, key, member, open, payload};
use node::{
    application::{Application, CheckTxRequest, ProposedBlock, code},
    comet::ExecTxResult,
    consortium::now,
};
use records::{
    SecretKey, canonical,
    envelope::MAX_SIGNATURES,
    kinds::{
        consent::document::{Erase, Propose},
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
    /// Time before its first block.
    begins: i64,
    _folder: tempfile::TempDir,
}

impl Node {
    /// A node that follows the chain as it goes on.
    fn new() -> Self {
        Self::beginning(now())
    }

    fn beginning(begins: i64) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("node.redb");
        Self {
            application: begun(open(&file).with_rate(RATE)),
            height: 0,
            begins,
            _folder: folder,
        }
    }

    fn time(&self) -> i64 {
        self.begins + self.height as i64 * SECOND
    }

    /// A block with these events.
    fn decide(&mut self, txs: &[Vec<u8>]) -> Vec<ExecTxResult> {
        self.height += 1;
        let answer = follow_at(&self.application, self.height, self.time(), txs);
        answer.expect("executes").tx_results
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

    /// Events of so many keys that nobody has.
    fn flood(&self, count: usize) -> Vec<Vec<u8>> {
        let strangers = keys("nobody", count);
        let numbered = strangers.iter().enumerate();
        numbered
            .map(|(number, key)| self.lone(number, &[key]))
            .collect()
    }

    /// The event by which a founder's keys change; where none are given, by one that comes. Signed by the founder's first, by those that come, and by whoever
    /// else signs it.
    fn rekeying(
        &self,
        founder: usize,
        seq: u64,
        [add, end]: [&[SecretKey]; 2],
        others: &[&SecretKey],
    ) -> Vec<u8> {
        let one = [key(&format!("founder-{founder}, {seq}"))];
        let add = match (add, end) {
            ([], []) => &one[..],
            _ => add,
        };
        let public = |keys: &[SecretKey]| keys.iter().map(SecretKey::public).collect();
        let body = Rekey {
            add: public(add),
            end: public(end),
            seal_key: None,
        };
        let subject = ("member", &*format!("founder-{founder}"));
        let event = payload("member.rekey", subject, seq, &body, self.time());
        let first = founder_key(founder);
        let others = add.iter().chain(others.iter().copied());
        let signers: Vec<_> = [&first].into_iter().chain(others).collect();
        event.sign(&signers).expect("signs").encode()
    }

    /// A founder has these keys too, as many at once as an envelope takes; gives how many events that were.
    fn add(&mut self, founder: usize, keys: &[SecretKey]) -> u64 {
        let mut seq = 0;
        for add in keys.chunks(MAX_SIGNATURES - 1) {
            let event = self.rekeying(founder, seq, [add, &[]], &[]);
            self.accept(&[event]);
            seq += 1;
        }
        seq
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
            self.time(),
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
            let subject = ("document", id.as_str());
            let event = payload("document.propose", subject, 0, &body, self.time());
            event.sign(&[&key("hospital")]).expect("signs").encode()
        };
        let proposals: Vec<_> = patients.iter().enumerate().map(propose).collect();
        self.accept(&proposals);
        let confirm = |(number, patient)| self.confirmation(number, &[patient]);
        patients.iter().enumerate().map(confirm).collect()
    }

    /// With which a patient confirms the document of this number.
    fn confirmation(&self, number: usize, signers: &[&SecretKey]) -> Vec<u8> {
        let nothing = canonical::Value::Object(canonical::Map::new());
        let subject = ("document", &*format!("d-{number}"));
        let event = payload("document.confirm", subject, 1, &nothing, self.time());
        event.sign(signers).expect("signs").encode()
    }

    /// With which the hospital and a patient erase the document of this number, which was confirmed.
    fn erasing(&self, number: usize, signers: &[&SecretKey]) -> Vec<u8> {
        let body = Erase { reviewer: None };
        let subject = ("document", &*format!("d-{number}"));
        let event = payload("document.erase", subject, 2, &body, self.time());
        event.sign(signers).expect("signs").encode()
    }
}

fn keys(name: &str, count: usize) -> Vec<SecretKey> {
    (0..count)
        .map(|number| key(&format!("{name} {number}")))
        .collect()
}
