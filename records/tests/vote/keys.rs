//! Keys bound to rooms and ballots by desk members, and their replacement.

use crate::community::{Community, DAY, VOTE, body, code, owner, voting};
use records::{
    SecretKey, Stop,
    kinds::{
        ballot,
        room::{self, BallotAt, Room, Veto},
        vote::{Choice, Rank},
    },
    testing::{Ledger, key, member},
};

const DESKS: [&str; 2] = ["street", "notary"];

fn cast_with(community: &mut Community, index: u32, key: &SecretKey) -> Result<(), records::Stop> {
    let cast = community.cast_body(index, Choice::For, Rank::Owner);
    community.submit_cast(&cast, &[key])
}

fn room(community: &Community, room: &str) -> Option<Room> {
    community.ledger.find("room", &format!("garden.{room}"))
}

#[test]
fn an_owner_without_a_key_on_the_roster_votes_with_one_bound_by_two_desks() {
    let mut community = voting();
    assert_eq!(room(&community, "1-8"), None, "no key was ever bound");
    community
        .bind("1-8", Some(8), "phone", DESKS, None)
        .expect("bound");
    cast_with(&mut community, 8, &key("phone")).expect("cast");
    assert_eq!(community.vote().bound, 1);
    assert_eq!(room(&community, "1-8").map(|room| room.bindings), Some(1));
    assert_eq!(
        community.ledger.log("room", "garden.1-8").len(),
        1,
        "the room's log tells"
    );
    community.ledger.replay_all();
}

/// *Attack: two desks bind one key again and again: the logs grow that whoever recounts the vote has to read.*
#[test]
fn a_key_that_counts_already_is_not_bound_again() {
    let mut community = voting();
    for index in [None, Some(8)] {
        let bind = |community: &mut Community| community.bind("1-8", index, "phone", DESKS, None);
        bind(&mut community).expect("the room's, and then the ballot's too");
        let again = bind(&mut community).expect_err("counts already");
        assert!(matches!(again, Stop::Refused(refusal) if refusal.code == "changes-nothing"));
    }
    community.ledger.replay_all();
}

#[test]
fn binding_needs_two_desks_of_different_organisations_neither_the_conveners() {
    let mut community = voting();
    for (by, expected) in [
        (["street", "street-2"], "same-organisation"),
        (["street", "street"], "same-organisation"),
        (["street", "housing"], "role-missing"),
        (["street", "committee-desk"], "own-cause"),
        (["street", "committee-too"], "own-cause"),
    ] {
        let before = community.ledger.head("vote", VOTE);
        assert_eq!(
            code(community.bind("1-8", Some(8), "phone", by, None)),
            expected,
            "{by:?}"
        );
        assert_eq!(community.ledger.head("vote", VOTE), before);
    }
    let bind = room::Bind {
        by: DESKS.map(String::from),
        from: None,
        key: key("phone").public(),
        regulator: None,
        seat: Some(community.seat(8)),
    };
    assert_eq!(
        community.ledger.refusal(
            "room.bind",
            ("room", "garden.1-8"),
            body(&bind),
            &[&key("street")]
        ),
        "not-signed-by-member",
        "a key bound by one member"
    );
    assert_eq!(room(&community, "1-8"), None);
}

#[test]
fn a_key_is_bound_only_to_a_room_of_the_head_and_of_the_votes_community() {
    let mut community = voting();
    assert_eq!(
        code(community.bind("1-7", Some(8), "phone", DESKS, None)),
        "room-not-in-entry"
    );
    let bind = room::Bind {
        by: DESKS.map(String::from),
        from: None,
        key: key("phone").public(),
        regulator: None,
        seat: Some(community.seat(8)),
    };
    for (id, expected) in [
        ("elsewhere.1-8", "room-not-in-entry"),
        ("garden", "malformed-room"),
        ("garden.1.8", "malformed-room"),
    ] {
        assert_eq!(
            community.ledger.refusal(
                "room.bind",
                ("room", id),
                body(&bind),
                &[&key("street"), &key("notary")]
            ),
            expected,
            "{id}"
        );
    }
    community
        .bind("1-9b", Some(9), "phone", DESKS, None)
        .expect("any of the head's rooms");
    cast_with(&mut community, 9, &key("phone")).expect("cast");
    community.ledger.replay_all();
}

#[test]
fn a_key_that_replaces_the_rosters_waits_three_days_and_the_old_one_ends_it_by_voting() {
    let mut community = voting();
    assert_eq!(
        code(community.bind("1-0", Some(0), "thief", DESKS, None)),
        "key-known"
    );
    let from = community.ledger.time + 3 * DAY + 60_000_000_000;
    community
        .bind("1-0", Some(0), "thief", DESKS, Some(from))
        .expect("pending");
    assert_eq!(
        code(cast_with(&mut community, 0, &key("thief"))),
        "not-signed-by-key"
    );
    cast_with(&mut community, 0, &owner(0)).expect("the old key speaks");
    community.ledger.time = from;
    let again = community.cast_body(0, Choice::Against, Rank::Owner);
    assert_eq!(
        code(community.submit_cast(&again, &[&key("thief")])),
        "not-signed-by-key"
    );
    let later = community.ledger.time + 4 * DAY;
    assert_eq!(
        code(community.bind("1-0", Some(0), "thief", DESKS, Some(later))),
        "owner-has-voted"
    );
    community.ledger.replay_all();
}

/// *Attack: two desks bind a key of their own while the owner lets a proxy vote; it would outrank the proxy.*
#[test]
fn an_owner_who_has_appointed_a_proxy_has_spoken() {
    let mut community = voting();
    let from = community.ledger.time + 3 * DAY + 60_000_000_000;
    community
        .bind("1-0", Some(0), "thief", DESKS, Some(from))
        .expect("pending");
    community.appoint(0, Some("son"), None).expect("appointed");
    let later = community.ledger.time + 4 * DAY;
    community.ledger.time = from;
    assert_eq!(
        code(cast_with(&mut community, 0, &key("thief"))),
        "not-signed-by-key",
        "the appointment ended the replacement"
    );
    let cast = community.cast_body(0, Choice::For, Rank::Proxy);
    community.submit_cast(&cast, &[&key("son")]).expect("cast");
    assert_eq!(
        code(community.bind("1-0", Some(0), "thief", DESKS, Some(later))),
        "owner-has-voted"
    );
    community.appoint(0, None, None).expect("withdrawn");
    assert_eq!(
        code(community.bind("1-0", Some(0), "thief", DESKS, Some(later + DAY))),
        "owner-has-voted",
        "a withdrawn appointment was one"
    );
    community.ledger.replay_all();
}

#[test]
fn a_lost_key_is_replaced_after_three_days_of_silence() {
    let mut community = voting();
    let from = community.ledger.time + 3 * DAY + 60_000_000_000;
    community
        .bind("1-0", Some(0), "phone", DESKS, Some(from))
        .expect("pending");
    assert_eq!(
        code(community.bind("1-0", Some(0), "phone 2", DESKS, Some(from + DAY))),
        "binding-pending"
    );
    community.ledger.time = from;
    assert_eq!(
        code(cast_with(&mut community, 0, &owner(0))),
        "not-signed-by-key",
        "the lost key"
    );
    cast_with(&mut community, 0, &key("phone")).expect("the new one");
    community.ledger.replay_all();
}

#[test]
fn a_key_that_the_room_knows_is_not_sidestepped_by_a_ballot_that_knows_none() {
    let mut community = voting();
    community
        .bind("1-8", None, "phone", DESKS, None)
        .expect("bound to the room, before any vote");
    assert_eq!(
        code(community.bind("1-8", Some(8), "thief", DESKS, None)),
        "key-known"
    );
    community
        .bind("1-8", Some(8), "phone", DESKS, None)
        .expect("the same key needs no delay");
    cast_with(&mut community, 8, &key("phone")).expect("cast");
    community.ledger.replay_all();
}

#[test]
fn the_rooms_old_key_vetoes_for_room_and_ballot() {
    let mut community = voting();
    community
        .bind("1-8", None, "phone", DESKS, None)
        .expect("bound");
    let from = community.ledger.time + 3 * DAY + 60_000_000_000;
    community
        .bind("1-8", Some(8), "thief", DESKS, Some(from))
        .expect("pending");
    let veto = |ballot: Option<u32>| {
        body(&Veto {
            ballot: ballot.map(|index| BallotAt {
                index,
                vote: VOTE.into(),
            }),
        })
    };
    let id = ("room", "garden.1-8");
    let ledger = &mut community.ledger;
    let phone = key("phone");
    assert_eq!(
        ledger.refusal("room.veto", id, veto(None), &[&phone]),
        "other-ballot"
    );
    assert_eq!(
        ledger.refusal("room.veto", id, veto(Some(7)), &[&phone]),
        "other-ballot",
        "another ballot than the binding named"
    );
    assert_eq!(
        ledger.refusal("room.veto", id, veto(Some(8)), &[&key("thief")]),
        "not-signed-by-key"
    );
    ledger
        .submit("room.veto", id, veto(Some(8)), &[&phone])
        .expect("vetoed");
    ledger.time = from;
    assert_eq!(
        code(cast_with(&mut community, 8, &key("thief"))),
        "no-owner-key"
    );
    let ballot = ballot::id(VOTE, 8);
    assert_eq!(
        community
            .ledger
            .data::<ballot::Ballot>("ballot", &ballot)
            .pending,
        None
    );
    assert_eq!(room(&community, "1-8").map(|room| room.vetoes), Some(1));
    community.ledger.replay_all();
}

/// *Attack: whoever stole an owner's key vetoes every other one, and votes with it for ever.*
#[test]
fn after_a_veto_it_takes_a_regulator_too_and_nobody_vetoes_any_more() {
    let mut community = voting();
    community
        .bind("1-8", None, "stolen", DESKS, None)
        .expect("bound");
    let mut office = member("street-office", &["regulator"]);
    office.org = "street".into();
    let founders = ["housing", "street", "committee", "notary"].map(key);
    let founders: Vec<_> = founders.iter().collect();
    let admitted = ("member", "street-office");
    community
        .ledger
        .submit("member.admit", admitted, body(&office), &founders)
        .expect("admitted");
    let id = ("room", "garden.1-8");
    let said = |outcome: Result<(), Stop>| match outcome {
        Ok(()) => "ok",
        refused => code(refused),
    };
    let veto = |ledger: &mut Ledger| {
        let nothing = body(&Veto { ballot: None });
        said(ledger.submit("room.veto", id, nothing, &[&key("stolen")]))
    };
    let later = |ledger: &Ledger| Some(ledger.time + 3 * DAY);
    let from = later(&community.ledger);
    community
        .bind("1-8", None, "phone", DESKS, from)
        .expect("pending");
    let ledger = &mut community.ledger;
    assert_eq!(veto(ledger), "ok");
    let bind = |ledger: &mut Ledger, regulator: Option<&str>, signs: bool| {
        let bind = room::Bind {
            by: DESKS.map(String::from),
            from: later(ledger),
            key: key("phone").public(),
            regulator: regulator.map(String::from),
            seat: None,
        };
        let mut keys = DESKS.map(key).to_vec();
        keys.extend(regulator.filter(|_| signs).map(key));
        let keys: Vec<_> = keys.iter().collect();
        said(ledger.submit("room.bind", id, body(&bind), &keys))
    };
    assert_eq!(bind(ledger, None, false), "regulator-missing");
    assert_eq!(bind(ledger, Some("housing"), false), "not-signed-by-member");
    assert_eq!(bind(ledger, Some("lawyer"), true), "role-missing");
    assert_eq!(
        bind(ledger, Some("street-office"), true),
        "same-organisation"
    );
    assert_eq!(bind(ledger, Some("housing"), true), "ok");
    assert_eq!(veto(ledger), "nothing-to-veto");
    ledger.time += 3 * DAY;
    assert_eq!(
        code(community.bind("1-8", Some(8), "stolen", DESKS, None)),
        "regulator-missing"
    );
    community.ledger.replay_all();
    let room = room(&community, "1-8").expect("is there");
    assert_eq!((room.bindings, room.vetoes), (3, 1));
}

#[test]
fn no_key_is_parked_for_later() {
    let mut community = voting();
    let from = community.ledger.time + 15 * DAY;
    assert_eq!(
        code(community.bind("1-8", None, "phone", DESKS, Some(from))),
        "binding-too-far"
    );
}

#[test]
fn there_is_nothing_to_veto_without_a_replacement_and_nobody_to_without_a_key() {
    let mut community = voting();
    let veto = || body(&Veto { ballot: None });
    let id = ("room", "garden.1-8");
    let from = community.ledger.time + DAY;
    community
        .bind("1-8", None, "phone", DESKS, Some(from))
        .expect("a first key, later");
    let ledger = &mut community.ledger;
    assert_eq!(
        ledger.refusal("room.veto", id, veto(), &[&key("phone")]),
        "nothing-to-defend"
    );
    ledger.time = from;
    assert_eq!(
        ledger.refusal("room.veto", id, veto(), &[&key("phone")]),
        "nothing-to-veto"
    );
}
