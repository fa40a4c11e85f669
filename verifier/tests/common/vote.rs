//! A community that votes: ten heads, two desks, a convener.

use super::{TestChain, json};
use records::{
    Digest, SecretKey,
    hash::sha256,
    kinds::{
        ballot::{self, Cast, Seat},
        vote::{Choice, Matter, Open, Rank, Settings},
    },
    roster::{Leaf, Room, Roster},
    testing::{SECOND, key, member},
};

pub const VOTE: &str = "v1";
pub const HEADS: u32 = 10;

pub struct Community {
    pub chain: TestChain,
    pub roster: Roster,
}

pub fn owner(index: u32) -> SecretKey {
    key(&format!("owner {index}"))
}

/// Heads of a hundred square metres each, and of `first` the first.
pub fn roster(first: u64) -> Roster {
    let leaf = |index: u32| {
        let area = if index == 0 { first } else { 100 } * 10_000;
        let room = format!("1-{index}");
        let rooms = vec![Room { area, room }];
        Leaf::new(&format!("h{index}"), Some(owner(index).public()), rooms).expect("a leaf")
    };
    Roster::new((0..HEADS).map(leaf).collect()).expect("a roster")
}

/// A vote that is open, after a change to its opening; the blobs of the roster are there, whether the vote states them or not.
pub fn voting(change: impl FnOnce(&mut Open)) -> Community {
    let mut chain = TestChain::found(vec![
        member("housing", &["regulator"]),
        member("street", &["desk"]),
        member("committee", &["convener"]),
        member("notary", &["desk", "notary"]),
        member("tax", &["tax-bureau"]),
    ]);
    let roster = roster(100);
    let mut open = opening(&chain, &roster);
    change(&mut open);
    open_vote(&mut chain, VOTE, &open);
    chain.ledger.time = open.opens;
    Community { chain, roster }
}

/// How a vote of this roster is opened, an hour from now and for ten days.
pub fn opening(chain: &TestChain, roster: &Roster) -> Open {
    let opens = chain.ledger.time + 3600 * SECOND;
    Open {
        closes: opens + 10 * 24 * 3600 * SECOND,
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
        title: "屋面".into(),
    }
}

/// Opens a vote.
pub fn open_vote(chain: &mut TestChain, id: &str, open: &Open) {
    let keys = ["committee", "street", "housing"].map(key);
    let keys: Vec<&SecretKey> = keys.iter().collect();
    chain.submit("vote.open", ("vote", id), json(open), &keys);
}

/// Heads of a vote with a long log: 11 MB, for each has a thousand rooms.
pub const LONG: u32 = 240;

/// A vote in which all heads but the last have voted in favour.
pub fn long_vote() -> Community {
    long_vote_of(LONG - 1)
}

/// The same with so many ballots.
pub fn long_vote_of(ballots: u32) -> Community {
    let leaf = |head: u32| {
        let room = |number: u32| Room {
            area: 500_000,
            room: format!("{head}-{number}"),
        };
        let rooms = (0..1_000).map(room).collect();
        Leaf::new(&format!("h{head}"), Some(owner(head).public()), rooms).expect("a leaf")
    };
    let roster = Roster::new((0..LONG).map(leaf).collect()).expect("a roster");
    let mut community = voting(|open| {
        open.roster = roster.totals();
        open.scope = roster.scope();
    });
    community.roster = roster;
    community.all_cast(0..ballots);
    community
}

impl Community {
    pub fn cast(&mut self, index: u32, choice: Choice) {
        let cast = Cast {
            by: None,
            choice,
            rank: Rank::Owner,
            replaces: None,
            seat: Seat::on(&self.roster, index, VOTE, "garden").expect("on the roster"),
        };
        let id = ballot::id(VOTE, index);
        let body = json(&cast);
        self.chain
            .submit("ballot.cast", ("ballot", &id), body, &[&owner(index)]);
    }

    /// These heads vote in favour.
    pub fn all_cast(&mut self, heads: core::ops::Range<u32>) {
        heads.for_each(|index| self.cast(index, Choice::For));
    }
}
