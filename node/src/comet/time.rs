//! Times: Unix nanoseconds inside, protocol-buffer timestamps on the wire, RFC 3339 in JSON.

use super::{Commit, Timestamp, ValidatorSet};

const SECOND: i64 = 1_000_000_000;

/// A timestamp from Unix nanoseconds.
pub fn timestamp(nanos: i64) -> Timestamp {
    Timestamp {
        seconds: nanos.div_euclid(SECOND),
        nanos: nanos.rem_euclid(SECOND) as i32,
    }
}

/// Unix nanoseconds of a timestamp; saturates outside the years 1677 to 2262.
pub fn nanos(time: &Timestamp) -> i64 {
    time.seconds
        .saturating_mul(SECOND)
        .saturating_add(i64::from(time.nanos))
}

/// Go's zero time, 0001-01-01: what an absent vote carries.
pub fn zero_timestamp() -> Timestamp {
    Timestamp {
        seconds: -62_135_596_800,
        nanos: 0,
    }
}

/// RFC 3339 as Go prints it: no trailing zeros in the fraction, `Z`.
pub fn rfc3339(time: &Timestamp) -> String {
    let (year, month, day) = civil_from_days(time.seconds.div_euclid(86_400));
    let second = time.seconds.rem_euclid(86_400);
    let mut text = format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    );
    if time.nanos != 0 {
        let fraction = format!("{:09}", time.nanos);
        text.push('.');
        text.push_str(fraction.trim_end_matches('0'));
    }
    text.push('Z');
    text
}

/// Reads what [`rfc3339`] writes: a date that there is, in the years 1 to 9999, and a time of day.
pub fn from_rfc3339(text: &str) -> Option<Timestamp> {
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let text = text.strip_suffix('Z')?;
    let (date, clock) = text.split_once('T')?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let numbers = |text: &str, separator| -> Option<[i64; 3]> {
        let parts: Option<Vec<i64>> = text
            .split(separator)
            .map(|part| part.parse().ok().filter(|_| is_digits(part)))
            .collect();
        parts?.try_into().ok()
    };
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(clock, ':')?;
    let bounds = [
        (year, 1..=9999),
        (month, 1..=12),
        (day, 1..=31),
        (hour, 0..=23),
        (minute, 0..=59),
        (second, 0..=59),
    ];
    let is_out = !is_digits(fraction) || fraction.len() > 9;
    if is_out || bounds.iter().any(|(number, bound)| !bound.contains(number)) {
        return None;
    }
    let days = days_from_civil(year, month, day);
    if civil_from_days(days) != (year, month, day) {
        return None;
    }
    Some(Timestamp {
        seconds: days * 86_400 + hour * 3600 + minute * 60 + second,
        nanos: format!("{fraction:0<9}").parse().ok()?,
    })
}

/// BFT time: the median of the times of a commit's votes for the block, weighted by power (CometBFT types/time `WeightedMedian`). Neither
/// absent nor nil votes count, as recordings of CometBFT v0.40 show.
pub fn median_time(commit: &Commit, validators: &ValidatorSet) -> Timestamp {
    let mut votes: Vec<(i64, i64)> = commit
        .signatures
        .iter()
        .zip(validators.iter())
        .filter(|(vote, _)| vote.block_id_flag == super::BlockIdFlag::Commit as i32)
        .map(|(vote, validator)| (vote.timestamp.as_ref().map_or(0, nanos), validator.power))
        .collect();
    votes.sort_unstable();
    let mut left = votes.iter().map(|(_, power)| power).sum::<i64>() / 2;
    for (time, power) in &votes {
        if left <= *power {
            return timestamp(*time);
        }
        left -= power;
    }
    timestamp(0)
}

/// Gregorian date of a day number counted from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year, month, day)
}

fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_index = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_index + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        for text in [
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59.5Z",
            "2024-02-29T12:00:00.000000001Z",
            "9999-12-31T23:59:59.999999999Z",
        ] {
            let time = from_rfc3339(text).expect(text);
            assert_eq!(rfc3339(&time), text);
        }
    }

    #[test]
    fn what_is_no_time_is_not_read() {
        for text in [
            "",
            "2024-01-01T00:00:00",
            "2024-01-01 00:00:00Z",
            "2024-01-01T00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-01-32T00:00:00Z",
            "2024-01-00T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "2024-01-01T00:60:00Z",
            "2024-01-01T00:00:-1Z",
            "2024-01-01T00:00:+1Z",
            "2024-01-01T00:00:00.1234567890Z",
            "2024-01-01T00:00:00.+1Z",
            "0000-01-01T00:00:00Z",
            "10000-01-01T00:00:00Z",
            "9223372036854775807-01-01T00:00:00Z",
            "2024-9223372036854775807-01T00:00:00Z",
            "2024-01-9223372036854775807T00:00:00Z",
            "2024-01-01T9223372036854775807:00:00Z",
        ] {
            assert_eq!(from_rfc3339(text), None, "{text}");
        }
    }
}
