//! Ballots: which are accepted, which one stands, and what a vote makes of it.

use crate::community::{
    AREAS, Community, DESKS, VOTE, body, code, owner, roster, voting, voting_on, voting_with,
};
use records::{
    SecretKey,
    kinds::{
        ballot::{self, Appoint},
        room::Room,
        vote::{Choice, Rank, Replacing, Standing},
    },
    roster::Roster,
    testing::{SECOND, key},
};

fn owned(choice: Choice) -> Option<Standing> {
    Some(Standing {
        choice,
        rank: Rank::Owner,
    })
}

/// Heads in favour, against and abstaining, and conflicts.
fn sums(community: &Community) -> [u64; 4] {
    let vote = community.vote();
    let heads = |choice| vote.tally.of(choice).total().heads;
    [
        heads(Choice::For),
        heads(Choice::Against),
        heads(Choice::Abstain),
        vote.conflicts,
    ]
}

#[test]
fn owners_vote_and_the_sums_follow() {
    let mut community = voting();
    community.cast(0, Choice::For).expect("cast");
    community.cast(1, Choice::Against).expect("cast");
    community.cast(2, Choice::Abstain).expect("cast");
    assert_eq!(sums(&community), [1, 1, 1, 0]);
    let tally = community.vote().tally;
    assert_eq!(tally.in_favour.owner.area, 1_000_000);
    assert_eq!(tally.participation().area, 3_000_000);
    community.ledger.replay_all();
}

#[test]
fn a_ballot_that_names_a_fresh_ballot_record_is_refused() {
    let mut community = voting();
    community.cast(0, Choice::For).expect("cast");
    let mut again = community.cast_body(0, Choice::For, Rank::Owner);
    again.replaces = None;
    for id in [ballot::id(VOTE, 1), ballot::id("v2", 0), "fresh".into()] {
        assert_eq!(
            community
                .ledger
                .refusal("ballot.cast", ("ballot", &id), body(&again), &[&owner(0)]),
            "other-ballot"
        );
    }
    assert_eq!(sums(&community), [1, 0, 0, 0]);
}

#[test]
fn one_leaf_votes_once_whatever_it_says_about_its_first_ballot() {
    let mut community = voting();
    community.cast(0, Choice::For).expect("cast");
    for replaces in [None, owned(Choice::Against)] {
        let mut cast = community.cast_body(0, Choice::Against, Rank::Owner);
        cast.replaces = replaces;
        assert_eq!(
            code(community.submit_cast(&cast, &[&owner(0)])),
            "replaces-wrong"
        );
    }
    assert_eq!(sums(&community), [1, 0, 0, 0]);
    community.cast(0, Choice::Against).expect("replaced");
    assert_eq!(sums(&community), [0, 1, 0, 0]);
    assert_eq!(code(community.cast(0, Choice::Against)), "same-choice");
    community.ledger.replay_all();
}

#[test]
fn where_the_first_ballot_counts_a_second_is_refused() {
    let mut community = voting_with(&AREAS, |open| open.rules.replacing = Replacing::First);
    community.paper(0, Choice::Against).expect("entered");
    community
        .cast(0, Choice::For)
        .expect("the owner outranks paper even so");
    assert_eq!(
        code(community.cast(0, Choice::Against)),
        "first-ballot-counts"
    );
    assert_eq!(sums(&community), [1, 0, 0, 1]);
    community.ledger.replay_all();
}

#[test]
fn a_leaf_of_another_vote_or_another_index_is_refused() {
    let mut community = voting();
    let other = crate::community::roster(&[50; 10]);
    let mut foreign = community.cast_body(0, Choice::For, Rank::Owner);
    let (entry, path) = other.prove(0).expect("on the other roster");
    foreign.seat.entry = entry.clone();
    assert_eq!(
        code(community.submit_cast(&foreign, &[&owner(0)])),
        "not-on-roster"
    );
    foreign.seat.path = path;
    assert_eq!(
        code(community.submit_cast(&foreign, &[&owner(0)])),
        "not-on-roster"
    );
    // Head 0's entry in the place of head 1, which has another ballot.
    let mut moved = community.cast_body(0, Choice::For, Rank::Owner);
    moved.seat.index = 1;
    assert_eq!(
        code(community.submit_cast(&moved, &[&owner(0)])),
        "not-on-roster"
    );
    assert_eq!(sums(&community), [0, 0, 0, 0]);
}

#[test]
fn only_the_heads_own_key_signs_an_owners_ballot() {
    let mut community = voting();
    let cast = community.cast_body(0, Choice::For, Rank::Owner);
    assert_eq!(
        code(community.submit_cast(&cast, &[&owner(1)])),
        "not-signed-by-key"
    );
    let keyless = community.cast_body(8, Choice::For, Rank::Owner);
    assert_eq!(
        code(community.submit_cast(&keyless, &[&owner(8)])),
        "no-owner-key"
    );
    // A key of one's own choosing in the entry is another leaf.
    let mut dressed = keyless;
    dressed.seat.entry.key = Some(owner(8).public());
    assert_eq!(
        code(community.submit_cast(&dressed, &[&owner(8)])),
        "not-on-roster"
    );
}

#[test]
fn ballots_count_from_the_opening_until_just_before_the_closing() {
    let mut community = voting();
    let (opens, closes) = (community.vote().opens, community.vote().closes);
    community.ledger.time = opens - 1;
    assert_eq!(code(community.cast(0, Choice::For)), "not-open-yet");
    community.ledger.time = opens;
    community.cast(0, Choice::For).expect("at the opening");
    community.ledger.time = closes - 1;
    community.cast(1, Choice::For).expect("just before the end");
    community.ledger.time = closes;
    assert_eq!(code(community.cast(2, Choice::For)), "closed");
    assert_eq!(code(community.cast(0, Choice::Against)), "closed");
    assert_eq!(code(community.appoint(3, Some("son"), None)), "closed");
    community.ledger.replay_all();
}

#[test]
fn a_kept_back_ballot_does_not_outlive_its_until() {
    let mut community = voting();
    let envelope = community.signed_by(0, Choice::For, &owner(0));
    community.ledger.time += 3601 * SECOND;
    assert_eq!(code(community.ledger.write(&envelope)), "too-late");
}

#[test]
fn a_higher_rank_replaces_and_a_lower_one_is_shown_apart() {
    let mut community = voting();
    community.appoint(0, Some("son"), None).expect("appointed");
    community.paper(0, Choice::Against).expect("paper");
    assert_eq!(sums(&community), [0, 1, 0, 0]);
    let proxy = community.cast_body(0, Choice::Abstain, Rank::Proxy);
    community
        .submit_cast(&proxy, &[&key("son")])
        .expect("the proxy outranks paper");
    assert_eq!(sums(&community), [0, 0, 1, 1]);
    community
        .cast(0, Choice::For)
        .expect("the owner outranks both");
    assert_eq!(sums(&community), [1, 0, 0, 2]);
    let late = community.cast_body(0, Choice::Against, Rank::Proxy);
    community
        .submit_cast(&late, &[&key("son")])
        .expect("written, as a conflict");
    assert_eq!(sums(&community), [1, 0, 0, 3], "and changes nothing");
    assert_eq!(community.stands(0), owned(Choice::For));
    assert_eq!(community.ballot(0).map(|ballot| ballot.conflicts), Some(1));
    assert_eq!(
        code(community.paper(0, Choice::For)),
        "same-choice",
        "paper that says the same adds nothing"
    );
    community.ledger.replay_all();
}

#[test]
fn paper_needs_two_desks_of_different_organisations_neither_the_conveners() {
    let mut community = voting();
    for (by, expected) in [
        (["street", "street-2"], "same-organisation"),
        (["street", "street"], "same-organisation"),
        (["street", "housing"], "role-missing"),
        (["street", "committee"], "role-missing"),
        (["street", "committee-desk"], "own-cause"),
        (["street", "nobody"], "unknown-member"),
    ] {
        let mut cast = community.cast_body(8, Choice::For, Rank::Paper);
        cast.by = Some(by.map(String::from));
        let mut keys = by.map(key).to_vec();
        keys.dedup_by_key(|key| key.public());
        let keys: Vec<_> = keys.iter().collect();
        assert_eq!(
            code(community.submit_cast(&cast, &keys)),
            expected,
            "{by:?}"
        );
    }
    let cast = community.cast_body(8, Choice::For, Rank::Paper);
    assert_eq!(
        code(community.submit_cast(&cast, &[&key("street")])),
        "not-signed-by-member",
        "one of the two"
    );
    let mut alone = cast.clone();
    alone.by = None;
    assert_eq!(
        code(community.submit_cast(&alone, &[&key("street")])),
        "paper-needs-two"
    );
    let mut owners = community.cast_body(0, Choice::For, Rank::Owner);
    owners.by = cast.by.clone();
    assert_eq!(
        code(community.submit_cast(&owners, &[&key("street"), &key("notary")])),
        "paper-needs-two",
        "desks cannot enter paper as the owner's own"
    );
    community.paper(8, Choice::For).expect("entered");
    community.ledger.replay_all();
}

#[test]
fn what_desks_enter_stands_in_the_log_of_every_room_concerned() {
    let mut community = voting();
    let rooms = ["garden.1-9", "garden.1-9b"];
    for room in rooms {
        assert_eq!(community.ledger.find::<Room>("room", room), None);
    }
    community.paper(9, Choice::For).expect("entered");
    community
        .appoint(9, Some("son"), Some(["street", "notary"]))
        .expect("authorised");
    for room in rooms {
        let room: Room = community.ledger.data("room", room);
        assert_eq!((room.entered, room.bindings), (2, 0));
    }
    let mut elsewhere = community.cast_body(8, Choice::For, Rank::Paper);
    elsewhere.seat.community = "palace".into();
    assert_eq!(
        code(community.submit_cast(&elsewhere, &[&key("street"), &key("notary")])),
        "other-community",
        "the log of a room elsewhere cannot take it instead"
    );
    community.ledger.replay_all();
}

#[test]
fn paper_is_not_entered_for_a_head_with_very_many_rooms() {
    let mut community = voting();
    let mut cast = community.cast_body(8, Choice::For, Rank::Paper);
    let room = |index| records::roster::Room {
        area: 1,
        room: format!("r{index:03}"),
    };
    let rooms = (0..33).map(room).collect();
    cast.seat.entry = records::roster::Leaf::new("developer", None, rooms).expect("a leaf");
    assert_eq!(
        code(community.submit_cast(&cast, &[&key("street"), &key("notary")])),
        "too-many-rooms"
    );
}

#[test]
fn a_convener_who_is_also_a_desk_enters_nothing_in_its_own_vote() {
    let mut community = voting_with(&AREAS, |open| open.convener = "committee-too".into());
    let mut cast = community.cast_body(8, Choice::For, Rank::Paper);
    cast.by = Some(["committee-too", "notary"].map(String::from));
    assert_eq!(
        code(community.submit_cast(&cast, &[&key("committee-too"), &key("notary")])),
        "own-cause"
    );
}

#[test]
fn desks_appoint_where_nobody_is_appointed_and_only_the_owner_withdraws() {
    let mut community = voting();
    let desks = ["street", "notary"];
    let mut proxy = community.cast_body(8, Choice::For, Rank::Proxy);
    assert_eq!(
        code(community.submit_cast(&proxy, &[&key("son")])),
        "no-proxy"
    );
    community
        .appoint(8, Some("son"), Some(desks))
        .expect("a written authorisation");
    assert_eq!(
        code(community.appoint(8, Some("thief"), Some(desks))),
        "proxy-appointed"
    );
    assert_eq!(
        code(community.submit_cast(&proxy, &[&key("thief")])),
        "not-signed-by-key"
    );
    proxy.replaces = None;
    community
        .submit_cast(&proxy, &[&key("son")])
        .expect("the proxy votes");
    community.appoint(0, Some("son"), None).expect("appointed");
    assert_eq!(
        code(community.appoint(0, None, Some(desks))),
        "only-the-owner-withdraws"
    );
    community.appoint(0, None, None).expect("withdrawn");
    let proxy = community.cast_body(0, Choice::For, Rank::Proxy);
    assert_eq!(
        code(community.submit_cast(&proxy, &[&key("son")])),
        "no-proxy"
    );
    community.ledger.replay_all();
}

/// *Attack: two desks enter an authorisation for somebody of theirs once the owner has withdrawn another's, or has voted.*
#[test]
fn desks_appoint_nobody_for_an_owner_who_has_spoken() {
    let mut community = voting();
    community.appoint(0, Some("son"), None).expect("appointed");
    community.appoint(0, None, None).expect("withdrawn");
    community.cast(1, Choice::For).expect("cast");
    for index in [0, 1] {
        let refused = code(community.appoint(index, Some("thief"), Some(DESKS)));
        assert_eq!(refused, "owner-has-voted", "{index}");
    }
    community
        .appoint(2, Some("son"), Some(DESKS))
        .expect("the owner is silent");
    community.ledger.replay_all();
}

#[test]
fn no_rank_uses_up_the_ballots_of_another() {
    let mut community = voting();
    let other = |choice| match choice {
        Choice::For => Choice::Against,
        _ => Choice::For,
    };
    let mut choice = Choice::For;
    for _ in 0..32 {
        community.paper(0, choice).expect("entered");
        choice = other(choice);
    }
    assert_eq!(code(community.paper(0, choice)), "too-many-ballots");
    community.cast(0, choice).expect("the owner still votes");
    assert_eq!(community.stands(0), owned(choice));
}

/// *Attack: an owner appoints and withdraws without end; whoever recounts the vote must read it all.*
#[test]
fn an_owner_appoints_so_often_and_no_more() {
    let mut community = voting();
    for time in 0..32 {
        let proxy = (time % 2 == 0).then_some("son");
        community.appoint(0, proxy, None).expect("appointed");
    }
    let before = community.ledger.head("vote", VOTE).log_size;
    assert_eq!(
        code(community.appoint(0, Some("son"), None)),
        "too-many-ballots"
    );
    assert_eq!(community.ledger.head("vote", VOTE).log_size, before);
    community
        .cast(0, Choice::For)
        .expect("the owner still votes");
}

#[test]
fn ballots_signed_at_the_same_moment_all_count_in_any_order() {
    const HEADS: usize = 300;
    let mut community = voting_with(&[100; HEADS], |_| {});
    let heads = (0..HEADS as u32).filter(|index| index % 10 < 8);
    let mut signed: Vec<_> = heads
        .map(|index| community.signed_by(index, Choice::For, &owner(index)))
        .collect();
    // Anything but the order of signing.
    signed.reverse();
    signed.rotate_left(HEADS / 3);
    let before = community.ledger.head("vote", VOTE).log_size;
    let first = community.ledger.state_size("vote", VOTE);
    for envelope in &signed {
        community
            .ledger
            .write(envelope)
            .expect("no counter to race for");
    }
    let counted = signed.len() as u64;
    assert_eq!(sums(&community), [counted, 0, 0, 0]);
    assert_eq!(
        community.ledger.head("vote", VOTE).log_size,
        before + counted
    );
    let grown = community.ledger.state_size("vote", VOTE) - first;
    assert!(grown < 32, "only digits were added, not {grown} bytes");
}

/// A co-owned flat has one vote, cast by the one whom its owners agreed on.
#[test]
fn co_owners_name_one_who_votes_and_none_of_them_votes_alone() {
    let pair = || ["ann", "bo"].map(key);
    let mut leaves = roster(&AREAS).leaves().to_vec();
    let owners = pair().map(|key| key.public()).to_vec();
    leaves[8] = leaves[8].clone().shared(owners).expect("two");
    let mut community = voting_on(Roster::new(leaves).expect("a roster"));
    let [ann, bo] = pair();
    let cast = community.cast_body(8, Choice::For, Rank::Owner);
    for alone in [&ann, &bo] {
        let refused = code(community.submit_cast(&cast, &[alone]));
        assert_eq!(refused, "not-signed-by-key");
    }
    // Two desks cannot speak for them at once either, not even for one of the two.
    for name in ["phone", "ann", "bo"] {
        let bound = community.bind("1-8", Some(8), name, DESKS, None);
        assert_eq!(code(bound), "key-known", "{name}");
    }
    let name = |community: &mut Community, one: &SecretKey, keys: &[&SecretKey]| {
        let named = Appoint {
            by: None,
            proxy: Some(one.public()),
            seat: community.seat(8),
        };
        let id = ballot::id(VOTE, 8);
        let subject = ("ballot", id.as_str());
        community
            .ledger
            .submit("ballot.appoint", subject, body(&named), keys)
    };
    assert_eq!(
        code(name(&mut community, &ann, &[&ann])),
        "not-signed-by-key"
    );
    name(&mut community, &bo, &[&ann, &bo]).expect("named");
    assert_eq!(
        code(community.submit_cast(&cast, &[&ann])),
        "not-signed-by-key"
    );
    community.submit_cast(&cast, &[&bo]).expect("cast");
    assert_eq!(community.stands(8), owned(Choice::For));
    community.ledger.replay_all();
}
