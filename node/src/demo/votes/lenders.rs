//! 山海网贷: twenty thousand lenders decide on the repayment plan of a platform that winds down.

use super::{
    Held,
    poll::{Poll, Question, Voter},
};
use crate::demo::{
    Size,
    book::{Book, Key},
    calendar::{Calendar, SLOTS},
    members::{ARBITRATION, FINANCE, LENDERS, Members},
    random::{Random, seed},
};
use records::{
    SecretKey,
    kinds::vote::{Choice, Extension, Matter, Replacing, Settings, Silent, Thresholds},
    roster::{Leaf, Room, Roster},
};
use std::sync::Arc;

/// The platform's name in records.
pub const COMMUNITY: &str = "shanhai";
const ID: &str = "shanhai-exit-plan";
/// Day of the announcement, and day before whose midnight ballots end.
const ANNOUNCED: u32 = 5;
const CLOSES: u32 = 30;

/// Lenders and ballots.
fn numbers(size: Size) -> (usize, usize) {
    match size {
        Size::Full => (20_000, 14_000),
        Size::Small => (300, 210),
    }
}

/// 200 000 yuan, in fen.
const MUCH: u64 = 20_000_000;

struct Lender {
    seed: [u8; 32],
    key: Key,
    leaf: Leaf,
}

/// Writes the vote; gives also the seed and index of a lender who voted.
pub fn write(
    book: &mut Book,
    members: &Members,
    calendar: &Calendar,
    size: Size,
) -> (Held, ([u8; 32], u32)) {
    let (heads, ballots) = numbers(size);
    let mut random = Random::new(&["lenders"]);
    let lenders: Vec<Lender> = (0..heads).map(|n| lender(n, &mut random)).collect();
    let leaves = lenders.iter().map(|lender| lender.leaf.clone()).collect();
    let roster = Roster::new(leaves).expect("a roster");
    let question = question(calendar);
    let mut poll = Poll {
        book,
        members,
        question: &question,
        roster: &roster,
    };
    poll.open();
    let mut order: Vec<u32> = (0..heads as u32).collect();
    random.shuffle(&mut order);
    // Whoever lent much takes part.
    order.sort_by_key(|index| lenders[*index as usize].leaf.area < MUCH);
    order.truncate(ballots);
    let (from, to) = ((ANNOUNCED as usize + 1) * SLOTS, CLOSES as usize * SLOTS);
    for index in &order {
        let time = calendar.nth(from + random.index(to - from));
        let key = &lenders[*index as usize].key;
        let choice = match random.below(100) {
            0..72 => Choice::For,
            72..93 => Choice::Against,
            _ => Choice::Abstain,
        };
        poll.cast(time, Voter { index: *index, key }, choice, None);
    }
    let shown = order[order.len() - 1];
    let held = Held {
        id: ID,
        title: question.title,
        title_en: question.title_en,
        community: COMMUNITY,
        is_open: false,
        roster,
        owners: Vec::new(),
        voted: order,
        free_rooms: Vec::new(),
    };
    (held, (lenders[shown as usize].seed, shown))
}

fn question(calendar: &Calendar) -> Question {
    Question {
        id: ID,
        title: "山海网贷良性退出：三年分期兑付方案",
        title_en: "Shanhai Lending winds down: repayment over three years",
        community: COMMUNITY,
        convener: LENDERS,
        stated_by: [FINANCE, ARBITRATION],
        matter: Matter::Lenders,
        rules: Settings {
            extension: Extension::IfShort,
            replacing: Replacing::First,
            silent: Silent::Off,
            thresholds: Some(Thresholds::LENDERS),
        },
        announced: calendar.announcement(ANNOUNCED),
        opens: calendar.midnight(ANNOUNCED + 1),
        closes: calendar.closing(CLOSES),
    }
}

fn lender(n: usize, random: &mut Random) -> Lender {
    let seed = seed(&["lender", &n.to_string()]);
    let key = Arc::new(SecretKey::from_seed(&seed));
    let loans = if random.chance(18) { 2 } else { 1 };
    let rooms: Vec<Room> = (0..loans)
        .map(|loan| Room {
            area: principal(random),
            room: format!("L{n:05}-{loan}"),
        })
        .collect();
    let head = format!("p-{}", hex::encode(random.bytes::<6>()));
    let leaf = Leaf::new(&head, Some(key.public()), rooms).expect("a leaf");
    Lender { seed, key, leaf }
}

/// A loan's principal in fen: many small ones, few of several hundred thousand yuan; whole hundreds of yuan.
fn principal(random: &mut Random) -> u64 {
    let most = match random.below(100) {
        0..55 => 300,
        55..90 => 1_500,
        _ => 6_000,
    };
    (10 + random.below(most)) * 100 * 100
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_full_twenty_thousand_lenders_cast_fourteen_thousand_ballots() {
        assert_eq!(numbers(Size::Full), (20_000, 14_000));
    }
}
