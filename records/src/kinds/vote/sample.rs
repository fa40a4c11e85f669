//! A random sample instead of a full recount: single entries of a vote's log, each judged by itself. The default for a large vote, and labelled as such.

use super::{NAME, Rank, Standing, VOTE_ROLE, Vote, cast::accept};
use crate::{
    context::{Context, Directory},
    event::Event,
    execute,
    hash::sha256,
    kinds::ballot::Cast,
    log::Entry,
    name::RecordName,
    refusal::Stop,
    registry::{self, Case},
    replay::Fault,
    roster::Leaf,
};

/// A sampled ballot that the vote's own rules accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sampled {
    /// Index on the roster.
    pub index: u32,
    /// The head with its rooms.
    pub entry: Leaf,
    /// Choice and rank. Whether a later ballot took its place, a sample cannot say.
    pub ballot: Standing,
    /// Height of its block.
    pub height: u64,
    /// Its time, Unix nanoseconds.
    pub time: i64,
    /// Whether the key on the roster signed it. Proxies' and bound keys are in the ballot's own record.
    pub by_roster_key: bool,
}

/// Positions in a log of `size` entries, drawn without repetition, ascending: all of them where `count` is no less.
/// The seed must come from the one who checks, and after the log was fixed.
pub fn draw(seed: &[u8; 32], size: u64, count: u32) -> Vec<u64> {
    let wanted = size.min(u64::from(count));
    if wanted == size {
        return (0..size).collect();
    }
    let mut drawn = Vec::new();
    let mut round = 0u64;
    while (drawn.len() as u64) < wanted {
        let digest = sha256(&[seed, &round.to_be_bytes()]);
        let random = digest
            .first_chunk()
            .map_or(0, |bytes| u64::from_be_bytes(*bytes));
        let scaled = (u128::from(random) * u128::from(size)) >> 64;
        let position = u64::try_from(scaled).unwrap_or(0);
        if let Err(place) = drawn.binary_search(&position) {
            drawn.insert(place, position);
        }
        round += 1;
    }
    drawn
}

/// Judges one entry of a vote's log under the vote's proven state: that the entry is in the log at position `at` is for the caller to prove first.
/// Signatures, chain, times, ballot id, roster and totals, paper's two members. None for an entry that is no ballot.
pub fn check_sampled(
    at: u64,
    entry: &[u8],
    record: &RecordName,
    vote: &Vote,
    chain: &str,
    directory: &dyn Directory,
) -> Result<Option<Sampled>, Fault> {
    let entry = Entry::decode(entry).ok_or(Fault::Torn(at))?;
    let event = Event::open(entry.envelope).map_err(|e| Fault::NotAnEvent(at, e))?;
    let touches = registry::touches(event.payload()).map_err(|_| Fault::NotTouched(at))?;
    if record.kind() != NAME || !touches.iter().any(|touch| touch.record == *record) {
        return Err(Fault::NotTouched(at));
    }
    judge(&entry, &event, record, vote, chain, directory).map_err(|stop| Fault::Stopped(at, stop))
}

fn judge(
    entry: &Entry<'_>,
    event: &Event,
    record: &RecordName,
    vote: &Vote,
    chain: &str,
    directory: &dyn Directory,
) -> Result<Option<Sampled>, Stop> {
    let context = Context {
        chain,
        height: entry.height,
        time: entry.time,
        rules_version: directory.rules_version(entry.height)?,
        directory,
    };
    execute::admit(event, &context)?;
    if event.payload().event_type != "ballot.cast" {
        return Ok(None);
    }
    let body: Cast = event.payload().body()?;
    let case = Case {
        record,
        state: None,
        role: VOTE_ROLE,
        event,
        context: &context,
    };
    accept(&case, vote, &body)?;
    let ballot = body.standing();
    let by_roster_key = ballot.rank == Rank::Owner
        && body
            .seat
            .entry
            .key
            .is_some_and(|key| event.is_signed_by(&key));
    Ok(Some(Sampled {
        index: body.seat.index,
        entry: body.seat.entry,
        ballot,
        height: entry.height,
        time: entry.time,
        by_roster_key,
    }))
}
