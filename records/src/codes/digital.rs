//! The comma form of fully digital invoices (数电票): no code, a number of 20 digits.

use super::classic::with_crc;
use super::comma::{Comma, invoice_type, is_digits};
use super::{Crc, Date, money};

/// A printed code of a fully digital invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digital {
    /// 票种: 31 数电专票, 32 数电普票, 51 railway, 59 toll, 61 air, …
    pub invoice_type: String,
    /// 发票号码, 20 digits; unique without a code.
    pub number: String,
    /// 价税合计 in fen.
    pub fen: Option<i64>,
    /// 开票日期.
    pub date: Option<Date>,
    /// What the last field says about the copy.
    pub crc: Crc,
}

/// What the 20 digits say by position. Widely described and true of published samples; no official
/// text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NumberAnatomy<'a> {
    /// Digits 1–2: the year, from 2000.
    pub year: u16,
    /// Digits 3–4: province-level region, e.g. `44` 广东.
    pub region: &'a str,
    /// Digit 5: the channel it was issued through.
    pub channel: &'a str,
    /// Digits 6–20.
    pub sequence: &'a str,
    /// A ticket of travel, by digit 5 or digits 5–6.
    pub travel: Option<Travel>,
}

/// Tickets of travel that are fully digital invoices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Travel {
    /// 航空运输电子客票行程单.
    Air,
    /// 铁路电子客票.
    Railway,
    /// 通行费.
    Toll,
}

impl Digital {
    pub(super) fn read(code: &Comma<'_>) -> Option<Self> {
        if !(4..=8).contains(&code.count())
            || !is_no_code(code.field(2))
            || !is_digits(code.field(3), &[20])
        {
            return None;
        }
        Some(Self {
            invoice_type: invoice_type(code)?,
            number: code.field(3).to_owned(),
            fen: code.optional(4, money::parse_yuan)?,
            date: code.optional(5, Date::parse)?,
            crc: code.tail().crc,
        })
    }

    /// Writes the printed form with its CRC.
    pub fn write(&self) -> String {
        let head = format!("01,{},,{}", self.invoice_type, self.number);
        with_crc(&head, self.fen, self.date, "")
    }
}

/// Some software fills the empty code with `null` or zeros.
fn is_no_code(code: &str) -> bool {
    code.eq_ignore_ascii_case("null") || code.bytes().all(|b| b == b'0')
}

impl<'a> NumberAnatomy<'a> {
    /// Takes a number of exactly 20 digits apart.
    pub fn of(number: &'a str) -> Option<Self> {
        if !is_digits(number, &[20]) {
            return None;
        }
        let channel = number.get(4..5)?;
        Some(Self {
            year: 2000 + number.get(..2)?.parse::<u16>().ok()?,
            region: number.get(2..4)?,
            channel,
            sequence: number.get(5..)?,
            travel: match (channel, number.get(4..6)?) {
                ("8", _) => Some(Travel::Air),
                ("9", _) => Some(Travel::Railway),
                (_, "79") => Some(Travel::Toll),
                _ => None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_railway_ticket_is_known_by_its_fifth_digit() {
        let anatomy = NumberAnatomy::of("26339132621000219582").unwrap();
        assert_eq!(anatomy.year, 2026);
        assert_eq!(anatomy.region, "33");
        assert_eq!(anatomy.channel, "9");
        assert_eq!(anatomy.sequence, "132621000219582");
        assert_eq!(anatomy.travel, Some(Travel::Railway));
    }

    #[test]
    fn other_numbers_are_taken_apart_or_refused() {
        let travel = |number| NumberAnatomy::of(number).unwrap().travel;
        assert_eq!(travel("25432000000031411143"), None);
        assert_eq!(travel("26338906210400590013"), Some(Travel::Air));
        assert_eq!(travel("26337906210400590013"), Some(Travel::Toll));
        for number in [
            "",
            "2543200000003141114",
            "254320000000314111430",
            "2543200000003141114x",
        ] {
            assert_eq!(NumberAnatomy::of(number), None, "{number}");
        }
    }
}
