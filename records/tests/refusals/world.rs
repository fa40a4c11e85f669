//! One chain for invoices, consents and the consortium's affairs, and its people.

use crate::Table;
use records::{
    Context, Directory, Event, RecordName, SecretKey, Stop, Timeline,
    canonical::{self, Value},
    registry::{self, Case},
    shape::Shape,
    testing::{CHAIN, Ledger, SECOND, key, member},
};

pub const DAY: i64 = 24 * 3600 * SECOND;
/// A hash of nothing in particular.
pub const HASH: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
/// Members that hold more than two thirds of the power.
pub const QUORUM: [&str; 3] = ["tax", "hospital", "housing"];

/// A record by kind and id.
pub type Of<'a> = (&'a str, &'a str);

pub struct World {
    pub ledger: Ledger,
}

pub fn json(text: &str) -> Value {
    canonical::decode_value(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Somebody's public key as text.
pub fn public(name: &str) -> String {
    key(name).public().to_string()
}

pub fn name((kind, id): Of<'_>) -> RecordName {
    RecordName::new(kind, id).expect("a record name")
}

impl World {
    pub fn new() -> Self {
        let mut members = vec![
            member("tax", &["tax-bureau"]),
            member("hospital", &["hospital", "reviewer"]),
            member("housing", &["desk", "reviewer"]),
            member("notary", &["desk", "reviewer"]),
            member("finance", &["finance-department"]),
            member("huashan", &["hospital"]),
            member("shop", &["issuer"]),
            member("metro", &["issuer"]),
            member("acme", &["company"]),
            member("bolt", &["company"]),
        ];
        let mut branch = member("branch", &["desk", "reviewer"]);
        branch.org = "hospital".into();
        members.push(branch);
        let mut ledger = Ledger::found(members);
        // Nine days after the first of a month.
        ledger.time += 9 * DAY;
        Self { ledger }
    }

    pub fn submit(
        &mut self,
        event: &str,
        subject: Of<'_>,
        body: &impl Shape,
        signers: &[&str],
    ) -> Result<(), Stop> {
        let keys: Vec<SecretKey> = signers.iter().map(|name| key(name)).collect();
        let keys: Vec<&SecretKey> = keys.iter().collect();
        let body = canonical::to_value(body).expect("encodes");
        self.ledger.submit(event, subject, body, &keys)
    }

    #[track_caller]
    pub fn done(&mut self, event: &str, subject: Of<'_>, body: &str, signers: &[&str]) {
        let outcome = self.submit(event, subject, &json(body), signers);
        outcome.unwrap_or_else(|stop| panic!("{event}: {stop}"));
    }

    /// Hands in what is refused, and notes with what.
    #[track_caller]
    pub fn refused(
        &mut self,
        table: &mut Table,
        event: &str,
        subject: Of<'_>,
        body: &str,
        signers: &[&str],
    ) {
        let outcome = self.submit(event, subject, &json(body), signers);
        table.note(event, outcome);
    }

    /// An event that is signed now.
    pub fn signed(&self, event: &str, subject: Of<'_>, body: &str, signers: &[&str]) -> Event {
        let keys: Vec<SecretKey> = signers.iter().map(|name| key(name)).collect();
        let keys: Vec<&SecretKey> = keys.iter().collect();
        let payload = self.ledger.payload(event, subject, json(body));
        let envelope = payload.sign(&keys).expect("encodes");
        Event::recorded(&envelope.encode()).expect("an event")
    }
}

/// What one record alone says to an event that no ledger would let it see.
pub struct Alone<'a> {
    pub directory: &'a Timeline,
    pub height: u64,
    pub time: i64,
}

impl Alone<'_> {
    pub fn judge(
        &self,
        record: Of<'_>,
        state: Option<&Value>,
        role: &str,
        event: &Event,
    ) -> Result<(), Stop> {
        let (kind, record) = (record.0, name(record));
        let context = Context {
            chain: CHAIN,
            height: self.height,
            time: self.time,
            rules_version: 1,
            directory: self.directory as &dyn Directory,
        };
        let case = Case {
            record: &record,
            state,
            role,
            event,
            context: &context,
        };
        let kind = registry::kind(kind).expect("a kind");
        (kind.apply)(&case).map(drop)
    }
}
