//! One vote: its opening, its ballots, its extension.

use crate::demo::{
    book::{Book, Key},
    calendar::Calendar,
    members::Members,
    random::Random,
};
use records::{
    Digest,
    hash::sha256,
    kinds::{
        ballot::{self, Appoint, Cast, Seat},
        room::{self, Bind},
        vote::{Choice, Extend, Matter, Open, Rank, Settings, Standing},
    },
    roster::Roster,
};

/// What is put to the vote.
pub struct Question {
    pub id: &'static str,
    pub title: &'static str,
    pub title_en: &'static str,
    pub community: &'static str,
    pub convener: &'static str,
    pub stated_by: [&'static str; 2],
    pub matter: Matter,
    pub rules: Settings,
    /// Slot of the opening event, and block times from and until which ballots are accepted.
    pub announced: i64,
    pub opens: i64,
    pub closes: i64,
}

/// Where a vote's events are written.
pub struct Poll<'a> {
    pub book: &'a mut Book,
    pub members: &'a Members,
    pub question: &'a Question,
    pub roster: &'a Roster,
}

/// A head on the roster and its key.
#[derive(Clone, Copy)]
pub struct Voter<'a> {
    pub index: u32,
    pub key: &'a Key,
}

/// The two desks that enter paper ballots and bind keys of owners.
pub const DESKS: [&str; 2] = [crate::demo::members::NOTARY, crate::demo::members::STREET];

impl Poll<'_> {
    /// Opens the vote.
    pub fn open(&mut self) {
        let Question {
            id,
            title,
            community,
            convener,
            stated_by,
            matter,
            rules,
            announced,
            opens,
            closes,
            ..
        } = *self.question;
        let notice = self.book.blob(self.notice().into_bytes());
        let published = Some(self.publish());
        let body = Open {
            closes,
            community: community.into(),
            convener: convener.into(),
            matter,
            notice: Digest(notice),
            opens,
            published,
            roster: self.roster.totals(),
            rules,
            scope: self.roster.scope(),
            stated_by: stated_by.map(String::from),
            title: title.into(),
        };
        let keys = [convener, stated_by[0], stated_by[1]].map(|id| self.members.key(id));
        self.book.write(announced, "vote.open", id, &body, &keys);
    }

    fn publish(&mut self) -> Digest {
        let published = self.roster.publish().expect("encodes");
        let digest = published.digest();
        for blob in published.chunks.into_iter().chain([published.list]) {
            self.book.blob(blob);
        }
        digest
    }

    fn notice(&self) -> String {
        let Question {
            title,
            title_en,
            convener,
            ..
        } = self.question;
        let totals = self.roster.totals();
        let convener = &self.members.get(convener).member.name;
        format!(
            "公告\n\n事项：{title}（{title_en}）\n召集人：{convener}\n总户数：{}\n计票按人数与面积（或本金）两项进行，逾期未投视为未参与。\n",
            totals.heads
        )
    }

    fn seat(&self, index: u32) -> Seat {
        Seat::on(
            self.roster,
            index,
            self.question.id,
            self.question.community,
        )
        .expect("on the roster")
    }

    fn ballot(&self, index: u32) -> String {
        ballot::id(self.question.id, index)
    }

    /// The owner casts; `replaces` is what stands.
    pub fn cast(
        &mut self,
        time: i64,
        voter: Voter<'_>,
        choice: Choice,
        replaces: Option<Standing>,
    ) {
        self.write_cast(
            time,
            voter.index,
            choice,
            Rank::Owner,
            replaces,
            &[voter.key],
        );
    }

    /// The two desks enter a paper ballot.
    pub fn paper(&mut self, time: i64, index: u32, choice: Choice, replaces: Option<Standing>) {
        let keys = DESKS.map(|id| self.members.key(id));
        self.write_cast(time, index, choice, Rank::Paper, replaces, &keys);
    }

    /// Co-owners name the one of them who votes.
    pub fn name(&mut self, time: i64, voter: Voter<'_>, partner: &Key) {
        let body = Appoint {
            by: None,
            proxy: Some(voter.key.public()),
            seat: self.seat(voter.index),
        };
        let id = self.ballot(voter.index);
        self.book
            .write(time, "ballot.appoint", &id, &body, &[voter.key, partner]);
    }

    /// The owner appoints a proxy, who casts later.
    pub fn proxy(&mut self, times: [i64; 2], voter: Voter<'_>, proxy: &Key, choice: Choice) {
        let body = Appoint {
            by: None,
            proxy: Some(proxy.public()),
            seat: self.seat(voter.index),
        };
        let id = self.ballot(voter.index);
        self.book
            .write(times[0], "ballot.appoint", &id, &body, &[voter.key]);
        self.write_cast(times[1], voter.index, choice, Rank::Proxy, None, &[proxy]);
    }

    /// The two desks bind an owner's key to the first of its rooms and to its ballot.
    pub fn bind(&mut self, time: i64, voter: Voter<'_>) {
        let seat = self.seat(voter.index);
        let id = room::id(self.question.community, &seat.entry.rooms[0].room);
        let body = Bind {
            by: DESKS.map(String::from),
            from: None,
            key: voter.key.public(),
            regulator: None,
            seat: Some(seat),
        };
        let keys = DESKS.map(|id| self.members.key(id));
        self.book.write(time, "room.bind", &id, &body, &keys);
    }

    /// Moves the closing.
    pub fn extend(&mut self, time: i64, closes: i64) {
        let Question {
            id,
            convener,
            stated_by,
            ..
        } = self.question;
        let body = Extend {
            by: stated_by.map(String::from),
            closes,
        };
        let keys = [*convener, stated_by[0], stated_by[1]].map(|id| self.members.key(id));
        self.book.write(time, "vote.extend", id, &body, &keys);
    }

    fn write_cast(
        &mut self,
        time: i64,
        index: u32,
        choice: Choice,
        rank: Rank,
        replaces: Option<Standing>,
        keys: &[&Key],
    ) {
        let body = Cast {
            by: (rank == Rank::Paper).then(|| DESKS.map(String::from)),
            choice,
            rank,
            replaces,
            seat: self.seat(index),
        };
        let id = self.ballot(index);
        self.book.write(time, "ballot.cast", &id, &body, keys);
    }
}

/// Times of a vote's ballots: most come in the first days, all before the last.
pub struct Times<'a> {
    pub calendar: &'a Calendar,
    /// First and last slot.
    pub from: usize,
    pub to: usize,
}

impl Times<'_> {
    /// A slot in the first four fifths.
    pub fn early(&self, random: &mut Random) -> i64 {
        let length = (self.to - self.from) * 4 / 5;
        self.calendar.nth(self.from + random.index(length))
    }

    /// A slot in the last fifth.
    pub fn late(&self, random: &mut Random) -> i64 {
        let length = (self.to - self.from) * 4 / 5;
        self.calendar
            .nth(self.from + length + random.index(self.to - self.from - length))
    }
}

/// A key that follows from the names.
pub fn proxy_key(vote: &str, index: u32) -> Key {
    let seed = sha256(&[b"proxy", vote.as_bytes(), &index.to_be_bytes()]);
    std::sync::Arc::new(records::SecretKey::from_seed(&seed))
}
