//! A whole question to nodes whose answers were changed: what is verified is what the chain holds, whatever they say.

use crate::{
    edit::edit,
    input::Input,
    targets::{
        node::{self, World},
        records::story,
    },
};
use serde_json::{Value, json};
use std::{
    cell::{Cell, RefCell},
    sync::LazyLock,
};
use verifier::{
    Host, Limits, News, Question, Unreachable, Verifier,
    chains::{self, Chain},
    verdict::{Outcome, Verdict},
};

const NODES: [(&str, &str); 2] = [("http://a", "tax"), ("http://b", "notary")];
/// Records that are asked for, and one that is not there.
pub const RECORDS: [(&str, &str); 6] = [
    ("invoice", story::INVOICE),
    ("invoice", "011001900311-00000000"),
    ("document", "d1"),
    ("grant", "g2"),
    ("read", "r2"),
    ("vote", "v1"),
];

/// What honest nodes lead to.
pub static TRUTH: LazyLock<Vec<Verdict>> =
    LazyLock::new(|| RECORDS.iter().map(|record| ask(record, &[])).collect());

pub fn seeds() -> Vec<Vec<u8>> {
    // Which record, who lies, then for each changed answer: how many true ones before it, and one change.
    let records = 0..u8::try_from(RECORDS.len()).unwrap_or(0);
    records
        .flat_map(|record| {
            (0..12).map(move |answer| vec![record, answer % 4, answer, 6, answer, 0, 30, 0, 9, 1])
        })
        .collect()
}

pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let place = usize::from(input.byte()) % RECORDS.len();
    let verdict = ask(&RECORDS[place], input.0);
    let truth = &TRUTH[place];
    let says = matches!(
        verdict.outcome,
        Outcome::Verified | Outcome::OutOfForce | Outcome::Absent
    );
    if says {
        assert_eq!(
            verdict.outcome, truth.outcome,
            "another outcome is established: {}",
            verdict.headline
        );
        assert_eq!(verdict.state, truth.state, "another state is proven");
        let anchor = verdict.anchor.as_ref().expect("rests on a header");
        assert!(
            node::WORLD.hashes.contains(&anchor.hash),
            "a header of another chain is trusted"
        );
    }
    // Nothing that nodes say can make the chain's own record look forged.
    assert!(
        verdict.outcome != Outcome::Rejected || truth.outcome == Outcome::Rejected,
        "the truth is rejected: {}",
        verdict.headline
    );
}

/// The chain as its page would know it.
pub fn chain() -> Chain {
    let nodes: Vec<Value> = NODES
        .iter()
        .map(|(url, member)| json!({ "url": url, "member": member }))
        .collect();
    let file = json!({ "chains": [{
        "id": records::testing::CHAIN,
        "name": "链",
        "name_en": "chain",
        "dev": true,
        "checkpoint": { "height": 1, "hash": node::WORLD.hashes[0] },
        "nodes": nodes,
        "trusting_period_seconds": 10 * 24 * 3600,
    }] });
    chains::read(&file.to_string()).expect("reads").remove(0)
}

/// Asks two nodes that lie as the bytes say; none lies where there are none.
fn ask((kind, id): &(&str, &str), lies: &[u8]) -> Verdict {
    let question = Question::record(kind, id, None).expect("a record");
    let check = async {
        Verifier::new(chain())
            .check(&Liar::new(lies), &question)
            .await
    };
    node::WORLD.runtime.block_on(check)
}

/// A host whose nodes answer truly, but for some answers.
pub struct Liar<'a> {
    /// Bit 0: the first node lies; bit 1: the second does.
    who: u8,
    /// True answers before the next lie.
    honest: Cell<u8>,
    lies: RefCell<&'a [u8]>,
    world: &'a World,
}

impl<'a> Liar<'a> {
    /// Lies as the bytes say; not at all where there are none.
    pub fn new(lies: &'a [u8]) -> Self {
        Self::of(&node::WORLD, lies)
    }

    /// The same over another world's node.
    pub fn of(world: &'a World, lies: &'a [u8]) -> Self {
        let mut lies = Input(lies);
        Self {
            who: lies.byte(),
            honest: Cell::new(lies.byte()),
            lies: RefCell::new(lies.0),
            world,
        }
    }

    fn bend(&self, answer: Vec<u8>) -> Vec<u8> {
        let left = self.honest.get();
        if left > 0 || self.lies.borrow().is_empty() {
            self.honest.set(left.saturating_sub(1));
            return answer;
        }
        let mut input = Input(*self.lies.borrow());
        let length = usize::from(input.byte());
        let changes = input.take(length);
        self.honest.set(input.byte());
        *self.lies.borrow_mut() = input.0;
        let Ok(mut json) = serde_json::from_slice(&answer) else {
            return answer;
        };
        edit(&mut json, &mut Input(changes));
        json.to_string().into_bytes()
    }
}

impl Host for Liar<'_> {
    async fn post(&self, url: &str, body: Vec<u8>, limits: Limits) -> Result<Vec<u8>, Unreachable> {
        let (_, answer) = self.world.post(body).await;
        let place = u32::from(url != NODES[0].0);
        let answer = if self.who >> place & 1 == 1 {
            self.bend(answer)
        } else {
            answer
        };
        if answer.len() > limits.bytes {
            Err(Unreachable::TooLong)
        } else {
            Ok(answer)
        }
    }

    fn now(&self) -> i64 {
        self.world.now
    }

    fn random(&self) -> [u8; 32] {
        [42; 32]
    }

    fn tell(&self, _: News) {}

    async fn pause(&self, _: u32) {}
}
