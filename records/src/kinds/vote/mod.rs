//! Votes of owners (民法典 278) and of lenders. A vote holds sums, never lists: who voted is a record per ballot, who may vote a commitment.
//!
//! Every event that touches a ballot of a vote touches the vote too, so that the vote's log alone is enough to rebuild all of its ballots
//! ([`Recount`]).

mod cast;
pub(crate) mod desks;
mod matter;
mod open;
mod outcome;
mod recount;
mod sample;
mod state;
mod tally;

pub use cast::{Effect, effect};
pub use matter::{Both, Matter, NotAThreshold, Threshold, Thresholds};
pub use open::{Extend, Open};
pub use outcome::{Decision, Measure, Measures, Outcome, WithSilent, outcome};
pub use recount::{Line, Recount, RecountFault, Recounted};
pub use sample::{Sampled, check_sampled, draw};
pub use state::{Extension, Replacing, Settings, Silent, Vote};
pub use tally::{ByRank, Choice, Count, Rank, Standing, Tally};

use crate::{
    canonical::Value,
    refusal::Stop,
    registry::{Case, EventType, Kind, SUBJECT, updated},
};

/// Kind name.
pub const NAME: &str = "vote";
/// Role of a vote in the events of its ballots.
pub const VOTE_ROLE: &str = "vote";
/// Longest time from opening to closing: 366 days, in nanoseconds.
pub const MAX_LENGTH: i64 = 366 * 24 * 3600 * 1_000_000_000;
/// Longest extension, in nanoseconds: 89 days, which three months never fall short of.
pub const MAX_EXTENSION: i64 = 89 * 24 * 3600 * 1_000_000_000;

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[
        EventType::alone("vote.open"),
        EventType::alone("vote.extend"),
    ],
    apply,
};

fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    if case.what() == ("vote.open", SUBJECT) {
        return updated(&open::open(case)?);
    }
    let vote: Vote = case.existing()?;
    let vote = match case.what() {
        ("vote.extend", SUBJECT) => open::extend(case, vote)?,
        ("ballot.cast", VOTE_ROLE) => cast::cast(case, vote)?,
        ("ballot.appoint", VOTE_ROLE) => cast::appoint(case, vote)?,
        ("room.bind", VOTE_ROLE) => cast::bind(case, vote)?,
        ("room.veto", VOTE_ROLE) => vote,
        _ => return Err(case.unexpected()),
    };
    updated(&vote)
}
