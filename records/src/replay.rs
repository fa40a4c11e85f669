//! Replaying a record's log: nothing hidden (size and root are proven), nothing added (each event is signed), nothing bent (the rules run again).

use crate::{
    context::{Context, Directory},
    event::{self, Event},
    execute,
    hash::sha256,
    log::{Entry, LogTree, leaf_hash},
    name::RecordName,
    refusal::Stop,
    registry::{self, Touch},
    state::{Head, State},
};
use std::collections::HashSet;

/// A record rebuilt from the entries of its log.
pub struct Replay {
    record: RecordName,
    chain: String,
    log: LogTree,
    state: Option<State>,
    /// Only joined events can repeat here: the subject's own sequence is in its state.
    seen: HashSet<(RecordName, u64)>,
    height: u64,
    time: i64,
}

/// One replayed entry.
#[derive(Clone, Debug)]
pub struct Replayed {
    /// Height of its block.
    pub height: u64,
    /// Time of its block, Unix nanoseconds.
    pub time: i64,
    /// What was written.
    pub event: Event,
    /// This record's role in it.
    pub role: &'static str,
}

/// Why a log does not stand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Shorter than its numbers.
    #[error("entry {0} is torn")]
    Torn(u64),
    /// Not an event in its one encoding with good signatures.
    #[error("entry {0}: {1}")]
    NotAnEvent(u64, event::Error),
    /// Height or time go back.
    #[error("entry {0} goes back in time")]
    OutOfOrder(u64),
    /// The event does not concern this record.
    #[error("entry {0} does not touch this record")]
    NotTouched(u64),
    /// The same event of the same subject twice.
    #[error("entry {0} repeats an event")]
    Repeated(u64),
    /// The rules refuse what the log says was accepted; or something has to be loaded first, see [`Stop`].
    #[error("entry {0}: {1}")]
    Stopped(u64, Stop),
    /// The log has another size or root than the proven head.
    #[error("the log is not the proven one")]
    OtherLog,
    /// The replayed state is not the proven one.
    #[error("the replayed state is not the proven one")]
    OtherState,
}

impl Replay {
    /// An empty record.
    pub fn new(record: RecordName, chain: &str) -> Self {
        Self {
            record,
            chain: chain.into(),
            log: LogTree::new(),
            state: None,
            seen: HashSet::new(),
            height: 0,
            time: i64::MIN,
        }
    }

    /// The record.
    pub fn record(&self) -> &RecordName {
        &self.record
    }

    /// The state so far; none before the first entry.
    pub fn state(&self) -> Option<&State> {
        self.state.as_ref()
    }

    /// Entries replayed so far.
    pub fn size(&self) -> u64 {
        self.log.size()
    }

    /// Replays the next entry. On a fault nothing changes: after [`Stop::NotLoaded`] the same entry may be tried again.
    pub fn push(&mut self, bytes: &[u8], directory: &dyn Directory) -> Result<Replayed, Fault> {
        let (replayed, ()) = self.push_with(bytes, directory, |_, _| Ok(()))?;
        Ok(replayed)
    }

    /// As [`Replay::push`], where further records judge the event too before it counts.
    pub(crate) fn push_with<T>(
        &mut self,
        bytes: &[u8],
        directory: &dyn Directory,
        also: impl FnOnce(&Event, &Context<'_>) -> Result<T, Stop>,
    ) -> Result<(Replayed, T), Fault> {
        let at = self.log.size();
        let entry = Entry::decode(bytes).ok_or(Fault::Torn(at))?;
        if entry.height < self.height || entry.time < self.time {
            return Err(Fault::OutOfOrder(at));
        }
        let event = Event::recorded(entry.envelope).map_err(|e| Fault::NotAnEvent(at, e))?;
        let touch = self.touch(&event).ok_or(Fault::NotTouched(at))?;
        let role = touch.role;
        let place = (event.payload().subject.clone(), event.payload().seq);
        if self.seen.contains(&place) {
            return Err(Fault::Repeated(at));
        }
        let (after, further) = self
            .judge(touch, &event, &entry, directory, also)
            .map_err(|stop| Fault::Stopped(at, stop))?;
        self.seen.insert(place);
        self.state = Some(after);
        self.log.append(leaf_hash(bytes));
        (self.height, self.time) = (entry.height, entry.time);
        let replayed = Replayed {
            height: entry.height,
            time: entry.time,
            event,
            role,
        };
        Ok((replayed, further))
    }

    /// Compares with the proven head: the same log, the same state.
    pub fn finish(&self, head: &Head) -> Result<(), Fault> {
        if (self.log.size(), self.log.root()) != (head.log_size, head.log_root) {
            return Err(Fault::OtherLog);
        }
        let bytes = self
            .state
            .as_ref()
            .and_then(|state| state.encode().ok())
            .ok_or(Fault::OtherState)?;
        if sha256(&[&bytes]) == head.state {
            Ok(())
        } else {
            Err(Fault::OtherState)
        }
    }

    fn touch(&self, event: &Event) -> Option<Touch> {
        registry::touches(event.payload())
            .ok()?
            .into_iter()
            .find(|touch| touch.record == self.record)
    }

    fn judge<T>(
        &self,
        touch: Touch,
        event: &Event,
        entry: &Entry<'_>,
        directory: &dyn Directory,
        also: impl FnOnce(&Event, &Context<'_>) -> Result<T, Stop>,
    ) -> Result<(State, T), Stop> {
        let context = Context {
            chain: &self.chain,
            height: entry.height,
            time: entry.time,
            rules_version: directory.rules_version(entry.height)?,
            directory,
        };
        execute::admit(event, &context)?;
        let after = execute::judge(touch, self.state.as_ref(), event, &context)?.state;
        Ok((after, also(event, &context)?))
    }
}
