//! One question's work under one verified header: proving heads, fetching logs, replaying what is needed, in that order of need.

use crate::{
    archive::{Archive, Step},
    host::{Host, News},
    nodes::{LONG, Peer, Roll, millis_since},
    portable::{Aside, MAX_FILE},
    proof::{self, ProvenHead},
    reasons::{self, Reason},
    rebuilt::Broken,
    rpc::Fault,
    stages::Stage,
    trust::facts,
};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use core::cell::Cell;
use light_client::{Hash, VerifiedHeader};
use litemap::LiteMap;
use records::{Head, RecordName};

/// Most entries asked for at once; nodes may give fewer.
const STRETCH: u32 = 500;
/// Longest log that is replayed: of a vote every ballot stays in memory, half a kilobyte each.
const MAX_LOG: u64 = 250_000;
/// So much of a log is taken in before it is replayed, bytes; and what the last answer brings on top.
const PART: usize = 4 * 1024 * 1024;
/// Longest logs that are kept for a proof file, all together, bytes: it holds them without base64 and names of fields, in more than half the room.
const MAX_FOR_FILE: usize = 2 * MAX_FILE;
/// Entries replayed between two pauses.
const SLICE: usize = 64;

/// Why something could not be shown: the reason, and facts.
#[derive(Clone, Debug)]
pub struct Gap {
    pub reason: Reason,
    pub facts: LiteMap<String, String>,
}

impl From<Reason> for Gap {
    fn from(reason: Reason) -> Self {
        Self {
            reason,
            facts: LiteMap::new(),
        }
    }
}

/// The work on one question.
pub struct Session<'a, H> {
    pub host: &'a H,
    pub header: &'a VerifiedHeader,
    pub roll: &'a mut Roll,
    pub archive: &'a mut Archive,
    heads: LiteMap<RecordName, ProvenHead>,
    /// Records whose whole log is here, or that are proven absent, at this height.
    live: Vec<RecordName>,
    /// Bytes of logs that nodes have proven to this question.
    proven: usize,
    stretch: Cell<Stretch>,
}

impl<'a, H: Host> Session<'a, H> {
    pub fn new(
        host: &'a H,
        header: &'a VerifiedHeader,
        roll: &'a mut Roll,
        archive: &'a mut Archive,
    ) -> Self {
        // Before this question's records are in it: none of them may go.
        archive.tidy();
        Self {
            host,
            header,
            roll,
            archive,
            heads: LiteMap::new(),
            live: Vec::new(),
            proven: 0,
            stretch: Cell::new(Stretch {
                count: STRETCH,
                most: STRETCH,
            }),
        }
    }

    /// Proves the heads of these records; of those that are not proven yet.
    pub async fn prove(&mut self, names: &[RecordName]) -> Result<(), Gap> {
        let mut missing: Vec<RecordName> = names.to_vec();
        missing.retain(|name| !self.heads.contains_key(name));
        if missing.is_empty() {
            return Ok(());
        }
        let mut gap = Gap::from(reasons::PROOF_NOT_GIVEN);
        for at in self.roll.for_proofs() {
            match self.heads(at, &missing).await {
                Ok(heads) => {
                    self.heads.extend(missing.into_iter().zip(heads));
                    return Ok(());
                }
                Err(fault) => {
                    if matches!(fault, Fault::Refuted(_)) {
                        gap = reasons::PROOF_REFUTED.into();
                    }
                    self.roll.fault(at, &fault);
                }
            }
        }
        Err(gap)
    }

    async fn heads(&self, at: usize, names: &[RecordName]) -> Result<Vec<ProvenHead>, Fault> {
        proof::heads(&self.node(at)?, self.header, names).await
    }

    /// A node to be asked.
    pub(crate) fn node(&self, at: usize) -> Result<Peer<'_, H>, Fault> {
        self.roll.peer(at, self.host)
    }

    /// A proven head; none where it was not asked for or the record is absent.
    pub fn head(&self, name: &RecordName) -> Option<Head> {
        self.heads.get(name)?.head().copied()
    }

    /// The proofs, for the raw part of a verdict.
    pub fn proofs(&self) -> impl Iterator<Item = (&RecordName, &ProvenHead)> {
        self.heads.iter()
    }

    /// Proves these records, fetches their logs and replays them, and with them every governing record that they rest on.
    pub async fn replay(&mut self, names: &[RecordName]) -> Result<(), Gap> {
        self.prove(names).await?;
        let mut pending: Vec<RecordName> = Vec::new();
        for name in names {
            self.open(name, &mut pending).await?;
        }
        while !pending.is_empty() {
            let mut moved = false;
            let mut wanted = Vec::new();
            for name in core::mem::take(&mut pending) {
                let before = self.replayed(&name);
                let step = self.run(&name).await?;
                moved |= self.replayed(&name) > before;
                match step {
                    Step::Done => moved = true,
                    Step::More | Step::Wants => pending.push(name),
                    Step::Waits(other) => {
                        wanted.push(other);
                        pending.push(name);
                    }
                    Step::Broken(broken) => return Err(broken_log(&name, broken)),
                }
            }
            wanted.retain(|name| !self.live.contains(name));
            if wanted.is_empty() && !moved {
                // Each waits for the other: no honest log is made like that.
                return Err(reasons::HISTORY_BREAKS_RULES.into());
            }
            wanted.sort_unstable();
            wanted.dedup();
            self.prove(&wanted)
                .await
                .map_err(|_| Gap::from(reasons::HISTORY_NOT_GIVEN))?;
            for name in wanted {
                self.open(&name, &mut pending).await?;
            }
        }
        Ok(())
    }

    fn replayed(&self, name: &RecordName) -> u64 {
        self.archive.kept(name).map_or(0, |kept| kept.size())
    }

    /// Fetches the first part of a proven record's log that is not here yet.
    async fn open(&mut self, name: &RecordName, pending: &mut Vec<RecordName>) -> Result<(), Gap> {
        if !self.live.contains(name) {
            match self.head(name) {
                None => self.archive.absent(name),
                Some(head) => {
                    self.fetch(name, &head).await?;
                    pending.push(name.clone());
                }
            }
            self.live.push(name.clone());
        }
        Ok(())
    }

    /// Fetches the next part of a proven log, from the first node that gives one which the proven log goes on with.
    async fn fetch(&mut self, name: &RecordName, head: &Head) -> Result<(), Gap> {
        let is_for_file = matches!(self.host.aside(), Some(Aside::Keeping(_)));
        if head.log_size > MAX_LOG || is_for_file && self.proven > MAX_FOR_FILE {
            return Err(reasons::HISTORY_TOO_LONG.into());
        }
        if self.archive.receive(name, Vec::new(), &[], head) {
            return Ok(());
        }
        if self.archive.received(name).size() >= head.log_size {
            // Proven before, and not the beginning of what is proven now.
            return Err(reasons::HISTORY_REWRITTEN.into());
        }
        let mut gap = Gap::from(reasons::HISTORY_NOT_GIVEN);
        // Where no node can go on with what another header proved, it may be the validators who signed two histories: nobody is blamed alone.
        let mut contradict = Vec::new();
        loop {
            let before = self.stretch.get().count;
            for at in self.roll.for_proofs() {
                let asked = self.stretch.get().count;
                let fault = match self.part_of_log(at, name, head).await {
                    Ok((entries, path)) => {
                        let bytes = entries.iter().map(Vec::len).sum();
                        if self.archive.receive(name, entries, &path, head) {
                            for other in contradict {
                                self.roll.fault(other, &log_differs());
                            }
                            self.roll.proved(at, bytes);
                            self.proven = self.proven.saturating_add(bytes);
                            return Ok(());
                        }
                        gap = reasons::HISTORY_REFUTED.into();
                        if self.archive.is_older(name, head) {
                            contradict.push(at);
                            continue;
                        }
                        log_differs()
                    }
                    // The line may be too slow for so much at once: the next one is asked for less, and then this one again.
                    Err(_) if self.stretch.get().count < asked => continue,
                    Err(fault) => fault,
                };
                if matches!(fault, Fault::Refuted(_)) {
                    gap = reasons::HISTORY_REFUTED.into();
                }
                self.roll.fault(at, &fault);
            }
            if self.stretch.get().count == before {
                return Err(match self.is_rewritten(&contradict, name, head).await {
                    true => reasons::HISTORY_REWRITTEN.into(),
                    false => gap,
                });
            }
        }
    }

    /// Whether one of these nodes shows that the proven log does not begin with what an earlier header proved of it.
    async fn is_rewritten(&self, nodes: &[usize], name: &RecordName, head: &Head) -> bool {
        let (known, key) = (self.archive.received(name), name.tree_key());
        let height = proof::state_height(self.header);
        for at in nodes {
            if let Ok(node) = self.node(*at)
                && let Ok(root) =
                    proof::root_of_first(&node, &key, known.size(), head, height).await
            {
                return root != known.root();
            }
        }
        false
    }

    /// What follows in a log, and why the proven log begins with it where it does not end there.
    async fn part_of_log(
        &self,
        at: usize,
        name: &RecordName,
        head: &Head,
    ) -> Result<(Vec<Vec<u8>>, Vec<Hash>), Fault> {
        let (node, key) = (self.node(at)?, name.tree_key());
        let height = proof::state_height(self.header);
        let mut next = self.archive.received(name).size();
        let mut entries: Vec<Vec<u8>> = Vec::new();
        // What an abandoned question left waits still: it is proven under this header too, and no more is heaped on it.
        let mut bytes = self.archive.waiting(name);
        // A file answers no paths, and is in memory as it is.
        let part = match self.host.aside() {
            Some(Aside::Instead(_)) => usize::MAX,
            _ => PART,
        };
        while next < head.log_size && bytes < part {
            let left = u32::try_from(head.log_size - next).unwrap_or(u32::MAX);
            let (stretch, began) = (self.stretch.get(), self.host.now());
            let count = left.min(stretch.count);
            let range = proof::log_range(&node, &key, next, count, height).await;
            let took = millis_since(self.host, began);
            self.stretch.set(stretch.after(count, took, range.is_ok()));
            let range = range?;
            next += u64::try_from(range.len()).unwrap_or(u64::MAX);
            bytes += range.iter().map(Vec::len).sum::<usize>();
            entries.extend(range);
            self.amount(Stage::FetchingLog, next, head.log_size);
            if stretch.count < STRETCH {
                // What comes slowly is proven as it comes: the next node goes on from there, and so does the next question.
                break;
            }
        }
        let path = match next == head.log_size {
            true => Vec::new(),
            false => proof::log_begins(&node, &key, next, head, height).await?,
        };
        Ok((entries, path))
    }

    /// Replays one record as far as it goes.
    async fn run(&mut self, name: &RecordName) -> Result<Step, Gap> {
        let Some(head) = self.head(name) else {
            return Ok(Step::Done);
        };
        loop {
            match self.archive.advance(name, &head, &self.live, SLICE) {
                Step::More => {}
                Step::Wants => self.fetch(name, &head).await?,
                step => return Ok(step),
            }
            self.amount(Stage::Replaying, self.replayed(name), head.log_size);
            self.host.pause(0).await;
        }
    }

    fn amount(&self, stage: Stage, done: u64, total: u64) {
        let facts = facts([("done", done.to_string()), ("total", total.to_string())]);
        self.host.tell(News::Waiting(stage, facts));
    }
}

/// How many log entries are asked for at once: as many as come in time over the visitor's line.
#[derive(Clone, Copy)]
struct Stretch {
    count: u32,
    /// So many may still come in time.
    most: u32,
}

impl Stretch {
    /// What to ask for next, after so many took so many milliseconds.
    fn after(self, asked: u32, millis: u32, is_given: bool) -> Self {
        let Self { count, most } = self;
        match is_given {
            true if asked == count && millis < LONG.millis / 4 => Self {
                count: most.min(count.saturating_mul(2)),
                most,
            },
            false if millis > LONG.millis - 1_000 && asked > 1 => Self {
                count: asked.div_ceil(8),
                most: asked / 2,
            },
            _ => self,
        }
    }
}

fn log_differs() -> Fault {
    Fault::Refuted("log-differs".into())
}

/// Why a log does not stand, as a person is told.
pub fn broken_log(name: &RecordName, broken: Broken) -> Gap {
    match broken {
        Broken::TooNew(version) => Gap {
            reason: reasons::RULES_TOO_NEW,
            facts: facts([("version", version.to_string())]),
        },
        Broken::Rules(why) => Gap {
            reason: reasons::HISTORY_BREAKS_RULES,
            facts: facts([("record", name.to_string()), ("why", why)]),
        },
    }
}
