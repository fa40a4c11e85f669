/// How long a scan may take. The clock is the caller's: a browser's `performance.now`, or an `Instant`.
pub struct Budget<'a> {
    clock_ms: &'a dyn Fn() -> f64,
    ends_ms: f64,
}

impl<'a> Budget<'a> {
    /// A budget of `limit_ms` milliseconds from now on, by a clock that gives milliseconds since any moment.
    #[must_use]
    pub fn new(clock_ms: &'a dyn Fn() -> f64, limit_ms: f64) -> Self {
        Self {
            clock_ms,
            ends_ms: clock_ms() + limit_ms,
        }
    }

    /// Whether the time is used up. A clock that gives no number leaves no time.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let now = (self.clock_ms)();
        now.is_nan() || self.ends_ms.is_nan() || now >= self.ends_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_budget_is_over_when_its_time_has_passed() {
        let now = Cell::new(100.0);
        let clock = || now.get();
        let budget = Budget::new(&clock, 50.0);
        assert!(!budget.is_over());
        now.set(149.9);
        assert!(!budget.is_over());
        now.set(150.0);
        assert!(budget.is_over());
        now.set(f64::NAN);
        assert!(budget.is_over());
    }
}
