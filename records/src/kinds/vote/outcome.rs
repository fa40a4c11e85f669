//! The result of a vote: computed from the sums alone, as exact comparisons of integers.

use super::{
    matter::{Both, Threshold},
    state::{Silent, Vote},
    tally::{Choice, Count},
};

/// How a vote stands at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// No ballot is accepted yet.
    NotYetOpen,
    /// Ballots are accepted; nothing is decided.
    Open,
    /// Enough took part, and enough of them agreed, by both counts.
    Passed,
    /// Too few took part, by at least one count.
    FailedByParticipation,
    /// Enough took part; approval is short by heads, not by area.
    FailedByHeads,
    /// Enough took part; approval is short by area, not by heads.
    FailedByArea,
    /// Enough took part; approval is short by both counts.
    FailedByBoth,
}

crate::names!(Decision {
    NotYetOpen "not-yet-open",
    Open "open",
    Passed "passed",
    FailedByParticipation "failed-by-participation",
    FailedByHeads "failed-by-heads",
    FailedByArea "failed-by-area",
    FailedByBoth "failed-by-both",
});

/// A share and the threshold that it is measured against: one bar on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What counts towards it: heads, or cm².
    pub part: u64,
    /// Of what.
    pub whole: u64,
    /// The threshold.
    pub threshold: Threshold,
    /// The least part that meets it.
    pub needed: u64,
    /// Whether it is met.
    pub met: bool,
}

impl Measure {
    fn new(part: u64, whole: u64, threshold: Threshold) -> Self {
        Self {
            part,
            whole,
            threshold,
            needed: threshold.needed(whole),
            met: threshold.met(part, whole),
        }
    }
}

/// A share by both counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measures {
    /// By area, cm².
    pub area: Measure,
    /// By heads.
    pub heads: Measure,
}

impl Measures {
    fn new(part: Count, whole: Count, thresholds: Both) -> Self {
        Self {
            area: Measure::new(part.area, whole.area, thresholds.area),
            heads: Measure::new(part.heads, whole.heads, thresholds.heads),
        }
    }

    /// Whether both counts meet theirs.
    pub fn met(&self) -> bool {
        self.area.met && self.heads.met
    }
}

/// A vote's result, with every count that it follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How it stands.
    pub decision: Decision,
    /// Those who took part, of the whole roster.
    pub participation: Measures,
    /// Those in favour, of those who took part.
    pub approval: Measures,
    /// What it would be with the silent on the majority's side; only where the community's rules say so, and always apart.
    pub with_silent: Option<WithSilent>,
}

/// The second result of a community whose rules count silence (从众).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WithSilent {
    /// Those who were silent.
    pub silent: Count,
    /// The choice that leads by heads and by area; none where the counts disagree, and silence then counts for nothing.
    pub follows: Option<Choice>,
    /// How it would stand.
    pub decision: Decision,
    /// Those who took part or were silent, of the whole roster.
    pub participation: Measures,
    /// Those in favour, with the silent.
    pub approval: Measures,
}

/// The result at a block time, Unix nanoseconds. For a state proven by a header this is that header's time: once it has reached the closing, no
/// later block can add a ballot.
pub fn outcome(vote: &Vote, block_time: i64) -> Outcome {
    let all = Count {
        area: vote.roster.area,
        heads: vote.roster.heads,
    };
    let took_part = vote.tally.participation();
    let agreed = vote.tally.in_favour.total();
    let (decision, participation, approval) = judge(vote, block_time, all, took_part, agreed);
    let with_silent = (vote.rules.silent == Silent::Majority)
        .then(|| with_silent(vote, block_time, all, took_part, agreed));
    Outcome {
        decision,
        participation,
        approval,
        with_silent,
    }
}

fn judge(
    vote: &Vote,
    time: i64,
    all: Count,
    took_part: Count,
    agreed: Count,
) -> (Decision, Measures, Measures) {
    let thresholds = vote.thresholds();
    let participation = Measures::new(took_part, all, thresholds.participation);
    let approval = Measures::new(agreed, took_part, thresholds.approval);
    let decision = if time < vote.opens {
        Decision::NotYetOpen
    } else if time < vote.closes {
        Decision::Open
    } else if !participation.met() {
        Decision::FailedByParticipation
    } else {
        match (approval.heads.met, approval.area.met) {
            (true, true) => Decision::Passed,
            (false, true) => Decision::FailedByHeads,
            (true, false) => Decision::FailedByArea,
            (false, false) => Decision::FailedByBoth,
        }
    };
    (decision, participation, approval)
}

fn with_silent(vote: &Vote, time: i64, all: Count, took_part: Count, agreed: Count) -> WithSilent {
    let silent = Count {
        area: all.area.saturating_sub(took_part.area),
        heads: all.heads.saturating_sub(took_part.heads),
    };
    let follows = majority(vote);
    let (took_part, agreed) = match follows {
        None => (took_part, agreed),
        Some(Choice::For) => (all, agreed.plus(silent)),
        Some(_) => (all, agreed),
    };
    let (decision, participation, approval) = judge(vote, time, all, took_part, agreed);
    WithSilent {
        silent,
        follows,
        decision,
        participation,
        approval,
    }
}

/// The choice that has strictly more heads and strictly more area than each other one.
fn majority(vote: &Vote) -> Option<Choice> {
    let count = |choice: Choice| vote.tally.of(choice).total();
    Choice::ALL.into_iter().find(|choice| {
        Choice::ALL.iter().all(|other| {
            let (own, theirs) = (count(*choice), count(*other));
            other == choice || (own.heads > theirs.heads && own.area > theirs.area)
        })
    })
}
