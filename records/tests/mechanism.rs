//! The mechanism's promises, each by the attack that would break it.

use records::{
    Event, Fault, Replay, Stop, Timeline,
    canonical::{self, Value},
    kinds::{consortium::Consortium, member::Member},
    testing::{CHAIN, Ledger, SECOND, key, member},
};

fn ledger() -> Ledger {
    Ledger::found(
        ["tax", "hospital", "housing", "notary"]
            .map(|id| member(id, &["regulator"]))
            .to_vec(),
    )
}

fn json(text: &str) -> Value {
    canonical::decode_value(text.as_bytes()).expect("canonical")
}

fn rekey_body(add: &str, end: &str) -> Value {
    json(&format!(
        r#"{{"add":["{}"],"end":["{}"]}}"#,
        key(add).public(),
        key(end).public()
    ))
}

fn admit(ledger: &mut Ledger, id: &str, signers: &[&str]) -> Result<(), Stop> {
    let body = canonical::to_value(&member(id, &["issuer"])).expect("encodes");
    let keys: Vec<_> = signers.iter().map(|name| key(name)).collect();
    ledger.submit(
        "member.admit",
        ("member", id),
        body,
        &keys.iter().collect::<Vec<_>>(),
    )
}

fn code(result: Result<(), Stop>) -> &'static str {
    match result {
        Err(Stop::Refused(refusal)) => refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

#[test]
fn founding_writes_consortium_rules_and_members_and_replays() {
    let ledger = ledger();
    let consortium: Consortium = ledger.data("consortium", "main");
    assert_eq!((consortium.members.len(), consortium.power()), (4, 100));
    assert_eq!(ledger.data::<Member>("member", "notary").name_en, "notary");
    ledger.replay_all();
}

#[test]
fn only_more_than_two_thirds_of_the_power_admit_a_member() {
    let mut ledger = ledger();
    assert_eq!(code(admit(&mut ledger, "shop", &["tax"])), "quorum-missing");
    assert_eq!(
        code(admit(&mut ledger, "shop", &["tax", "notary"])),
        "quorum-missing"
    );
    assert_eq!(
        admit(&mut ledger, "shop", &["hospital", "housing", "notary"]),
        Ok(())
    );
    assert_eq!(
        code(admit(&mut ledger, "shop", &["tax", "hospital", "housing"])),
        "record-exists"
    );
    ledger.replay_all();
}

#[test]
fn an_ended_key_signs_nothing_more_and_stays_in_the_history() {
    let mut ledger = ledger();
    ledger
        .submit(
            "member.rekey",
            ("member", "tax"),
            rekey_body("tax 2", "tax"),
            &[&key("tax"), &key("tax 2")],
        )
        .expect("rekeyed");
    assert_eq!(
        ledger.refusal(
            "member.rekey",
            ("member", "tax"),
            rekey_body("tax 3", "tax 2"),
            &[&key("tax")]
        ),
        "not-signed-by-member"
    );
    let tax: Member = ledger.data("member", "tax");
    assert_eq!(
        tax.keys
            .iter()
            .map(|key| key.until.is_some())
            .collect::<Vec<_>>(),
        [true, false]
    );
    assert!(tax.owns(&key("tax").public()));
    ledger.replay_all();
}

#[test]
fn a_signed_event_cannot_move_to_another_chain_record_place_or_time() {
    let mut ledger = ledger();
    let payload = ledger.payload(
        "member.rekey",
        ("member", "tax"),
        rekey_body("tax 2", "tax"),
    );
    let mut other_chain = payload.clone();
    other_chain.chain = "dev-test-ffff".into();
    let mut other_place = payload.clone();
    other_place.seq += 1;
    let mut too_late = payload.clone();
    too_late.until = ledger.time - 1;
    let mut kept_for_years = payload.clone();
    kept_for_years.until = ledger.time + 400 * 24 * 3600 * SECOND;
    for (payload, expected) in [
        (other_chain, "other-chain"),
        (other_place, "wrong-sequence"),
        (too_late, "too-late"),
        (kept_for_years, "until-too-far"),
    ] {
        let before = ledger.state_hash("member", "tax");
        assert_eq!(
            code(ledger.write(&payload.sign(&[&key("tax")]).expect("encodes"))),
            expected
        );
        assert_eq!(ledger.state_hash("member", "tax"), before);
    }
    // The very same envelope a second time: its place in the sequence is taken.
    let signers = [&key("tax"), &key("tax 2")];
    let envelope = payload.sign(&signers).expect("encodes");
    assert_eq!(ledger.write(&envelope), Ok(()));
    assert_eq!(code(ledger.write(&envelope)), "wrong-sequence");
}

#[test]
fn founding_happens_once_and_only_at_the_beginning() {
    let mut ledger = ledger();
    let first = Event::open(&ledger.log("consortium", "main")[0][16..]).expect("an event");
    let body = first.payload().body.clone();
    let keys = ["tax", "hospital", "housing", "notary"].map(key);
    let keys: Vec<_> = keys.iter().collect();
    assert_eq!(
        ledger.refusal(
            "consortium.found",
            ("consortium", "main"),
            body.clone(),
            &keys
        ),
        "record-exists"
    );
    assert_eq!(
        ledger.refusal("consortium.found", ("consortium", "second"), body, &keys),
        "not-founding"
    );
}

#[test]
#[should_panic(expected = "one-third-reached")]
fn a_member_with_one_third_of_the_power_founds_nothing() {
    // Three founders: the strongest holds 31 of 80.
    Ledger::found(["a", "b", "c"].map(|id| member(id, &[])).to_vec());
}

#[test]
fn a_log_that_hides_adds_bends_or_repeats_an_entry_does_not_stand() {
    let mut ledger = ledger();
    for i in 2..6 {
        let (add, end) = (
            format!("tax {i}"),
            if i == 2 {
                "tax".into()
            } else {
                format!("tax {}", i - 1)
            },
        );
        ledger
            .submit(
                "member.rekey",
                ("member", "tax"),
                rekey_body(&add, &end),
                &[&key(&end), &key(&add)],
            )
            .expect("rekeyed");
    }
    let log = ledger.log("member", "tax").to_vec();
    assert_eq!(ledger.replay("member", "tax", &log), Ok(()));

    assert_eq!(
        ledger.replay("member", "tax", &log[..4]),
        Err(Fault::OtherLog),
        "the newest hidden"
    );
    let hidden: Vec<_> = log
        .iter()
        .enumerate()
        .filter(|(i, _)| *i != 2)
        .map(|(_, e)| e.clone())
        .collect();
    assert!(
        matches!(
            ledger.replay("member", "tax", &hidden),
            Err(Fault::Stopped(2, _))
        ),
        "one in the middle hidden"
    );
    let mut repeated = log.clone();
    repeated.push(log[4].clone());
    assert_eq!(
        ledger.replay("member", "tax", &repeated),
        Err(Fault::Repeated(5))
    );
    let mut swapped = log.clone();
    swapped.swap(2, 3);
    assert!(ledger.replay("member", "tax", &swapped).is_err());
    let mut foreign = log.clone();
    foreign[1] = ledger.log("consortium", "main")[0].clone();
    assert!(ledger.replay("member", "tax", &foreign).is_err());
    assert_eq!(
        ledger.replay("member", "hospital", &log[1..]),
        Err(Fault::NotTouched(0)),
        "another record's event"
    );
    for at in 0..log[2].len() {
        let mut bent = log.clone();
        bent[2][at] ^= 1;
        assert!(ledger.replay("member", "tax", &bent).is_err(), "byte {at}");
    }
}

#[test]
fn replay_asks_for_the_members_it_needs_and_goes_on_where_it_stopped() {
    let mut ledger = ledger();
    admit(&mut ledger, "shop", &["hospital", "housing", "notary"]).expect("admitted");
    let record = records::RecordName::new("member", "shop").expect("a name");
    let mut replay = Replay::new(record, CHAIN);
    let mut known = Timeline::new();
    let mut asked = Vec::new();
    loop {
        match replay.push(&ledger.log("member", "shop")[0], &known) {
            Ok(_) => break,
            Err(Fault::Stopped(0, Stop::NotLoaded(name))) => {
                let mut needed = Replay::new(name.clone(), CHAIN);
                for entry in ledger.log(name.kind(), name.id()) {
                    let replayed = needed.push(entry, &known).expect("replays");
                    known
                        .record(&name, replayed.height, needed.state().expect("some"))
                        .expect("decodes");
                }
                asked.push(name.to_string());
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(
        asked,
        [
            "rules/main",
            "consortium/main",
            "member/tax",
            "member/hospital",
            "member/housing",
            "member/notary"
        ]
    );
    assert_eq!(replay.finish(&ledger.head("member", "shop")), Ok(()));
}

#[test]
fn a_key_added_in_a_block_counts_from_the_next() {
    let mut ledger = ledger();
    let height = ledger.height;
    ledger
        .submit(
            "member.rekey",
            ("member", "tax"),
            rekey_body("tax 2", "tax"),
            &[&key("tax"), &key("tax 2")],
        )
        .expect("rekeyed");
    let keys_at = |height| {
        let tax = records::Directory::member(&ledger.timeline, "tax", height)
            .expect("loaded")
            .expect("exists");
        tax.keys.len()
    };
    assert_eq!((keys_at(height), keys_at(height + 1)), (1, 2));
}
