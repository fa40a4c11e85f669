//! Ballots.

use super::{find, name};
use crate::{Identity, Unsigned, sign::Draft};
use records::{
    Ground, RecordName,
    canonical::{self, Value},
    kinds::{
        ballot::{self, Ballot, Cast, Seat},
        vote::{Choice, Rank},
    },
};

/// An owner's seat on a vote's roster.
fn seat<'a>(who: &'a Identity, vote: &str) -> Result<&'a Seat, Unsigned> {
    let found = who.ballots.iter().find(|seat| seat.vote == vote);
    found.ok_or_else(|| Unsigned::new("not-in-roster"))
}

/// The one ballot that an owner has in a vote.
pub fn subject(who: &Identity, vote: &str) -> Result<RecordName, Unsigned> {
    name(ballot::NAME, &ballot::id(vote, seat(who, vote)?.index))
}

/// `ballot.cast`: an owner votes. A ballot that stands already is named and replaced.
pub fn cast(who: &Identity, vote: &str, choice: &str, ground: &Ground) -> Result<Draft, Unsigned> {
    let choice: Choice = canonical::from_value(&Value::String(choice.into()))?;
    let subject = subject(who, vote)?;
    let before: Option<Ballot> = find(ground, &subject)?;
    let body = canonical::to_value(&Cast {
        by: None,
        choice,
        rank: Rank::Owner,
        replaces: before.and_then(|ballot| ballot.stands),
        seat: seat(who, vote)?.clone(),
    })?;
    Ok(Draft {
        event_type: "ballot.cast",
        subject,
        body,
        keys: vec![who.key()],
        blob: None,
    })
}
