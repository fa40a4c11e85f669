//! The days of the script: six weeks that lie before now, in the time of China (UTC+8), or the same days in a few minutes from now on.

use super::{Size, Tempo};
use records::codes::Date;

/// Nanoseconds of a second, an hour, a day.
pub const SECOND: i64 = 1_000_000_000;
pub const HOUR: i64 = 3600 * SECOND;
pub const DAY: i64 = 24 * HOUR;
/// From the first block to the last.
pub const SPAN: i64 = 42 * DAY;
/// Whole days that fit into [`SPAN`] wherever it begins, from 0.
pub const DAYS: u32 = 41;
/// Slots of a day at which blocks carry events.
pub const SLOTS: usize = 5;
/// Slots after the last whole day.
pub const LAST_SLOTS: usize = 3;

const CHINA: i64 = 8 * HOUR;
/// Hour and minute of each slot.
const CLOCK: [(i64, i64); SLOTS] = [(9, 5), (11, 40), (14, 20), (17, 15), (20, 50)];
/// Minutes before the end.
const LAST: [i64; LAST_SLOTS] = [95, 50, 12];

/// A live script's first slot comes this long after its start: the processes have to come up.
const LEAD: i64 = 40 * SECOND;
/// A live vote is announced this much earlier and, as a live grant, ends this much later, in case that blocks come late.
const GRACE: i64 = 30 * SECOND;

/// Block times of the script.
#[derive(Clone, Copy)]
pub struct Calendar {
    start: i64,
    midnight: i64,
    size: Size,
    tempo: Tempo,
}

impl Calendar {
    /// For a chain whose first block has this time, Unix nanoseconds.
    pub fn new(start: i64, size: Size, tempo: Tempo) -> Self {
        let since_midnight = (start + CHINA).rem_euclid(DAY);
        Self {
            start,
            midnight: start - since_midnight + DAY,
            size,
            tempo,
        }
    }

    /// Time of the first block.
    pub fn start(&self) -> i64 {
        self.start
    }

    /// Where the script ends; of the past one, shortly before now.
    pub fn end(&self) -> i64 {
        match self.tempo {
            Tempo::Past => self.start + SPAN,
            Tempo::Live => self.live(DAYS, LAST_SLOTS),
        }
    }

    /// Between two slots of a live script: blocks come about once a second, and those of the full set are full.
    fn beat(&self) -> i64 {
        match self.size {
            Size::Full => 2 * SECOND,
            Size::Small => SECOND,
        }
    }

    fn live(&self, day: u32, slot: usize) -> i64 {
        self.start + LEAD + (i64::from(day) * SLOTS as i64 + slot as i64) * self.beat()
    }

    /// A block's time on a day from 0 to 40. The small set has two slots a day, the full one five.
    pub fn at(&self, day: u32, slot: usize) -> i64 {
        assert!(day < DAYS && slot < SLOTS, "outside the script");
        let slot = match self.size {
            Size::Full => slot,
            Size::Small if slot < 3 => 1,
            Size::Small => 3,
        };
        if self.tempo == Tempo::Live {
            return self.live(day, slot);
        }
        let (hour, minute) = CLOCK[slot];
        self.midnight + i64::from(day) * DAY + hour * HOUR + minute * 60 * SECOND
    }

    /// A block's time after the last whole day.
    pub fn last(&self, slot: usize) -> i64 {
        match self.tempo {
            Tempo::Past => self.end() - LAST[slot] * 60 * SECOND,
            Tempo::Live => self.live(DAYS, slot),
        }
    }

    /// Midnight before a day, later ones than the script's included: when ballots may begin.
    pub fn midnight(&self, day: u32) -> i64 {
        match self.tempo {
            Tempo::Past => self.midnight + i64::from(day) * DAY,
            Tempo::Live if day <= DAYS => self.live(day, 0) - self.beat() / 4,
            Tempo::Live => self.end() + i64::from(day - DAYS) * DAY,
        }
    }

    /// When ballots end that may be cast until a day's midnight.
    pub fn closing(&self, day: u32) -> i64 {
        match self.tempo {
            Tempo::Past => self.midnight(day),
            Tempo::Live => self.midnight(day) + GRACE,
        }
    }

    /// When something ends that is used up to a day's slot.
    pub fn lapse(&self, day: u32, slot: usize) -> i64 {
        match self.tempo {
            Tempo::Past => self.at(day, slot),
            Tempo::Live => self.at(day, slot) + GRACE,
        }
    }

    /// When a vote is announced on a day.
    pub fn announcement(&self, day: u32) -> i64 {
        match self.tempo {
            Tempo::Past => self.at(day, 0),
            Tempo::Live => self.live(day, 0) - GRACE,
        }
    }

    /// Day and slot numbered through, for whoever spreads events over days.
    pub fn nth(&self, slot: usize) -> i64 {
        self.at((slot / SLOTS) as u32, slot % SLOTS)
    }
}

/// The day in China.
pub fn date(time: i64) -> Date {
    let days = (time + CHINA).div_euclid(DAY);
    let (year, month, day) = civil(days);
    Date::new(year, month, day).expect("a day between 1970 and 2999")
}

/// Year, month and day of a number of days since 1970-01-01 (Hinnant's `civil_from_days`).
fn civil(days: i64) -> (u16, u8, u8) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year + era * 400 + i64::from(month <= 2);
    (year as u16, month as u8, day as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar_in_china() {
        for (seconds, text) in [
            (0, "1970-01-01"),
            (57_599, "1970-01-01"),
            (57_600, "1970-01-02"),
            (951_782_399, "2000-02-29"),
            (1_767_225_600, "2026-01-01"),
            (1_798_732_800, "2027-01-01"),
            (1_798_732_799 - 8 * 3600, "2026-12-31"),
        ] {
            assert_eq!(date(seconds * SECOND).to_string(), text);
        }
    }

    #[test]
    fn block_times_rise_and_lie_within_the_span_whenever_it_begins() {
        for size in [Size::Full, Size::Small] {
            for hours in 0..24 {
                let start = 1_790_000_000 * SECOND + hours * HOUR;
                let calendar = Calendar::new(start, size, Tempo::Past);
                let mut times: Vec<i64> = (0..DAYS)
                    .flat_map(|day| (0..SLOTS).map(move |slot| (day, slot)))
                    .map(|(day, slot)| calendar.at(day, slot))
                    .chain((0..LAST_SLOTS).map(|slot| calendar.last(slot)))
                    .collect();
                assert!(times.is_sorted());
                times.dedup();
                let per_day = if size == Size::Full { 5 } else { 2 };
                assert_eq!(times.len(), DAYS as usize * per_day + 3);
                assert!(times[0] > calendar.start());
                assert!(times[times.len() - 1] < calendar.end());
            }
        }
    }

    #[test]
    fn a_live_script_keeps_the_order_of_its_days_and_takes_minutes() {
        for size in [Size::Full, Size::Small] {
            let calendar = Calendar::new(1_790_000_000 * SECOND, size, Tempo::Live);
            let mut before = calendar.start();
            for day in 0..DAYS {
                assert!(before < calendar.midnight(day));
                assert!(calendar.midnight(day) < calendar.at(day, 0));
                before = calendar.at(day, SLOTS - 1);
            }
            assert!(before < calendar.last(0) && calendar.last(LAST_SLOTS - 1) < calendar.end());
            assert!(calendar.start() < calendar.announcement(0), "members first");
            assert!(calendar.closing(30) < calendar.end(), "closed when told");
            assert!(calendar.midnight(DAYS + 1) > calendar.end() + HOUR, "open");
            assert!(calendar.end() - calendar.start() < 10 * 60 * SECOND);
        }
    }
}
