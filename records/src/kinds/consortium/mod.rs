//! The consortium: the list of its members that hold validators, and their power. One record, `consortium/main`.
//!
//! Members found it, by more than two thirds of the power they give a member its validators or take them away, and the chain itself suspends a
//! validator that provably signed two blocks.

mod safety;

use super::member::Member;
use crate::{
    canonical::Value,
    event::Payload,
    keys::PublicKey,
    kinds::{member, misbehaviour, rules},
    refusal::{Refusal, Stop},
    registry::{Case, EventType, Kind, SUBJECT, Touch, join, updated},
    shape::optional_nanoseconds,
    validator_key::{KeyType, ValidatorKey},
};
use safety::{require_gradual, require_safe};

/// Kind name.
pub const NAME: &str = "consortium";
/// Id of the one record.
pub const ID: &str = "main";
/// The event by which the consortium replaces a member's keys.
pub const REKEY: &str = "consortium.rekey";

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[
        EventType {
            name: "consortium.found",
            since: 1,
            joins: founders,
        },
        EventType::alone("consortium.seat"),
        EventType {
            name: REKEY,
            since: 1,
            joins: rekeyed,
        },
    ],
    apply,
};

/// State of the consortium.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consortium {
    /// Addresses of validators that provably misbehaved, lower-case hex, in that order; absent while there are none. No seat takes them again.
    pub barred: Option<Vec<String>>,
    /// Members that hold a validator.
    pub members: Vec<Seat>,
    /// Types of keys that validators may have; Ed25519 alone where nothing is said. Fixed when the chain begins, as CometBFT must know them too.
    pub key_types: Option<Vec<KeyType>>,
}

crate::shape!(Consortium {
    barred,
    members,
    key_types
});

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
    pub key: ValidatorKey,
    /// Voting power.
    pub power: u64,
    /// Since when it takes no part in the consensus, Unix nanoseconds; absent while it does.
    pub suspended: Option<i64>,
}

crate::shape!(Validator {
    key,
    power,
    suspended: optional_nanoseconds
});

impl Validator {
    /// One that takes part.
    pub fn new(key: impl Into<ValidatorKey>, power: u64) -> Self {
        Self {
            key: key.into(),
            power,
            suspended: None,
        }
    }
}

impl Seat {
    /// A member's seat.
    fn of(member: &Member, validators: Vec<Validator>) -> Self {
        Self {
            id: member.id.clone(),
            name: member.name.clone(),
            name_en: member.name_en.clone(),
            org: member.org.clone(),
            validators,
        }
    }

    /// Voting power of all its validators, the suspended ones included: a say in the consortium's affairs is the member's, not its machines'.
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

    /// The seat of a member.
    pub fn seat(&self, member: &str) -> Option<&Seat> {
        self.members.iter().find(|seat| seat.id == member)
    }

    /// The seat whose validator votes under this address.
    pub fn seat_at(&self, address: &[u8; 20]) -> Option<&Seat> {
        self.members.iter().find(|seat| {
            let mut validators = seat.validators.iter();
            validators.any(|validator| validator.key.address() == *address)
        })
    }

    /// Whether this key's owner provably misbehaved with it, at any time.
    pub fn bars(&self, key: &ValidatorKey) -> bool {
        let address = hex::encode(key.address());
        self.barred.iter().flatten().any(|known| *known == address)
    }

    /// Every validator.
    pub fn validators(&self) -> impl Iterator<Item = &Validator> {
        self.members.iter().flat_map(|seat| &seat.validators)
    }

    /// Requires that these members hold more than two thirds of the power.
    pub fn require_two_thirds(&self, members: &[String]) -> Result<(), Refusal> {
        let seats = self.members.iter();
        let agreed = seats.filter(|seat| members.contains(&seat.id));
        let agreed: u64 = agreed.map(Seat::power).sum();
        let total = self.power();
        if u128::from(agreed) * 3 > u128::from(total) * 2 {
            Ok(())
        } else {
            Err(Refusal::new("quorum-missing")
                .with("signed", agreed)
                .with("total", total))
        }
    }

    /// Whether validators may have keys of this type.
    pub fn allows(&self, key_type: KeyType) -> bool {
        match &self.key_types {
            Some(allowed) => allowed.contains(&key_type),
            None => key_type == KeyType::Ed25519,
        }
    }
}

/// Body of `consortium.found`, the first event of a chain.
#[derive(Clone, Debug)]
pub struct Found {
    /// Every founding member.
    pub members: Vec<Founder>,
    /// Types of keys that validators may have, if others than Ed25519 alone.
    pub key_types: Option<Vec<KeyType>>,
}

crate::shape!(Found { members, key_types });

/// A founding member and its validators; none for members without a seat.
#[derive(Clone, Debug)]
pub struct Founder {
    /// The member's record.
    pub member: Member,
    /// Its validators.
    pub validators: Vec<Validator>,
}

crate::shape!(Founder { member, validators });

/// Body of `consortium.seat`: a member's validators from now on.
#[derive(Clone, Debug)]
pub struct Reseat {
    /// The member.
    pub member: String,
    /// All its validators; without any it gives up its seat.
    pub validators: Vec<Validator>,
}

crate::shape!(Reseat { member, validators });

/// Body of `consortium.rekey`: the key of a member that has lost all, or whose keys somebody else has; it signs too. The subject is the consortium's
/// record, and not the member's, whose sequence a thief moves on: no proposal about it would be done before it is void. Nor does it name what ends: a
/// thief adds more.
#[derive(Clone, Debug)]
pub struct Rekey {
    /// The only key from now on, which the member never had before.
    pub key: PublicKey,
    /// The member.
    pub member: String,
}

crate::shape!(Rekey { key, member });

fn rekeyed(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    let rekey: Rekey = payload.body()?;
    Ok(vec![join(member::NAME, &rekey.member, "rekeyed")?])
}

fn founders(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    let found: Found = payload.body()?;
    let mut touches = vec![join(rules::NAME, rules::ID, "founded")?];
    for founder in &found.members {
        touches.push(join(member::NAME, &founder.member.id, "founder")?);
    }
    Ok(touches)
}

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
                barred: None,
                members: seats
                    .map(|founder| Seat::of(&founder.member, founder.validators))
                    .collect(),
                key_types: found.key_types,
            };
            require_safe(&consortium)?;
            updated(&consortium)
        }
        ("consortium.seat", SUBJECT) => reseat(case),
        (REKEY, SUBJECT) => {
            let consortium: Consortium = case.existing()?;
            case.context.require_quorum(case.event)?;
            updated(&consortium)
        }
        (misbehaviour::FOUND, "suspender") => suspend(case),
        _ => Err(case.unexpected()),
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

/// Who signed twice comes back with a new key, also where the old one lost its seat meanwhile, or was not suspended because too many were.
fn require_none_barred(consortium: &Consortium, seated: &[Validator]) -> Result<(), Refusal> {
    match seated
        .iter()
        .find(|validator| consortium.bars(&validator.key))
    {
        Some(validator) => {
            let address = hex::encode_upper(validator.key.address());
            Err(Refusal::new("validator-suspended").with("address", address))
        }
        None => Ok(()),
    }
}

/// A member joins, leaves, or changes keys or powers of its validators.
fn reseat(case: &Case<'_>) -> Result<Value, Stop> {
    let mut consortium: Consortium = case.existing()?;
    case.context.require_quorum(case.event)?;
    let body: Reseat = case.body()?;
    require_none_barred(&consortium, &body.validators)?;
    let seat = Seat::of(&*case.context.member(&body.member)?, body.validators);
    let leaves = seat.validators.is_empty();
    let seats = &mut consortium.members;
    match seats.iter().position(|known| known.id == seat.id) {
        Some(at) if leaves => drop(seats.remove(at)),
        Some(at) => seats[at] = seat,
        None if leaves => return Err(Refusal::new("no-seat").with("member", seat.id).into()),
        None => seats.push(seat),
    }
    require_safe(&consortium)?;
    require_gradual(&*case.context.consortium()?, &consortium)?;
    updated(&consortium)
}

/// A validator that misbehaved is barred for good, and takes no part any more, unless too much power would be missing then: the members have to decide in
/// that case.
fn suspend(case: &Case<'_>) -> Result<Value, Stop> {
    let mut consortium: Consortium = case.existing()?;
    let address = misbehaviour::address(case)?;
    let barred = consortium.barred.get_or_insert_default();
    let id = case.event.payload().subject.id();
    if !barred.iter().any(|known| known == id) {
        barred.push(id.into());
    }
    let unsuspended = consortium.clone();
    let seats = consortium.members.iter_mut();
    let mut validators = seats.flat_map(|seat| &mut seat.validators);
    if let Some(validator) = validators.find(|validator| validator.key.address() == address) {
        validator.suspended = validator.suspended.or(Some(case.context.time));
    }
    let start = case.context.consortium()?;
    let bearable = require_safe(&consortium).and_then(|()| require_gradual(&start, &consortium));
    if bearable.is_err() {
        consortium = unsuspended;
    }
    updated(&consortium)
}
