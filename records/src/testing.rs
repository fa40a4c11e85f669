//! A ledger in memory, for tests of kinds and of whatever stands on them: the same rules as on a chain, without blocks.

use crate::{
    Change, Context, Envelope, Event, Fault, Hash, Head, Payload, RecordName, Replay, SecretKey,
    State, Stop, Timeline, canonical,
    canonical::Value,
    execute,
    kinds::{
        consortium::{Found, Founder, Validator},
        member::{Key, Member},
    },
    log::{Entry, LogTree, leaf_hash, pack_entries, unpack_entries},
};
use std::collections::BTreeMap;

/// Chain id of every test ledger.
pub const CHAIN: &str = "dev-test-0000";
/// Genesis time: 2026-01-01T00:00:00Z in Unix nanoseconds.
pub const GENESIS: i64 = 1_767_225_600_000_000_000;
/// One second in nanoseconds.
pub const SECOND: i64 = 1_000_000_000;

/// A key that follows from a name.
pub fn key(name: &str) -> SecretKey {
    SecretKey::from_seed(&crate::hash::sha256(&[name.as_bytes()]))
}

/// A member whose one key is [`key`]`(id)`, in an organisation of the same name.
pub fn member(id: &str, roles: &[&str]) -> Member {
    Member {
        id: id.into(),
        name: format!("机构 {id}"),
        name_en: id.into(),
        org: id.into(),
        roles: roles.iter().map(|role| role.to_string()).collect(),
        keys: vec![Key {
            key: key(id).public(),
            from: GENESIS,
            until: None,
        }],
        seal_key: String::new(),
    }
}

/// The ledger.
#[derive(Clone)]
pub struct Ledger {
    states: BTreeMap<RecordName, State>,
    logs: BTreeMap<RecordName, Vec<Vec<u8>>>,
    /// Members, consortium and rules over time.
    pub timeline: Timeline,
    /// Height of the next event.
    pub height: u64,
    /// Block time of the next event.
    pub time: i64,
}

impl Ledger {
    /// Founded by these members; the first four hold validators of power 31, 26, 23 and 20.
    pub fn found(members: Vec<Member>) -> Self {
        let powers = [31, 26, 23, 20]
            .into_iter()
            .map(Some)
            .chain(std::iter::repeat(None));
        let keys: Vec<SecretKey> = members.iter().map(|member| key(&member.id)).collect();
        let founders = members.into_iter().zip(powers).map(|(member, power)| {
            let key = key(&format!("validator of {}", member.id)).public();
            Founder {
                validators: power
                    .map(|power| Validator::new(key, power))
                    .into_iter()
                    .collect(),
                member,
            }
        });
        let body = canonical::to_value(&Found {
            members: founders.collect(),
            key_types: None,
        })
        .expect("encodes");
        let mut ledger = Self {
            states: BTreeMap::new(),
            logs: BTreeMap::new(),
            timeline: Timeline::new(),
            height: 0,
            time: GENESIS,
        };
        ledger
            .submit(
                "consortium.found",
                ("consortium", "main"),
                body,
                &keys.iter().collect::<Vec<_>>(),
            )
            .expect("founded");
        ledger
    }

    /// The payload that these would sign now: the subject's sequence, one hour to be written.
    pub fn payload(&self, event_type: &str, subject: (&str, &str), body: Value) -> Payload {
        let subject = RecordName::new(subject.0, subject.1).expect("a record name");
        let seq = self.states.get(&subject).map_or(0, |state| state.seq);
        Payload {
            body,
            chain: CHAIN.into(),
            seq,
            subject,
            event_type: event_type.into(),
            until: self.time + 3600 * SECOND,
        }
    }

    /// Signs and executes an event, alone in its block.
    pub fn submit(
        &mut self,
        event_type: &str,
        subject: (&str, &str),
        body: Value,
        keys: &[&SecretKey],
    ) -> Result<(), Stop> {
        let envelope = self
            .payload(event_type, subject, body)
            .sign(keys)
            .expect("encodes");
        self.write(&envelope)
    }

    /// The reason code with which an event is refused; panics if it is accepted.
    pub fn refusal(
        &mut self,
        event_type: &str,
        subject: (&str, &str),
        body: Value,
        keys: &[&SecretKey],
    ) -> &'static str {
        match self.submit(event_type, subject, body, keys) {
            Err(Stop::Refused(refusal)) => refusal.code,
            other => panic!("not refused: {other:?}"),
        }
    }

    /// Executes an envelope, alone in its block; five seconds pass.
    pub fn write(&mut self, envelope: &Envelope) -> Result<(), Stop> {
        let bytes = envelope.encode();
        let event = Event::recorded(&bytes).expect("an event");
        let changes = self.judge(&event)?;
        let entry = Entry {
            height: self.height,
            time: self.time,
            envelope: &bytes,
        }
        .encode();
        for Change { record, state, .. } in changes {
            self.timeline
                .record(&record, self.height, &state)
                .expect("decodes");
            self.logs
                .entry(record.clone())
                .or_default()
                .push(entry.clone());
            self.states.insert(record, state);
        }
        self.height += 1;
        self.time += 5 * SECOND;
        Ok(())
    }

    fn judge(&self, event: &Event) -> Result<Vec<Change>, Stop> {
        let rules_version = crate::Directory::rules_version(&self.timeline, self.height)?;
        let context = Context {
            chain: CHAIN,
            height: self.height,
            time: self.time,
            rules_version,
            directory: &Complete(&self.timeline),
        };
        execute(event, &context, |name| self.states.get(name).cloned())
    }

    /// A record's state; none where it does not exist.
    pub fn state(&self, name: &RecordName) -> Option<&State> {
        self.states.get(name)
    }

    /// A record's state data as a kind's struct.
    pub fn data<T: crate::shape::Shape>(&self, kind: &str, id: &str) -> T {
        let name = RecordName::new(kind, id).expect("a record name");
        canonical::from_value(&self.states.get(&name).expect("exists").data).expect("decodes")
    }

    /// A record's state data as a kind's struct; none where the record does not exist.
    pub fn find<T: crate::shape::Shape>(&self, kind: &str, id: &str) -> Option<T> {
        let state = self.states.get(&RecordName::new(kind, id)?)?;
        Some(canonical::from_value(&state.data).expect("decodes"))
    }

    /// Events so far whose subject this record is.
    pub fn seq(&self, name: &RecordName) -> u64 {
        self.states.get(name).map_or(0, |state| state.seq)
    }

    /// The entries of a record's log.
    pub fn log(&self, kind: &str, id: &str) -> &[Vec<u8>] {
        &self.logs[&RecordName::new(kind, id).expect("a record name")]
    }

    /// The head that the tree would hold for a record.
    pub fn head(&self, kind: &str, id: &str) -> Head {
        let mut log = LogTree::new();
        for entry in self.log(kind, id) {
            log.append(leaf_hash(entry));
        }
        let name = RecordName::new(kind, id).expect("a record name");
        Head::new(&self.states[&name].encode().expect("encodes"), &log)
    }

    /// Replays a record from the log given, against its true head.
    pub fn replay(&self, kind: &str, id: &str, log: &[Vec<u8>]) -> Result<(), Fault> {
        let mut replay = Replay::new(RecordName::new(kind, id).expect("a record name"), CHAIN);
        for entry in log {
            replay.push(entry, &Complete(&self.timeline))?;
        }
        replay.finish(&self.head(kind, id))
    }

    /// Replays every record: what the node did once, a browser finds again.
    pub fn replay_all(&self) {
        for (name, log) in &self.logs {
            self.replay(name.kind(), name.id(), log)
                .unwrap_or_else(|fault| panic!("{name}: {fault}"));
        }
    }

    /// Names of all records.
    pub fn names(&self) -> impl Iterator<Item = &RecordName> {
        self.logs.keys()
    }

    /// Bytes of a record's state document.
    pub fn state_size(&self, kind: &str, id: &str) -> usize {
        let name = RecordName::new(kind, id).expect("a record name");
        self.states[&name].encode().expect("encodes").len()
    }

    /// Hash of a record's state, to see that a refusal wrote nothing.
    pub fn state_hash(&self, kind: &str, id: &str) -> Hash {
        self.head(kind, id).state
    }
}

/// A ledger as a golden file keeps it. One line per record: name, head in hex, packed log in hex; governing records first.
pub fn written(ledger: &Ledger) -> String {
    let mut names: Vec<_> = ledger.names().collect();
    let governing = ["rules", "consortium", "member"];
    names.sort_by_key(|name| {
        let place = governing.iter().position(|kind| *kind == name.kind());
        place.unwrap_or(governing.len())
    });
    let line = |name: &&RecordName| {
        let log = ledger.log(name.kind(), name.id());
        let head = ledger.head(name.kind(), name.id()).encode();
        let packed = pack_entries(log.iter().map(Vec::as_slice));
        format!("{name} {} {}\n", hex::encode(head), hex::encode(packed))
    };
    names.iter().map(line).collect()
}

/// Replays what [`written`] wrote to its heads; gives each record's head and packed log, and what governed them. Panics where a log does not replay.
pub fn replay_written(text: &str) -> (BTreeMap<String, (Head, Vec<u8>)>, Timeline) {
    let mut timeline = Timeline::new();
    let mut logs = BTreeMap::new();
    for line in text.lines() {
        let [name, head, log] = line.splitn(3, ' ').collect::<Vec<_>>()[..] else {
            panic!("three columns");
        };
        let (kind, id) = name.split_once('/').expect("a record name");
        let name = RecordName::new(kind, id).expect("a record name");
        let head = Head::decode(&hex::decode(head).expect("hex")).expect("a head");
        let log = hex::decode(log).expect("hex");
        let mut replay = Replay::new(name.clone(), CHAIN);
        for entry in unpack_entries(&log).expect("packed") {
            let replayed = replay
                .push(entry, &timeline)
                .unwrap_or_else(|fault| panic!("{name}: {fault}"));
            let state = replay.state().expect("some");
            timeline
                .record(&name, replayed.height, state)
                .expect("decodes");
        }
        assert_eq!(replay.finish(&head), Ok(()), "{name}");
        logs.insert(name.to_string(), (head, log));
    }
    (logs, timeline)
}

/// A timeline that holds everything there is: what it does not know does not exist.
struct Complete<'a>(&'a Timeline);

impl crate::Directory for Complete<'_> {
    fn member(&self, id: &str, height: u64) -> Result<Option<std::sync::Arc<Member>>, Stop> {
        self.0.member(id, height).or(Ok(None))
    }

    fn consortium(
        &self,
        height: u64,
    ) -> Result<Option<std::sync::Arc<crate::kinds::consortium::Consortium>>, Stop> {
        self.0.consortium(height).or(Ok(None))
    }

    fn proposal(
        &self,
        id: &str,
        height: u64,
    ) -> Result<Option<std::sync::Arc<crate::kinds::proposal::Proposal>>, Stop> {
        self.0.proposal(id, height).or(Ok(None))
    }

    fn rules_version(&self, height: u64) -> Result<u64, Stop> {
        self.0.rules_version(height)
    }
}
