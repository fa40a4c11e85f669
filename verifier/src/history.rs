//! A record's history, to be shown: its events, and of a counted vote every ballot that stands.

use crate::{archive::Archive, kinds, members, trust::facts, verdict::HistoryEntry};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use records::{RecordName, kinds::vote::Line};

/// What happened to a record, oldest first; ballots come after the vote's own events, in the order of the roster.
pub fn of(archive: &Archive, name: &RecordName) -> Vec<HistoryEntry> {
    let Some(kept) = archive.kept(name) else {
        return Vec::new();
    };
    let known = members::known(archive);
    let person = kinds::person(name.kind());
    let events = kept.history.iter().map(|replayed| {
        let (by, by_names) = members::authors(replayed, &known, person);
        HistoryEntry {
            height: replayed.height,
            time: replayed.time.to_string(),
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
    let rank = kinds::vote::word(&line.ballot.rank);
    HistoryEntry {
        height: line.height,
        time: line.time.to_string(),
        event: "ballot.cast".into(),
        event_id: String::new(),
        by: Vec::from([rank.clone()]),
        by_names: Vec::from([String::new()]),
        facts: facts([
            ("index", line.index.to_string()),
            ("rooms", rooms.join("、")),
            ("area", line.entry.area.to_string()),
            ("choice", kinds::vote::word(&line.ballot.choice)),
            ("rank", rank),
            ("conflicts", line.conflicts.to_string()),
        ]),
    }
}
