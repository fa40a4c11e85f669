//! What one call to a client may cost, so that no node can burn a phone.

use core::time::Duration;

use crate::client::between;
use crate::client::failure::Resource;
use crate::time::Time;
use crate::trust::Budget;
use crate::validators::ValidatorSet;

/// One part of so many of what a call may cost is held to be enough for a node to prove its header.
const FAIR: u32 = 16;

/// What the answers may weigh that prove a header, for each validator: twelve votes, since older nodes give headers with them, and six keys and votes more.
const WEIGHT: u64 = 6 << 10;

/// And for each byte of its key: where keys are long, signatures are.
const WEIGHT_OF_KEY: u64 = 48;

/// A node that has signatures for fewer steps of the trusted set than these may fail for want of them.
const STEPS: u32 = 4;

/// One part of so many of the time that a call may take is what each node gets to prove its header.
const HEARING: u32 = 4;

/// The most that one call may cost. Each node that shows another header gets on top what it lacks of a quarter of the time, and of what proving a header costs
/// of as many validators as are trusted.
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
    /// What is held to be enough for a node to prove its header, whatever others cost on top; of time, what it gets.
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
                time: limits.time / HEARING,
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

    /// Gives the node that is tried next at least what it costs to prove a header of these validators, and time for it: what it lacks for that is not at the
    /// cost of the others.
    pub(crate) fn assure(&mut self, validators: &ValidatorSet) {
        let (mut signatures, mut weight) = (0u32, 0u64);
        for validator in validators.validators() {
            let key = validator.key();
            signatures = signatures.saturating_add(key.cost());
            let length = u64::try_from(key.as_bytes().len()).unwrap_or(u64::MAX);
            let of_key = WEIGHT_OF_KEY.saturating_mul(length);
            weight = weight.saturating_add(WEIGHT.saturating_add(of_key));
        }
        let enough = signatures.saturating_mul(STEPS);
        self.fair.signatures = self.fair.signatures.max(enough);
        let more = signatures.saturating_sub(self.share.signatures);
        self.share.signatures = self.share.signatures.saturating_add(more);
        self.budget = Budget::new(self.budget.left().saturating_add(more));
        self.limits.signatures = self.limits.signatures.saturating_add(more);
        let upto = self.bytes.saturating_add(weight);
        let more = upto.saturating_sub(self.share.bytes);
        self.share.bytes = self.share.bytes.saturating_add(more);
        self.limits.bytes = self.limits.bytes.saturating_add(more);
        let until = self.passed.saturating_add(self.fair.time);
        let more = until.saturating_sub(self.share.time);
        self.share.time = self.share.time.saturating_add(more);
        self.limits.time = self.limits.time.saturating_add(more);
    }

    /// Of what the node that is tried next has too little: an honest one may fail for want of it.
    pub(crate) fn scant(&self) -> [Option<Resource>; 3] {
        let (share, fair) = (&self.share, &self.fair);
        let headers = share.headers.saturating_sub(self.headers);
        let bytes = share.bytes.saturating_sub(self.bytes);
        [
            (share.signatures < fair.signatures).then_some(Resource::Signatures),
            (headers < fair.headers).then_some(Resource::Headers),
            (bytes < fair.bytes).then_some(Resource::Bytes),
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
    use crate::keys::PublicKey;
    use crate::validators::Validator;
    use alloc::vec::Vec;

    /// So many validators with Ed25519 keys.
    fn set(validators: u64) -> ValidatorSet {
        let validators = (0..validators).map(|number| {
            let mut key = [0; 32];
            key[..8].copy_from_slice(&number.to_be_bytes());
            Validator::new(PublicKey::Ed25519(key), 1)
        });
        ValidatorSet::new(validators.collect()).unwrap()
    }

    fn at(seconds: i128) -> Time {
        Time::from_unix_nanos(seconds * 1_000_000_000).unwrap()
    }

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
        meter.assure(&set(10_000));
        assert_eq!(meter.budget().left(), 10_000);
        for _ in 0..15 {
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
    fn what_a_node_costs_is_taken_from_its_own_part() {
        let mut meter = meter();
        meter.allot(2, Time::UNIX_EPOCH);
        for left in [5, 2, 0] {
            let given = meter.budget();
            meter.settle(given, Budget::new(left));
            assert_eq!(meter.budget().left(), left);
        }
        meter.allot(1, Time::UNIX_EPOCH);
        assert_eq!(meter.budget().left(), 8, "the others have theirs");
    }

    #[test]
    fn a_part_that_suffices_stays_as_it_is() {
        let mut meter = meter();
        meter.allot(4, Time::UNIX_EPOCH);
        let share = meter.share.clone();
        meter.assure(&set(4));
        assert_eq!((meter.share, meter.limits.signatures), (share, 16));
    }

    /// What a node is short of that is tried next, with one of so many parts of what is left.
    fn short_of(parts: u32, meter: &mut Meter) -> Vec<Resource> {
        meter.allot(parts, meter.seen);
        meter.scant().into_iter().flatten().collect()
    }

    #[test]
    fn less_than_a_sixteenth_of_anything_is_too_little_of_that() {
        use Resource::{Bytes, Headers, Signatures};
        let limits = Limits {
            signatures: 1_600,
            headers: 1_600,
            bytes: 16 << 20,
            time: Duration::from_secs(160),
        };
        let fresh = || Meter::new(limits.clone(), Time::UNIX_EPOCH);
        let all = [Signatures, Headers, Bytes];
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
        // What others cost beyond their parts makes nobody's part too small.
        meter = fresh();
        meter.allot(2, Time::UNIX_EPOCH);
        meter.received(1 << 40);
        assert_eq!(short_of(8, &mut meter), []);
        meter.allot(1, Time::UNIX_EPOCH);
        meter.received(1 << 10);
        assert_eq!(short_of(8, &mut meter), [Bytes]);
    }

    #[test]
    fn whatever_time_has_passed_each_gets_a_quarter_at_nobodys_cost() {
        let limits = Limits {
            time: Duration::from_secs(160),
            ..Limits::default()
        };
        let mut meter = Meter::new(limits, at(0));
        meter.allot(1, at(150));
        meter.allot(2, at(150));
        meter.assure(&set(4));
        assert_eq!(meter.admit(at(190)), Ok(()));
        assert_eq!(meter.admit(at(191)), Err(Resource::Time));
        assert_eq!(meter.time_left(at(191)), Duration::from_secs(5));
    }

    #[test]
    fn a_part_that_holds_four_steps_of_the_trusted_set_is_enough() {
        for (validators, is_scant) in [(400, false), (401, true)] {
            let limits = Limits {
                signatures: 1_600,
                ..Limits::default()
            };
            let mut meter = Meter::new(limits, at(0));
            meter.allot(1, at(0));
            meter.assure(&set(validators));
            let short = meter.scant().contains(&Some(Resource::Signatures));
            assert_eq!(short, is_scant, "{validators}");
        }
    }
}
