//! Votes, ballots and rooms.

use crate::{
    Table,
    community::{AREAS, Community, DAY, DESKS, VOTE, body, ledger, open, opening, owner, roster},
    community::{voting, voting_on, voting_with},
    world::Alone,
};
use records::{
    Event, Stop,
    kinds::{
        ballot,
        room::{BallotAt, Veto},
        vote::{Choice, Extension, Open, Rank, Replacing, Standing, Thresholds},
    },
    roster::{Leaf, Room, Roster},
    testing::key,
};

pub fn provoke(table: &mut Table) {
    openings(table);
    extensions(table);
    casting(table);
    standing(table);
    paper(table);
    binding(table);
    vetoes(table);
}

fn openings(table: &mut Table) {
    let changes: [fn(&mut Open); 6] = [
        |open| open.stated_by = ["street", "street-2"].map(String::from),
        |open| open.stated_by = ["street", "committee-desk"].map(String::from),
        |open| open.closes = open.opens,
        |open| open.opens -= 2 * DAY,
        |open| open.rules.thresholds = Some(Thresholds::LENDERS),
        |open| open.title.clear(),
    ];
    for change in changes {
        let (mut ledger, roster) = (ledger(), roster(&AREAS));
        let mut changed = opening(&ledger, &roster);
        change(&mut changed);
        table.note("vote.open", open(&mut ledger, &changed));
    }
}

fn extensions(table: &mut Table) {
    let event = "vote.extend";
    let mut never = voting_with(&AREAS, |open| open.rules.extension = Extension::None);
    let closes = never.vote().closes;
    table.note(event, never.extend(closes + DAY));
    let mut community = voting();
    table.note(event, community.extend(closes));
    for index in 0..7 {
        community.cast(index, Choice::Abstain).expect("cast");
    }
    table.note(event, community.extend(closes + DAY));
    community.ledger.time = closes;
    table.note(event, community.extend(closes + DAY));
}

fn casting(table: &mut Table) {
    let event = "ballot.cast";
    let mut community = voting();
    let (opens, closes) = (community.vote().opens, community.vote().closes);
    community.ledger.time = opens - 1;
    table.note(event, community.cast(0, Choice::For));
    community.ledger.time = closes;
    table.note(event, community.cast(0, Choice::For));
    community.ledger.time = opens;

    let cast = community.cast_body(0, Choice::For, Rank::Owner);
    table.note(event, community.submit_cast(&cast, &[&owner(1)]));
    let fresh = ("ballot", "fresh");
    let outcome = community
        .ledger
        .submit(event, fresh, body(&cast), &[&owner(0)]);
    table.note(event, outcome);
    let mut elsewhere = cast.clone();
    elsewhere.seat.community = "palace".into();
    table.note(event, community.submit_cast(&elsewhere, &[&owner(0)]));
    let mut moved = cast.clone();
    moved.seat.index = 1;
    table.note(event, community.submit_cast(&moved, &[&owner(0)]));
    let keyless = community.cast_body(8, Choice::For, Rank::Owner);
    table.note(event, community.submit_cast(&keyless, &[&owner(8)]));
    let proxy = community.cast_body(0, Choice::For, Rank::Proxy);
    table.note(event, community.submit_cast(&proxy, &[&key("son")]));
    community.appoint(0, Some("son"), None).expect("appointed");
    table.note(event, community.submit_cast(&proxy, &[&key("thief")]));

    let owners = ["ann", "bo"].map(|name| key(name).public()).to_vec();
    let mut leaves = roster(&AREAS).leaves().to_vec();
    leaves[8] = leaves[8].clone().shared(owners).expect("two");
    let mut shared = voting_on(Roster::new(leaves).expect("a roster"));
    let cast = shared.cast_body(8, Choice::For, Rank::Owner);
    table.note(event, shared.submit_cast(&cast, &[&key("ann")]));
}

fn standing(table: &mut Table) {
    let event = "ballot.cast";
    let mut community = voting();
    community.cast(0, Choice::For).expect("cast");
    table.note(event, community.cast(0, Choice::For));
    let mut first = community.cast_body(0, Choice::Against, Rank::Owner);
    first.replaces = None;
    table.note(event, community.submit_cast(&first, &[&owner(0)]));
    let mut strict = voting_with(&AREAS, |open| open.rules.replacing = Replacing::First);
    strict.cast(0, Choice::For).expect("cast");
    table.note(event, strict.cast(0, Choice::Against));

    // What the vote alone says to a ballot in the place of one that was never counted.
    let mut never = community.cast_body(1, Choice::For, Rank::Owner);
    never.replaces = Some(Standing {
        choice: Choice::Against,
        rank: Rank::Owner,
    });
    let id = ballot::id(VOTE, 1);
    let payload = community
        .ledger
        .payload(event, ("ballot", &id), body(&never));
    let envelope = payload.sign(&[&owner(1)]).expect("encodes");
    let alone = Alone {
        directory: &community.ledger.timeline,
        height: community.ledger.height,
        time: community.ledger.time,
    };
    let record = records::RecordName::new("vote", VOTE).expect("a name");
    let state = community.ledger.state(&record).map(|state| &state.data);
    let forged = Event::open(&envelope.encode()).expect("an event");
    table.note(event, alone.judge(("vote", VOTE), state, "vote", &forged));

    let mut choices = [Choice::For, Choice::Against].into_iter().cycle();
    let refused = loop {
        let choice = choices.next().expect("there is always a next");
        let outcome = community.paper(2, choice);
        if outcome.is_err() {
            break outcome;
        }
    };
    table.note(event, refused);
}

fn paper(table: &mut Table) {
    let mut community = voting();
    let desks = DESKS.map(key);
    let both = [&desks[0], &desks[1]];
    let mut alone = community.cast_body(8, Choice::For, Rank::Paper);
    alone.by = None;
    table.note("ballot.cast", community.submit_cast(&alone, &both));
    let mut many = community.cast_body(8, Choice::For, Rank::Paper);
    let room = |index| Room {
        area: 1,
        room: format!("r{index:03}"),
    };
    let rooms = (0..33).map(room).collect();
    many.seat.entry = Leaf::new("developer", None, rooms).expect("a leaf");
    table.note("ballot.cast", community.submit_cast(&many, &both));

    let event = "ballot.appoint";
    community
        .appoint(8, Some("son"), Some(DESKS))
        .expect("authorised");
    let again = community.appoint(8, Some("thief"), Some(DESKS));
    table.note(event, again);
    let withdrawn = community.appoint(0, None, Some(DESKS));
    table.note(event, withdrawn);
}

fn bind(
    community: &mut Community,
    room: &str,
    index: Option<u32>,
    from: Option<i64>,
) -> Result<(), Stop> {
    community.bind(room, index, "phone", DESKS, from)
}

fn binding(table: &mut Table) {
    let event = "room.bind";
    let mut community = voting();
    let now = community.ledger.time;
    let later = Some(now + 4 * DAY);
    table.note(event, bind(&mut community, "1-7", Some(8), None));
    table.note(event, bind(&mut community, "1-0", Some(0), None));
    table.note(event, bind(&mut community, "1.8", None, None));
    let parked = Some(now + 15 * DAY);
    table.note(event, bind(&mut community, "1-8", None, parked));
    let own = community.bind("1-8", None, "phone", ["street", "committee-too"], None);
    table.note(event, own);
    bind(&mut community, "1-0", Some(0), later).expect("pending");
    table.note(event, bind(&mut community, "1-0", Some(0), later));
    community.cast(1, Choice::For).expect("cast");
    table.note(event, bind(&mut community, "1-1", Some(1), later));
}

fn vetoes(table: &mut Table) {
    let event = "room.veto";
    let mut community = voting();
    let now = community.ledger.time;
    let veto = |ballot: Option<u32>| {
        body(&Veto {
            ballot: ballot.map(|index| BallotAt {
                index,
                vote: VOTE.into(),
            }),
        })
    };
    let mut refused = |community: &mut Community, room: &str, ballot, signer: &str| {
        let outcome = community.ledger.submit(
            event,
            ("room", &format!("garden.{room}")),
            veto(ballot),
            &[&key(signer)],
        );
        table.note(event, outcome);
    };
    refused(&mut community, "1-8", None, "phone");
    bind(&mut community, "1-8", None, Some(now + DAY)).expect("a first key, later");
    refused(&mut community, "1-8", None, "phone");
    community.ledger.time = now + DAY;
    let from = Some(now + 5 * DAY);
    community
        .bind("1-8", Some(8), "thief", DESKS, from)
        .expect("pending");
    refused(&mut community, "1-8", None, "phone");
    refused(&mut community, "1-8", Some(8), "thief");
    community
        .ledger
        .submit(
            event,
            ("room", "garden.1-8"),
            veto(Some(8)),
            &[&key("phone")],
        )
        .expect("vetoed");
    let again = community.bind("1-8", None, "thief", DESKS, from);
    table.note("room.bind", again);
}
