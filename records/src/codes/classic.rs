//! The comma form of VAT invoices that have a code and a number.
//!
//! `01,票种,发票代码,发票号码,金额,开票日期,校验码,CRC`: seven or eight fields, with or without a comma at
//! the end; a roll invoice (卷票) may carry code and number only.

use super::comma::{Comma, invoice_type, is_digits};
use super::{AmountMeaning, Crc, Date, crc, money};

/// A printed code with invoice code and number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classic {
    /// 票种, two or three digits: see [`amount_meaning`] for those in use.
    pub invoice_type: String,
    /// 发票代码, 10 or 12 digits; [`InvoiceCode`](super::InvoiceCode) takes it apart.
    pub code: String,
    /// 发票号码, 8 digits.
    pub number: String,
    /// 金额 in fen.
    pub fen: Option<i64>,
    /// 开票日期.
    pub date: Option<Date>,
    /// 校验码: 20 digits on ordinary invoices, none on special ones (专票); single issuers print fewer.
    pub check_code: Option<String>,
    /// What the last field says about the copy.
    pub crc: Crc,
}

impl Classic {
    pub(super) fn read(code: &Comma<'_>) -> Option<Self> {
        if !(4..=8).contains(&code.count())
            || !is_digits(code.field(2), &[10, 12])
            || !is_digits(code.field(3), &[8])
        {
            return None;
        }
        let tail = code.tail();
        Some(Self {
            invoice_type: invoice_type(code)?,
            code: code.field(2).to_owned(),
            number: code.field(3).to_owned(),
            fen: code.optional(4, money::parse_yuan)?,
            date: code.optional(5, Date::parse)?,
            check_code: tail.check_code,
            crc: tail.crc,
        })
    }

    /// Writes the printed form with its CRC; code and number alone where there is nothing else.
    pub fn write(&self) -> String {
        let head = format!("01,{},{},{}", self.invoice_type, self.code, self.number);
        if self.fen.is_none() && self.date.is_none() && self.check_code.is_none() {
            return head;
        }
        let check_code = self.check_code.as_deref().unwrap_or_default();
        with_crc(&head, self.fen, self.date, check_code)
    }
}

/// Appends amount, date, check code and the CRC over all of it to `head`.
pub(super) fn with_crc(
    head: &str,
    fen: Option<i64>,
    date: Option<Date>,
    check_code: &str,
) -> String {
    let fen = fen.map(money::plain_yuan).unwrap_or_default();
    let date = date.map(Date::compact).unwrap_or_default();
    let text = format!("{head},{fen},{date},{check_code},");
    let crc = crc::umts(text.as_bytes());
    format!("{text}{crc:04X}")
}

/// What the amount in the code of an invoice of this type (票种) stands for.
///
/// | type | |
/// |---|---|
/// | 01 专票, 03 机动车, 08 and 20 电子专票 | before tax |
/// | 15 二手车 | 车价合计: the whole price |
/// | 31 数电专票, 32 数电普票, 51 铁路电子客票, 59 数电通行费, 61 航空行程单, 81 to 88 further 数电 kinds | tax included |
/// | 04 普票, 10 电子普票, 11 卷票, 14 通行费电子普票 | sources disagree |
pub fn amount_meaning(invoice_type: &str) -> AmountMeaning {
    match invoice_type {
        "01" | "03" | "08" | "20" => AmountMeaning::BeforeTax,
        "15" | "31" | "32" | "51" | "59" | "61" | "81" | "82" | "83" | "84" | "85" | "86"
        | "87" | "88" => AmountMeaning::TaxInclusive,
        _ => AmountMeaning::Unknown,
    }
}
