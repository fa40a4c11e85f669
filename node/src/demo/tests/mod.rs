//! The script is played on a ledger in memory: the same rules as on the chain.

mod accepted;
mod invoices;
mod medical;
mod tryout;
mod votes;

use super::*;
use records::{
    Context, Directory, Event, Head, PublicKey, RecordName, Replay, SecretKey, State, Stop,
    Timeline, execute,
    kinds::{consortium::Consortium, member::Member, proposal::Proposal},
    log::{Entry, LogTree, leaf_hash},
};
use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

pub const CHAIN: &str = "dev-demo-test";
/// 2026-10-10T12:00:00Z: the script passes the end of a month.
pub const START: i64 = 1_791_633_600_000_000_000;

/// Public keys for validators.
pub fn validators() -> [ValidatorKey; 4] {
    [1, 2, 3, 4].map(|n| SecretKey::from_seed(&[n; 32]).public().into())
}

/// What the chain would hold.
#[derive(Default)]
pub struct Ledger {
    pub states: BTreeMap<RecordName, State>,
    logs: BTreeMap<RecordName, Vec<Vec<u8>>>,
    timeline: Timeline,
    pub time: i64,
}

/// Nothing but what was recorded exists.
struct Complete<'a>(&'a Timeline);

impl Directory for Complete<'_> {
    fn member(&self, id: &str, height: u64) -> Result<Option<Arc<Member>>, Stop> {
        self.0.member(id, height).or(Ok(None))
    }
    fn consortium(&self, height: u64) -> Result<Option<Arc<Consortium>>, Stop> {
        self.0.consortium(height).or(Ok(None))
    }
    fn proposal(&self, id: &str, height: u64) -> Result<Option<Arc<Proposal>>, Stop> {
        self.0.proposal(id, height).or(Ok(None))
    }
    fn rules_version(&self, height: u64) -> Result<u64, Stop> {
        self.0.rules_version(height)
    }
}

impl Ledger {
    /// Plays a whole script.
    pub fn play(script: &Script) -> Self {
        Self::play_late(script, 0)
    }

    /// Plays a whole script whose blocks come this much later than wished.
    pub fn play_late(script: &Script, late: i64) -> Self {
        let mut ledger = Self::default();
        ledger.block(
            0,
            script.calendar.start(),
            &[script.genesis(&validators(), &[KeyType::Ed25519])],
        );
        for (height, block) in (1..).zip(script.blocks()) {
            assert!(
                height == 1 || block.time + late > ledger.time,
                "times rise strictly"
            );
            ledger.block(height, block.time + late, &block.envelopes);
        }
        ledger
    }

    fn block(&mut self, height: u64, time: i64, envelopes: &[Vec<u8>]) {
        self.time = time;
        for envelope in envelopes {
            let event = Event::open(envelope).expect("a signed event");
            let payload = event.payload();
            let context = Context {
                chain: CHAIN,
                height,
                time,
                rules_version: 1,
                directory: &Complete(&self.timeline),
            };
            let changes = execute(&event, &context, |name| self.states.get(name).cloned())
                .unwrap_or_else(|stop| {
                    panic!("{} {}: {stop}", payload.event_type, payload.subject)
                });
            let entry = Entry {
                height,
                time,
                envelope,
            }
            .encode();
            for change in changes {
                self.timeline
                    .record(&change.record, height, &change.state)
                    .expect("decodes");
                let log = self.logs.entry(change.record.clone()).or_default();
                log.push(entry.clone());
                self.states.insert(change.record, change.state);
            }
        }
    }

    /// Replays every record as a browser would.
    pub fn replay_all(&self) {
        for (name, log) in &self.logs {
            let mut replay = Replay::new(name.clone(), CHAIN);
            let mut tree = LogTree::new();
            for entry in log {
                replay
                    .push(entry, &Complete(&self.timeline))
                    .unwrap_or_else(|fault| panic!("{name}: {fault}"));
                tree.append(leaf_hash(entry));
            }
            let state = self.states[name].encode().expect("encodes");
            replay
                .finish(&Head::new(&state, &tree))
                .unwrap_or_else(|fault| panic!("{name}: {fault}"));
        }
    }

    /// A record's data; none where it does not exist.
    pub fn find<T: records::shape::Shape>(&self, kind: &str, id: &str) -> Option<T> {
        let state = self.states.get(&RecordName::new(kind, id)?)?;
        Some(records::canonical::from_value(&state.data).expect("decodes"))
    }

    /// All records of a kind.
    pub fn all<T: records::shape::Shape>(&self, kind: &str) -> Vec<(String, T)> {
        let of_kind = self.states.iter().filter(|(name, _)| name.kind() == kind);
        let decode = |state: &State| records::canonical::from_value(&state.data).expect("decodes");
        of_kind
            .map(|(name, state)| (name.id().to_owned(), decode(state)))
            .collect()
    }
}

/// The small script and the chain that it makes, played once for all tests.
pub fn small() -> &'static (Script, Ledger) {
    static PLAYED: OnceLock<(Script, Ledger)> = OnceLock::new();
    PLAYED.get_or_init(|| {
        let script = Script::new(CHAIN, START, Size::Small, Tempo::Past);
        let ledger = Ledger::play(&script);
        (script, ledger)
    })
}
