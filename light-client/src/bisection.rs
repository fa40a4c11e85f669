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
    /// Blocks that came before they were wanted.
    held: Vec<LightBlock>,
    legs: Vec<Leg>,
    /// The most heights that a step has led up.
    reach: u64,
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
            held: Vec::new(),
            legs: Vec::new(),
            reach: 0,
        }
    }

    /// What is wanted next.
    pub fn next(&self) -> &Progress {
        &self.progress
    }

    /// The height that is wanted, and at most so many in all that will be wanted after it if steps go on to reach as far as they did, and no farther. Whoever
    /// fetches them together, and lets the others be [held](Bisection::hold), waits less often; a step that reaches farther leaves some of them unused.
    pub fn foreseen(&self, most: usize) -> Vec<u64> {
        let Progress::Need(wanted) = self.progress else {
            return Vec::new();
        };
        let mut foreseen = Vec::from([wanted]);
        let mut low = self.trusted.height();
        let mut above: Vec<u64> = self.waiting.iter().map(LightBlock::height).collect();
        above.push(wanted);
        // Nothing is known before the first step.
        while self.reach > 0
            && foreseen.len() < most
            && let Some(next) = above.last().copied()
        {
            let gap = next.saturating_sub(low);
            if gap <= self.reach {
                low = next;
                above.pop();
                continue;
            }
            let middle = low.saturating_add(gap / 2);
            above.push(middle);
            if self.place_of(middle).is_none() {
                foreseen.push(middle);
            }
        }
        foreseen
    }

    fn place_of(&self, height: u64) -> Option<usize> {
        self.held.iter().position(|block| block.height() == height)
    }

    /// Keeps a block until it is wanted; it is not looked at before.
    pub fn hold(&mut self, block: LightBlock) {
        self.held.push(block);
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
                    let gap = state.height().saturating_sub(self.trusted.height());
                    self.reach = self.reach.max(gap);
                    self.trusted = (*state).clone();
                    self.legs.push(Leg {
                        state: *state,
                        block,
                        tally,
                    });
                }
                Verdict::NotEnoughTrust(_) => {
                    let low = self.trusted.height();
                    let middle = low.saturating_add(block.height().saturating_sub(low) / 2);
                    self.waiting.push(block);
                    self.held.retain(|block| block.height() > low);
                    match self.place_of(middle) {
                        Some(place) => self.waiting.push(self.held.swap_remove(place)),
                        None => return Progress::Need(middle),
                    }
                }
                Verdict::Rejected(reason) => return Progress::Failed(reason),
            }
        }
        Progress::Done
    }
}
