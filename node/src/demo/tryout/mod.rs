//! What a visitor tries the demo out with: the files under `/try/`, and the desks that co-sign.

use super::Script;
use records::{RecordName, State};
use serde_json::{Value, json};
use std::{fs, io, path::Path};

/// What the desks look at before they sign: the chain as of its newest block.
pub trait View {
    /// Time of the newest block, Unix nanoseconds.
    fn time(&self) -> i64;
    /// A record's state.
    fn state(&self, record: &RecordName) -> Option<State>;
}

/// The demo's desks.
pub struct Desk;

impl Desk {
    /// Answers a request; the event, if any, is to be written before the answer is given.
    pub fn answer(&self, _request: &[u8], _view: &dyn View) -> (Value, Option<Vec<u8>>) {
        (json!({ "error": "no-such-vote" }), None)
    }
}

impl Script {
    /// Writes demo.json into the folder.
    pub fn write_try(&self, folder: &Path, _page: &str) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        let none: [Value; 0] = [];
        let demo = json!({ "invoices": none, "identities": none, "votes": none, "records": none });
        fs::write(folder.join("demo.json"), demo.to_string())
    }

    /// The desks.
    pub fn desk(&self) -> Desk {
        Desk
    }
}
