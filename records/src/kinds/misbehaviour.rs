//! What a validator provably did wrong: two votes of one height, or a part in deceiving light clients.
//!
//! CometBFT judges the evidence, in the open: it stands in a block. The application then writes the event itself, so nobody signs it; that it stands in a
//! log is what more than two thirds of the power vouch for. One record for each validator, `misbehaviour/<address, lower-case hex>`.

use super::consortium;
use crate::{
    canonical::Value,
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, join, updated},
    shape::{nanoseconds, text_or_empty},
};

/// Kind name.
pub const NAME: &str = "misbehaviour";
/// The one event that the chain itself writes.
pub const FOUND: &str = "misbehaviour.found";

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[EventType {
        name: FOUND,
        since: 1,
        joins: |_| Ok(vec![join(consortium::NAME, consortium::ID, "suspender")?]),
    }],
    apply,
};

/// How a validator misbehaved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offence {
    /// Two votes in one round.
    DuplicateVote,
    /// It signed a header that is not the chain's.
    LightClientAttack,
}

crate::names!(Offence {
    DuplicateVote "duplicate-vote",
    LightClientAttack "light-client-attack",
});

/// Body of `misbehaviour.found`, as CometBFT reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incident {
    /// Height at which it happened.
    pub height: u64,
    /// What it did.
    pub offence: Offence,
    /// Its voting power then.
    pub power: u64,
    /// Time of the block at that height, Unix nanoseconds.
    pub time: i64,
}

crate::shape!(Incident {
    height,
    offence,
    power,
    time: nanoseconds
});

/// State of a validator's misbehaviour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misbehaviour {
    /// Incidents so far.
    pub incidents: u64,
    /// The last of them.
    pub last: Incident,
    /// The member whose validator it is; empty where it was nobody's any more when it was found.
    pub member: String,
}

crate::shape!(Misbehaviour {
    incidents,
    last,
    member: text_or_empty
});

fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    match case.what() {
        (FOUND, SUBJECT) => {
            let last = case.body()?;
            let address = address(case)?;
            let before = match case.state {
                Some(_) => Some(case.existing::<Misbehaviour>()?),
                None => None,
            };
            let consortium = case.context.consortium()?;
            let member = match (before.as_ref(), consortium.seat_at(&address)) {
                (_, Some(seat)) => seat.id.clone(),
                (Some(before), None) => before.member.clone(),
                (None, None) => String::new(),
            };
            updated(&Misbehaviour {
                incidents: before.map_or(0, |before| before.incidents) + 1,
                last,
                member,
            })
        }
        _ => Err(case.unexpected()),
    }
}

/// The validator's address, which is the subject's id.
pub(super) fn address(case: &Case<'_>) -> Result<[u8; 20], Refusal> {
    let mut address = [0; 20];
    let id = case.event.payload().subject.id();
    match hex::decode_to_slice(id, &mut address) {
        Ok(()) if hex::encode(address) == id => Ok(address),
        _ => Err(Refusal::new("not-an-address")),
    }
}
