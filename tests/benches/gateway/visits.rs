//! What visitors ask: recorded while light clients verify invoices before the demo's nodes.

use super::device::{Device, block_on};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lianyan_tests::Outcome;
use lianyan_tests::demo::Demo;
use node::network::Client;
use records::{Event, RecordName};
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use verifier::verdict::Outcome as Verdict;
use verifier::{Host, Limits, News, Question, Unreachable, Verifier, chains};

/// So many visitors at most: those of ten seconds.
const MOST: usize = 700;

/// The questions of all visitors, one after the other.
pub struct Visits {
    pub count: usize,
    /// What is posted.
    pub bodies: Vec<Vec<u8>>,
    calls: usize,
    bytes: usize,
}

impl Visits {
    /// Lets light clients that were never here verify an invoice each.
    pub fn record(demo: &Demo) -> Outcome<Self> {
        let chain = chains::read(&demo.file("chains.json")?)?.pop();
        let mut chain = chain.ok_or("no chain")?;
        // The page finds them on its own host.
        for (node, address) in chain.nodes.iter_mut().zip(demo.nodes()) {
            node.url = address;
        }
        let recorder = Recorder::default();
        let names = invoices(demo)?;
        let asked = names.iter().take(MOST);
        let count = asked.len();
        for name in asked {
            let question = Question::record(name.kind(), name.id(), None).ok_or("no question")?;
            let mut verifier = Verifier::new(chain.clone());
            let verdict = block_on(verifier.check(&recorder, &question));
            if verdict.anchor.is_none() || verdict.outcome == Verdict::NotEstablished {
                return Err(format!("{name} is not proven: {verdict:?}").into());
            }
        }
        let (bodies, bytes) = (recorder.asked.into_inner(), recorder.answered.get());
        let calls = bodies.iter().map(|body| calls(body)).sum::<Outcome<_>>()?;
        Ok(Self {
            count,
            bodies,
            calls,
            bytes,
        })
    }

    pub fn requests_each(&self) -> f64 {
        self.bodies.len() as f64 / self.count as f64
    }

    pub fn calls_each(&self) -> f64 {
        self.calls as f64 / self.count as f64
    }

    /// Bytes of answers.
    pub fn bytes_each(&self) -> f64 {
        self.bytes as f64 / self.count as f64
    }
}

/// How many there are in a request.
fn calls(body: &[u8]) -> Outcome<usize> {
    let request: Value = serde_json::from_slice(body)?;
    Ok(request.as_array().map_or(1, Vec::len))
}

/// The names of all invoices that the blocks tell of.
fn invoices(demo: &Demo) -> Outcome<BTreeSet<RecordName>> {
    let node = demo.nodes().swap_remove(0);
    let client = Client(node.trim_start_matches("http://").parse()?);
    let mut names = BTreeSet::new();
    for height in 1..=client.newest()?.0 {
        let block = client.call("block", json!({ "height": height.to_string() }))?;
        let txs = block["block"]["data"]["txs"].as_array();
        for tx in txs.into_iter().flatten().filter_map(Value::as_str) {
            let event = Event::open(&BASE64.decode(tx)?)?;
            let subject = &event.payload().subject;
            if subject.kind() == "invoice" {
                names.insert(subject.clone());
            }
        }
    }
    Ok(names)
}

/// A device that notes what it sends, and how much it gets.
#[derive(Default)]
struct Recorder {
    asked: RefCell<Vec<Vec<u8>>>,
    answered: Cell<usize>,
}

impl Host for Recorder {
    async fn post(&self, url: &str, body: Vec<u8>, limits: Limits) -> Result<Vec<u8>, Unreachable> {
        self.asked.borrow_mut().push(body.clone());
        let answer = Device.post(url, body, limits).await?;
        self.answered.update(|bytes| bytes + answer.len());
        Ok(answer)
    }

    fn now(&self) -> i64 {
        Device.now()
    }

    fn random(&self) -> [u8; 32] {
        Device.random()
    }

    fn tell(&self, news: News) {
        Device.tell(news);
    }

    async fn pause(&self, millis: u32) {
        Device.pause(millis).await;
    }
}
