//! Ballots: one record per head of a vote. A ballot knows its keys and what stands; the vote knows roster, times and sums.

mod keys;
mod state;

pub use state::{Ballot, Casts, Pending, Proxy};

use crate::{
    canonical::Value,
    event::Payload,
    hash::sha256,
    keys::PublicKey,
    kinds::{
        room::{self, BallotAt, Bind, Veto},
        vote::{self, Choice, Rank, Standing},
    },
    name::RecordName,
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, Touch, join, updated},
    roster::{Leaf, Path, Roster},
};

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
            since: 1,
            joins: seat_joins,
        },
        EventType {
            name: "ballot.appoint",
            since: 1,
            joins: seat_joins,
        },
    ],
    apply,
};

/// A head's place on the roster, with its proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The vote's community: prefix of the rooms' record ids.
    pub community: String,
    /// The leaf.
    pub entry: Leaf,
    /// Its index.
    pub index: u32,
    /// Its inclusion proof.
    pub path: Path,
    /// The vote's id.
    pub vote: String,
}

crate::shape!(Seat {
    community,
    entry,
    index,
    path,
    vote
});

impl Seat {
    /// The seat of the head at this index of a vote's roster; none outside it.
    pub fn on(roster: &Roster, index: u32, vote: &str, community: &str) -> Option<Self> {
        let (entry, path) = roster.prove(index)?;
        Some(Self {
            community: community.into(),
            entry: entry.clone(),
            index,
            path,
            vote: vote.into(),
        })
    }
}

/// Body of `ballot.cast`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast {
    /// The two desk members who enter a paper ballot.
    pub by: Option<[String; 2]>,
    /// Choice.
    pub choice: Choice,
    /// Who casts.
    pub rank: Rank,
    /// The ballot of this head that stands before this one, whether or not this one takes its place.
    pub replaces: Option<Standing>,
    /// Whose ballot it is.
    pub seat: Seat,
}

crate::shape!(Cast {
    by,
    choice,
    rank,
    replaces,
    seat
});

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appoint {
    /// The two desk members; absent where the owner signs.
    pub by: Option<[String; 2]>,
    /// The proxy's key; absent where the owner withdraws the appointment.
    pub proxy: Option<PublicKey>,
    /// Whose ballot it is.
    pub seat: Seat,
}

crate::shape!(Appoint { by, proxy, seat });

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

/// The vote named by the body's seat; and its rooms, where desk members enter paper for them.
fn seat_joins(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    // The body as a whole is judged by `apply`: most ballots need no more of it here.
    let seat = payload.body.get("seat");
    let vote = seat.and_then(|seat| seat.get("vote")?.as_str());
    let no_vote = || Refusal::new("malformed-body").because("seat.vote");
    let mut touches = vec![joined_vote(vote.ok_or_else(no_vote)?)?];
    let by: Option<[String; 2]> = payload.field("by")?;
    if by.is_some() {
        touches.extend(room::joined(&payload.field("seat")?)?);
    }
    Ok(touches)
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
    let act = Act::of(case.event.payload())?.ok_or_else(|| case.unexpected())?;
    let before = case.state.map(crate::canonical::from_value).transpose()?;
    updated(&next(case, before, &act)?)
}

/// An event that concerns a ballot.
pub(crate) enum Act {
    Cast(Cast),
    Appoint(Appoint),
    Bind(Bind),
    Veto(BallotAt),
}

impl Act {
    /// None for an event that concerns no ballot.
    pub(crate) fn of(payload: &Payload) -> Result<Option<Self>, Refusal> {
        Ok(match payload.event_type.as_str() {
            "ballot.cast" => Some(Self::Cast(payload.body()?)),
            "ballot.appoint" => Some(Self::Appoint(payload.body()?)),
            "room.bind" => Some(Self::Bind(payload.body()?)),
            "room.veto" => payload.body::<Veto>()?.ballot.map(Self::Veto),
            _ => None,
        })
    }

    /// The ballot's index, and its role in the event; none for a key that is bound to a room alone.
    pub(crate) fn place(&self) -> Option<(u32, &'static str)> {
        match self {
            Self::Cast(Cast { seat, .. }) | Self::Appoint(Appoint { seat, .. }) => {
                Some((seat.index, SUBJECT))
            }
            Self::Bind(Bind { seat, .. }) => Some((seat.as_ref()?.index, BALLOT_ROLE)),
            Self::Veto(at) => Some((at.index, BALLOT_ROLE)),
        }
    }
}

/// The ballot after an event.
pub(crate) fn next(case: &Case<'_>, before: Option<Ballot>, act: &Act) -> Result<Ballot, Stop> {
    let known = before.is_some();
    let mut ballot = before.unwrap_or_default();
    ballot.settle(case.context.time);
    match (act, case.role) {
        (Act::Cast(body), SUBJECT) => {
            require_own(case.record, &body.seat)?;
            ballot.cast(case, body)?;
        }
        (Act::Appoint(body), SUBJECT) => {
            require_own(case.record, &body.seat)?;
            ballot.appoint(case, body)?;
        }
        (Act::Bind(body), BALLOT_ROLE) => ballot.bind(case, body)?,
        // The room's old key vetoes; here the replacement may have ended already, by a vote of the ballot's own key.
        (Act::Veto(_), BALLOT_ROLE) if known => ballot.pending = None,
        _ => return Err(case.unexpected()),
    }
    Ok(ballot)
}

/// Which record an event of a room concerns besides it: the ballot, then its vote.
pub(super) fn joins(vote: &str, index: u32) -> Result<Vec<Touch>, Refusal> {
    Ok(vec![joined(vote, index)?, joined_vote(vote)?])
}
