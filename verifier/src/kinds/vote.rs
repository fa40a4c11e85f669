//! Votes and ballots, from their states.

use super::Life;
use crate::reasons;
use alloc::string::ToString;
use records::{
    canonical::{self, Value},
    kinds::{
        ballot::Ballot,
        vote::{self, Decision, Vote},
    },
};

/// The result at a header's time: once that has reached the closing, no later block can add a ballot.
pub fn vote(data: &Value, time: i64) -> Option<Life> {
    let vote: Vote = canonical::from_value(data).ok()?;
    let outcome = vote::outcome(&vote, time);
    let (life, why) = match outcome.decision {
        Decision::NotYetOpen => (Life::new(reasons::VOTE_UPCOMING), ""),
        Decision::Open => (Life::new(reasons::VOTE_OPEN), ""),
        Decision::Passed => (Life::last(reasons::VOTE_PASSED), ""),
        Decision::FailedByParticipation => (Life::last(reasons::VOTE_NOT_PASSED), "participation"),
        Decision::FailedByHeads => (Life::last(reasons::VOTE_NOT_PASSED), "heads"),
        Decision::FailedByArea => (Life::last(reasons::VOTE_NOT_PASSED), "area"),
        Decision::FailedByBoth => (Life::last(reasons::VOTE_NOT_PASSED), "heads-and-area"),
    };
    let took_part = vote.tally.participation();
    Some(life.with([
        ("why", why.to_string()),
        ("opens", vote.opens.to_string()),
        ("closes", vote.closes.to_string()),
        ("heads", took_part.heads.to_string()),
        ("all_heads", vote.roster.heads.to_string()),
        ("area", took_part.area.to_string()),
        ("all_area", vote.roster.area.to_string()),
    ]))
}

/// What stands on a ballot.
pub fn ballot(data: &Value) -> Option<Life> {
    let ballot: Ballot = canonical::from_value(data).ok()?;
    Some(match ballot.stands {
        Some(standing) => Life::new(reasons::BALLOT_COUNTED).with([
            ("choice", standing.choice.word().into()),
            ("rank", standing.rank.word().into()),
            ("conflicts", ballot.conflicts.to_string()),
        ]),
        None => Life::new(reasons::BALLOT_NOT_CAST),
    })
}
