//! The key of a person that another one comes in the place of, from states of rooms, ballots and documents.

use super::Life;
use crate::reasons;
use alloc::string::ToString;
use records::canonical::Value;

/// That another key counts from a certain block time on. No event is written at that time: the state names the old key until the next one is. `time` is the
/// header's, and the true one is not earlier.
pub fn replacement(kind: &str, data: &Value, time: i64) -> Option<Life> {
    let field = match kind {
        "room" | "ballot" => "pending",
        "document" => "recovery",
        _ => return None,
    };
    let from: i64 = data.get(field)?.get("from")?.as_str()?.parse().ok()?;
    let life = Life::new(match from <= time {
        true => reasons::KEY_CHANGED,
        false => reasons::KEY_COMING,
    });
    Some(life.with([("from_time", from.to_string())]))
}
