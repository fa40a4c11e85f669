//! Yuan as text, fen as integers: exact both ways, no floating point.

/// Longest run of yuan digits that is read; 10¹³ yuan in fen stays below 2⁵³.
const MAX_YUAN_DIGITS: usize = 13;

/// Reads an amount in yuan as invoices print it (`112`, `64.9`, `-100.00`) into fen.
///
/// At most 13 digits before the point and one or two after it. Anything else, grouping commas
/// included, is `None`.
pub fn parse_yuan(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (yuan, fen) = match digits.split_once('.') {
        None => (digits, 0),
        Some((yuan, decimals)) => (yuan, parse_decimals(decimals)?),
    };
    if yuan.len() > MAX_YUAN_DIGITS {
        return None;
    }
    Some(sign * (parse_digits(yuan)? * 100 + fen))
}

/// Reads an amount that is already in fen (`500`, `-7200`).
pub fn parse_fen(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    if digits.len() > MAX_YUAN_DIGITS + 2 {
        return None;
    }
    Some(sign * parse_digits(digits)?)
}

fn parse_decimals(text: &str) -> Option<i64> {
    match text.len() {
        1 => Some(parse_digits(text)? * 10),
        2 => parse_digits(text),
        _ => None,
    }
}

fn parse_digits(text: &str) -> Option<i64> {
    // `parse` alone would also take a sign.
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// Fen as yuan with two decimals and no grouping, as printed codes carry it: `-1234.50`.
pub fn plain_yuan(fen: i64) -> String {
    let (yuan, rest) = (fen.unsigned_abs() / 100, fen.unsigned_abs() % 100);
    format!("{}{yuan}.{rest:02}", if fen < 0 { "-" } else { "" })
}

/// Fen as yuan for people, grouped in thousands: `-1,234.50`.
pub fn grouped_yuan(fen: i64) -> String {
    let plain = plain_yuan(fen);
    let point = plain.len().saturating_sub(3);
    let mut out = String::with_capacity(plain.len() + plain.len() / 3);
    for (at, c) in plain.chars().enumerate() {
        let previous_is_digit = out.ends_with(|p: char| p.is_ascii_digit());
        if at < point && (point - at).is_multiple_of(3) && previous_is_digit {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_is_read_exactly() {
        for (text, fen) in [
            ("112", 11_200),
            ("64.9", 6_490),
            ("356.60", 35_660),
            ("-100.00", -10_000),
            ("0.01", 1),
            ("1705400.00", 170_540_000),
            ("9999999999999.99", 999_999_999_999_999),
        ] {
            assert_eq!(parse_yuan(text), Some(fen), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for text in [
            "",
            "-",
            ".",
            "1.",
            ".5",
            "1.234",
            "+1",
            "--1",
            "1-",
            "1e3",
            "1,234.50",
            " 1",
            "1.-5",
            "1.+5",
            "10000000000000",
            "１",
            "0x1",
            "∞",
        ] {
            assert_eq!(parse_yuan(text), None, "{text}");
        }
        assert_eq!(parse_fen("500"), Some(500));
        assert_eq!(parse_fen("5.00"), None);
        assert_eq!(parse_fen("1234567890123456"), None);
    }

    #[test]
    fn amounts_are_grouped_in_thousands() {
        for (fen, text) in [
            (0, "0.00"),
            (5, "0.05"),
            (-5, "-0.05"),
            (99_999, "999.99"),
            (123_450, "1,234.50"),
            (-123_450, "-1,234.50"),
            (-10_000, "-100.00"),
            (100_000_000, "1,000,000.00"),
            (i64::MIN, "-92,233,720,368,547,758.08"),
        ] {
            assert_eq!(grouped_yuan(fen), text);
        }
    }

    #[test]
    fn plain_yuan_is_read_back() {
        for fen in [0, 1, -1, 99, 100, 12_345, -12_345, 999_999_999_999_999] {
            assert_eq!(parse_yuan(&plain_yuan(fen)), Some(fen));
        }
    }
}
