//! Bisection: from a trusted header to a far one, over as few headers in between as possible.

use alloc::vec::Vec;

use crate::reason::Reason;
use crate::step::{Verdict, verify_step};
use crate::time::Time;
use crate::trust::{Budget, LightBlock, Options, Tally, TrustedState};

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// What is trusted after it.
    pub state: TrustedState,
    /// The block that it led to, as the node gave it.
    pub block: LightBlock,
    /// How its votes counted.
    pub tally: Tally,
}

/// What a [`Bisection`] wants next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The light block of this height, from any source.
    Need(u64),
    /// Nothing: the target is trusted.
    Done,
    /// Nothing: a block was rejected. What was trusted so far stays trusted.
    Failed(Reason),
}

/// Follows the chain from a trusted height up to a target, without any I/O of its own: it says which light block it needs,
/// the caller supplies it from wherever it likes.
///
/// It first tries to step to the target at once. Where the trusted validators did not sign enough of it, it asks for the
/// header halfway, and so on; headers that were fetched are kept and tried again. A hostile node cannot keep it going: the
/// budget bounds the signatures, and each request halves a gap or follows a success.
#[derive(Clone, Debug)]
pub struct Bisection {
    trusted: TrustedState,
    options: Options,
    budget: Budget,
    progress: Progress,
    /// Blocks that were supplied but could not be trusted yet, the highest first.
    waiting: Vec<LightBlock>,
    legs: Vec<Leg>,
}

impl Bisection {
    /// Starts at a trusted state. A target at or below its height is `Done` only if it is that very height.
    pub fn new(trusted: TrustedState, target: u64, options: Options, budget: Budget) -> Bisection {
        let progress = match target.cmp(&trusted.height()) {
            core::cmp::Ordering::Greater => Progress::Need(target),
            core::cmp::Ordering::Equal => Progress::Done,
            core::cmp::Ordering::Less => Progress::Failed(Reason::HeightNotAbove {
                trusted: trusted.height(),
                found: target,
            }),
        };
        Bisection {
            trusted,
            options,
            budget,
            progress,
            waiting: Vec::new(),
            legs: Vec::new(),
        }
    }

    /// What is wanted next.
    pub fn next(&self) -> &Progress {
        &self.progress
    }

    /// The highest state that is trusted so far; a later attempt may start from it.
    pub fn trusted(&self) -> &TrustedState {
        &self.trusted
    }

    /// The steps that were taken, in their order.
    pub fn legs(&self) -> &[Leg] {
        &self.legs
    }

    /// The steps that were taken, given away.
    pub fn into_legs(self) -> Vec<Leg> {
        self.legs
    }

    /// What is left of the budget.
    pub fn budget(&self) -> Budget {
        self.budget
    }

    /// Takes the block that was asked for, at the time `now`. Once it is done or has failed, nothing changes any more.
    ///
    /// That a node does not answer is not told to it: the caller asks another node, and trust is kept.
    pub fn supply(&mut self, block: LightBlock, now: Time) -> &Progress {
        if let Progress::Need(expected) = self.progress {
            let found = block.height();
            self.progress = if found == expected {
                self.waiting.push(block);
                self.advance(now)
            } else {
                Progress::Failed(Reason::WrongHeight { expected, found })
            };
        }
        &self.progress
    }

    /// Tries the waiting blocks from the lowest up, until one is too far away.
    fn advance(&mut self, now: Time) -> Progress {
        while let Some(block) = self.waiting.pop() {
            match verify_step(&self.trusted, &block, &self.options, now, &mut self.budget) {
                Verdict::Trusted(state, tally) => {
                    self.trusted = (*state).clone();
                    self.legs.push(Leg {
                        state: *state,
                        block,
                        tally,
                    });
                }
                Verdict::NotEnoughTrust(_) => {
                    let gap = block.height().saturating_sub(self.trusted.height());
                    self.waiting.push(block);
                    return Progress::Need(self.trusted.height().saturating_add(gap / 2));
                }
                Verdict::Rejected(reason) => return Progress::Failed(reason),
            }
        }
        Progress::Done
    }
}
