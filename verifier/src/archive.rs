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
/// Bytes of their entries that wait to be replayed, of all of them together, between two questions: more than one may leave there.
const MAX_WAITING: usize = 8 * 1024 * 1024;
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
    /// The whole log, as proven last: entries and root.
    whole: (u64, Hash),
    /// The first steps that were replayed, to be shown.
    pub history: Vec<Replayed>,
    /// Every event among them and after them, with height and time of its block.
    events: Vec<(Hash, u64, i64)>,
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

    /// Whether what is here of a log was proven by another header than this head.
    pub fn is_older(&self, name: &RecordName, head: &Head) -> bool {
        let kept = self.kept.get(name);
        kept.is_some_and(|kept| kept.whole != (head.log_size, head.log_root))
    }

    /// Bytes of proven entries that wait to be replayed.
    pub fn waiting(&self, name: &RecordName) -> usize {
        let queue = self.kept.get(name).map(|kept| &kept.queue);
        queue.into_iter().flatten().map(Vec::len).sum()
    }

    /// Takes entries that follow those received, if the proven log begins with all of them; else nothing changes.
    /// `path` shows that where more follows (RFC 9162 §2.1.4).
    pub fn receive(
        &mut self,
        name: &RecordName,
        entries: Vec<Vec<u8>>,
        path: &[Hash],
        head: &Head,
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
            whole: (0, root),
            history: Vec::new(),
            events: Vec::new(),
            recounted: None,
        });
        kept.tree = tree;
        kept.whole = (head.log_size, head.log_root);
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

    /// Makes room: questions come and go, the governing records stay. Of those that were given up, the ones go first of which most waits.
    pub fn tidy(&mut self) {
        if self.kept.len() > MAX_KEPT {
            self.kept.retain(|name, _| GOVERNING.contains(&name.kind()));
        }
        loop {
            let others = self.kept.keys();
            let others = others.filter(|name| !GOVERNING.contains(&name.kind()));
            let waiting: Vec<(usize, &RecordName)> =
                others.map(|name| (self.waiting(name), name)).collect();
            let all: usize = waiting.iter().map(|(bytes, _)| bytes).sum();
            match waiting.into_iter().max() {
                Some((_, name)) if all > MAX_WAITING => self.kept.remove(&name.clone()),
                _ => return,
            };
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
                    kept.recounted = None;
                    if let Some(replayed) = replayed {
                        let event = (*replayed.event.id(), replayed.height, replayed.time);
                        kept.events.push(event);
                        if kept.history.len() < MAX_HISTORY {
                            kept.history.push(replayed);
                        }
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

    /// Height and time of the block of an event that was replayed; of a vote its own events are known.
    pub fn found(&self, event: &Hash) -> Option<(u64, i64)> {
        let mut events = self.events.iter();
        events.find_map(|(id, height, time)| (id == event).then_some((*height, *time)))
    }

    /// Entries replayed so far.
    pub fn size(&self) -> u64 {
        self.rebuilt.size()
    }

    /// The least height of any entry that is not replayed yet; every one has gone by where none is left.
    fn next_height(&self) -> u64 {
        match self.queue.front() {
            Some(entry) => Entry::decode(entry).map_or(u64::MAX, |entry| entry.height),
            None if self.tree.size() < self.whole.0 => self.last,
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The first part of a log that goes on: so many bytes.
    fn give_up(archive: &mut Archive, name: &RecordName, bytes: usize) {
        let entry = vec![0; bytes];
        let mut tree = LogTree::new();
        tree.append(leaf_hash(&entry));
        let head = Head::new(b"", &tree);
        assert!(archive.receive(name, vec![entry], &[], &head));
    }

    /// *Attack: many long votes are asked about, one after the other, while a log on which all of them rest is withheld.*
    #[test]
    fn questions_that_are_given_up_leave_no_more_than_two_parts() {
        let mut archive = Archive::new("dev-a");
        let name = |kind: &str, id: u8| RecordName::new(kind, &id.to_string()).expect("a name");
        give_up(&mut archive, &name("member", 0), 3 * 1024 * 1024);
        for id in 1..=60 {
            archive.tidy();
            give_up(
                &mut archive,
                &name("vote", id),
                (3 + usize::from(id % 2)) * 1024 * 1024,
            );
            let waiting: usize = (1..=60).map(|id| archive.waiting(&name("vote", id))).sum();
            assert!(waiting <= MAX_WAITING + 5 * 1024 * 1024, "{waiting}");
        }
        give_up(&mut archive, &name("vote", 61), 5 * 1024 * 1024);
        archive.tidy();
        assert!(archive.kept(&name("vote", 61)).is_none(), "the largest one");
        let left = |id: &u8| archive.kept(&name("vote", *id)).is_some();
        assert_eq!((1..=60).filter(left).count(), 2, "no more than it takes");
        assert!(archive.kept(&name("member", 0)).is_some());
    }
}
