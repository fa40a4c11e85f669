//! State of a vote: what was fixed at its opening, and the sums so far. It stays small however many ballots come.

use super::{
    matter::{Matter, Thresholds},
    tally::Tally,
};
use crate::{
    digest::Digest,
    roster::Totals,
    shape::{nanoseconds, optional_nanoseconds},
};

/// State of a vote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vote {
    /// Keys bound to ballots by desk members since the opening.
    pub bound: u64,
    /// Block time from which no ballot is accepted any more, Unix nanoseconds.
    pub closes: i64,
    /// Community (or lending platform); prefix of its rooms' ids.
    pub community: String,
    /// Ballots that met one of another rank and of another choice: paper against owner, owner against proxy, …
    pub conflicts: u64,
    /// Member who convenes.
    pub convener: String,
    /// The first closing time, where the vote was extended.
    pub extended_from: Option<i64>,
    /// What is decided.
    pub matter: Matter,
    /// Hash of the notice (公告).
    pub notice: Digest,
    /// Block time from which ballots are accepted, Unix nanoseconds.
    pub opens: i64,
    /// Hash of the list of the roster's published leaves, where they are published.
    pub published: Option<Digest>,
    /// Root and totals of the roster.
    pub roster: Totals,
    /// The community's settings.
    pub rules: Settings,
    /// Hash of the set of rooms concerned, see [`crate::roster::scope`].
    pub scope: Digest,
    /// The two members who state that roster and scope are right.
    pub stated_by: [String; 2],
    /// The sums.
    pub tally: Tally,
    /// Title.
    pub title: String,
}

crate::shape!(Vote {
    bound,
    closes: nanoseconds,
    community,
    conflicts,
    convener,
    extended_from: optional_nanoseconds,
    matter,
    notice,
    opens: nanoseconds,
    published,
    roster,
    rules,
    scope,
    stated_by,
    tally,
    title
});

impl Vote {
    /// The shares that decide.
    pub fn thresholds(&self) -> Thresholds {
        Thresholds::by_law(self.matter)
            .or(self.rules.thresholds)
            .unwrap_or(Thresholds::LENDERS)
    }
}

/// What a community settles for itself (议事规则).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Whether the closing may be moved once.
    pub extension: Extension,
    /// Which ballot of one rank counts.
    pub replacing: Replacing,
    /// Whether silence is shown as going with the majority.
    pub silent: Silent,
    /// Shares of a lenders' vote; absent where the law fixes them.
    pub thresholds: Option<Thresholds>,
}

crate::shape!(Settings {
    extension,
    replacing,
    silent,
    thresholds
});

impl Settings {
    /// The last ballot counts, one extension where participation is short, silence is silence.
    pub const USUAL: Self = Self {
        extension: Extension::IfShort,
        replacing: Replacing::Last,
        silent: Silent::Off,
        thresholds: None,
    };
}

/// Whether the closing may be moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extension {
    /// Never.
    None,
    /// Once, where too few have taken part.
    IfShort,
}

crate::names!(Extension { None "none", IfShort "if-short" });

/// Which of several ballots of one rank counts. A higher rank replaces a lower one in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replacing {
    /// The first.
    First,
    /// The last before the closing.
    Last,
}

crate::names!(Replacing { First "first", Last "last" });

/// 未表决票从众: whether those who were silent are shown as going with the majority. Contested, hence off unless the community's rules say so,
/// and never mixed with the ballots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silent {
    /// Silence is silence.
    Off,
    /// A second result is shown, apart, with the silent on the majority's side.
    Majority,
}

crate::names!(Silent { Off "off", Majority "majority" });
