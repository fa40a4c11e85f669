//! Counting a vote again from its log: the vote and every ballot of it are rebuilt with the rules that wrote them, and the sums are made anew
//! from the ballots that stand.

use super::{NAME, Rank, Standing, Tally, Vote};
use crate::{
    canonical,
    context::{Context, Directory},
    event::Event,
    keys::PublicKey,
    kinds::ballot::{self, Act, Ballot, Seat},
    name::RecordName,
    refusal::{Refusal, Stop},
    registry::{Case, SUBJECT},
    replay::{Fault, Replay},
    roster::{Leaf, Roster},
    state::Head,
};
use std::collections::BTreeMap;

/// Why a recount does not confirm a vote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecountFault {
    /// The log does not stand, or a ballot of it refuses its event.
    #[error(transparent)]
    Log(#[from] Fault),
    /// The id cannot name a vote.
    #[error("not the id of a vote")]
    NotAVote,
    /// The sums of the ballots are not the vote's.
    #[error("the ballots add up to other sums than the vote states")]
    OtherTally,
}

/// A ballot that stands, as the public list shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Index on the roster.
    pub index: u32,
    /// The head with its rooms.
    pub entry: Leaf,
    /// Choice and rank.
    pub ballot: Standing,
    /// Height of the block that carries it.
    pub height: u64,
    /// Its time, Unix nanoseconds.
    pub time: i64,
    /// The owner's or proxy's key that signed it; none for paper.
    pub key: Option<PublicKey>,
    /// Whether that is a key bound by desk members rather than one of the roster.
    pub bound: bool,
    /// Ballots of a lower rank that say otherwise.
    pub conflicts: u64,
}

/// What a recount found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recounted {
    /// The sums, made from the ballots alone.
    pub tally: Tally,
    /// The ballots that stand, by index.
    pub lines: Vec<Line>,
    /// Keys that signed the ballots of more than one head, with their indices: allowed to proxies, worth a look anywhere.
    pub shared_keys: Vec<(PublicKey, Vec<u32>)>,
}

/// A head that appeared in the log.
#[derive(Clone)]
struct Seen {
    ballot: Ballot,
    /// Events so far whose subject the ballot is.
    seq: u64,
    line: Option<Line>,
}

/// A recount under way. Push the log entry by entry, then [`Recount::finish`].
pub struct Recount {
    replay: Replay,
    vote: String,
    seen: BTreeMap<u32, Seen>,
    counted: usize,
}

impl Recount {
    /// Nothing counted.
    pub fn new(vote: &str, chain: &str) -> Result<Self, RecountFault> {
        let record = RecordName::new(NAME, vote).ok_or(RecountFault::NotAVote)?;
        Ok(Self {
            replay: Replay::new(record, chain),
            vote: vote.into(),
            seen: BTreeMap::new(),
            counted: 0,
        })
    }

    /// Entries taken so far.
    pub fn size(&self) -> u64 {
        self.replay.size()
    }

    /// Heads whose ballot stands so far.
    pub fn counted(&self) -> usize {
        self.counted
    }

    /// The vote as replayed so far; none before its opening.
    pub fn vote(&self) -> Option<Vote> {
        canonical::from_value(&self.replay.state()?.data).ok()
    }

    /// Takes the next entry of the vote's log. On a fault nothing changes: after [`Stop::NotLoaded`] the same entry may be tried again.
    pub fn push(&mut self, entry: &[u8], directory: &dyn Directory) -> Result<(), RecountFault> {
        let (vote, seen) = (&self.vote, &self.seen);
        let (_, changed) = self.replay.push_with(entry, directory, |event, context| {
            judge(vote, seen, event, context)
        })?;
        if let Some((index, after)) = changed {
            let counts = after.line.is_some();
            let before = self.seen.insert(index, after);
            let counted = before.is_some_and(|before| before.line.is_some());
            self.counted += usize::from(counts && !counted);
        }
        Ok(())
    }

    /// Compares with the proven head, and the sums of the ballots with those that the vote states.
    pub fn finish(&self, head: &Head) -> Result<Recounted, RecountFault> {
        self.replay.finish(head)?;
        let recounted = self.recounted().ok_or(RecountFault::OtherTally)?;
        if self
            .vote()
            .is_some_and(|vote| vote.tally == recounted.tally)
        {
            Ok(recounted)
        } else {
            Err(RecountFault::OtherTally)
        }
    }

    fn recounted(&self) -> Option<Recounted> {
        let mut tally = Tally::default();
        let mut keys: Vec<(PublicKey, u32)> = Vec::new();
        let mut lines = Vec::new();
        for line in self.seen.values().filter_map(|seen| seen.line.as_ref()) {
            tally.add(line.ballot, line.entry.area)?;
            if let Some(key) = line.key {
                keys.push((key, line.index));
            }
            lines.push(line.clone());
        }
        keys.sort_unstable();
        let shared = keys.chunk_by(|a, b| a.0 == b.0);
        let shared = shared.filter_map(|with| match with {
            [(key, _), _, ..] => Some((*key, with.iter().map(|(_, index)| *index).collect())),
            _ => None,
        });
        Some(Recounted {
            tally,
            lines,
            shared_keys: shared.collect(),
        })
    }
}

impl Vote {
    /// Whether this is the roster on which the vote rests: the same root, totals and rooms, recomputed from its leaves.
    pub fn rests_on(&self, roster: &Roster) -> bool {
        roster.totals() == self.roster && roster.scope() == self.scope
    }
}

/// The ballot that the event concerns, after it; none for an event of the vote alone.
fn judge(
    vote: &str,
    seen: &BTreeMap<u32, Seen>,
    event: &Event,
    context: &Context<'_>,
) -> Result<Option<(u32, Seen)>, Stop> {
    let Some(act) = Act::of(event.payload())? else {
        return Ok(None);
    };
    let Some((index, role)) = act.place() else {
        return Ok(None);
    };
    let id = ballot::id(vote, index);
    let record = RecordName::new(ballot::NAME, &id).ok_or_else(|| Refusal::new("other-ballot"))?;
    let before = seen.get(&index);
    let mut seq = before.map_or(0, |seen| seen.seq);
    if role == SUBJECT {
        if event.payload().seq != seq {
            return Err(Refusal::new("wrong-sequence").with("expected", seq).into());
        }
        seq += 1;
    }
    let case = Case {
        record: &record,
        state: None,
        role,
        event,
        context,
    };
    let ballot = ballot::next(&case, before.map(|seen| seen.ballot.clone()), &act)?;
    let line = match act {
        Act::Cast(cast) if ballot.stands == Some(cast.standing()) => {
            Some(line(&ballot, cast.standing(), cast.seat, context))
        }
        _ => before.and_then(|seen| seen.line.clone()),
    };
    let line = line.map(|line| Line {
        conflicts: ballot.conflicts,
        ..line
    });
    Ok(Some((index, Seen { ballot, seq, line })))
}

fn line(ballot: &Ballot, standing: Standing, seat: Seat, context: &Context<'_>) -> Line {
    let key = match standing.rank {
        Rank::Owner => ballot.owner_key(&seat.entry),
        Rank::Proxy => ballot.proxy.map(|proxy| proxy.key),
        Rank::Paper => None,
    };
    Line {
        index: seat.index,
        bound: standing.rank == Rank::Owner && key != seat.entry.key,
        entry: seat.entry,
        ballot: standing,
        height: context.height,
        time: context.time,
        key,
        conflicts: ballot.conflicts,
    }
}
