//! Numbers, money, areas and times as people read them: `¥1,234.50`, `2026-11-18 09:12`, `24,806.31 ㎡`.

use super::Lang;
use records::codes;

/// Money in fen.
pub fn money(fen: &str) -> String {
    match fen.parse::<i64>() {
        Ok(fen) if fen < 0 => format!(
            "-¥{}",
            codes::money::grouped_yuan(fen).trim_start_matches('-')
        ),
        Ok(fen) => format!("¥{}", codes::money::grouped_yuan(fen)),
        Err(_) => fen.to_owned(),
    }
}

/// An area in cm² as square metres, cut to two decimals.
pub fn area(cm2: u64) -> String {
    let hundredths = cm2 / 100;
    format!("{}.{:02}", thousands(hundredths / 100), hundredths % 100)
}

/// A whole number with its thousands apart.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `part` of `whole` in per cent with one decimal, cut and never rounded up to a threshold.
pub fn percent(part: u64, whole: u64) -> String {
    let tenths = share(part, whole, 1000);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

/// `part` of `whole` as a share of `length`, cut; none of it where there is no whole.
pub fn share(part: u64, whole: u64, length: u64) -> u64 {
    let (Some(times), Some(rest)) = (part.checked_div(whole), part.checked_rem(whole)) else {
        return 0;
    };
    // `rest * length / whole` bit by bit: division of 128 bits would be the page's largest piece of arithmetic.
    let add = |(share, left): (u64, u64), more: u64| match left.checked_sub(whole - more) {
        Some(left) => (share + 1, left),
        None => (share, left + more),
    };
    let mut sum = (0, 0);
    for bit in (0..u64::BITS).rev() {
        sum = add((sum.0 * 2, sum.1), sum.1);
        if length >> bit & 1 == 1 {
            sum = add(sum, rest);
        }
    }
    times.saturating_mul(length).saturating_add(sum.0)
}

/// A number in groups of four, for reading aloud.
pub fn grouped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    for (at, c) in text.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            out.push('\u{2009}');
        }
        out.push(c);
    }
    out
}

/// The first eight and last four characters of a long hash.
pub fn short(hash: &str) -> String {
    match (
        hash.get(..8),
        hash.len().checked_sub(4).and_then(|at| hash.get(at..)),
    ) {
        (Some(head), Some(tail)) if hash.len() > 14 => [head, "…", tail].concat(),
        _ => hash.to_owned(),
    }
}

/// Of a date, which no line may break: browsers break one after a hyphen. What joins it to the rest is seen by nobody, and stands in no text that is kept.
const HYPHEN: &str = "-\u{2060}";
const JOINER: char = '\u{2060}';

/// A text as it is kept.
pub fn kept(text: &str) -> String {
    text.replace(JOINER, "")
}

/// `yyyyMMdd` as `yyyy-MM-dd`.
pub fn date(text: &str) -> String {
    match (text.get(..4), text.get(4..6), text.get(6..8)) {
        (Some(year), Some(month), Some(day)) if text.len() == 8 => {
            [year, HYPHEN, month, HYPHEN, day].concat()
        }
        _ => text.to_owned(),
    }
}

/// A Unix time in nanoseconds as day and clock time in the device's time zone.
pub fn day_time(nanos: &str) -> (String, String) {
    let Ok(nanos) = nanos.parse::<i64>() else {
        return (nanos.to_owned(), String::new());
    };
    // Milliseconds since 1970 stay far below 2⁵³.
    let at = (nanos / 1_000_000) as f64;
    let date = |at: f64| js_sys::Date::new(&at.into());
    // Moved by its distance from UTC, it reads as a clock on the wall here does.
    let here = date(at - date(at).get_timezone_offset() * 60_000.0);
    let text = String::from(here.to_iso_string());
    let (day, clock) = text.split_once('T').unwrap_or_default();
    (day.replace('-', HYPHEN), clock.chars().take(5).collect())
}

/// The same in one line.
pub fn time(nanos: &str) -> String {
    let (day, clock) = day_time(nanos);
    [&*day, " ", &clock].concat()
}

/// How long ago, or how long until, in the largest fitting unit.
pub fn age(lang: Lang, seconds: i64) -> String {
    let size = seconds.unsigned_abs();
    let (count, zh, en) = match size {
        0..=119 => (size, "秒", "s"),
        120..=7_199 => (size / 60, "分钟", "min"),
        7_200..=172_799 => (size / 3_600, "小时", "h"),
        _ => (size / 86_400, "天", "days"),
    };
    format!("{count} {}", lang.pick(zh, en))
}

/// How long until a time, by the device's clock; nothing when it has passed.
pub fn ward(lang: Lang, nanos: &str) -> Option<String> {
    let until = nanos.parse::<i64>().ok()? / 1_000_000_000;
    let left = until - (js_sys::Date::now() / 1000.0) as i64;
    (left > 0).then(|| age(lang, left))
}

/// A fact of a reason code, written by its name.
pub fn fact(lang: Lang, name: &str, value: &str) -> String {
    let number = || value.parse::<u64>();
    if let (true, Ok(seconds)) = (name.ends_with("_seconds"), value.parse()) {
        return age(lang, seconds);
    }
    if name.ends_with("_fen") {
        return money(value);
    }
    if ["time", "until", "closes", "opens"].contains(&name)
        || name.ends_with("_time")
        || name.ends_with("_until")
    {
        return time(value);
    }
    if let (true, Ok(cm2)) = (name.ends_with("_cm2"), number()) {
        return area(cm2);
    }
    if let (true, Ok(height)) = (name.ends_with("height"), number()) {
        return thousands(height);
    }
    if [
        "by", "to", "first", "second", "issuer", "hospital", "member",
    ]
    .contains(&name)
    {
        return super::member(lang, value);
    }
    if name == "field" || name == "fields" {
        let names: Vec<_> = value
            .split(',')
            .map(|field| super::field(lang, field.trim()))
            .collect();
        return lang.list(&names);
    }
    value.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_and_areas_are_grouped_and_exact() {
        assert_eq!(money("128600"), "¥1,286.00");
        assert_eq!(money("-5"), "-¥0.05");
        assert_eq!(money("x"), "x");
        assert_eq!(area(248_063_100), "24,806.31");
        assert_eq!(thousands(1_284_032), "1,284,032");
    }

    #[test]
    fn a_share_just_below_a_threshold_is_not_rounded_up_to_it() {
        assert_eq!(percent(4_999, 10_000), "49.9%");
        assert_eq!(percent(1, 0), "0.0%");
        assert_eq!(percent(231, 312), "74.0%");
        assert_eq!(share(u64::MAX, u64::MAX, 1000), 1000);
        assert_eq!(share(u64::MAX, 1, 1000), u64::MAX);
        let sizes = [
            1,
            2,
            3,
            999,
            1 << 32,
            u64::MAX / 2 + 1,
            u64::MAX - 1,
            u64::MAX,
        ];
        for part in sizes {
            for whole in sizes.into_iter().filter(|whole| part <= *whole) {
                for length in sizes {
                    let exact = u128::from(part) * u128::from(length) / u128::from(whole);
                    assert_eq!(
                        u128::from(share(part, whole, length)),
                        exact,
                        "{part} of {whole}"
                    );
                }
            }
        }
    }

    /// *Blemish: "2026-12-" at the end of one line, "12 19:45" in the next.*
    #[test]
    fn no_line_breaks_within_a_date() {
        let parts: Vec<String> = date("20261118").split('-').map(str::to_owned).collect();
        assert_eq!(parts, ["2026", "\u{2060}11", "\u{2060}18"]);
    }

    #[test]
    fn codes_are_grouped_for_reading_aloud() {
        assert_eq!(grouped("01034285"), "0103\u{2009}4285");
        assert_eq!(kept(&date("20261118")), "2026-11-18");
        assert_eq!(date("2026"), "2026");
        assert_eq!(short("0123456789abcdef"), "01234567…cdef");
        assert_eq!(short("01034285"), "01034285");
    }
}
