//! The consortium's affairs: proposals and approvals, seats and their safety, keys of those who lost theirs, validators that misbehave.

use records::{
    KeyType, Stop, ValidatorKey, canonical,
    kinds::{
        consortium::{self, Consortium, Reseat, Seat, Validator},
        member::{MAX_KEYS, Member, Rekey},
        misbehaviour::{Incident, Misbehaviour, Offence},
        proposal::{Act, Approve, MAX_OPEN, Make, Proposal},
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

#[test]
fn a_proposal_passes_with_more_than_two_thirds_and_is_done_once() {
    let mut ledger = ledger();
    let act = act(&ledger, 25);
    let until = ledger.time + MAX_OPEN;
    assert_eq!(propose(&mut ledger, &act, "notary", until), "ok");
    assert_eq!(
        enact(&mut ledger, &act, "tax"),
        "quorum-missing",
        "51 of 100"
    );
    assert_eq!(approve(&mut ledger, &act, "hospital"), "ok");
    assert_eq!(enact(&mut ledger, &act, "hospital"), "quorum-missing", "46");
    assert_eq!(enact(&mut ledger, &act, "stranger"), "quorum-missing", "46");
    assert_eq!(enact(&mut ledger, &act, "tax"), "ok", "77");
    assert_eq!(powers(&ledger)[3], ("notary".into(), 25));
    assert_eq!(seat(&mut ledger, "notary", &[validator("n", 20)]), "ok");
    assert_eq!(
        enact(&mut ledger, &act, "tax"),
        "quorum-missing",
        "a second time"
    );
    ledger.replay_all();
}

#[test]
fn anybody_may_carry_out_what_has_enough_approvals() {
    let mut ledger = ledger();
    let act = act(&ledger, 25);
    let until = ledger.time + MAX_OPEN;
    assert_eq!(propose(&mut ledger, &act, "notary", until), "ok");
    assert_eq!(approve(&mut ledger, &act, "hospital"), "ok");
    assert_eq!(approve(&mut ledger, &act, "housing"), "ok");
    assert_eq!(enact(&mut ledger, &act, "stranger"), "ok", "69 of 100");
    ledger.replay_all();
}

#[test]
fn exactly_two_thirds_are_not_enough() {
    let seats = [("a", 33), ("b", 33), ("c", 17), ("d", 16)];
    let consortium = |powers: &[(&str, u64)]| Consortium {
        members: powers
            .iter()
            .map(|(id, power)| Seat {
                id: (*id).into(),
                name: (*id).into(),
                name_en: (*id).into(),
                org: (*id).into(),
                validators: vec![validator(id, *power)],
            })
            .collect(),
        key_types: None,
    };
    let agreed = ["a".to_owned(), "b".to_owned()];
    assert!(consortium(&seats).require_two_thirds(&agreed).is_err());
    assert!(consortium(&seats[..3]).require_two_thirds(&agreed).is_ok());
}

#[test]
fn what_counts_is_the_power_when_it_passes() {
    let mut ledger = ledger();
    admit(&mut ledger, "finance");
    assert_eq!(seat(&mut ledger, "finance", &[validator("f", 40)]), "ok");
    // The act's place in the consortium's sequence is the one after the two changes below.
    let mut act = act(&ledger, 25);
    act.seq += 1;
    let until = ledger.time + MAX_OPEN;
    for by in ["tax", "finance"] {
        match by {
            "tax" => assert_eq!(propose(&mut ledger, &act, by, until), "ok"),
            _ => assert_eq!(approve(&mut ledger, &act, by), "ok"),
        }
    }
    assert_eq!(seat(&mut ledger, "finance", &[]), "ok", "it leaves");
    assert_eq!(
        enact(&mut ledger, &act, "hospital"),
        "quorum-missing",
        "57 of 100: the approval of who left counts no more"
    );
    assert_eq!(enact(&mut ledger, &act, "housing"), "quorum-missing", "54");
    assert_eq!(approve(&mut ledger, &act, "hospital"), "ok");
    assert_eq!(enact(&mut ledger, &act, "housing"), "ok", "80");
    ledger.replay_all();
}

#[test]
fn one_member_has_one_approval_and_only_members_with_a_seat_have_one() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let act = act(&ledger, 25);
    let until = ledger.time + MAX_OPEN;
    assert_eq!(propose(&mut ledger, &act, "shop", until), "no-seat");
    assert_eq!(propose(&mut ledger, &act, "tax", until), "ok");
    assert_eq!(
        propose(&mut ledger, &act, "housing", until),
        "proposal-open"
    );
    assert_eq!(approve(&mut ledger, &act, "tax"), "already-approved");
    assert_eq!(approve(&mut ledger, &act, "shop"), "no-seat");
    let id = act.proposal().expect("an id");
    let forged = Approve {
        by: "housing".into(),
    };
    assert_eq!(
        ledger.refusal(
            "proposal.approve",
            ("proposal", &id),
            body(&forged),
            &[&key("tax")]
        ),
        "not-signed-by-member"
    );
    let proposal: Proposal = ledger.data("proposal", &id);
    assert_eq!(proposal.approvals, ["tax"]);
    ledger.replay_all();
}

#[test]
fn a_proposal_expires_and_may_be_made_again() {
    let mut ledger = ledger();
    let act = act(&ledger, 25);
    let now = ledger.time;
    assert_eq!(propose(&mut ledger, &act, "tax", now), "bad-deadline");
    let late = now + MAX_OPEN + 1;
    assert_eq!(propose(&mut ledger, &act, "tax", late), "bad-deadline");
    assert_eq!(propose(&mut ledger, &act, "tax", now + 60 * SECOND), "ok");
    assert_eq!(approve(&mut ledger, &act, "hospital"), "ok");
    ledger.time = now + 61 * SECOND;
    assert_eq!(approve(&mut ledger, &act, "housing"), "proposal-expired");
    assert_eq!(enact(&mut ledger, &act, "housing"), "quorum-missing");
    let until = ledger.time + SECOND;
    assert_eq!(propose(&mut ledger, &act, "housing", until), "ok");
    let proposal: Proposal = ledger.data("proposal", &act.proposal().expect("an id"));
    assert_eq!(proposal.approvals, ["housing"], "old approvals are gone");
    ledger.replay_all();
}

#[test]
fn approvals_of_one_act_serve_no_other() {
    let mut ledger = ledger();
    let (approved, other) = (act(&ledger, 25), act(&ledger, 30));
    let until = ledger.time + MAX_OPEN;
    assert_eq!(propose(&mut ledger, &approved, "tax", until), "ok");
    assert_eq!(approve(&mut ledger, &approved, "hospital"), "ok");
    assert_eq!(enact(&mut ledger, &other, "housing"), "quorum-missing");
    let make = Make {
        act: other,
        by: "tax".into(),
        until,
    };
    let id = act(&ledger, 31).proposal().expect("an id");
    assert_eq!(
        ledger.refusal(
            "proposal.make",
            ("proposal", &id),
            body(&make),
            &[&key("tax")]
        ),
        "other-act"
    );
}

#[test]
fn a_validators_key_is_replaced_in_one_step() {
    let mut ledger = ledger();
    assert_eq!(seat(&mut ledger, "tax", &[validator("new", 31)]), "ok");
    let consortium: Consortium = ledger.data("consortium", "main");
    assert_eq!(consortium.power(), 100);
    let tax = consortium.seat("tax").expect("its seat");
    assert_eq!(tax.validators, [validator("new", 31)]);
    ledger.replay_all();
}

#[test]
fn no_change_makes_the_consortium_unsafe() {
    let founding = |id| Validator::new(founding(id), 20);
    let ml_dsa = ValidatorKey::new(KeyType::MlDsa65, &[7; 1952]).expect("a key");
    let cases: [(&str, Vec<Validator>, &str); 6] = [
        ("notary", vec![validator("n", 40)], "one-third-reached"),
        (
            "notary",
            vec![validator("n", 20), validator("m", 20)],
            "one-third-reached",
        ),
        ("notary", vec![validator("n", 0)], "no-power"),
        ("notary", vec![founding("tax")], "validator-known"),
        (
            "notary",
            vec![Validator::new(ml_dsa, 20)],
            "key-type-not-allowed",
        ),
        ("stranger", vec![validator("n", 1)], "unknown-member"),
    ];
    for (member, validators, expected) in cases {
        assert_eq!(seat(&mut ledger(), member, &validators), expected);
    }
    let mut ledger = ledger();
    admit(&mut ledger, "finance");
    assert_eq!(seat(&mut ledger, "finance", &[]), "no-seat");
}

#[test]
fn the_sum_of_all_powers_is_bounded() {
    let most = canonical::MAX_INTEGER.unsigned_abs();
    let mut ledger = ledger();
    let mut power = 31;
    let refused = 'grow: loop {
        for id in SEATS {
            match seat(&mut ledger, id, &[validator(id, power)]) {
                "ok" => {}
                refused => break 'grow refused,
            }
        }
        power = power / 3 * 4;
    };
    assert_eq!(refused, "too-much-power");
    let consortium: Consortium = ledger.data("consortium", "main");
    assert!(consortium.power() <= most && consortium.power() > most / 2);
}

#[test]
fn less_than_a_third_changes_in_one_block() {
    let mut ledger = ledger();
    let (height, time) = (ledger.height, ledger.time);
    assert_eq!(seat(&mut ledger, "notary", &[validator("n", 20)]), "ok");
    (ledger.height, ledger.time) = (height, time);
    assert_eq!(
        seat(&mut ledger, "housing", &[validator("h", 23)]),
        "too-much-at-once"
    );
    (ledger.height, ledger.time) = (height + 1, time + SECOND);
    assert_eq!(seat(&mut ledger, "housing", &[validator("h", 23)]), "ok");
    ledger.replay_all();
}

#[test]
fn the_consortium_helps_a_member_that_lost_its_keys_and_lets_it_go_without_a_seat() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let rekey = consortium::Rekey {
        member: "shop".into(),
        keys: vec![key("shop 2").public()],
    };
    let subject = ("member", "shop");
    let keys = ["tax", "hospital", "housing"].map(key);
    let three: Vec<_> = keys.iter().collect();
    let main = ("consortium", "main");
    assert_eq!(
        ledger.refusal(consortium::REKEY, main, body(&rekey), &three[..2]),
        "quorum-missing"
    );
    let alone = Rekey {
        add: rekey.keys.clone(),
        end: vec![key("shop").public()],
    };
    assert_eq!(
        ledger.refusal("member.rekey", subject, body(&alone), &three),
        "not-signed-by-member"
    );
    ledger
        .submit(consortium::REKEY, main, body(&rekey), &three)
        .expect("rekeyed");
    assert_eq!(seat(&mut ledger, "shop", &[validator("s", 5)]), "ok");
    let nothing = canonical::Value::Object(Default::default());
    assert_eq!(
        ledger.refusal("member.leave", subject, nothing.clone(), &three),
        "still-seated"
    );
    assert_eq!(seat(&mut ledger, "shop", &[]), "ok");
    assert_eq!(
        ledger.refusal("member.leave", subject, nothing.clone(), &[&key("shop 2")]),
        "quorum-missing"
    );
    ledger
        .submit("member.leave", subject, nothing, &three)
        .expect("left");
    let shop: Member = ledger.data("member", "shop");
    assert!(shop.keys.iter().all(|key| key.until.is_some()));
    ledger.replay_all();
}

/// *Attack: whoever stole a member's key moves its record on before the others have agreed to end the key, and fills its list of keys for good.*
#[test]
fn a_thief_cannot_hold_up_the_consortium() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop");
    let rekey = consortium::Rekey {
        member: "shop".into(),
        keys: vec![key("shop 2").public()],
    };
    let act = Act::of(&ledger.payload(consortium::REKEY, ("consortium", "main"), body(&rekey)));
    let until = ledger.time + MAX_OPEN;
    assert_eq!(propose(&mut ledger, &act, "tax", until), "ok");
    assert_eq!(approve(&mut ledger, &act, "hospital"), "ok");
    let fill = |ledger: &mut Ledger, names: std::ops::Range<usize>, by: &str| {
        let add = names.map(|number| key(&format!("stolen {number}")).public());
        let rekey = Rekey {
            add: add.collect(),
            end: Vec::new(),
        };
        code(ledger.submit(
            "member.rekey",
            ("member", "shop"),
            body(&rekey),
            &[&key(by)],
        ))
    };
    assert_eq!(fill(&mut ledger, 1..MAX_KEYS, "shop"), "ok");
    assert_eq!(fill(&mut ledger, 90..91, "shop"), "incomplete-member");
    assert_eq!(approve(&mut ledger, &act, "housing"), "ok");
    assert_eq!(enact(&mut ledger, &act, "tax"), "ok");
    for stolen in ["shop", "stolen 1"] {
        let refused = fill(&mut ledger, 91..92, stolen);
        assert_eq!(refused, "not-signed-by-member", "{stolen}");
    }
    assert_eq!(fill(&mut ledger, 92..93, "shop 2"), "ok");
    let shop: Member = ledger.data("member", "shop");
    assert!(
        shop.owns(&key("shop").public()),
        "what it signed is its own"
    );
    ledger.replay_all();
}

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

#[test]
fn blocks_are_signed_by_the_validators_of_two_blocks_before() {
    let mut ledger = ledger();
    ledger.height = 7;
    assert_eq!(seat(&mut ledger, "notary", &[validator("n", 20)]), "ok");
    let signs = |height, key: &ValidatorKey| {
        let consortium = ledger.timeline.consortium_signing(height).expect("founded");
        consortium.seat_at(&key.address()).is_some()
    };
    let (old, new) = (founding("notary"), key("n").public().into());
    for height in [1, 2, 7, 8] {
        assert!(signs(height, &old) && !signs(height, &new), "{height}");
    }
    assert!(!signs(9, &old) && signs(9, &new));
}
