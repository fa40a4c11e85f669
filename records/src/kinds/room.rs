//! Rooms: the log of every key that was ever bound to one, and of every paper that was entered for it. "Was a key ever bound to my room? Did
//! anybody enter a ballot for it?" is answered by this record, or by its absence.

use super::ballot::{self, Seat};
use crate::{
    canonical::Value,
    context::require_key,
    event::Payload,
    keys::PublicKey,
    kinds::vote::desks::{DESK, require_two},
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, Touch, join, updated},
    roster::is_room,
    shape::{nanoseconds, optional_nanoseconds},
};

/// Kind name.
pub const NAME: &str = "room";
/// A key that replaces a known one counts after this long, in nanoseconds (three days): until then the old key may veto.
pub const REBIND_DELAY: i64 = 3 * 24 * 3600 * 1_000_000_000;
/// Role of a room in the events of ballots.
pub const ROOM_ROLE: &str = "room";
/// Most rooms of a head for whom paper is entered: each of them joins the event.
pub const MAX_PAPER_ROOMS: usize = 32;
/// Longest way into force, in nanoseconds: nobody parks a key for later.
pub const MAX_DELAY: i64 = 14 * 24 * 3600 * 1_000_000_000;

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[
        EventType {
            name: "room.bind",
            since: 1,
            joins: room_joins,
        },
        EventType {
            name: "room.veto",
            since: 1,
            joins: room_joins,
        },
    ],
    apply,
};

/// State of a room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Room {
    /// Keys bound so far; each stands in the log.
    pub bindings: u64,
    /// Paper ballots and written authorisations entered for it; each stands in the log.
    pub entered: u64,
    /// The key in force.
    pub key: Option<PublicKey>,
    /// The key that is to replace it.
    pub pending: Option<Pending>,
    /// Replacements that the old key vetoed: one at most.
    pub vetoes: u64,
}

crate::shape!(Room {
    bindings,
    entered,
    key,
    pending,
    vetoes
});

/// A key on its way into force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// The ballot that it was bound to as well.
    pub ballot: Option<BallotAt>,
    /// Block time from which it counts, Unix nanoseconds.
    pub from: i64,
    /// The key.
    pub key: PublicKey,
}

crate::shape!(Pending {
    ballot,
    from: nanoseconds,
    key
});

/// A ballot by vote and index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BallotAt {
    /// Index on the roster.
    pub index: u32,
    /// The vote's id.
    pub vote: String,
}

crate::shape!(BallotAt { index, vote });

/// Body of `room.bind`. Signed by both desk members, and by the regulator where one is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bind {
    /// Two members of different organisations, role `desk`, neither a convener.
    pub by: [String; 2],
    /// Block time from which the key counts, Unix nanoseconds; must lie three days ahead where another key is known. Absent: at once.
    pub from: Option<i64>,
    /// The owner's key.
    pub key: PublicKey,
    /// A member of a third organisation, role `regulator`: once the key in force has vetoed another, a further one takes this signature, too.
    pub regulator: Option<String>,
    /// The ballot to which it is bound as well, while its vote runs.
    pub seat: Option<Seat>,
}

crate::shape!(Bind {
    by,
    from: optional_nanoseconds,
    key,
    regulator,
    seat
});

/// Body of `room.veto`. Signed by the room's key in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Veto {
    /// The ballot named by the binding that is vetoed.
    pub ballot: Option<BallotAt>,
}

crate::shape!(Veto { ballot });

/// Record id of a room: `<community>.<room>`.
pub fn id(community: &str, room: &str) -> String {
    format!("{community}.{room}")
}

/// The room's name within its community. Neither part contains a dot.
pub(super) fn name_of(id: &str) -> &str {
    id.split_once('.').map_or("", |(_, room)| room)
}

/// The ballot that an event of a room names.
pub(super) fn ballot_of(payload: &Payload) -> Result<Option<BallotAt>, Refusal> {
    match payload.event_type.as_str() {
        "room.bind" => Ok(payload.body::<Bind>()?.seat.map(|seat| BallotAt {
            index: seat.index,
            vote: seat.vote,
        })),
        "room.veto" => Ok(payload.body::<Veto>()?.ballot),
        _ => Ok(None),
    }
}

/// The rooms of a head, where paper is entered for it.
pub(super) fn joined(seat: &Seat) -> Result<Vec<Touch>, Refusal> {
    if seat.entry.rooms.len() > MAX_PAPER_ROOMS {
        return Err(Refusal::new("too-many-rooms").with("limit", MAX_PAPER_ROOMS));
    }
    let rooms = seat.entry.rooms.iter();
    rooms
        .map(|room| join(NAME, &id(&seat.community, &room.room), ROOM_ROLE))
        .collect()
}

fn room_joins(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    match ballot_of(payload)? {
        Some(at) => ballot::joins(&at.vote, at.index),
        None => Ok(Vec::new()),
    }
}

fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    let room: Option<Room> = case.state.map(crate::canonical::from_value).transpose()?;
    let mut room = room.unwrap_or_default();
    let due = |pending: &mut Pending| pending.from <= case.context.time;
    if let Some(pending) = room.pending.take_if(due) {
        room.key = Some(pending.key);
    }
    match case.what() {
        ("room.bind", SUBJECT) => room.bind(case)?,
        ("room.veto", SUBJECT) => room.veto(case)?,
        ("ballot.cast" | "ballot.appoint", ROOM_ROLE) => room.enter(case)?,
        _ => return Err(case.unexpected()),
    }
    updated(&room)
}

impl Room {
    /// Two desk members entered paper; which, the ballot and the vote judge.
    fn enter(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        let by: [String; 2] = case.event.payload().field("by")?;
        require_two(case.context, case.event, &by, DESK)?;
        self.entered = self.entered.saturating_add(1);
        Ok(())
    }

    fn bind(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        let body: Bind = case.body()?;
        require_id(case.record.id())?;
        require_two(case.context, case.event, &body.by, DESK)?;
        for id in &body.by {
            // Nobody whose office it is to convene votes hands out the keys to them.
            if case.context.member(id)?.has_role("convener") {
                return Err(Refusal::new("own-cause").with("member", id).into());
            }
        }
        if self.vetoes > 0 {
            require_regulator(case, &body)?;
        }
        // Which ballot has it already the ballot knows.
        if self.key == Some(body.key) && body.seat.is_none() {
            return Err(Refusal::new("changes-nothing").into());
        }
        let from = in_force_from(case, &body, self.key, self.pending.is_some())?;
        self.bindings = self.bindings.saturating_add(1);
        if from <= case.context.time {
            self.key = Some(body.key);
        } else {
            self.pending = Some(Pending {
                ballot: ballot_of(case.event.payload())?,
                from,
                key: body.key,
            });
        }
        Ok(())
    }

    fn veto(&mut self, case: &Case<'_>) -> Result<(), Stop> {
        let body: Veto = case.body()?;
        // Who stole the key vetoes as well: the second time three organisations answer for the new one, and nobody stops it.
        let pending = self.pending.take_if(|_| self.vetoes == 0);
        let pending = pending.ok_or_else(|| Refusal::new("nothing-to-veto"))?;
        let key = self.key.ok_or_else(|| Refusal::new("nothing-to-defend"))?;
        require_key(case.event, &key, "room")?;
        if body.ballot != pending.ballot {
            return Err(Refusal::new("other-ballot").into());
        }
        self.vetoes = self.vetoes.saturating_add(1);
        Ok(())
    }
}

/// A third organisation vouches for the key, besides the two of the desks.
fn require_regulator(case: &Case<'_>, body: &Bind) -> Result<(), Stop> {
    let Some(regulator) = &body.regulator else {
        return Err(Refusal::new("regulator-missing").into());
    };
    let regulator = case
        .context
        .require_signed(case.event, regulator, "regulator")?;
    for desk in &body.by {
        if case.context.member(desk)?.org == regulator.org {
            let refusal = Refusal::new("same-organisation");
            return Err(refusal.with("org", &regulator.org).into());
        }
    }
    Ok(())
}

fn require_id(id: &str) -> Result<(), Refusal> {
    match id.split_once('.') {
        Some((community, room)) if is_room(community) && is_room(room) => Ok(()),
        _ => Err(Refusal::new("malformed-room")),
    }
}

/// When a bound key comes into force. A key that replaces a known one waits, so that the known one can object.
pub(super) fn in_force_from(
    case: &Case<'_>,
    body: &Bind,
    known: Option<PublicKey>,
    pending: bool,
) -> Result<i64, Refusal> {
    let time = case.context.time;
    let from = body.from.unwrap_or(time);
    if pending {
        return Err(Refusal::new("binding-pending"));
    }
    if known == Some(body.key) {
        return Ok(time);
    }
    if known.is_some() && from < time.saturating_add(REBIND_DELAY) {
        return Err(Refusal::new("key-known").with("delay", REBIND_DELAY));
    }
    if from > time.saturating_add(MAX_DELAY) {
        return Err(Refusal::new("binding-too-far"));
    }
    Ok(from)
}
