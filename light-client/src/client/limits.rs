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
    /// What is held to be enough for a node to prove its header, whatever others cost on top.
    fair: Limits,
}

impl Meter {
    pub(crate) fn new(limits: Limits, started: Time) -> Meter {
        Meter {
            budget: Budget::new(limits.signatures),
            share: limits.clone(),
            fair: Limits {
                signatures: limits.signatures / FAIR,
                headers: limits.headers / FAIR,
                bytes: limits.bytes / u64::from(FAIR),
                time: limits.time / FAIR,
            },
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

    /// Of what the node that is tried next has too little: an honest one may fail for want of it.
    pub(crate) fn scant(&self) -> [Option<Resource>; 4] {
        let (share, fair) = (&self.share, &self.fair);
        let headers = share.headers.saturating_sub(self.headers);
        let bytes = share.bytes.saturating_sub(self.bytes);
        let time = share.time.saturating_sub(self.passed);
        [
            (share.signatures < fair.signatures).then_some(Resource::Signatures),
            (headers < fair.headers).then_some(Resource::Headers),
            (bytes < fair.bytes).then_some(Resource::Bytes),
            (time < fair.time).then_some(Resource::Time),
        ]
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

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    /// Of 16 signatures and bytes of a large set.
    fn meter() -> Meter {
        let limits = Limits {
            signatures: 16,
            bytes: 16 << 20,
            ..Limits::default()
        };
        Meter::new(limits, Time::UNIX_EPOCH)
    }

    #[test]
    fn what_a_large_set_costs_comes_on_top_of_a_part_that_is_less() {
        let mut meter = meter();
        meter.allot(4, Time::UNIX_EPOCH);
        meter.assure(10_000);
        assert_eq!(meter.budget().left(), 10_000);
        for _ in 0..6 {
            assert_eq!(meter.admit(Time::UNIX_EPOCH), Ok(()));
            meter.received(5_000_000);
        }
        meter.settle(Budget::new(10_000), Budget::new(0));
        assert_eq!(meter.spent().signatures, 10_000);
        // The next one has its part of what was left before.
        meter.allot(3, Time::UNIX_EPOCH);
        assert_eq!(meter.budget().left(), 4);
        assert_eq!(meter.admit(Time::UNIX_EPOCH), Ok(()));
        meter.received(4_000_000);
        assert_eq!(
            meter.admit(Time::UNIX_EPOCH),
            Ok(()),
            "a third of what is left"
        );
        meter.received(1_000_000);
        assert_eq!(meter.admit(Time::UNIX_EPOCH), Err(Resource::Bytes));
    }

    #[test]
    fn a_part_that_suffices_stays_as_it_is() {
        let mut meter = meter();
        meter.allot(4, Time::UNIX_EPOCH);
        let share = meter.share.clone();
        meter.assure(4);
        assert_eq!((meter.share, meter.limits.signatures), (share, 16));
    }

    /// What a node is short of that is tried next, with one of so many parts of what is left.
    fn short_of(parts: u32, meter: &mut Meter) -> Vec<Resource> {
        meter.allot(parts, meter.seen);
        meter.scant().into_iter().flatten().collect()
    }

    #[test]
    fn less_than_a_sixteenth_of_anything_is_too_little_of_that() {
        use Resource::{Bytes, Headers, Signatures, Time as Waiting};
        let limits = Limits {
            signatures: 1_600,
            headers: 1_600,
            bytes: 16 << 20,
            time: Duration::from_secs(160),
        };
        let later = |seconds: i128| Time::from_unix_nanos(seconds * 1_000_000_000).unwrap();
        let fresh = || Meter::new(limits.clone(), Time::UNIX_EPOCH);
        let all = [Signatures, Headers, Bytes, Waiting];
        assert_eq!(short_of(16, &mut fresh()), []);
        assert_eq!(short_of(17, &mut fresh()), all);
        let mut meter = fresh();
        meter.settle(Budget::new(801), Budget::new(0));
        assert_eq!(short_of(8, &mut meter), [Signatures]);
        meter = fresh();
        for _ in 0..801 {
            assert_eq!(meter.admit(Time::UNIX_EPOCH), Ok(()));
        }
        assert_eq!(short_of(8, &mut meter), [Headers]);
        meter = fresh();
        meter.allot(1, later(81));
        assert_eq!(short_of(8, &mut meter), [Waiting]);
        // What others cost beyond their parts makes nobody's part too small.
        meter = fresh();
        meter.allot(2, Time::UNIX_EPOCH);
        meter.received(1 << 40);
        assert_eq!(short_of(8, &mut meter), []);
        meter.allot(1, Time::UNIX_EPOCH);
        meter.received(1 << 10);
        assert_eq!(short_of(8, &mut meter), [Bytes]);
    }
}
