//! The chain as a node tells it: good enough to write an event, which the chain itself judges.

use crate::{
    application::code,
    error::{Error, Result},
    network::Client,
};
use records::{
    Payload, RecordName, SecretKey, State, canonical,
    kinds::consortium::{self, Consortium},
    shape::Shape,
};
use serde_json::json;
use std::{
    thread,
    time::{Duration, Instant},
};

/// How long an event may wait for its block: ten minutes.
const PATIENCE: i64 = 600 * 1_000_000_000;

/// The second block after one with events comes within four seconds; a busy node is slower.
const NEXT_BLOCKS: Duration = Duration::from_secs(30);

/// A chain, and the node that is asked about it.
pub(in crate::run) struct Chain {
    client: Client,
    id: String,
}

impl Chain {
    /// The chain of a node.
    pub fn new(client: Client) -> Result<Self> {
        let status = client.call("status", json!({}))?;
        let id = status["node_info"]["network"].as_str();
        let id = id.ok_or_else(|| Error::Setup(format!("{} names no chain", client.0)))?;
        Ok(Self {
            client,
            id: id.into(),
        })
    }

    /// Time of the newest block, Unix ns.
    pub fn time(&self) -> Result<i64> {
        Ok(self.client.newest()?.1)
    }

    /// A record's data; none where there is no such record.
    pub fn find<T: Shape>(&self, record: &RecordName) -> Result<Option<T>> {
        let state = self.state(record)?;
        let data = state.map(|state| canonical::from_value(&state.data));
        data.transpose().map_err(|_| unreadable(record))
    }

    /// Events so far whose subject a record is.
    pub fn seq(&self, record: &RecordName) -> Result<u64> {
        Ok(self.state(record)?.map_or(0, |state| state.seq))
    }

    /// The consortium as it is now.
    pub fn consortium(&self) -> Result<Consortium> {
        let name = RecordName::new(consortium::NAME, consortium::ID);
        let name = name.ok_or(Error::Damaged("a constant record name"))?;
        let found = self.find(&name)?;
        found.ok_or_else(|| Error::Setup("the chain has no consortium".into()))
    }

    /// Signs an event, hands it in and waits for its block.
    pub fn write<T: Shape>(
        &self,
        event_type: &str,
        subject: &RecordName,
        body: &T,
        keys: &[&SecretKey],
    ) -> Result<()> {
        let unwritten = |error: canonical::Error| Error::Setup(error.to_string());
        let payload = Payload {
            body: canonical::to_value(body).map_err(unwritten)?,
            chain: self.id.clone(),
            seq: self.seq(subject)?,
            subject: subject.clone(),
            event_type: event_type.into(),
            until: self.time()?.saturating_add(PATIENCE),
        };
        let envelope = payload.sign(keys).map_err(unwritten)?.encode();
        let written = self.client.write(&envelope)?;
        match written.code {
            code::OK => self.wait_beyond(written.height),
            _ => Err(Error::Setup(format!(
                "{event_type} is refused: {}",
                written.log
            ))),
        }
    }

    /// What a block wrote is told once the next one, which proves it, is executed too: when there is one more.
    fn wait_beyond(&self, height: Option<u64>) -> Result<()> {
        let proven = height.map(|height| height + 1);
        let deadline = Instant::now() + NEXT_BLOCKS;
        while Some(self.client.newest()?.0) <= proven && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    fn state(&self, record: &RecordName) -> Result<Option<State>> {
        let bytes = self.client.query("/state", &record.tree_key())?;
        match bytes.as_slice() {
            [] => Ok(None),
            bytes => State::decode(bytes)
                .map(Some)
                .map_err(|_| unreadable(record)),
        }
    }
}

fn unreadable(record: &RecordName) -> Error {
    Error::Setup(format!(
        "{record} cannot be read: this program is too old, or the node is wrong"
    ))
}
