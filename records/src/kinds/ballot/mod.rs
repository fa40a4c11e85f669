//! Ballots: one record per head of a vote. A ballot knows its keys and what stands; the vote knows roster, times and sums.

mod keys;
mod state;

pub use state::{Ballot, Casts, Pending, Proxy};

use crate::{
    canonical::Value,
    hash::sha256,
    keys::PublicKey,
    kinds::vote::{self, Choice, Rank, Standing},
    name::RecordName,
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, Touch, join, updated},
    roster::{Leaf, Path},
};
use serde::{Deserialize, Serialize};

/// Kind name.
pub const NAME: &str = "ballot";
/// Role of a ballot in the events of rooms.
pub const BALLOT_ROLE: &str = "ballot";

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[
        EventType {
            name: "ballot.cast",
            joins: |payload| cast_vote(&payload.body::<Cast>()?.seat),
        },
        EventType {
            name: "ballot.appoint",
            joins: |payload| cast_vote(&payload.body::<Appoint>()?.seat),
        },
    ],
    apply,
};

/// A head's place on the roster, with its proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// The leaf.
    pub entry: Leaf,
    /// Its index.
    pub index: u32,
    /// Its inclusion proof.
    pub path: Path,
    /// The vote's id.
    pub vote: String,
}

/// Body of `ballot.cast`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// The two desk members who enter a paper ballot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<[String; 2]>,
    /// Choice.
    pub choice: Choice,
    /// Who casts.
    pub rank: Rank,
    /// The ballot of this head that stands before this one, whether or not this one takes its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Standing>,
    /// Whose ballot it is.
    pub seat: Seat,
}

impl Cast {
    /// Choice and rank.
    pub fn standing(&self) -> Standing {
        Standing {
            choice: self.choice,
            rank: self.rank,
        }
    }
}

/// Body of `ballot.appoint`: the owner names a proxy, or two desk members enter a written authorisation (委托书).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Appoint {
    /// The two desk members; absent where the owner signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<[String; 2]>,
    /// The proxy's key; absent where the owner withdraws the appointment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<PublicKey>,
    /// Whose ballot it is.
    pub seat: Seat,
}

/// Record id of a ballot: hex of `H("lianyan/ballot/1" ‖ vote id ‖ 0x00 ‖ index u32)`.
pub fn id(vote: &str, index: u32) -> String {
    hex::encode(sha256(&[
        b"lianyan/ballot/1",
        vote.as_bytes(),
        &[0],
        &index.to_be_bytes(),
    ]))
}

/// A ballot that joins an event.
pub(super) fn joined(vote: &str, index: u32) -> Result<Touch, Refusal> {
    join(NAME, &id(vote, index), BALLOT_ROLE)
}

/// A vote that joins an event of one of its ballots.
pub(super) fn joined_vote(vote: &str) -> Result<Touch, Refusal> {
    join(vote::NAME, vote, vote::VOTE_ROLE)
}

fn cast_vote(seat: &Seat) -> Result<Vec<Touch>, Refusal> {
    Ok(vec![joined_vote(&seat.vote)?])
}

/// Refuses a ballot record that does not follow from vote and index.
pub(super) fn require_own(ballot: &RecordName, seat: &Seat) -> Result<(), Refusal> {
    let expected = id(&seat.vote, seat.index);
    if ballot.kind() == NAME && ballot.id() == expected {
        Ok(())
    } else {
        Err(Refusal::new("other-ballot").with("expected", expected))
    }
}

fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    let ballot = case.state.map(crate::canonical::from_value).transpose()?;
    updated(&next(case, ballot)?)
}

/// The ballot after an event; what [`Kind::apply`] does, without the detour over JSON.
pub(crate) fn next(case: &Case<'_>, before: Option<Ballot>) -> Result<Ballot, Stop> {
    let time = case.context.time;
    let mut ballot = before.unwrap_or_default();
    ballot.settle(time);
    match case.what() {
        ("ballot.cast", SUBJECT) => {
            let body: Cast = case.body()?;
            require_own(case.record, &body.seat)?;
            ballot.cast(case, &body)?;
        }
        ("ballot.appoint", SUBJECT) => {
            let body: Appoint = case.body()?;
            require_own(case.record, &body.seat)?;
            ballot.appoint(case, &body)?;
        }
        ("room.bind", BALLOT_ROLE) => ballot.bind(case)?,
        ("room.veto", BALLOT_ROLE) => ballot.veto(case)?,
        _ => return Err(case.unexpected()),
    }
    Ok(ballot)
}

/// Which record an event of a room concerns besides it: the ballot, then its vote.
pub(super) fn joins(vote: &str, index: u32) -> Result<Vec<Touch>, Refusal> {
    Ok(vec![joined(vote, index)?, joined_vote(vote)?])
}
