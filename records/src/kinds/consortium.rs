//! The consortium: the list of its members that hold validators, and their power. One record, `consortium/main`.

use super::member::Member;
use crate::{
    canonical::Value,
    event::Payload,
    keys::PublicKey,
    kinds::{member, rules},
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, Touch, join, updated},
};

/// Kind name.
pub const NAME: &str = "consortium";
/// Id of the one record.
pub const ID: &str = "main";

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[EventType {
        name: "consortium.found",
        joins: founders,
    }],
    apply,
};

/// State of the consortium.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consortium {
    /// Members that hold a validator.
    pub members: Vec<Seat>,
}

crate::shape!(Consortium { members });

/// A member's seat in the consensus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Member id.
    pub id: String,
    /// Name, Chinese.
    pub name: String,
    /// Name, English.
    pub name_en: String,
    /// Organisation.
    pub org: String,
    /// Its validators.
    pub validators: Vec<Validator>,
}

crate::shape!(Seat {
    id,
    name,
    name_en,
    org,
    validators
});

/// A validator: key and voting power.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Validator {
    /// Consensus key.
    pub key: PublicKey,
    /// Voting power.
    pub power: u64,
}

crate::shape!(Validator { key, power });

impl Seat {
    /// Voting power of all its validators.
    pub fn power(&self) -> u64 {
        self.validators
            .iter()
            .fold(0, |sum, validator| sum.saturating_add(validator.power))
    }
}

impl Consortium {
    /// Total voting power.
    pub fn power(&self) -> u64 {
        self.members
            .iter()
            .fold(0, |sum, seat| sum.saturating_add(seat.power()))
    }
}

/// Body of `consortium.found`, the first event of a chain.
#[derive(Clone, Debug)]
pub struct Found {
    /// Every founding member.
    pub members: Vec<Founder>,
}

crate::shape!(Found { members });

/// A founding member and its validators; none for members without a seat.
#[derive(Clone, Debug)]
pub struct Founder {
    /// The member's record.
    pub member: Member,
    /// Its validators.
    pub validators: Vec<Validator>,
}

crate::shape!(Founder { member, validators });

fn founders(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    let found: Found = payload.body()?;
    let mut touches = vec![join(rules::NAME, rules::ID, "founded")?];
    for founder in &found.members {
        touches.push(join(member::NAME, &founder.member.id, "founder")?);
    }
    Ok(touches)
}

/// Founding holds at height 0 alone, signed by every founder, and by the rule that no member reaches one third.
fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    match case.what() {
        ("consortium.found", SUBJECT) => {
            case.require_new()?;
            let found = founding(case)?;
            let seats = found
                .members
                .into_iter()
                .filter(|founder| !founder.validators.is_empty());
            let consortium = Consortium {
                members: seats.map(seat).collect(),
            };
            require_no_third(&consortium)?;
            updated(&consortium)
        }
        _ => Err(case.unexpected()),
    }
}

fn seat(founder: Founder) -> Seat {
    let Member {
        id,
        name,
        name_en,
        org,
        ..
    } = founder.member;
    Seat {
        id,
        name,
        name_en,
        org,
        validators: founder.validators,
    }
}

/// The founding event: at height 0, on `consortium/main`, signed by every founder.
pub(super) fn founding(case: &Case<'_>) -> Result<Found, Refusal> {
    if case.context.height != 0 || case.event.payload().subject.id() != ID {
        return Err(Refusal::new("not-founding"));
    }
    let found: Found = case.body()?;
    match found
        .members
        .iter()
        .find(|founder| !founder.member.signed(case.event))
    {
        Some(founder) => {
            Err(Refusal::new("not-signed-by-member").with("member", &founder.member.id))
        }
        None => Ok(found),
    }
}

/// No member holds one third of the power or more: it could otherwise stop the chain, or invent a validator set with few others.
fn require_no_third(consortium: &Consortium) -> Result<(), Refusal> {
    let total = u128::from(consortium.power());
    for seat in &consortium.members {
        if u128::from(seat.power()) * 3 >= total {
            return Err(Refusal::new("one-third-reached").with("member", &seat.id));
        }
    }
    if total == 0 {
        Err(Refusal::new("no-validators"))
    } else {
        Ok(())
    }
}
