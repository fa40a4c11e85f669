//! Ballots, and the rooms whose owners cast them.

use super::{data, find, name};
use crate::{
    Identity, Unsigned,
    shared::{Begun, Shared},
    sign::Draft,
};
use records::{
    Ground, PublicKey, RecordName,
    canonical::{self, Value},
    kinds::{
        ballot::{self, Appoint, Ballot, Cast, Seat},
        room::{self, Room, Veto},
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
    Ok(Draft::new("ballot.cast", subject, body, vec![who.key()]))
}

/// `ballot.appoint`: co-owners name the one of them who votes.
pub fn name_one(
    who: &Identity,
    vote: &str,
    (named, begun): (&str, &str),
    ground: &Ground,
) -> Result<Draft, Unsigned> {
    let (seat, subject) = (seat(who, vote)?.clone(), subject(who, vote)?);
    let signers = seat.entry.owners.clone().unwrap_or_default();
    let key = who.key();
    let named = named.parse().ok();
    let named: Option<PublicKey> = named.filter(|named| signers.contains(named));
    let Some(named) = named.filter(|_| signers.contains(&key.public())) else {
        return Err(Unsigned::new("not-a-co-owner"));
    };
    // From then on the one who was named appoints, alone: the same event would mean something else.
    let before: Option<Ballot> = find(ground, &subject)?;
    if before.is_some_and(|ballot| ballot.key.is_some()) {
        return Err(Unsigned::new("already-named"));
    }
    let body = canonical::to_value(&Appoint {
        by: None,
        proxy: Some(named),
        seat,
    })?;
    let begun = Begun::from_link(begun)?;
    let signers = signers.into_iter().map(|signer| vec![signer]).collect();
    Ok(Draft {
        shared: Some(Shared {
            named,
            signers,
            begun,
        }),
        ..Draft::new("ballot.appoint", subject, body, vec![key])
    })
}

/// `room.veto`: an owner stops the key that is to come in the place of the room's, and of the ballot's that it names.
pub fn veto(who: &Identity, room: &str, ground: &Ground) -> Result<Draft, Unsigned> {
    let subject = name(room::NAME, room)?;
    let Room { pending, .. } = data(ground, &subject)?;
    let ballot = pending.and_then(|pending| pending.ballot);
    let body = canonical::to_value(&Veto { ballot })?;
    Ok(Draft::new("room.veto", subject, body, vec![who.key()]))
}
