//! The way from what was trusted to a header, as a verdict tells it.

use crate::verdict::Step;
use alloc::vec::Vec;
use light_client::{
    Tally,
    client::{StepKind, Trace},
};

/// Steps that are told one by one: a long way's last.
const TOLD: usize = 20;

/// A way, since this program began or since trust began anew.
#[derive(Default)]
pub struct Way {
    /// The height that was trusted before the first step; 0 where there was no header yet.
    pub from: u64,
    /// The newest header's height.
    to: u64,
    /// How many steps it has.
    pub steps: u32,
    /// What their signatures cost, in Ed25519 signatures.
    pub signatures: u32,
    /// The last of them, at most [`TOLD`].
    pub last: Vec<Step>,
}

impl Way {
    /// Goes on to a height, where the trace begins at the end; begins anew otherwise.
    pub fn go(&mut self, trace: &Trace, height: u64) {
        if self.to != trace.from {
            *self = Self::default();
            self.from = trace.from;
        }
        for step in &trace.steps {
            if let StepKind::Next(tally) | StepKind::Skip(tally) = step.kind {
                self.step(step.to, tally);
            }
        }
        self.signatures = self.signatures.saturating_add(trace.spent.signatures);
        self.to = height;
    }

    /// Adds a step.
    pub fn step(&mut self, to: u64, tally: Tally) {
        if self.last.len() == TOLD {
            self.last.remove(0);
        }
        let trusted = tally.trusted.map(|share| (share.signed, share.total));
        let (trusted_signed, trusted_total) = trusted.unwrap_or_default();
        self.last.push(Step {
            to,
            signed: tally.own.signed,
            total: tally.own.total,
            trusted_signed,
            trusted_total,
        });
        self.steps = self.steps.saturating_add(1);
    }
}
