//! The key of a person that another one comes in the place of, from states of rooms, ballots and documents.

use super::Life;
use crate::reasons;
use alloc::string::ToString;
use records::canonical::Value;

/// That another key counts from a certain block time on, or that it has come, which nothing undoes. No event is written at that time: the state
/// names the old key until the next one is. `time` is the header's, and the true one is not earlier.
pub fn replacement(data: &Value, time: i64) -> Option<Life> {
    let coming = data.get("pending").or_else(|| data.get("recovery"))?;
    let from: i64 = coming.get("from")?.as_str()?.parse().ok()?;
    let life = match from <= time {
        true => Life::last(reasons::KEY_CHANGED),
        false => Life::new(reasons::KEY_COMING),
    };
    Some(life.with([("from_time", from.to_string())]))
}
