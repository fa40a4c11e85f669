//! Drafts of events by wanted time; their order gives the sequence numbers, and their times the blocks.

use super::calendar::{HOUR, SECOND};
use records::{
    Payload, RecordName, SecretKey,
    canonical::{self, Value},
    shape::Shape,
};
use std::{collections::HashMap, sync::Arc};

/// Most events of a block.
const MAX_EVENTS: usize = 400;

/// A key that signs many drafts.
pub type Key = Arc<SecretKey>;

/// A block of the script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The header's time, Unix nanoseconds; later than the block's before.
    pub time: i64,
    /// Signed events, in order.
    pub envelopes: Vec<Vec<u8>>,
}

struct Draft {
    time: i64,
    seq: u64,
    event_type: &'static str,
    subject: RecordName,
    body: Value,
    keys: Vec<Key>,
}

/// Everything that is written down in the demo.
#[derive(Default)]
pub struct Book {
    drafts: Vec<Draft>,
    blobs: Vec<Vec<u8>>,
}

impl Book {
    /// Notes an event; its subject is of the kind that its type names. Events of one story come in order of time.
    pub fn write<T: Shape>(
        &mut self,
        time: i64,
        event_type: &'static str,
        id: &str,
        body: &T,
        keys: &[&Key],
    ) {
        let kind = event_type.split('.').next().unwrap_or_default();
        self.drafts.push(Draft {
            time,
            seq: 0,
            event_type,
            subject: RecordName::new(kind, id).expect("a record name"),
            body: canonical::to_value(body).expect("integers and strings"),
            keys: keys.iter().map(|key| Arc::clone(key)).collect(),
        });
    }

    /// Notes a blob; gives its hash.
    pub fn blob(&mut self, bytes: Vec<u8>) -> records::Hash {
        let hash = records::hash::sha256(&[&bytes]);
        self.blobs.push(bytes);
        hash
    }

    /// Puts the drafts in order: each subject's sequence follows from the times.
    pub fn close(mut self) -> Closed {
        self.drafts.sort_by_key(|draft| draft.time);
        let mut next: HashMap<RecordName, u64> = HashMap::new();
        for draft in &mut self.drafts {
            let seq = next.entry(draft.subject.clone()).or_default();
            draft.seq = *seq;
            *seq += 1;
        }
        Closed {
            drafts: self.drafts,
            blobs: self.blobs,
        }
    }
}

/// A book in its final order, to be signed block by block.
pub struct Closed {
    drafts: Vec<Draft>,
    blobs: Vec<Vec<u8>>,
}

impl Closed {
    /// How many events there are.
    pub fn events(&self) -> usize {
        self.drafts.len()
    }

    /// Contents outside the chain.
    pub fn blobs(&self) -> &[Vec<u8>] {
        &self.blobs
    }

    /// The blocks in order, signed as they are asked for. What does not fit into a block of one time comes a second later.
    pub fn blocks<'a>(&'a self, chain: &'a str) -> impl Iterator<Item = Block> + 'a {
        self.drafts
            .chunk_by(|a, b| a.time == b.time)
            .flat_map(move |moment| {
                (0..)
                    .zip(moment.chunks(MAX_EVENTS))
                    .map(move |(later, part)| {
                        let time = moment[0].time + later * SECOND;
                        Block {
                            time,
                            envelopes: sign_all(part, chain, time),
                        }
                    })
            })
    }
}

/// Signs on every core there is.
fn sign_all(drafts: &[Draft], chain: &str, time: i64) -> Vec<Vec<u8>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let share = drafts.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let parts: Vec<_> = drafts
            .chunks(share)
            .map(|part| {
                scope.spawn(move || {
                    part.iter()
                        .map(|draft| draft.sign(chain, time))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().expect("signing does not fail"))
            .collect()
    })
}

impl Draft {
    fn sign(&self, chain: &str, time: i64) -> Vec<u8> {
        let keys: Vec<&SecretKey> = self.keys.iter().map(Arc::as_ref).collect();
        Payload {
            body: self.body.clone(),
            chain: chain.into(),
            seq: self.seq,
            subject: self.subject.clone(),
            event_type: self.event_type.into(),
            until: time + HOUR,
        }
        .sign(&keys)
        .expect("encodes")
        .encode()
    }
}
