//! State of a ballot.

use crate::{
    keys::PublicKey,
    kinds::vote::{Rank, Standing},
    shape::nanoseconds,
};

/// State of a ballot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ballot {
    /// How often the owner has appointed a proxy, or withdrawn one.
    pub appointments: u64,
    /// Ballots written so far, by rank.
    pub casts: Casts,
    /// Ballots of a lower rank that say otherwise than the one that stood.
    pub conflicts: u64,
    /// A key that desk members bound to it, in force.
    pub key: Option<PublicKey>,
    /// A key that is to replace the owner's, not yet in force.
    pub pending: Option<Pending>,
    /// The proxy.
    pub proxy: Option<Proxy>,
    /// The ballot that stands.
    pub stands: Option<Standing>,
}

crate::shape!(Ballot {
    appointments,
    casts,
    conflicts,
    key,
    pending,
    proxy,
    stands
});

/// How often each rank has voted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Casts {
    /// The owner.
    pub owner: u64,
    /// Paper entries.
    pub paper: u64,
    /// The proxy.
    pub proxy: u64,
}

crate::shape!(Casts {
    owner,
    paper,
    proxy
});

impl Casts {
    /// The counter of one rank.
    pub fn of(&mut self, rank: Rank) -> &mut u64 {
        match rank {
            Rank::Owner => &mut self.owner,
            Rank::Proxy => &mut self.proxy,
            Rank::Paper => &mut self.paper,
        }
    }
}

/// A key on its way into force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pending {
    /// Block time from which it counts, Unix nanoseconds.
    pub from: i64,
    /// The key.
    pub key: PublicKey,
}

crate::shape!(Pending {
    from: nanoseconds,
    key
});

/// A proxy and who appointed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Who appointed.
    pub by: Appointer,
    /// The proxy's key.
    pub key: PublicKey,
}

crate::shape!(Proxy { by, key });

/// Who appointed a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appointer {
    /// Two desk members, from a written authorisation.
    Desks,
    /// The owner's key.
    Owner,
}

crate::names!(Appointer { Desks "desks", Owner "owner" });
