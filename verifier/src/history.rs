//! A record's history, to be shown: its events, and of a counted vote every ballot that stands.
//!
//! Block time is a lower bound, for it is the median of the votes for the block before: an event happened between the time of its block and that
//! of the next one.

use crate::{archive::Archive, headers::MOST, kinds, members, trust::facts, verdict::HistoryEntry};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use litemap::LiteMap;
use records::{RecordName, kinds::vote::Line};

/// What happened to a record, oldest first; ballots come after the vote's own events, in the order of the roster. Nothing where its log was not replayed as
/// far as this size: a sample is drawn under a newer header than an earlier count.
pub fn of(archive: &Archive, name: &RecordName, size: u64) -> Vec<HistoryEntry> {
    let Some(kept) = archive.kept(name).filter(|kept| kept.size() == size) else {
        return Vec::new();
    };
    let known = members::known(archive);
    let person = kinds::person(name.kind());
    let events = kept.history.iter().map(|replayed| {
        let (by, by_names) = members::authors(replayed, &known, person);
        HistoryEntry {
            height: replayed.height,
            time: replayed.time.to_string(),
            until_time: String::new(),
            event: replayed.event.payload().event_type.clone(),
            event_id: hex::encode(replayed.event.id()),
            by,
            by_names,
            facts: kinds::event_facts(&replayed.event),
        }
    });
    let lines = kept.recounted.iter().flat_map(|recounted| &recounted.lines);
    events.chain(lines.map(ballot)).collect()
}

fn ballot(line: &Line) -> HistoryEntry {
    let rooms: Vec<&str> = line
        .entry
        .rooms
        .iter()
        .map(|room| room.room.as_str())
        .collect();
    let rank = String::from(line.ballot.rank.word());
    HistoryEntry {
        height: line.height,
        time: line.time.to_string(),
        until_time: String::new(),
        event: "ballot.cast".into(),
        event_id: String::new(),
        by: Vec::from([rank.clone()]),
        by_names: Vec::from([String::new()]),
        facts: facts([
            ("index", line.index.to_string()),
            ("rooms", rooms.join("、")),
            ("area", line.entry.area.to_string()),
            ("choice", line.ballot.choice.word().into()),
            ("rank", rank),
            ("conflicts", line.conflicts.to_string()),
        ]),
    }
}

/// Proven block times, by height.
pub type Times = LiteMap<u64, i64>;

/// An interval up to this is narrow enough, nanoseconds: a minute.
const NARROW: i64 = 60 * 1_000_000_000;
/// One beyond this deserves a warning: five minutes.
const WIDE: i64 = 300 * 1_000_000_000;

/// Ends each event's interval at the next block that is known: a later event of the same history, or one of these times.
pub fn bound(history: &mut [HistoryEntry], times: &Times) {
    let own = history.iter().map(|entry| (entry.height, time_of(entry)));
    let mut known: Times = own.collect();
    known.extend(times.iter().map(|(height, time)| (*height, *time)));
    for entry in history {
        let later = known.find_index(&entry.height.saturating_add(1));
        let next = known.get_indexed(later.unwrap_or_else(|place| place));
        entry.until_time = next.map_or_else(String::new, |(_, time)| time.to_string());
    }
}

/// Heights of headers that would narrow the intervals, newest first.
pub fn missing(history: &[HistoryEntry]) -> Vec<u64> {
    let wide = history.iter().filter(|entry| width(entry) > NARROW);
    let mut heights: Vec<u64> = wide.map(|entry| entry.height.saturating_add(1)).collect();
    heights.sort_unstable_by_key(|height| core::cmp::Reverse(*height));
    heights.dedup();
    heights.truncate(MOST);
    heights
}

/// Facts about intervals that are wide; none where none is.
pub fn wide(history: &[HistoryEntry]) -> Option<LiteMap<String, String>> {
    let wide = history.iter().map(width).filter(|width| *width > WIDE);
    let (count, widest) = wide.fold((0u32, 0), |(count, most), width| {
        (count.saturating_add(1), width.max(most))
    });
    (count > 0).then(|| {
        facts([
            ("count", count.to_string()),
            ("widest_seconds", (widest / 1_000_000_000).to_string()),
        ])
    })
}

fn time_of(entry: &HistoryEntry) -> i64 {
    entry.time.parse().unwrap_or_default()
}

fn width(entry: &HistoryEntry) -> i64 {
    let until: i64 = entry.until_time.parse().unwrap_or(i64::MAX);
    until.saturating_sub(time_of(entry))
}
