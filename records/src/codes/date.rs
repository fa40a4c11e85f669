//! A calendar day, as printed codes carry it.

use crate::{
    canonical::Value,
    shape::{Reader, Shape},
};

/// A day of the Gregorian calendar, 1900 to 2999; ordered by time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// The day, or `None` where the calendar has no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let exists = (1900..3000).contains(&year) && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// Reads `20160621` or `2016-06-21`.
    pub fn parse(text: &str) -> Option<Self> {
        let (year, month, day) = match text.len() {
            8 => (text.get(..4)?, text.get(4..6)?, text.get(6..)?),
            10 => {
                let mut parts = text.split('-');
                (parts.next()?, parts.next()?, parts.next()?)
            }
            _ => return None,
        };
        let all_digits = [year, month, day]
            .iter()
            .all(|part| part.bytes().all(|b| b.is_ascii_digit()));
        if !all_digits || (year.len(), month.len(), day.len()) != (4, 2, 2) {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// `20160621`.
    pub fn compact(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => {
            29
        }
        2 => 28,
        _ => 0,
    }
}

/// `2016-06-21`.
impl core::fmt::Display for Date {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// As it displays; read in either spelling.
impl Shape for Date {
    fn read(found: Option<&Value>, reader: &mut Reader) -> Self {
        Self::parse(reader.text(found)).unwrap_or_else(|| {
            reader.note("not a day written as yyyyMMdd or yyyy-MM-dd");
            Self {
                year: 1900,
                month: 1,
                day: 1,
            }
        })
    }

    fn write(&self) -> Option<Value> {
        Some(Value::String(self.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_calendar_are_read_and_written() {
        for (text, shown) in [
            ("20160621", "2016-06-21"),
            ("20240229", "2024-02-29"),
            ("20000229", "2000-02-29"),
            ("2019-06-02", "2019-06-02"),
        ] {
            let date = Date::parse(text).unwrap();
            assert_eq!(date.to_string(), shown);
            assert_eq!(date.compact(), shown.replace('-', ""));
        }
    }

    #[test]
    fn days_outside_the_calendar_are_refused() {
        for text in [
            "",
            "20230229",
            "21000229",
            "20230431",
            "20231301",
            "20230100",
            "20230132",
            "18991231",
            "2023010",
            "+2023010",
            "2023-1-001",
            "2023-01-1-",
            "202301011",
            "二〇",
            "2023ａ",
        ] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
    }
}
