//! The calendar month of a block time in China.

const NANOSECONDS_PER_DAY: i64 = 86_400_000_000_000;
const UTC_PLUS_8: i64 = 8 * 3_600_000_000_000;

/// Months since March of the year 0 at UTC+8: equal for two times in one calendar month, and only
/// then. Days are counted in eras of 400 years that begin in March, so that leap days come last.
pub(super) fn month_in_china(time: i64) -> i64 {
    let days = time
        .saturating_add(UTC_PLUS_8)
        .div_euclid(NANOSECONDS_PER_DAY)
        + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day_of_year = day - (365 * year + year / 4 - year / 100);
    (era * 400 + year) * 12 + (5 * day_of_year + 2) / 153
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = NANOSECONDS_PER_DAY;
    /// 2026-01-01T00:00:00Z.
    const NEW_YEAR: i64 = 1_767_225_600_000_000_000;

    #[test]
    fn a_month_begins_at_midnight_in_china() {
        let midnight = NEW_YEAR - UTC_PLUS_8;
        assert_eq!(month_in_china(midnight - 1) + 1, month_in_china(midnight));
        assert_eq!(month_in_china(midnight), month_in_china(NEW_YEAR));
        assert_eq!(
            month_in_china(midnight),
            month_in_china(midnight + 31 * DAY - 1)
        );
        assert_eq!(
            month_in_china(midnight) + 1,
            month_in_china(midnight + 31 * DAY)
        );
    }

    /// Walks three centuries day by day with the plain rules of the calendar.
    #[test]
    fn every_day_of_1970_to_2260_is_in_its_month() {
        let (mut year, mut month, mut day) = (1970_i64, 1_i64, 1_i64);
        for days in 0..106_000 {
            let expected = year * 12 + month - 3;
            assert_eq!(
                month_in_china(days * DAY - UTC_PLUS_8),
                expected,
                "{year}-{month}-{day}"
            );
            assert_eq!(month_in_china(days * DAY - UTC_PLUS_8 + DAY - 1), expected);
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let length = [
                31,
                28 + i64::from(leap),
                31,
                30,
                31,
                30,
                31,
                31,
                30,
                31,
                30,
                31,
            ];
            day += 1;
            if day > length[month as usize - 1] {
                (day, month) = (1, month + 1);
            }
            if month > 12 {
                (month, year) = (1, year + 1);
            }
        }
    }

    #[test]
    fn the_extremes_have_a_month() {
        assert!(month_in_china(i64::MIN) < month_in_china(i64::MAX));
    }
}
