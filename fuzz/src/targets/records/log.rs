//! Logs as nodes hand them out: whatever is in them, a replay ends in a fault or in a state that rests on signed events.

use super::story;
use crate::input::Input;
use records::{
    RecordName, Replay, Timeline,
    kinds::vote::{Recount, Vote, check_sampled},
    log::{self, Entry},
    testing::CHAIN,
};
use std::sync::LazyLock;

const KINDS: [(&str, &str); 6] = [
    ("consortium", "main"),
    ("member", "tax"),
    ("vote", "v1"),
    ("document", "d1"),
    ("invoice", story::INVOICE),
    ("quota", "shop"),
];

pub fn seeds() -> Vec<Vec<u8>> {
    let ledger = story::told();
    (0u8..)
        .zip(KINDS)
        .map(|(number, (kind, id))| {
            let entries = log::pack_entries(ledger.log(kind, id).iter().take(4).map(Vec::as_slice));
            [&[number], entries.as_slice()].concat()
        })
        .collect()
}

/// The vote as it stands.
static VOTE: LazyLock<Vote> = LazyLock::new(|| story::told().data("vote", "v1"));

/// A single entry, as a sample of a long log takes it: no stranger's ballot is one.
fn sample(record: &RecordName, entry: &[u8]) {
    let governed = &story::told().timeline;
    if let Ok(Some(sampled)) = check_sampled(0, entry, record, &VOTE, CHAIN, governed) {
        let roster = story::roster();
        let place = usize::try_from(sampled.index).expect("in range");
        assert_eq!(roster.leaves().get(place), Some(&sampled.entry));
    }
}

/// Whose log, and the log.
pub fn run(bytes: &[u8]) {
    let mut input = Input(bytes);
    let Some((kind, id)) = input.pick(&KINDS) else {
        return;
    };
    let Some(entries) = log::unpack_entries(input.0) else {
        return;
    };
    assert_eq!(
        log::pack_entries(entries.iter().copied()),
        input.0,
        "one encoding"
    );
    let mut timeline = Timeline::new();
    let name = RecordName::new(kind, id).expect("a record name");
    let mut replay = Replay::new(name.clone(), CHAIN);
    let mut recount = Recount::new(id, CHAIN).ok();
    for bytes in entries {
        let Some(entry) = Entry::decode(bytes) else {
            continue;
        };
        assert_eq!(entry.encode(), bytes, "one encoding");
        if *kind == "vote" {
            sample(&name, bytes);
        }
        if replay.push(bytes, &timeline).is_ok() {
            let state = replay.state().expect("an event makes a state");
            timeline
                .record(&name, entry.height, state)
                .expect("a governing record's state reads");
        }
        if let Some(recount) = &mut recount {
            let _ = recount.push(bytes, &timeline);
        }
    }
}
