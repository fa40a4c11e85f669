//! 荷苑小区: one building whose rules of procedure count the silent with the majority (从众), and a vote that fails by its ballots alone.

use super::{
    Held,
    poll::{Poll, Question, Voter},
};
use crate::demo::{
    book::{Book, Key},
    calendar::{Calendar, SLOTS},
    members::{HEYUAN, Members, PROPERTY, STREET},
    random::{Random, seed},
};
use records::{
    SecretKey,
    kinds::vote::{Choice, Matter, Settings, Silent},
    roster::{Leaf, Room, Roster},
};
use std::sync::Arc;

const COMMUNITY: &str = "heyuan";
const ID: &str = "heyuan-01";
/// Day of the announcement, and day before whose midnight ballots end.
const ANNOUNCED: u32 = 15;
const CLOSES: u32 = 29;
const FLATS: usize = 24;
/// Owners who vote: fewer than two thirds; and those of them who agree.
const VOTING: usize = 14;
const AGREEING: usize = 10;

/// Writes the vote.
pub fn write(book: &mut Book, members: &Members, calendar: &Calendar) -> Held {
    let keys: Vec<Key> = (0..FLATS).map(key).collect();
    let leaves = keys.iter().enumerate().map(|(n, key)| leaf(n, key));
    let roster = Roster::new(leaves.collect()).expect("a roster");
    let question = question(calendar);
    let mut poll = Poll {
        book,
        members,
        question: &question,
        roster: &roster,
    };
    poll.open();
    let mut random = Random::new(&["vote", ID]);
    let (from, to) = ((ANNOUNCED as usize + 1) * SLOTS, CLOSES as usize * SLOTS);
    let mut voted = Vec::new();
    for (index, key) in (0..).zip(&keys).take(VOTING) {
        let choice = if voted.len() < AGREEING {
            Choice::For
        } else {
            Choice::Against
        };
        let time = calendar.nth(from + random.index(to - from));
        poll.cast(time, Voter { index, key }, choice, None);
        voted.push(index);
    }
    Held {
        id: ID,
        title: question.title,
        title_en: question.title_en,
        community: COMMUNITY,
        is_open: false,
        roster,
        owners: Vec::new(),
        voted,
        free_rooms: Vec::new(),
    }
}

fn question(calendar: &Calendar) -> Question {
    Question {
        id: ID,
        title: "使用维修资金更换荷苑小区水泵",
        title_en: "Replace the pumps of Heyuan from the maintenance fund; its rules count the silent with the majority",
        community: COMMUNITY,
        convener: HEYUAN,
        stated_by: [STREET, PROPERTY],
        matter: Matter::Owners(5),
        rules: Settings {
            silent: Silent::Majority,
            ..Settings::USUAL
        },
        announced: calendar.announcement(ANNOUNCED),
        opens: calendar.midnight(ANNOUNCED + 1),
        closes: calendar.closing(CLOSES),
    }
}

fn key(n: usize) -> Key {
    Arc::new(SecretKey::from_seed(&seed(&["heyuan", &n.to_string()])))
}

/// Six storeys with four flats each.
fn leaf(n: usize, key: &Key) -> Leaf {
    let room = Room {
        area: 823_000 + (n as u64 % 4) * 96_500,
        room: format!("1-{:02}{:02}", n / 4 + 1, n % 4 + 1),
    };
    Leaf::new(&format!("y-{n:02}"), Some(key.public()), vec![room]).expect("a leaf")
}
