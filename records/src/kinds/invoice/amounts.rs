//! Whether an invoice's opened amounts agree with each other. Notes for a reader, never a refusal:
//! lines are rounded one by one, and 差额征税 taxes less than the amount.

use crate::canonical;

/// One line of goods, as the committed field `lines` holds it in canonical JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// 金额 without tax, in fen; negative for a discount.
    pub amount: i64,
    /// What was sold.
    pub item: String,
    /// Quantity and unit, as printed.
    pub qty: String,
    /// 税率: `13%`, `1.5%`, 免税, 不征税.
    pub rate: String,
    /// 税额 in fen.
    pub tax: i64,
}

crate::shape!(Line {
    amount,
    item,
    qty,
    rate,
    tax
});

/// Something that a reader should look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// 金额 + 税额 is not 价税合计.
    TotalDiffers,
    /// The lines' amounts or taxes do not add up to the invoice's, by more than a fen a line.
    LinesDiffer,
    /// In this line (from 0) amount × rate is not the tax, by more than a fen.
    LineTaxDiffers {
        /// Index of the line.
        line: usize,
    },
}

/// Reads the committed field `lines`.
pub fn read_lines(text: &str) -> Option<Vec<Line>> {
    canonical::decode(text.as_bytes()).ok()
}

/// Compares the amounts of an invoice, in fen. No lines, nothing said about them.
pub fn compare(amount: i64, tax: i64, total: i64, lines: &[Line]) -> Vec<Note> {
    let mut notes = Vec::new();
    if i128::from(amount) + i128::from(tax) != i128::from(total) {
        notes.push(Note::TotalDiffers);
    }
    let tolerance = lines.len() as u128;
    let is_off = |stated: i64, of_line: fn(&Line) -> i64| {
        let sum: i128 = lines.iter().map(|line| i128::from(of_line(line))).sum();
        (sum - i128::from(stated)).unsigned_abs() > tolerance
    };
    if !lines.is_empty() && (is_off(amount, |line| line.amount) || is_off(tax, |line| line.tax)) {
        notes.push(Note::LinesDiffer);
    }
    let off = lines
        .iter()
        .enumerate()
        .filter(|(_, line)| tax_is_off(line));
    notes.extend(off.map(|(line, _)| Note::LineTaxDiffers { line }));
    notes
}

/// A rate of unknown spelling says nothing.
fn tax_is_off(line: &Line) -> bool {
    let Some(rate) = per_mille(&line.rate) else {
        return false;
    };
    let off = i128::from(line.amount) * i128::from(rate) - i128::from(line.tax) * 1000;
    off.unsigned_abs() > 1000
}

fn per_mille(rate: &str) -> Option<u32> {
    if ["免税", "不征税"].contains(&rate) {
        return Some(0);
    }
    let (whole, tenth) = match rate.strip_suffix('%')?.split_once('.') {
        Some((whole, tenth)) => (whole, tenth.parse::<u8>().ok().filter(|t| *t < 10)?),
        None => (rate.strip_suffix('%')?, 0),
    };
    Some(u32::from(whole.parse::<u8>().ok()?) * 10 + u32::from(tenth))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(amount: i64, rate: &str, tax: i64) -> Line {
        Line {
            amount,
            item: "餐饮服务".into(),
            qty: "1".into(),
            rate: rate.into(),
            tax,
        }
    }

    #[test]
    fn an_invoice_that_adds_up_has_no_notes() {
        let lines = [
            line(10_000, "13%", 1_300),
            line(-1_000, "13%", -130),
            line(333, "1.5%", 5),
        ];
        assert_eq!(compare(9_333, 1_175, 10_508, &lines), []);
        assert_eq!(compare(500, 0, 500, &[line(500, "免税", 0)]), []);
        assert_eq!(compare(545, 33, 578, &[]), []);
    }

    #[test]
    fn one_fen_a_line_is_rounding_and_two_are_not() {
        assert_eq!(compare(100, 14, 114, &[line(100, "13%", 14)]), []);
        let note = Note::LineTaxDiffers { line: 0 };
        assert_eq!(compare(100, 15, 115, &[line(100, "13%", 15)]), [note]);
        assert_eq!(compare(101, 13, 114, &[line(100, "13%", 13)]), []);
        assert_eq!(
            compare(102, 13, 115, &[line(100, "13%", 13)]),
            [Note::LinesDiffer]
        );
        assert_eq!(compare(100, 13, 114, &[]), [Note::TotalDiffers]);
    }

    #[test]
    fn extremes_and_odd_rates_say_nothing_and_do_not_overflow() {
        assert_eq!(
            compare(i64::MAX, i64::MAX, i64::MIN, &[]),
            [Note::TotalDiffers]
        );
        for rate in ["", "%", "13", "x%", "-1%", "1.55%", "***", "1.-5%"] {
            assert_eq!(compare(100, 99, 199, &[line(100, rate, 99)]), [], "{rate}");
        }
    }

    #[test]
    fn lines_are_read_from_their_one_encoding() {
        let text = r#"[{"amount":10000,"item":"餐饮服务","qty":"1","rate":"6%","tax":600}]"#;
        assert_eq!(read_lines(text).map(|lines| lines.len()), Some(1));
        assert_eq!(read_lines(&text.replace("\"qty\":\"1\",", "")), None);
        assert_eq!(read_lines(&format!(" {text}")), None);
    }
}
