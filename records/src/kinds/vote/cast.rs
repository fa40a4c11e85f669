//! What a vote says to the events of its ballots. It knows the roster, the times, the rules and the convener; the ballot knows its keys and
//! what stands. Both judge alone.

use super::{
    desks::{DESK, require_two_besides},
    state::{Replacing, Vote},
    tally::{Rank, Standing},
};
use crate::{
    kinds::{
        ballot::{self, Appoint, Cast, Seat},
        room::{self, Bind},
    },
    refusal::{Refusal, Stop},
    registry::Case,
};

/// What a ballot does to the one that stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The head's first.
    Counts,
    /// Takes the place of the one that stands.
    Replaces(Standing),
    /// Of a lower rank and another choice: it changes nothing, and is shown apart.
    Conflicts,
}

/// Owner over proxy over paper; within one rank as the community's rules say.
pub fn effect(
    new: Standing,
    stands: Option<Standing>,
    replacing: Replacing,
) -> Result<Effect, Refusal> {
    let Some(old) = stands else {
        return Ok(Effect::Counts);
    };
    if new.rank > old.rank {
        Ok(Effect::Replaces(old))
    } else if new.choice == old.choice {
        Err(Refusal::new("same-choice"))
    } else if new.rank < old.rank {
        Ok(Effect::Conflicts)
    } else if replacing == Replacing::Last {
        Ok(Effect::Replaces(old))
    } else {
        Err(Refusal::new("first-ballot-counts"))
    }
}

pub(super) fn cast(case: &Case<'_>, mut vote: Vote) -> Result<Vote, Stop> {
    let body: Cast = case.body()?;
    accept(case, &vote, &body)?;
    count(&mut vote, &body)?;
    Ok(vote)
}

/// What a vote asks of a ballot besides the sums: times, roster, and the two who enter paper.
pub(super) fn accept(case: &Case<'_>, vote: &Vote, body: &Cast) -> Result<(), Stop> {
    require_open(case, vote)?;
    require_ballot(case, &body.seat)?;
    require_seat(vote, &body.seat)?;
    match (body.rank, &body.by) {
        (Rank::Paper, Some(by)) => {
            require_two_besides(case.context, case.event, by, DESK, &vote.convener)?;
        }
        (Rank::Owner | Rank::Proxy, None) => {}
        _ => return Err(Refusal::new("paper-needs-two").into()),
    }
    Ok(())
}

fn count(vote: &mut Vote, body: &Cast) -> Result<(), Refusal> {
    let new = body.standing();
    let area = body.seat.entry.area;
    let bad_sum = || Refusal::new("tally-mismatch");
    match effect(new, body.replaces, vote.rules.replacing)? {
        Effect::Counts => vote.tally.add(new, area).ok_or_else(bad_sum)?,
        Effect::Replaces(old) => {
            vote.tally.remove(old, area).ok_or_else(bad_sum)?;
            vote.tally.add(new, area).ok_or_else(bad_sum)?;
        }
        Effect::Conflicts => {}
    }
    let differs = |old: &Standing| old.rank != new.rank && old.choice != new.choice;
    if body.replaces.as_ref().is_some_and(differs) {
        vote.conflicts = vote.conflicts.saturating_add(1);
    }
    let took_part = vote.tally.participation();
    if took_part.heads > vote.roster.heads || took_part.area > vote.roster.area {
        return Err(bad_sum());
    }
    Ok(())
}

pub(super) fn appoint(case: &Case<'_>, vote: Vote) -> Result<Vote, Stop> {
    let body: Appoint = case.body()?;
    require_before_end(case, &vote)?;
    require_ballot(case, &body.seat)?;
    require_seat(&vote, &body.seat)?;
    if let Some(by) = &body.by {
        require_two_besides(case.context, case.event, by, DESK, &vote.convener)?;
    }
    Ok(vote)
}

pub(super) fn bind(case: &Case<'_>, mut vote: Vote) -> Result<Vote, Stop> {
    let body: Bind = case.body()?;
    let seat = body.seat.ok_or_else(|| case.unexpected())?;
    require_before_end(case, &vote)?;
    require_seat(&vote, &seat)?;
    let subject = case.event.payload().subject.id();
    let own = |room: &str| room::id(&vote.community, room) == subject;
    if !seat.entry.rooms.iter().any(|room| own(&room.room)) {
        return Err(Refusal::new("room-not-in-entry").into());
    }
    require_two_besides(case.context, case.event, &body.by, DESK, &vote.convener)?;
    vote.bound = vote.bound.saturating_add(1);
    Ok(vote)
}

fn require_open(case: &Case<'_>, vote: &Vote) -> Result<(), Refusal> {
    if case.context.time < vote.opens {
        return Err(Refusal::new("not-open-yet").with("opens", vote.opens));
    }
    require_before_end(case, vote)
}

fn require_before_end(case: &Case<'_>, vote: &Vote) -> Result<(), Refusal> {
    if case.context.time >= vote.closes {
        return Err(Refusal::new("closed").with("closes", vote.closes));
    }
    Ok(())
}

/// The subject is the one ballot that this vote and this index have: a fresh record cannot stand in for it.
fn require_ballot(case: &Case<'_>, seat: &Seat) -> Result<(), Refusal> {
    ballot::require_own(&case.event.payload().subject, seat)
}

fn require_seat(vote: &Vote, seat: &Seat) -> Result<(), Refusal> {
    if seat.community != vote.community {
        return Err(Refusal::new("other-community").with("community", &vote.community));
    }
    vote.roster
        .verify(&seat.entry, seat.index, &seat.path)
        .map_err(|why| Refusal::new("not-on-roster").because(why))
}
