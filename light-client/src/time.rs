//! Points in time, exact to the nanosecond.

use alloc::string::String;
use core::fmt;
use core::time::Duration;

const NANOS_PER_SECOND: i128 = 1_000_000_000;
const SECONDS_PER_DAY: i64 = 86_400;

/// A point in time in UTC: whole seconds since 1970-01-01T00:00:00Z and the nanoseconds on top.
///
/// Signatures cover every nanosecond, so a time never passes through floating point or a JavaScript `Date`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time {
    seconds: i64,
    nanos: u32,
}

impl Time {
    /// 0001-01-01T00:00:00Z, the zero value of a Go `time.Time`; absent votes carry it.
    pub const GO_ZERO: Time = Time {
        seconds: -62_135_596_800,
        nanos: 0,
    };
    /// 1970-01-01T00:00:00Z, which some software writes for absent votes.
    pub const UNIX_EPOCH: Time = Time {
        seconds: 0,
        nanos: 0,
    };
    const MAX_SECONDS: i64 = 253_402_300_799;

    /// A time between the years 1 and 9999, which is what RFC 3339 and protobuf can express.
    pub fn new(seconds: i64, nanos: u32) -> Option<Time> {
        let in_range = (Time::GO_ZERO.seconds..=Time::MAX_SECONDS).contains(&seconds);
        (in_range && nanos < 1_000_000_000).then_some(Time { seconds, nanos })
    }

    /// The time that lies this many nanoseconds after 1970 (before it, when negative).
    pub fn from_unix_nanos(nanos: i128) -> Option<Time> {
        let seconds = i64::try_from(nanos.div_euclid(NANOS_PER_SECOND)).ok()?;
        Time::new(
            seconds,
            u32::try_from(nanos.rem_euclid(NANOS_PER_SECOND)).ok()?,
        )
    }

    /// Whole seconds since 1970, rounded down.
    pub fn seconds(&self) -> i64 {
        self.seconds
    }

    /// Nanoseconds within the second, 0 to 999 999 999.
    pub fn nanos(&self) -> u32 {
        self.nanos
    }

    /// Nanoseconds since 1970.
    pub fn unix_nanos(&self) -> i128 {
        i128::from(self.seconds) * NANOS_PER_SECOND + i128::from(self.nanos)
    }

    /// Nanoseconds since 1970 of the time `later` after this one; beyond the year 9999 too.
    pub(crate) fn unix_nanos_after(&self, later: Duration) -> i128 {
        let later =
            i128::from(later.as_secs()) * NANOS_PER_SECOND + i128::from(later.subsec_nanos());
        self.unix_nanos() + later
    }

    /// Reads an RFC 3339 date and time such as `2026-11-21T10:20:52.784247877Z`, with up to nine decimals.
    pub fn parse_rfc3339(text: &str) -> Option<Time> {
        let mut rest = Text(text.as_bytes());
        let year = rest.number(4)?;
        rest.expect(b'-')?;
        let month = rest.number(2)?;
        rest.expect(b'-')?;
        let day = rest.number(2)?;
        rest.expect(b'T')?;
        let hour = rest.number(2)?;
        rest.expect(b':')?;
        let minute = rest.number(2)?;
        rest.expect(b':')?;
        let second = rest.number(2)?;
        let nanos = rest.fraction()?;
        let offset = rest.offset()?;
        let date_exists =
            (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
        // CometBFT writes UTC only, where a leap second does not occur (Go has none).
        if !rest.0.is_empty() || !date_exists || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = days_from_civil(year, month, day);
        Time::new(
            days * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second - offset,
            nanos,
        )
    }
}

impl fmt::Display for Time {
    /// RFC 3339 in UTC as Go prints it: trailing zeros of the fraction left out.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = civil_from_days(self.seconds.div_euclid(SECONDS_PER_DAY));
        let of_day = self.seconds.rem_euclid(SECONDS_PER_DAY);
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        write!(
            out,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"
        )?;
        if self.nanos > 0 {
            let digits: String = alloc::format!("{:09}", self.nanos);
            write!(out, ".{}", digits.trim_end_matches('0'))?;
        }
        out.write_str("Z")
    }
}

struct Text<'a>(&'a [u8]);

impl Text<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (&first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(first)
    }

    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.byte()? == wanted).then_some(())
    }

    fn number(&mut self, digits: usize) -> Option<i64> {
        let mut value = 0;
        for _ in 0..digits {
            let digit = self.byte()?;
            if !digit.is_ascii_digit() {
                return None;
            }
            value = value * 10 + i64::from(digit - b'0');
        }
        Some(value)
    }

    fn fraction(&mut self) -> Option<u32> {
        if self.0.first() != Some(&b'.') {
            return Some(0);
        }
        self.byte();
        let (mut nanos, mut unit) = (0, 100_000_000);
        let before = self.0.len();
        while let Some(digit) = self.0.first().filter(|byte| byte.is_ascii_digit()) {
            if unit == 0 {
                return None;
            }
            nanos += u32::from(digit - b'0') * unit;
            unit /= 10;
            self.byte();
        }
        (self.0.len() < before).then_some(nanos)
    }

    /// Seconds east of UTC.
    fn offset(&mut self) -> Option<i64> {
        let sign = match self.byte()? {
            b'Z' => return Some(0),
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let hours = self.number(2)?;
        self.expect(b':')?;
        let minutes = self.number(2)?;
        (hours <= 23 && minutes <= 59).then_some(sign * (hours * 3600 + minutes * 60))
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar. Years begin in March here, so that the leap day is the last one.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day_of_year - (153 * from_march + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn times_are_read_and_printed_exactly() {
        for (text, seconds, nanos) in [
            ("0001-01-01T00:00:00Z", -62_135_596_800, 0),
            ("1969-12-31T23:59:59.000000001Z", -1, 1),
            ("1970-01-01T00:00:00Z", 0, 0),
            ("2000-02-29T12:00:00.5Z", 951_825_600, 500_000_000),
            ("2024-02-29T00:00:00Z", 1_709_164_800, 0),
            ("2026-11-21T10:20:54.05395719Z", 1_795_256_454, 53_957_190),
            (
                "9999-12-31T23:59:59.999999999Z",
                253_402_300_799,
                999_999_999,
            ),
        ] {
            let time = Time::parse_rfc3339(text).expect(text);
            assert_eq!((time.seconds(), time.nanos()), (seconds, nanos), "{text}");
            assert_eq!(time.to_string(), text);
            assert_eq!(Time::from_unix_nanos(time.unix_nanos()), Some(time));
        }
    }

    #[test]
    fn a_second_has_fewer_nanoseconds_than_a_thousand_millions() {
        assert!(Time::new(0, 999_999_999).is_some());
        assert_eq!(Time::new(0, 1_000_000_000), None);
    }

    #[test]
    fn a_time_later_is_counted_in_seconds_and_their_parts() {
        let later = Time::UNIX_EPOCH.unix_nanos_after(Duration::from_millis(1_500));
        assert_eq!(later, 1_500_000_000);
    }

    #[test]
    fn every_day_of_four_centuries_survives_the_calendar() {
        for days in -719_162..-573_000 {
            let (year, month, day) = civil_from_days(days);
            assert_eq!(days_from_civil(year, month, day), days);
        }
    }

    #[test]
    fn an_offset_is_taken_off() {
        for (text, utc) in [
            ("2026-01-01T08:00:00+08:00", "2026-01-01T00:00:00Z"),
            ("2026-01-01T00:00:00-03:30", "2026-01-01T03:30:00Z"),
            ("2024-03-01T23:58:59+23:59", "2024-02-29T23:59:59Z"),
            ("0001-01-01T00:01:00+00:01", "0001-01-01T00:00:00Z"),
            ("9999-12-31T23:58:59-00:01", "9999-12-31T23:59:59Z"),
        ] {
            let time = Time::parse_rfc3339(text).expect(text);
            assert_eq!(time.to_string(), utc, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for text in [
            "",
            "2026-01-01",
            "2026-01-01T00:00:00",
            "2026-00-01T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-01-00T00:00:00Z",
            "2026-01-32T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2026-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2000-02-30T00:00:00Z",
            "2026-01-01T24:00:00Z",
            "2026-01-01T00:60:00Z",
            "2026-01-01T00:00:60Z",
            "2026-01-01T00:00:00+24:00",
            "2026-01-01T00:00:00+08:60",
            "2026-01-01T00:00:00+0800",
            "2026-01-01T00:00:00,5Z",
            "0001-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "2026-01-01T00:00:00.Z",
            "2026-01-01T00:00:00.1234567890Z",
            "2026-01-01T00:00:00Zx",
            "0000-12-31T23:59:59Z",
            "+026-01-01T00:00:00Z",
        ] {
            assert_eq!(Time::parse_rfc3339(text), None, "{text}");
        }
    }
}
