//! Who says what, so that a vote ends as it is meant to.

use crate::demo::random::Random;
use records::{kinds::vote::Choice, roster::Roster};

/// Area of a large flat, cm².
const LARGE_FLAT: u64 = 1_000_000;

/// How a vote of owners is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// More than half by both counts.
    Passes,
    /// At least three quarters by both counts.
    PassesByThreeQuarters,
    /// More than half of the area, less than half of the heads.
    FailsByHeads,
    /// More than half of the heads, less than half of the area.
    FailsByArea,
    /// Less than two thirds take part.
    FailsByParticipation,
    /// A third has voted so far.
    IsOpen,
}

impl Ending {
    /// Heads of a hundred that take part.
    fn turnout(self) -> usize {
        match self {
            Self::Passes => 74,
            Self::PassesByThreeQuarters => 76,
            Self::FailsByHeads => 74,
            Self::FailsByArea => 75,
            Self::FailsByParticipation => 57,
            Self::IsOpen => 34,
        }
    }

    /// Heads of a thousand participants that agree.
    fn agreeing(self) -> usize {
        match self {
            Self::Passes => 632,
            Self::PassesByThreeQuarters => 781,
            Self::FailsByHeads => 489,
            Self::FailsByArea => 521,
            Self::FailsByParticipation => 665,
            Self::IsOpen => 560,
        }
    }
}

/// Indices on the roster with their choices; `may_vote` are those who can be reached, in the order of their zeal.
pub fn choices(
    ending: Ending,
    roster: &Roster,
    may_vote: &[u32],
    random: &mut Random,
) -> Vec<(u32, Choice)> {
    let wanted = roster.leaves().len() * ending.turnout() / 100;
    let mut voters: Vec<u32> = may_vote.iter().copied().take(wanted).collect();
    let area = |index: &u32| roster.leaves()[*index as usize].area;
    match ending {
        Ending::FailsByHeads => voters.sort_by_key(|index| std::cmp::Reverse(area(index))),
        Ending::FailsByArea => voters.sort_by_key(area),
        _ => {
            random.shuffle(&mut voters);
            // Owners of several flats agree, so that the area follows the heads.
            voters.sort_by_key(|index| area(index) < 2 * LARGE_FLAT);
        }
    }
    let agreeing = voters.len() * ending.agreeing() / 1000;
    // A few exceptions on both sides keep the size of a flat from deciding everything.
    for swap in 0..voters.len() / 40 {
        let other = voters.len() - 1 - swap * 3;
        if swap * 4 < agreeing && agreeing <= other {
            voters.swap(swap * 4, other);
        }
    }
    voters
        .into_iter()
        .enumerate()
        .map(|(at, index)| {
            let choice = match at {
                _ if at < agreeing => Choice::For,
                _ if random.chance(20) => Choice::Abstain,
                _ => Choice::Against,
            };
            (index, choice)
        })
        .collect()
}
