//! The demo's data: a pure function of chain id, start and size, from a fixed seed.
//!
//! A [`Script`] knows everything that is written down on the demo chain in six weeks, signs it block by block, and writes the files that a
//! visitor tries it out with. Keys of made-up people and members follow from the seed and are public: such a chain is called `dev-…`.

mod book;
mod calendar;
mod desk;
mod invoices;
mod medical;
mod members;
mod parties;
mod random;
mod tryout;
mod votes;

pub use book::Block;
pub use calendar::SPAN;
pub use desk::{Desk, View};
pub use members::{FOUNDERS, Founding, member_key};

use book::{Book, Closed};
use calendar::Calendar;
use invoices::Showcase;
use medical::Medical;
use members::Members;
use records::{KeyType, ValidatorKey};
use std::{io, path::Path};
use votes::Votes;

/// How much there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Everything: some twenty thousand events.
    Full,
    /// A little of everything, for tests.
    Small,
}

/// When it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tempo {
    /// In the six weeks before now, at block times that the embedded consortium makes.
    Past,
    /// In the same order within minutes from the start: on CometBFT, whose block times are the validators' clocks.
    Live,
}

/// Everything that happens on the demo chain.
pub struct Script {
    chain: String,
    calendar: Calendar,
    members: Members,
    book: Closed,
    showcase: Showcase,
    medical: Medical,
    votes: Votes,
}

impl Script {
    /// The script of a chain whose first block has the time `start` (Unix nanoseconds), which is its genesis time too; the last block is at most
    /// [`SPAN`] later. The same arguments give the same bytes.
    pub fn new(chain_id: &str, start: i64, size: Size, tempo: Tempo) -> Self {
        let calendar = Calendar::new(start, size, tempo);
        let members = Members::new(start);
        let mut book = Book::default();
        members.admit(&mut book, &calendar);
        let showcase = invoices::write(&mut book, &members, &calendar, size);
        let medical = medical::write(&mut book, &members, &calendar);
        let votes = votes::write(&mut book, &members, &calendar, size);
        Self {
            chain: chain_id.into(),
            calendar,
            members,
            book: book.close(),
            showcase,
            medical,
            votes,
        }
    }

    /// The founding envelope. The validators' keys in the order of [`FOUNDERS`], with their powers.
    pub fn genesis(&self, validators: &[ValidatorKey; 4], key_types: &[KeyType]) -> Vec<u8> {
        self.members
            .genesis(&self.chain, self.calendar.start(), validators, key_types)
    }

    /// The seed of a member's identity file.
    pub fn member_seed(&self, id: &str) -> [u8; 32] {
        self.members.get(id).seed
    }

    /// The blocks that carry events, in order, signed as they are asked for.
    pub fn blocks(&self) -> impl Iterator<Item = Block> + '_ {
        self.book.blocks(&self.chain)
    }

    /// The desks that bind visitors' keys.
    pub fn desk(&self) -> Desk {
        Desk::new(&self.chain, &self.members, &self.votes)
    }

    /// Writes what there is to try into `dir`: `demo.json`, pictures of codes, and identity files. `page` is the page's address, which the links
    /// in the codes begin with.
    pub fn write_try(&self, dir: &Path, page: &str) -> io::Result<()> {
        tryout::write(self, dir, page)
    }

    /// Time of the first block, Unix nanoseconds: the genesis time.
    pub fn start(&self) -> i64 {
        self.calendar.start()
    }

    /// From the first block to the last, nanoseconds.
    pub fn length(&self) -> i64 {
        self.calendar.end() - self.calendar.start()
    }

    /// How many events all blocks carry together.
    pub fn events(&self) -> usize {
        self.book.events()
    }

    /// Contents that nodes keep outside the chain: sealed documents, notices and rosters.
    pub fn blobs(&self) -> &[Vec<u8>] {
        self.book.blobs()
    }
}

#[cfg(test)]
mod tests;
