//! Choices, ranks, and the sums of heads and areas behind them.

/// What a ballot says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Choice {
    /// 同意.
    For,
    /// 不同意.
    Against,
    /// 弃权.
    Abstain,
}

crate::names!(Choice { For "for", Against "against", Abstain "abstain" });

impl Choice {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::For, Self::Against, Self::Abstain];

    /// As it is written in events.
    pub fn code(self) -> &'static str {
        match self {
            Self::For => "for",
            Self::Against => "against",
            Self::Abstain => "abstain",
        }
    }
}

/// Who cast a ballot, weakest first: a lower rank never replaces a higher one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// A paper ballot, entered by two desk members.
    Paper,
    /// A proxy's ballot.
    Proxy,
    /// The owner's own.
    Owner,
}

crate::names!(Rank { Paper "paper", Proxy "proxy", Owner "owner" });

impl Rank {
    /// All of them, strongest first.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Proxy, Self::Paper];
}

/// A ballot's choice and rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Choice.
    pub choice: Choice,
    /// Rank.
    pub rank: Rank,
}

crate::shape!(Standing { choice, rank });

/// Heads and their area.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Area, cm².
    pub area: u64,
    /// Heads.
    pub heads: u64,
}

crate::shape!(Count { area, heads });

impl Count {
    /// Both sums; they stay below the roster's, so that saturation is never reached.
    pub fn plus(self, other: Self) -> Self {
        Self {
            area: self.area.saturating_add(other.area),
            heads: self.heads.saturating_add(other.heads),
        }
    }
}

/// A choice's sums by rank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ByRank {
    /// Cast by owners.
    pub owner: Count,
    /// Entered from paper.
    pub paper: Count,
    /// Cast by proxies.
    pub proxy: Count,
}

crate::shape!(ByRank {
    owner,
    paper,
    proxy
});

impl ByRank {
    /// One rank's sums.
    pub fn of(&self, rank: Rank) -> Count {
        match rank {
            Rank::Owner => self.owner,
            Rank::Proxy => self.proxy,
            Rank::Paper => self.paper,
        }
    }

    /// All ranks together.
    pub fn total(&self) -> Count {
        self.owner.plus(self.proxy).plus(self.paper)
    }
}

/// The sums of a vote: the ballots that stand, each head once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// 弃权.
    pub abstain: ByRank,
    /// 不同意.
    pub against: ByRank,
    /// 同意.
    pub in_favour: ByRank,
}

crate::shape!(Tally { abstain, against, in_favour as "for" });

impl Tally {
    /// One choice's sums by rank.
    pub fn of(&self, choice: Choice) -> &ByRank {
        match choice {
            Choice::For => &self.in_favour,
            Choice::Against => &self.against,
            Choice::Abstain => &self.abstain,
        }
    }

    /// Everybody who took part.
    pub fn participation(&self) -> Count {
        Choice::ALL.iter().fold(Count::default(), |sum, choice| {
            sum.plus(self.of(*choice).total())
        })
    }

    fn slot(&mut self, ballot: Standing) -> &mut Count {
        let choice = match ballot.choice {
            Choice::For => &mut self.in_favour,
            Choice::Against => &mut self.against,
            Choice::Abstain => &mut self.abstain,
        };
        match ballot.rank {
            Rank::Owner => &mut choice.owner,
            Rank::Proxy => &mut choice.proxy,
            Rank::Paper => &mut choice.paper,
        }
    }

    /// Counts one head; none where a sum overflows.
    #[must_use]
    pub fn add(&mut self, ballot: Standing, area: u64) -> Option<()> {
        let slot = self.slot(ballot);
        *slot = Count {
            area: slot.area.checked_add(area)?,
            heads: slot.heads.checked_add(1)?,
        };
        Some(())
    }

    /// Takes one head out again; none where it cannot have been counted.
    #[must_use]
    pub fn remove(&mut self, ballot: Standing, area: u64) -> Option<()> {
        let slot = self.slot(ballot);
        *slot = Count {
            area: slot.area.checked_sub(area)?,
            heads: slot.heads.checked_sub(1)?,
        };
        Some(())
    }
}
