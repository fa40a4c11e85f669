//! What a client did and what the nodes said, for people and for logs.

use alloc::string::String;
use alloc::vec::Vec;

use crate::bisection::Leg;
use crate::client::limits::Spent;
use crate::client::provider::Fault;
use crate::codes::codes;
use crate::commit::Commit;
use crate::time::Time;
use crate::trust::{Tally, TrustedState, VerifiedHeader};

/// A header that was verified and that other members' nodes hold as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The header.
    pub header: VerifiedHeader,
    /// The votes for it; none where it rests on its hash alone.
    pub commit: Option<Commit>,
    /// How it was reached.
    pub trace: Trace,
    /// What each node said.
    pub standings: Vec<Standing>,
}

/// The way from what was trusted to a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Height that was trusted before.
    pub from: u64,
    /// The steps, in the order they were taken.
    pub steps: Vec<Step>,
    /// What it cost.
    pub spent: Spent,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Height that it led to.
    pub to: u64,
    /// Why it is trusted.
    pub kind: StepKind,
}

/// Why a step is trusted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// To the next height: the header before announced its validators.
    Next(Tally),
    /// Over heights between: enough of the trusted validators signed.
    Skip(Tally),
    /// Down a height: the header above names its hash.
    Back,
}

impl Trace {
    pub(crate) fn forward(from: &TrustedState, legs: &[Leg], spent: Spent) -> Trace {
        let steps = legs.iter().map(|leg| Step {
            to: leg.state.height(),
            kind: match leg.tally.trusted {
                None => StepKind::Next(leg.tally),
                Some(_) => StepKind::Skip(leg.tally),
            },
        });
        Trace {
            from: from.height(),
            steps: steps.collect(),
            spent,
        }
    }
}

/// How a node stands to the header in question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// What people know the node by.
    pub name: String,
    /// The member that runs it.
    pub member: String,
    /// The newest height that it claims to have.
    pub height: Option<u64>,
    /// What it said.
    pub said: Said,
    /// When it said that, by the device's clock; none where it was never asked.
    pub since: Option<Time>,
    /// When it last failed, where it has not led since.
    pub failed: Option<Time>,
}

/// What a node said of the header in question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// It was not asked.
    Nothing,
    /// It gave the blocks that led there.
    Led,
    /// It holds the same header.
    Agrees,
    /// It does not have that height yet.
    Behind,
    /// It proved another header of that height: the chain has forked.
    Forked,
    /// It holds another header of that height, or one that is trusted, or its newest block is lower and yet newer; and it failed to prove that.
    Disputes(Fault),
    /// It failed.
    Failed(Fault),
}

codes!(Said {
    Said::Nothing => "not-asked" "it was not asked",
    Said::Led => "led" "its blocks led there",
    Said::Agrees => "agrees" "it holds the same header",
    Said::Behind => "behind" "it does not have that height yet",
    Said::Forked => "forked" "it proved another header of that height",
    Said::Disputes(_) => "disputes" "it holds another header of that height, or claims a newer block that is lower, and failed to prove it",
    ; Said::Failed(fault) => fault.code()
});
