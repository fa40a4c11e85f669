//! Whether a chain whose headers look old moves on all the same: then it is the device's clock that is wrong.

/// A chain may move this much faster than the clock between two looks, in nanoseconds: its newest header was on its way.
const SLACK: i64 = 10_000_000_000;

/// When the newest header last changed.
#[derive(Default)]
pub struct Pace {
    /// Device's time of the change, and the header's own time.
    last: Option<(i64, i64)>,
    /// Whether the header moved on as fast as the device's clock.
    even: bool,
}

impl Pace {
    /// Notes the newest header's time at the device's time `now`. Whether the chain moves on as time goes by, and did so within the last `bound`
    /// seconds; a node that fetches what it has missed moves faster.
    pub fn moves(&mut self, now: i64, header: i64, bound: i64) -> bool {
        match self.last {
            Some((_, before)) if before == header => {}
            Some((then, before)) => {
                let came = header.saturating_sub(before);
                let gone = now.saturating_sub(then);
                self.even = came > 0 && came <= gone.saturating_add(SLACK);
                self.last = Some((now, header));
            }
            None => self.last = Some((now, header)),
        }
        let since = self.last.map_or(0, |(then, _)| now.saturating_sub(then));
        self.even && since <= bound.saturating_mul(1_000_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: i64 = 1_000_000_000;

    fn looks(pairs: &[(i64, i64)]) -> Vec<bool> {
        let mut pace = Pace::default();
        let look = |(now, header): &(i64, i64)| pace.moves(now * SECOND, header * SECOND, 120);
        pairs.iter().map(look).collect()
    }

    #[test]
    fn one_look_says_nothing_and_two_do() {
        assert_eq!(looks(&[(9_000, 0), (9_005, 5)]), [false, true]);
    }

    #[test]
    fn a_chain_that_stands_still_does_not_move() {
        assert_eq!(looks(&[(9_000, 0), (9_005, 0), (9_900, 0)]), [false; 3]);
        // It moved, and then stopped.
        let stopped = looks(&[(9_000, 0), (9_005, 5), (9_100, 5), (9_126, 5)]);
        assert_eq!(stopped, [false, true, true, false]);
    }

    #[test]
    fn a_node_that_catches_up_is_no_wrong_clock() {
        assert_eq!(looks(&[(9_000, 0), (9_005, 600)]), [false; 2]);
    }
}
