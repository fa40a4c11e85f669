//! Votes of a community of owners and of a platform's lenders.

mod community;
mod lenders;
mod outcomes;
mod poll;
mod silent;

pub use community::{COMMUNITY, Community, Owner, Reach};
pub use lenders::COMMUNITY as LENDERS;
pub use outcomes::Ending;
pub use poll::DESKS;

use super::{
    Size,
    book::Book,
    calendar::{Calendar, LAST_SLOTS, SLOTS},
    members::{COMMITTEE, Members, PROPERTY, STREET},
    random::Random,
};
use community::Electorate;
use outcomes::choices;
use poll::{Poll, Question, Times, Voter, proxy_key};
use records::{
    kinds::{
        ballot::Seat,
        vote::{Choice, Matter, Rank, Settings, Standing},
    },
    roster::Roster,
};

/// A vote that was put down, and what is needed to take part in it.
pub struct Held {
    pub id: &'static str,
    pub title: &'static str,
    pub title_en: &'static str,
    pub community: &'static str,
    pub is_open: bool,
    pub roster: Roster,
    /// Owner of 桃源小区 by index on the roster; empty elsewhere.
    pub owners: Vec<usize>,
    /// Indices that have voted.
    pub voted: Vec<u32>,
    /// Rooms to which a visitor's key can be bound.
    pub free_rooms: Vec<String>,
}

impl Held {
    /// A head's place on the roster.
    pub fn seat(&self, index: u32) -> Seat {
        Seat::on(&self.roster, index, self.id, self.community).expect("on the roster")
    }
}

/// All votes.
pub struct Votes {
    pub community: Community,
    pub held: Vec<Held>,
    /// Seed of a lender who has voted, and its index.
    pub lender: ([u8; 32], u32),
}

/// The building that votes for itself.
const OWN_BUILDING: usize = 3;

struct Plan {
    id: &'static str,
    title: &'static str,
    title_en: &'static str,
    matter: u8,
    ending: Ending,
    building: Option<usize>,
    /// Day of the announcement; ballots from the next day.
    announced: u32,
    /// Day on which ballots end, at midnight before it; the open ones end after now.
    closes: u32,
    /// Day up to which it is extended.
    extended: Option<u32>,
}

const PLANS: [Plan; 7] = [
    Plan {
        id: "taoyuan-01",
        title: "使用维修资金更换 2 号楼、5 号楼电梯",
        title_en: "Replace the lifts of buildings 2 and 5 from the maintenance fund",
        matter: 5,
        ending: Ending::Passes,
        building: None,
        announced: 0,
        closes: 12,
        extended: None,
    },
    Plan {
        id: "taoyuan-02",
        title: "解聘现物业服务企业",
        title_en: "Dismiss the property manager",
        matter: 4,
        ending: Ending::FailsByHeads,
        building: None,
        announced: 3,
        closes: 15,
        extended: None,
    },
    Plan {
        id: "taoyuan-03",
        title: "修改管理规约：电动自行车集中停放",
        title_en: "Amend the management agreement: where e-bikes are parked",
        matter: 2,
        ending: Ending::FailsByArea,
        building: None,
        announced: 7,
        closes: 19,
        extended: None,
    },
    Plan {
        id: "taoyuan-04",
        title: "更换业主委员会委员两名",
        title_en: "Replace two members of the owners’ committee",
        matter: 3,
        ending: Ending::FailsByParticipation,
        building: None,
        announced: 9,
        closes: 18,
        extended: Some(25),
    },
    Plan {
        id: "taoyuan-05",
        title: "利用楼顶共有部分安装光伏并经营",
        title_en: "Run a solar plant on the common roofs",
        matter: 8,
        ending: Ending::PassesByThreeQuarters,
        building: None,
        announced: 13,
        closes: 27,
        extended: None,
    },
    Plan {
        id: "taoyuan-06",
        title: "选聘新物业服务企业",
        title_en: "Hire a new property manager",
        matter: 4,
        ending: Ending::IsOpen,
        building: None,
        announced: 32,
        closes: 62,
        extended: None,
    },
    Plan {
        id: "taoyuan-07",
        title: "使用维修资金修缮 3 号楼外墙",
        title_en: "Repair the outer walls of building 3 from the maintenance fund",
        matter: 5,
        ending: Ending::IsOpen,
        building: Some(OWN_BUILDING),
        announced: 34,
        closes: 56,
        extended: None,
    },
];

/// Writes all votes.
pub fn write(book: &mut Book, members: &Members, calendar: &Calendar, size: Size) -> Votes {
    let community = Community::new();
    let mut held: Vec<Held> = PLANS
        .iter()
        .map(|plan| hold(plan, &community, book, members, calendar))
        .collect();
    held.push(silent::write(book, members, calendar));
    let (lenders, lender) = lenders::write(book, members, calendar, size);
    held.push(lenders);
    Votes {
        community,
        held,
        lender,
    }
}

fn hold(
    plan: &Plan,
    community: &Community,
    book: &mut Book,
    members: &Members,
    calendar: &Calendar,
) -> Held {
    let is_first = plan.id == PLANS[0].id;
    let Electorate { roster, owners } = community.electorate(plan.building, is_first);
    let question = Question {
        id: plan.id,
        title: plan.title,
        title_en: plan.title_en,
        community: COMMUNITY,
        convener: COMMITTEE,
        stated_by: [STREET, PROPERTY],
        matter: Matter::Owners(plan.matter),
        rules: Settings::USUAL,
        announced: calendar.announcement(plan.announced),
        opens: calendar.midnight(plan.announced + 1),
        closes: calendar.closing(plan.closes),
    };
    let mut poll = Poll {
        book,
        members,
        question: &question,
        roster: &roster,
    };
    poll.open();
    let voted = Electors {
        plan,
        community,
        calendar,
        owners: &owners,
        random: Random::new(&["vote", plan.id]),
        is_first,
    }
    .vote(&mut poll);
    if let Some(day) = plan.extended {
        poll.extend(calendar.at(plan.closes - 1, 3), calendar.closing(day));
    }
    let is_open = plan.ending == Ending::IsOpen;
    Held {
        id: plan.id,
        title: plan.title,
        title_en: plan.title_en,
        community: COMMUNITY,
        is_open,
        free_rooms: if is_open {
            free_rooms(plan, community)
        } else {
            Vec::new()
        },
        roster,
        owners,
        voted,
    }
}

/// Single flats whose owners can still be bound, each offered by one open vote only: a room knows one key.
fn free_rooms(plan: &Plan, community: &Community) -> Vec<String> {
    let owners = community.owners.iter().filter(|owner| {
        let is_own = owner.flats[0].0 == OWN_BUILDING;
        owner.reach == Reach::Free && is_own == (plan.building == Some(OWN_BUILDING))
    });
    owners.map(|owner| owner.flats[0].1.clone()).collect()
}

/// Those who vote, and how.
struct Electors<'a> {
    plan: &'a Plan,
    community: &'a Community,
    calendar: &'a Calendar,
    owners: &'a [usize],
    random: Random,
    is_first: bool,
}

impl Electors<'_> {
    fn owner(&self, index: u32) -> &Owner {
        &self.community.owners[self.owners[index as usize]]
    }

    fn vote(mut self, poll: &mut Poll<'_>) -> Vec<u32> {
        let plan = self.plan;
        let is_open = plan.ending == Ending::IsOpen;
        let last_day = if is_open { 41 } else { plan.closes };
        let times = Times {
            calendar: self.calendar,
            from: (plan.announced as usize + 1) * SLOTS,
            to: last_day as usize * SLOTS,
        };
        if self.is_first {
            self.bind_all(poll, times.calendar.nth(times.from));
        }
        let mut may_vote: Vec<u32> = (0..self.owners.len() as u32)
            .filter(|index| !(is_open && self.owner(*index).reach == Reach::Free))
            .collect();
        self.random.shuffle(&mut may_vote);
        let choices = choices(plan.ending, poll.roster, &may_vote, &mut self.random);
        for (n, (index, choice)) in choices.iter().enumerate() {
            if is_open && n < 2 * LAST_SLOTS {
                self.cast_today(poll, n, *index, *choice);
            } else {
                self.cast(poll, &times, n, *index, *choice);
            }
        }
        choices.into_iter().map(|(index, _)| index).collect()
    }

    /// In the first vote the desks bind keys that the rosters of later votes then know.
    fn bind_all(&self, poll: &mut Poll<'_>, time: i64) {
        for index in 0..self.owners.len() as u32 {
            let owner = self.owner(index);
            if owner.reach == Reach::BoundLater {
                let key = &owner.key;
                poll.bind(time, Voter { index, key });
            }
        }
    }

    fn cast_today(&self, poll: &mut Poll<'_>, n: usize, index: u32, choice: Choice) {
        let time = self.calendar.last(n % LAST_SLOTS);
        let owner = self.owner(index);
        match owner.reach {
            Reach::Registered | Reach::BoundLater => {
                let key = &owner.key;
                if let Some(partner) = &owner.partner {
                    poll.name(time, Voter { index, key }, partner);
                }
                poll.cast(time, Voter { index, key }, choice, None);
            }
            Reach::Paper | Reach::Free => poll.paper(time, index, choice, None),
        }
    }

    /// Most vote once; a few by proxy, some change their mind, and now and then paper and owner disagree.
    fn cast(
        &mut self,
        poll: &mut Poll<'_>,
        times: &Times<'_>,
        n: usize,
        index: u32,
        choice: Choice,
    ) {
        let (early, late) = (times.early(&mut self.random), times.late(&mut self.random));
        let owner = self.owner(index);
        let voter = Voter {
            index,
            key: &owner.key,
        };
        let other = other(choice);
        let stood = |rank| {
            Some(Standing {
                choice: other,
                rank,
            })
        };
        if matches!(owner.reach, Reach::Paper | Reach::Free) {
            return poll.paper(early, index, choice, None);
        }
        if let Some(partner) = &owner.partner {
            poll.name(early, voter, partner);
        }
        match n {
            n if n % 40 == 9 => {
                let proxy = proxy_key(self.plan.id, index);
                poll.proxy([early, late], voter, &proxy, choice);
            }
            n if n % 27 == 11 => {
                poll.cast(early, voter, other, None);
                poll.cast(late, voter, choice, stood(Rank::Owner));
            }
            n if n % 50 == 22 => {
                poll.paper(early, index, other, None);
                poll.cast(late, voter, choice, stood(Rank::Paper));
            }
            n if n % 90 == 35 => {
                poll.cast(early, voter, choice, None);
                let stands = Standing {
                    choice,
                    rank: Rank::Owner,
                };
                poll.paper(late, index, other, Some(stands));
            }
            _ => poll.cast(early, voter, choice, None),
        }
    }
}

fn other(choice: Choice) -> Choice {
    match choice {
        Choice::For => Choice::Abstain,
        Choice::Against | Choice::Abstain => Choice::For,
    }
}
