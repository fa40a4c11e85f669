//! One line of JSON a request on standard output. No address, no parameter, nothing about a person.

use serde_json::json;
use std::{
    io::{Write, stdout},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// What a line tells.
pub(super) struct Line {
    pub calls: usize,
    pub from_memory: usize,
    pub status: u16,
    pub took: Duration,
}

impl Line {
    /// Writes it. Where nobody reads, the gateway goes on.
    pub fn write(&self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let line = json!({
            "unix_ms": now.map_or(0, |now| now.as_millis() as u64),
            "calls": self.calls,
            "from_memory": self.from_memory,
            "status": self.status,
            "micros": self.took.as_micros() as u64,
        });
        let _ = writeln!(stdout().lock(), "{line}");
    }
}
