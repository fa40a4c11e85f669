//! A small community for the tests: ten heads, two desks of different organisations, one more of the same.

use records::{
    Digest, Envelope, SecretKey, Stop,
    canonical::{self, Value},
    hash::sha256,
    kinds::{
        ballot::{self, Appoint, Ballot, Cast, Seat},
        room::{self, Bind},
        vote::{Choice, Extend, Matter, Open, Outcome, Rank, Settings, Standing, Vote, outcome},
    },
    roster::{Leaf, Room, Roster},
    testing::{Ledger, SECOND, key, member},
};

pub const DAY: i64 = 24 * 3600 * SECOND;
/// The vote of most tests.
pub const VOTE: &str = "v1";
/// Areas of the heads in m²; head 9 owns two rooms. 1000 m² in all.
pub const AREAS: [u64; 10] = [100, 100, 100, 100, 100, 100, 100, 100, 100, 100];
pub const DESKS: [&str; 2] = ["street", "notary"];

pub struct Community {
    pub ledger: Ledger,
    pub roster: Roster,
}

pub fn body<T: records::shape::Shape>(body: &T) -> Value {
    canonical::to_value(body).expect("encodes")
}

pub fn code(result: Result<(), Stop>) -> &'static str {
    match result {
        Err(Stop::Refused(refusal)) => refusal.code,
        other => panic!("not refused: {other:?}"),
    }
}

/// The key of a head's owner; heads 8 and 9 have none on the roster.
pub fn owner(index: u32) -> SecretKey {
    key(&format!("owner {index}"))
}

pub fn roster(areas: &[u64]) -> Roster {
    let leaf = |(index, area): (usize, &u64)| {
        let index = u32::try_from(index).expect("few");
        let key = (index % 10 < 8).then(|| owner(index).public());
        let mut rooms = vec![Room {
            area: area * 10_000,
            room: format!("1-{index}"),
        }];
        if index == 9 {
            rooms[0].area /= 2;
            rooms.push(Room {
                area: rooms[0].area,
                room: "1-9b".into(),
            });
        }
        Leaf::new(&format!("h{index}"), key, rooms).expect("a leaf")
    };
    Roster::new(areas.iter().enumerate().map(leaf).collect()).expect("a roster")
}

pub fn ledger() -> Ledger {
    let mut members = vec![
        member("housing", &["regulator"]),
        member("street", &["desk"]),
        member("committee", &["convener"]),
        member("notary", &["desk", "notary"]),
        member("lawyer", &["desk"]),
    ];
    // A second desk of the street's, and one of the committee's own.
    for (id, org) in [("street-2", "street"), ("committee-desk", "committee")] {
        let mut other = member(id, &["desk"]);
        other.org = org.into();
        members.push(other);
    }
    members.push(member("committee-too", &["convener", "desk"]));
    Ledger::found(members)
}

/// The body that opens a vote an hour from now, for ten days.
pub fn opening(ledger: &Ledger, roster: &Roster) -> Open {
    let opens = ledger.time + 3600 * SECOND;
    Open {
        closes: opens + 10 * DAY,
        community: "garden".into(),
        convener: "committee".into(),
        matter: Matter::Owners(5),
        notice: Digest(sha256(&[b"notice"])),
        opens,
        published: None,
        roster: roster.totals(),
        rules: Settings::USUAL,
        scope: roster.scope(),
        stated_by: ["street", "housing"].map(String::from),
        title: "使用维修资金修缮 1 号楼屋面".into(),
    }
}

pub fn open(ledger: &mut Ledger, open: &Open) -> Result<(), Stop> {
    let keys: Vec<_> = [&open.convener, &open.stated_by[0], &open.stated_by[1]]
        .map(|id| key(id))
        .to_vec();
    let keys: Vec<_> = keys.iter().collect();
    ledger.submit("vote.open", ("vote", VOTE), body(open), &keys)
}

/// A community whose vote is open, after a change to its opening.
pub fn voting_with(areas: &[u64], change: impl FnOnce(&mut Open)) -> Community {
    voting_as(roster(areas), change)
}

/// One that votes on this roster.
pub fn voting_on(roster: Roster) -> Community {
    voting_as(roster, |_| {})
}

fn voting_as(roster: Roster, change: impl FnOnce(&mut Open)) -> Community {
    let mut ledger = ledger();
    let mut opening = opening(&ledger, &roster);
    change(&mut opening);
    open(&mut ledger, &opening).expect("opened");
    ledger.time = opening.opens;
    Community { ledger, roster }
}

pub fn voting() -> Community {
    voting_with(&AREAS, |_| {})
}

impl Community {
    pub fn seat(&self, index: u32) -> Seat {
        Seat::on(&self.roster, index, VOTE, "garden").expect("on the roster")
    }

    pub fn ballot(&self, index: u32) -> Option<Ballot> {
        let id = ballot::id(VOTE, index);
        self.ledger.find("ballot", &id)
    }

    pub fn cast_body(&self, index: u32, choice: Choice, rank: Rank) -> Cast {
        Cast {
            by: (rank == Rank::Paper).then(|| DESKS.map(String::from)),
            choice,
            rank,
            replaces: self.ballot(index).and_then(|ballot| ballot.stands),
            seat: self.seat(index),
        }
    }

    pub fn submit_cast(&mut self, cast: &Cast, keys: &[&SecretKey]) -> Result<(), Stop> {
        let id = ballot::id(&cast.seat.vote, cast.seat.index);
        self.ledger
            .submit("ballot.cast", ("ballot", &id), body(cast), keys)
    }

    /// The owner's own ballot, signed with the key of its index.
    pub fn cast(&mut self, index: u32, choice: Choice) -> Result<(), Stop> {
        let cast = self.cast_body(index, choice, Rank::Owner);
        self.submit_cast(&cast, &[&owner(index)])
    }

    pub fn paper(&mut self, index: u32, choice: Choice) -> Result<(), Stop> {
        let cast = self.cast_body(index, choice, Rank::Paper);
        let keys = DESKS.map(key);
        self.submit_cast(&cast, &[&keys[0], &keys[1]])
    }

    /// An owner's ballot, signed now and not yet written.
    pub fn signed_by(&self, index: u32, choice: Choice, key: &SecretKey) -> Envelope {
        let cast = self.cast_body(index, choice, Rank::Owner);
        let id = ballot::id(VOTE, index);
        self.ledger
            .payload("ballot.cast", ("ballot", &id), body(&cast))
            .sign(&[key])
            .expect("encodes")
    }

    pub fn appoint(
        &mut self,
        index: u32,
        proxy: Option<&str>,
        by: Option<[&str; 2]>,
    ) -> Result<(), Stop> {
        let appoint = Appoint {
            by: by.map(|by| by.map(String::from)),
            proxy: proxy.map(|name| key(name).public()),
            seat: self.seat(index),
        };
        let keys = by.map_or_else(|| vec![owner(index)], |by| by.map(key).to_vec());
        let id = ballot::id(VOTE, index);
        self.ledger.submit(
            "ballot.appoint",
            ("ballot", &id),
            body(&appoint),
            &keys.iter().collect::<Vec<_>>(),
        )
    }

    pub fn bind(
        &mut self,
        room: &str,
        index: Option<u32>,
        name: &str,
        by: [&str; 2],
        from: Option<i64>,
    ) -> Result<(), Stop> {
        let bind = Bind {
            by: by.map(String::from),
            from,
            key: key(name).public(),
            regulator: None,
            seat: index.map(|index| self.seat(index)),
        };
        let keys = by.map(key);
        let id = room::id("garden", room);
        self.ledger.submit(
            "room.bind",
            ("room", &id),
            body(&bind),
            &[&keys[0], &keys[1]],
        )
    }

    pub fn extend(&mut self, closes: i64) -> Result<(), Stop> {
        let extend = Extend {
            by: DESKS.map(String::from),
            closes,
        };
        let keys = ["committee", "street", "notary"].map(key);
        self.ledger.submit(
            "vote.extend",
            ("vote", VOTE),
            body(&extend),
            &keys.iter().collect::<Vec<_>>(),
        )
    }

    pub fn vote(&self) -> Vote {
        self.ledger.data("vote", VOTE)
    }

    /// The result once the vote is closed.
    pub fn result(&self) -> Outcome {
        outcome(&self.vote(), self.vote().closes)
    }

    pub fn stands(&self, index: u32) -> Option<Standing> {
        self.ballot(index)?.stands
    }
}
