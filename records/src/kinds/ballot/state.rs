//! State of a ballot.

use crate::{
    event::nanoseconds,
    keys::PublicKey,
    kinds::vote::{Rank, Standing},
};
use serde::{Deserialize, Serialize};

/// State of a ballot.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ballot {
    /// Ballots written so far, by rank.
    pub casts: Casts,
    /// Ballots of a lower rank that say otherwise than the one that stood.
    pub conflicts: u64,
    /// A key that desk members bound to it, in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PublicKey>,
    /// A key that is to replace the owner's, not yet in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Pending>,
    /// The proxy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
    /// The ballot that stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stands: Option<Standing>,
}

/// How often each rank has voted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Casts {
    /// The owner.
    pub owner: u64,
    /// Paper entries.
    pub paper: u64,
    /// The proxy.
    pub proxy: u64,
}

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// Block time from which it counts, Unix nanoseconds.
    #[serde(with = "nanoseconds")]
    pub from: i64,
    /// The key.
    pub key: PublicKey,
}

/// A proxy and who appointed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proxy {
    /// Who appointed.
    pub by: Appointer,
    /// The proxy's key.
    pub key: PublicKey,
}

/// Who appointed a proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Appointer {
    /// Two desk members, from a written authorisation.
    Desks,
    /// The owner's key.
    Owner,
}
