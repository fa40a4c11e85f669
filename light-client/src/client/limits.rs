//! What one call to a client may cost, so that no node can burn a phone.

use core::time::Duration;

use crate::client::between;
use crate::client::failure::Resource;
use crate::time::Time;
use crate::trust::Budget;

/// One part of so many of what a call may cost is held to be enough for a node to prove its header.
const FAIR: u32 = 16;

/// What the blocks may weigh that prove a header, for each signature that it costs: six blocks of validators with Ed25519 keys, two of ML-DSA.
const WEIGHT: u64 = 3 << 10;

/// The most that one call may cost. Of a set of thousands of validators, each node that shows another header gets what proving it costs on top, where its part
/// of these limits is less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Ed25519 signatures, as [`Budget`] counts them.
    pub signatures: u32,
    /// Light blocks and headers that are fetched.
    pub headers: u32,
    /// Bytes that are fetched. When a node's share of them runs out, what is on its way, four blocks or ten headers at most, comes on top. A block or header
    /// that failed and may have weighed something counts as 1 MiB.
    pub bytes: u64,
    /// Time on the device's clock, as far as that goes forward: setting it back prolongs nothing. When a node's share of it runs out, what is on its way
    /// comes on top.
    pub time: Duration,
}

impl Default for Limits {
    /// 30 000 signatures (seconds, even on an old phone), 1 000 headers, 32 MiB, two minutes.
    fn default() -> Limits {
        Limits {
            signatures: 30_000,
            headers: 1_000,
            bytes: 32 << 20,
            time: Duration::from_secs(120),
        }
    }
}

/// What a call has cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Ed25519 signatures.
    pub signatures: u32,
    /// Light blocks and headers.
    pub headers: u32,
    /// Bytes.
    pub bytes: u64,
}

/// Counts what a call costs.
///
/// Each node that is tried gets its share of what is left, so that a hostile one cannot use up what an honest one after it needs.
#[derive(Debug)]
pub(crate) struct Meter {
    limits: Limits,
    /// Time that has passed, and the clock at that moment.
    passed: Duration,
    seen: Time,
    budget: Budget,
    headers: u32,
    bytes: u64,
    /// Up to where the node that is being tried may go.
    share: Limits,
}

impl Meter {
    pub(crate) fn new(limits: Limits, started: Time) -> Meter {
        Meter {
            budget: Budget::new(limits.signatures),
            share: limits.clone(),
            limits,
            passed: Duration::ZERO,
            seen: started,
            headers: 0,
            bytes: 0,
        }
    }

    /// Gives the next node one part of `parts` of what is left.
    pub(crate) fn allot(&mut self, parts: u32, now: Time) {
        let parts = parts.max(1);
        let passed = self.passed(now);
        let left = |limit: u64, spent: u64| {
            spent.saturating_add(limit.saturating_sub(spent) / u64::from(parts))
        };
        let headers = left(self.limits.headers.into(), self.headers.into());
        self.share = Limits {
            signatures: self.budget.left() / parts,
            headers: u32::try_from(headers).unwrap_or(u32::MAX),
            bytes: left(self.limits.bytes, self.bytes),
            time: passed.saturating_add(self.limits.time.saturating_sub(passed) / parts),
        };
    }

    /// Gives the node that is tried next at least so many signatures and what their blocks weigh: what it lacks for that is not at the cost of the others.
    pub(crate) fn assure(&mut self, signatures: u32) {
        let more = signatures.saturating_sub(self.share.signatures);
        self.share.signatures = self.share.signatures.saturating_add(more);
        self.budget = Budget::new(self.budget.left().saturating_add(more));
        self.limits.signatures = self.limits.signatures.saturating_add(more);
        let weight = WEIGHT.saturating_mul(signatures.into());
        let more = self
            .bytes
            .saturating_add(weight)
            .saturating_sub(self.share.bytes);
        self.share.bytes = self.share.bytes.saturating_add(more);
        self.limits.bytes = self.limits.bytes.saturating_add(more);
    }

    /// Whether the node that is tried next has less than that of anything: an honest one may fail for that alone.
    pub(crate) fn is_scant(&self) -> bool {
        let (share, most) = (&self.share, &self.limits);
        share.signatures < most.signatures / FAIR
            || share.headers.saturating_sub(self.headers) < most.headers / FAIR
            || share.bytes.saturating_sub(self.bytes) < most.bytes / u64::from(FAIR)
            || share.time.saturating_sub(self.passed) < most.time / FAIR
    }

    /// How much has passed. What exceeds the node's share is not at the cost of the others.
    fn passed(&mut self, now: Time) -> Duration {
        let most = self.share.time.max(self.passed);
        self.passed = self.passed.saturating_add(between(self.seen, now));
        self.seen = now;
        let over = self.passed.saturating_sub(most);
        self.limits.time = self.limits.time.saturating_add(over);
        self.passed
    }

    /// How much time is left.
    pub(crate) fn time_left(&mut self, now: Time) -> Duration {
        let passed = self.passed(now);
        self.limits.time.saturating_sub(passed)
    }

    /// What the node that is being tried may cost in signatures.
    pub(crate) fn budget(&self) -> Budget {
        Budget::new(self.share.signatures.min(self.budget.left()))
    }

    /// Pays for signatures: what is left of a budget that was given out.
    pub(crate) fn settle(&mut self, given: Budget, left: Budget) {
        let cost = given.left().saturating_sub(left.left());
        self.budget = Budget::new(self.budget.left().saturating_sub(cost));
        self.share.signatures = self.share.signatures.saturating_sub(cost);
    }

    /// Before a header is fetched.
    pub(crate) fn admit(&mut self, now: Time) -> Result<(), Resource> {
        if self.passed(now) > self.share.time {
            return Err(Resource::Time);
        }
        if self.bytes >= self.share.bytes {
            return Err(Resource::Bytes);
        }
        if self.headers >= self.share.headers {
            return Err(Resource::Headers);
        }
        self.headers = self.headers.saturating_add(1);
        Ok(())
    }

    /// After it was fetched. What exceeds the node's share is not at the cost of the others.
    pub(crate) fn received(&mut self, bytes: u64) {
        let most = self.share.bytes.max(self.bytes);
        self.bytes = self.bytes.saturating_add(bytes);
        let over = self.bytes.saturating_sub(most);
        self.limits.bytes = self.limits.bytes.saturating_add(over);
    }

    pub(crate) fn spent(&self) -> Spent {
        Spent {
            signatures: self.limits.signatures.saturating_sub(self.budget.left()),
            headers: self.headers,
            bytes: self.bytes,
        }
    }
}
