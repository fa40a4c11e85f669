//! The consortium's affairs: proposals and approvals, seats and their safety, keys of those who lost theirs, validators that misbehave.

mod keys;
mod misbehaviour;
mod proposals;
mod seats;

use records::{
    KeyType, SecretKey, Stop, ValidatorKey, canonical,
    kinds::{
        consortium::{self, Consortium, Reseat, Seat, Validator},
        member::{MAX_KEYS, Member, Rekey},
        misbehaviour::{Incident, Misbehaviour, Offence},
        proposal::{Act, Approve, MAX_OPEN, MIN_OPEN, Make, Proposal},
    },
    shape::Shape,
    testing::{Ledger, SECOND, key, member},
};

const SEATS: [&str; 4] = ["tax", "hospital", "housing", "notary"];

fn ledger() -> Ledger {
    Ledger::found(SEATS.map(|id| member(id, &[])).to_vec())
}

fn body<T: Shape>(body: &T) -> canonical::Value {
    canonical::to_value(body).expect("encodes")
}

fn validator(name: &str, power: u64) -> Validator {
    Validator::new(key(name).public(), power)
}

fn founding(id: &str) -> ValidatorKey {
    key(&format!("validator of {id}")).public().into()
}

fn code(result: Result<(), Stop>) -> &'static str {
    match result {
        Ok(()) => "ok",
        Err(Stop::Refused(refusal)) => refusal.code,
        Err(other) => panic!("{other:?}"),
    }
}

/// Gives a member these validators, signed by all four.
fn seat(ledger: &mut Ledger, member: &str, validators: &[Validator]) -> &'static str {
    let reseat = Reseat {
        member: member.into(),
        validators: validators.to_vec(),
    };
    let keys = SEATS.map(key);
    let keys: Vec<_> = keys.iter().collect();
    code(ledger.submit(
        "consortium.seat",
        ("consortium", "main"),
        body(&reseat),
        &keys,
    ))
}

fn admit(ledger: &mut Ledger, id: &str) {
    let keys = SEATS.map(key);
    let keys: Vec<_> = keys.iter().collect();
    let body = body(&member(id, &[]));
    ledger
        .submit("member.admit", ("member", id), body, &keys)
        .expect("admitted");
}

fn powers(ledger: &Ledger) -> Vec<(String, u64)> {
    let consortium: Consortium = ledger.data("consortium", "main");
    let seats = consortium.members.iter();
    seats.map(|seat| (seat.id.clone(), seat.power())).collect()
}

/// The act of giving the notary's seat this power.
fn act(ledger: &Ledger, power: u64) -> Act {
    let reseat = Reseat {
        member: "notary".into(),
        validators: vec![Validator::new(founding("notary"), power)],
    };
    Act::of(&ledger.payload("consortium.seat", ("consortium", "main"), body(&reseat)))
}

fn propose(ledger: &mut Ledger, act: &Act, by: &str, until: i64) -> &'static str {
    let make = Make {
        act: act.clone(),
        by: by.into(),
        until,
    };
    let id = act.proposal().expect("an id");
    code(ledger.submit("proposal.make", ("proposal", &id), body(&make), &[&key(by)]))
}

fn approve(ledger: &mut Ledger, act: &Act, by: &str) -> &'static str {
    let approve = Approve { by: by.into() };
    let id = act.proposal().expect("an id");
    code(ledger.submit(
        "proposal.approve",
        ("proposal", &id),
        body(&approve),
        &[&key(by)],
    ))
}

fn enact(ledger: &mut Ledger, act: &Act, by: &str) -> &'static str {
    code(ledger.submit(
        &act.event_type,
        (act.subject.kind(), act.subject.id()),
        act.body.clone(),
        &[&key(by)],
    ))
}
