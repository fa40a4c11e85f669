//! Replayed records, kept between questions: what was proven once is continued, not fetched again.

use crate::rebuilt::{Broken, Halt, Rebuilt};
use alloc::{collections::VecDeque, string::String, sync::Arc, vec::Vec};
use light_client::verify_consistency;
use litemap::LiteMap;
use records::{
    Directory, Hash, Head, RecordName, Replayed, State, Stop, Timeline,
    kinds::{consortium::Consortium, member::Member, proposal::Proposal, vote::Recounted},
    log::{Entry, LogTree, leaf_hash},
};

/// Replayed records that are kept besides the governing ones.
const MAX_KEPT: usize = 64;
/// Steps of one record's history that are kept to be shown.
const MAX_HISTORY: usize = 500;
/// Kinds whose records govern the others.
const GOVERNING: [&str; 4] = ["consortium", "member", "proposal", "rules"];

/// Replayed records and the governing ones over time.
pub struct Archive {
    chain: String,
    kept: LiteMap<RecordName, Kept>,
    timeline: Timeline,
}

/// A record being replayed.
pub struct Kept {
    rebuilt: Rebuilt,
    /// Over all proven entries, replayed or not.
    tree: LogTree,
    /// Proven entries that wait to be replayed.
    queue: VecDeque<Vec<u8>>,
    /// Height of the last proven entry.
    last: u64,
    /// Entries of the whole log, as proven.
    whole: u64,
    /// What was replayed, to be shown.
    pub history: Vec<Replayed>,
    /// Height of the newest header under which the log was proven.
    proven_at: u64,
    /// A vote's count, once it is done.
    pub recounted: Option<Recounted>,
}

/// How far one record got.
#[derive(Debug)]
pub enum Step {
    /// Replayed to its end.
    Done,
    /// More is there to be replayed.
    More,
    /// More of the log is wanted first.
    Wants,
    /// This governing record is needed first.
    Waits(RecordName),
    /// The log does not stand.
    Broken(Broken),
}

impl From<Halt> for Step {
    fn from(halt: Halt) -> Self {
        match halt {
            Halt::Waits(name) => Self::Waits(name),
            Halt::Broken(broken) => Self::Broken(broken),
        }
    }
}

impl Archive {
    pub fn new(chain: &str) -> Self {
        Self {
            chain: chain.into(),
            kept: LiteMap::new(),
            timeline: Timeline::new(),
        }
    }

    pub fn kept(&self, name: &RecordName) -> Option<&Kept> {
        self.kept.get(name)
    }

    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// Proven entries of a record's log that are here.
    pub fn received(&self, name: &RecordName) -> LogTree {
        self.kept
            .get(name)
            .map(|kept| kept.tree.clone())
            .unwrap_or_default()
    }

    /// Bytes of proven entries that wait to be replayed.
    pub fn waiting(&self, name: &RecordName) -> usize {
        let queue = self.kept.get(name).map(|kept| &kept.queue);
        queue.into_iter().flatten().map(Vec::len).sum()
    }

    /// Whether a header of this height must prove the entries received, or a log that goes on from them.
    pub fn binds(&self, name: &RecordName, height: u64) -> bool {
        self.kept
            .get(name)
            .is_some_and(|kept| kept.proven_at <= height)
    }

    /// Takes entries that follow those received, if the log that is proven under the header of this height begins with all of them; else nothing changes.
    /// `path` shows that where more follows (RFC 9162 §2.1.4).
    pub fn receive(
        &mut self,
        name: &RecordName,
        entries: Vec<Vec<u8>>,
        path: &[Hash],
        head: &Head,
        height: u64,
    ) -> bool {
        let mut tree = self.received(name);
        for entry in &entries {
            tree.append(leaf_hash(entry));
        }
        let (size, root) = (tree.size(), tree.root());
        // Of a log without entries there is nothing to prove, and yet it may be the one in the head.
        let is_whole = (size, root) == (head.log_size, head.log_root);
        if !is_whole
            && verify_consistency(size, head.log_size, path, &root, &head.log_root).is_err()
        {
            return false;
        }
        let chain = &self.chain;
        let kept = self.kept.entry(name.clone()).or_insert_with(|| Kept {
            rebuilt: Rebuilt::new(name, chain),
            tree: LogTree::new(),
            queue: VecDeque::new(),
            last: 0,
            whole: 0,
            history: Vec::new(),
            proven_at: 0,
            recounted: None,
        });
        kept.proven_at = kept.proven_at.max(height);
        kept.tree = tree;
        kept.whole = head.log_size;
        if let Some(entry) = entries.last().and_then(|entry| Entry::decode(entry)) {
            kept.last = entry.height;
        }
        kept.queue.extend(entries);
        true
    }

    /// Notes that a record provably does not exist.
    pub fn absent(&mut self, name: &RecordName) {
        self.timeline.absent(name);
    }

    /// Forgets a record whose log cannot be continued, and with a governing one everything that was judged by it.
    pub fn forget(&mut self, name: &RecordName) {
        if GOVERNING.contains(&name.kind()) {
            *self = Self::new(&self.chain);
        } else {
            self.kept.remove(name);
        }
    }

    /// Makes room: questions come and go, the governing records stay.
    pub fn tidy(&mut self) {
        if self.kept.len() > MAX_KEPT {
            self.kept.retain(|name, _| GOVERNING.contains(&name.kind()));
        }
    }

    /// Replays at most `most` entries. `live` are the records that are proven at the height of the question.
    pub fn advance(
        &mut self,
        name: &RecordName,
        head: &Head,
        live: &[RecordName],
        most: usize,
    ) -> Step {
        // Taken out while it is judged: what it has replayed so far is in the timeline.
        let Some(mut kept) = self.kept.remove(name) else {
            return Step::Broken(Broken::Rules("no log".into()));
        };
        let step = self.replay(&mut kept, name, head, live, most);
        self.kept.insert(name.clone(), kept);
        step
    }

    fn replay(
        &mut self,
        kept: &mut Kept,
        name: &RecordName,
        head: &Head,
        live: &[RecordName],
        most: usize,
    ) -> Step {
        for _ in 0..most {
            let Some(entry) = kept.queue.front() else {
                if kept.tree.size() < head.log_size {
                    return Step::Wants;
                }
                return match kept.rebuilt.finish(head) {
                    Ok(recounted) => {
                        kept.recounted = recounted;
                        Step::Done
                    }
                    Err(halt) => halt.into(),
                };
            };
            let view = View {
                archive: self,
                live,
                own: (name, kept.next_height()),
            };
            match kept.rebuilt.push(entry, &view) {
                Ok(replayed) => {
                    if let Some(replayed) = &replayed
                        && GOVERNING.contains(&name.kind())
                        && let Some(state) = kept.rebuilt.state()
                        && self.timeline.record(name, replayed.height, &state).is_err()
                    {
                        return Step::Broken(Broken::Rules("state unreadable".into()));
                    }
                    kept.queue.pop_front();
                    if let Some(replayed) = replayed
                        && kept.history.len() < MAX_HISTORY
                    {
                        kept.history.push(replayed);
                    }
                }
                Err(halt) => return halt.into(),
            }
        }
        Step::More
    }
}

impl Kept {
    /// The state so far.
    pub fn state(&self) -> Option<State> {
        self.rebuilt.state()
    }

    /// Whether every step replayed so far is kept to be shown.
    pub fn is_whole(&self) -> bool {
        self.history.len() < MAX_HISTORY
    }

    /// Entries replayed so far.
    pub fn size(&self) -> u64 {
        self.rebuilt.size()
    }

    /// The least height of any entry that is not replayed yet; every one has gone by where none is left.
    fn next_height(&self) -> u64 {
        match self.queue.front() {
            Some(entry) => Entry::decode(entry).map_or(u64::MAX, |entry| entry.height),
            None if self.tree.size() < self.whole => self.last,
            None => u64::MAX,
        }
    }
}

/// The governing records as far as they are proven now and replayed. Asked about a height that a record has not reached yet,
/// it names the record.
struct View<'a> {
    archive: &'a Archive,
    live: &'a [RecordName],
    /// The record being replayed, which is not in the archive meanwhile, and its next entry's height.
    own: (&'a RecordName, u64),
}

impl View<'_> {
    fn require(&self, kind: &str, id: &str, height: u64) -> Result<(), Stop> {
        let Some(name) = RecordName::new(kind, id) else {
            return Err(records::Refusal::new("unknown-member").into());
        };
        let reached = match self.archive.kept.get(&name) {
            _ if name == *self.own.0 => self.own.1,
            Some(kept) => kept.next_height(),
            None => u64::MAX,
        };
        if self.live.contains(&name) && reached >= height {
            Ok(())
        } else {
            Err(Stop::NotLoaded(name))
        }
    }
}

impl Directory for View<'_> {
    fn member(&self, id: &str, height: u64) -> Result<Option<Arc<Member>>, Stop> {
        self.require("member", id, height)?;
        self.archive.timeline.member(id, height)
    }

    fn consortium(&self, height: u64) -> Result<Option<Arc<Consortium>>, Stop> {
        self.require("consortium", "main", height)?;
        self.archive.timeline.consortium(height)
    }

    fn proposal(&self, id: &str, height: u64) -> Result<Option<Arc<Proposal>>, Stop> {
        self.require("proposal", id, height)?;
        self.archive.timeline.proposal(id, height)
    }

    fn rules_version(&self, height: u64) -> Result<u64, Stop> {
        if height > 0 {
            self.require("rules", "main", height)?;
        }
        self.archive.timeline.rules_version(height)
    }
}
