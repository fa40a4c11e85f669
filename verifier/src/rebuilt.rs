//! One record rebuilt from its log: by replay, and a vote by recount, which rebuilds its ballots along with it.

use alloc::string::{String, ToString};
use records::{
    Directory, Envelope, Event, Fault, Head, Payload, RecordName, Replay, Replayed, State, Stop,
    canonical,
    kinds::vote::{self, Recount, RecountFault, Recounted},
    log::Entry,
};

/// A record being rebuilt.
pub enum Rebuilt {
    /// By replay.
    Replay(Replay),
    /// By recount.
    Recount(Recount),
}

/// Why a log does not stand.
#[derive(Debug)]
pub enum Broken {
    /// The rules are newer than this program.
    TooNew(u64),
    /// The log or the state is not what the rules give.
    Rules(String),
}

/// Why an entry was not taken.
pub enum Halt {
    /// A governing record is needed first.
    Waits(RecordName),
    /// It does not stand.
    Broken(Broken),
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Stopped(_, Stop::NotLoaded(name)) => Self::Waits(name),
            Fault::Stopped(_, Stop::RulesUnknown(version)) => Self::Broken(Broken::TooNew(version)),
            fault => Self::Broken(Broken::Rules(fault.to_string())),
        }
    }
}

impl From<RecountFault> for Halt {
    fn from(fault: RecountFault) -> Self {
        match fault {
            RecountFault::Log(fault) => fault.into(),
            fault => Self::Broken(Broken::Rules(fault.to_string())),
        }
    }
}

impl Rebuilt {
    pub fn new(name: &RecordName, chain: &str) -> Self {
        if name.kind() == vote::NAME
            && let Ok(recount) = Recount::new(name.id(), chain)
        {
            return Self::Recount(recount);
        }
        Self::Replay(Replay::new(name.clone(), chain))
    }

    /// Entries taken so far.
    pub fn size(&self) -> u64 {
        match self {
            Self::Replay(replay) => replay.size(),
            Self::Recount(recount) => recount.size(),
        }
    }

    /// The state so far; its sequence number is known of replayed records alone.
    pub fn state(&self) -> Option<State> {
        match self {
            Self::Replay(replay) => replay.state().cloned(),
            Self::Recount(recount) => Some(State {
                data: canonical::to_value(&recount.vote()?).ok()?,
                seq: 0,
            }),
        }
    }

    /// Takes the next entry. Gives what is worth showing: of a vote its own events, the ballots come with the count.
    pub fn push(
        &mut self,
        entry: &[u8],
        directory: &dyn Directory,
    ) -> Result<Option<Replayed>, Halt> {
        match self {
            Self::Replay(replay) => Ok(Some(replay.push(entry, directory)?)),
            Self::Recount(recount) => {
                recount.push(entry, directory)?;
                Ok(own_event(entry))
            }
        }
    }

    /// Compares with the proven head; a recount gives its count.
    pub fn finish(&self, head: &Head) -> Result<Option<Recounted>, Halt> {
        match self {
            Self::Replay(replay) => Ok(replay.finish(head).map(|()| None)?),
            Self::Recount(recount) => Ok(Some(recount.finish(head)?)),
        }
    }
}

/// An entry that was judged already, if it is about the vote itself.
fn own_event(entry: &[u8]) -> Option<Replayed> {
    let entry = Entry::decode(entry)?;
    let envelope = Envelope::decode(entry.envelope).ok()?;
    let payload: Payload = canonical::decode(envelope.payload()).ok()?;
    if payload.subject.kind() != vote::NAME {
        return None;
    }
    Some(Replayed {
        height: entry.height,
        time: entry.time,
        event: Event::open(entry.envelope).ok()?,
        role: records::registry::SUBJECT,
    })
}
