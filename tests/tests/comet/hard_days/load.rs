//! The load: a hospital issues invoices all day, at every node some at a time, and notes those that a node answers as committed.

use super::super::Consortium;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lianyan_tests::Outcome;
use node::application::code;
use node::consortium::now;
use node::network::Client;
use records::kinds::{invoice::Issue, quota::Grant};
use records::shape::Shape;
use records::{Digest, Payload, RecordName, SecretKey, canonical};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// Who issues.
pub const ISSUER: &str = "hospital-group";
/// Who grants its quota.
pub const BUREAU: &str = "tax-bureau";
/// An event may be written within this time.
const UNTIL: i64 = 3_600_000_000_000;
/// Invoices that wait at each node.
const AT_A_TIME: usize = 3;
/// A node that does not answer is asked again after this time.
const PAUSE: Duration = Duration::from_millis(200);

/// An event that a node answered as committed.
#[derive(Clone, Debug)]
pub struct Written {
    /// The invoice.
    pub name: RecordName,
    /// The event.
    pub tx: Value,
    /// Height of its block.
    pub height: u64,
}

/// What was written so far.
#[derive(Default)]
pub struct Book {
    written: Mutex<Vec<Written>>,
    /// Answers that are neither "committed" nor an error.
    odd: Mutex<Vec<Value>>,
    stop: AtomicBool,
}

impl Book {
    /// Everything that was answered as committed.
    pub fn written(&self) -> MutexGuard<'_, Vec<Written>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The load; it ends with [`Load::stop`].
pub struct Load {
    pub book: Arc<Book>,
    threads: Vec<JoinHandle<()>>,
}

/// A member's key.
pub fn key(consortium: &Consortium, member: &str) -> SecretKey {
    SecretKey::from_seed(&consortium.script.member_seed(member))
}

/// A member's event, signed; the members of the demo's script have one key each.
pub fn event(
    consortium: &Consortium,
    member: &str,
    (event_type, name, seq): (&str, &RecordName, u64),
    body: &impl Shape,
) -> Outcome<Vec<u8>> {
    let payload = Payload {
        body: canonical::to_value(body)?,
        chain: consortium.chain.clone(),
        seq,
        subject: name.clone(),
        event_type: event_type.into(),
        until: now() + UNTIL,
    };
    Ok(payload.sign(&[&key(consortium, member)])?.encode())
}

/// An invoice's name; no two calls give the same.
pub fn invoice_name() -> RecordName {
    static FIRST: LazyLock<i64> = LazyLock::new(now);
    static NEXT: AtomicI64 = AtomicI64::new(0);
    let number = *FIRST + NEXT.fetch_add(1, Ordering::Relaxed);
    RecordName::new("invoice", &format!("{number:020}")).expect("twenty digits are an id")
}

/// The body of an invoice that says nothing.
pub fn invoice() -> Issue {
    Issue {
        issuer: ISSUER.into(),
        root: Digest([7; 32]),
        prints: Vec::new(),
        holder: None,
        payment: None,
        portal: None,
    }
}

impl Load {
    /// Begins at every node.
    pub fn start(consortium: &mut Consortium) -> Outcome<Self> {
        grant_quota(consortium)?;
        let book: Arc<Book> = Arc::default();
        let issuer = Arc::new((consortium.chain.clone(), key(consortium, ISSUER)));
        let places = (0..AT_A_TIME).flat_map(|_| 0..consortium.nodes());
        let begin = |node| {
            let (client, book, issuer) = (consortium.client(node), book.clone(), issuer.clone());
            thread::spawn(move || issue(client, &issuer, &book))
        };
        let threads = places.map(begin).collect();
        Ok(Self { book, threads })
    }

    /// Ends it; what was written.
    pub fn stop(self) -> Outcome<Vec<Written>> {
        self.book.stop.store(true, Ordering::Relaxed);
        for thread in self.threads {
            thread.join().map_err(|_| "the load broke off")?;
        }
        let odd = self.book.odd.lock().unwrap_or_else(PoisonError::into_inner);
        match odd.first() {
            Some(answer) => Err(format!("an invoice is refused: {answer}").into()),
            None => Ok(self.book.written().clone()),
        }
    }
}

/// The issuer's first quota is enough for every day.
fn grant_quota(consortium: &mut Consortium) -> Outcome {
    let name = RecordName::new("quota", ISSUER).ok_or("no name")?;
    let found = consortium.client(0).query("/state", &name.tree_key());
    if found.is_ok_and(|state| !state.is_empty()) {
        return Ok(());
    }
    let grant = Grant {
        by: BUREAU.into(),
        count: 1_000_000,
    };
    let event = event(consortium, BUREAU, ("quota.grant", &name, 0), &grant)?;
    consortium.write(0, &[event])
}

fn issue(client: Client, (chain, key): &(String, SecretKey), book: &Book) {
    while !book.stop.load(Ordering::Relaxed) {
        let name = invoice_name();
        let payload = Payload {
            body: canonical::to_value(&invoice()).expect("integers and strings"),
            chain: chain.clone(),
            seq: 0,
            subject: name.clone(),
            event_type: "invoice.issue".into(),
            until: now() + UNTIL,
        };
        let event = payload.sign(&[key]).expect("encodes").encode();
        let tx = Value::from(BASE64.encode(event));
        match client.call("broadcast_tx_commit", json!({ "tx": tx })) {
            Ok(answer) => match committed_at(&answer) {
                Some(height) => book.written().push(Written { name, tx, height }),
                None => {
                    let mut odd = book.odd.lock().unwrap_or_else(PoisonError::into_inner);
                    odd.push(answer);
                }
            },
            Err(_) => thread::sleep(PAUSE),
        }
    }
}

/// The height at which an event was accepted, as `broadcast_tx_commit` answers.
pub fn committed_at(answer: &Value) -> Option<u64> {
    let height = answer["height"].as_str()?.parse().ok()?;
    (height > 0 && answer["tx_result"]["code"] == code::OK).then_some(height)
}
