//! Validators that misbehave, and what the chain alone writes of them.

use super::*;

/// CometBFT reports that a founder's validator misbehaved.
fn misbehave(ledger: &mut Ledger, id: &str) {
    let incident = Incident {
        height: ledger.height,
        offence: Offence::DuplicateVote,
        power: 20,
        time: ledger.time,
    };
    let address = hex::encode(founding(id).address());
    ledger
        .submit(
            "misbehaviour.found",
            ("misbehaviour", &address),
            body(&incident),
            &[],
        )
        .expect("found");
}

fn suspended(ledger: &Ledger) -> Vec<String> {
    let consortium: Consortium = ledger.data("consortium", "main");
    let seats = consortium.members.iter();
    let seats = seats.filter(|seat| seat.validators.iter().any(|v| v.suspended.is_some()));
    seats.map(|seat| seat.id.clone()).collect()
}

#[test]
fn misbehaviour_is_written_down_and_suspends_but_never_a_third() {
    let mut ledger = ledger();
    misbehave(&mut ledger, "notary");
    assert_eq!(suspended(&ledger), ["notary"]);
    let id = hex::encode(founding("notary").address());
    let found: Misbehaviour = ledger.data("misbehaviour", &id);
    assert_eq!((found.member.as_str(), found.incidents), ("notary", 1));
    misbehave(&mut ledger, "housing");
    assert_eq!(suspended(&ledger), ["notary"], "43 of 100 would be missing");
    misbehave(&mut ledger, "notary");
    let found: Misbehaviour = ledger.data("misbehaviour", &id);
    assert_eq!(found.incidents, 2);
    // What the member has to say counts on: it comes back with another key, and not with this one.
    for power in [20, 21] {
        let old = Validator::new(founding("notary"), power);
        assert_eq!(seat(&mut ledger, "notary", &[old]), "validator-suspended");
    }
    assert_eq!(seat(&mut ledger, "notary", &[validator("n", 20)]), "ok");
    assert!(suspended(&ledger).is_empty());
    misbehave(&mut ledger, "notary");
    assert!(suspended(&ledger).is_empty(), "the old key is nobody's");
    let found: Misbehaviour = ledger.data("misbehaviour", &id);
    assert_eq!(found.member, "notary", "the name is not forgotten");
    ledger.replay_all();
}

/// *Attack: a member whose validator signed twice is seated with another key, and then with the old one again.*
#[test]
fn a_key_that_misbehaved_is_never_seated_again() {
    let mut ledger = ledger();
    let old = |id, power| [Validator::new(founding(id), power)];
    misbehave(&mut ledger, "notary");
    assert_eq!(seat(&mut ledger, "notary", &[validator("n", 20)]), "ok");
    // Without the seat it is known all the same, whoever shall have it.
    for member in ["notary", "housing"] {
        assert_eq!(
            seat(&mut ledger, member, &old("notary", 20)),
            "validator-suspended"
        );
    }
    // So is one whose misdeed is found once it has no seat any more, and one that was not suspended, for too many would have been.
    assert_eq!(seat(&mut ledger, "housing", &[validator("h", 23)]), "ok");
    misbehave(&mut ledger, "housing");
    misbehave(&mut ledger, "hospital");
    misbehave(&mut ledger, "tax");
    assert_eq!(
        suspended(&ledger),
        ["hospital"],
        "57 of 100 would be missing"
    );
    for (id, power) in [("housing", 23), ("tax", 30)] {
        assert_eq!(
            seat(&mut ledger, id, &old(id, power)),
            "validator-suspended"
        );
    }
    for (id, power) in [("hospital", 26), ("tax", 31)] {
        assert_eq!(seat(&mut ledger, id, &[validator(id, power)]), "ok");
    }
    // However often one misbehaves: its evidence makes the list no longer.
    misbehave(&mut ledger, "notary");
    let consortium: Consortium = ledger.data("consortium", "main");
    let barred = ["notary", "housing", "hospital", "tax"];
    let barred = barred.map(|id| hex::encode(founding(id).address()));
    assert_eq!(consortium.barred, Some(barred.to_vec()));
    ledger.replay_all();
}

#[test]
fn nobody_but_the_chain_writes_misbehaviour_and_the_chain_writes_nothing_else() {
    let mut ledger = ledger();
    let incident = Incident {
        height: 1,
        offence: Offence::LightClientAttack,
        power: 20,
        time: ledger.time,
    };
    let address = hex::encode(founding("notary").address());
    let subject = ("misbehaviour", address.as_str());
    let signed = ledger.refusal(
        "misbehaviour.found",
        subject,
        body(&incident),
        &[&key("tax")],
    );
    assert_eq!(signed, "not-by-the-chain");
    let approve = body(&Approve { by: "tax".into() });
    let unsigned = ledger.refusal("proposal.approve", ("proposal", "x"), approve, &[]);
    assert_eq!(unsigned, "not-by-the-chain");
    let payload = ledger.payload("misbehaviour.found", subject, body(&incident));
    let envelope = payload.sign(&[]).expect("encodes").encode();
    assert!(records::Event::open(&envelope).is_err(), "as a transaction");
    let upper = address.to_uppercase();
    assert_eq!(
        ledger.refusal(
            "misbehaviour.found",
            ("misbehaviour", &upper),
            body(&incident),
            &[]
        ),
        "not-an-address"
    );
}
