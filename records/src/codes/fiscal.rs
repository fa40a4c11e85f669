//! Fiscal e-bills (财政电子票据), such as those of hospitals. **格式未确认**: the form rests on one public
//! parser and no printed sample, so that a verdict names it as unconfirmed.

use super::comma::{Comma, is_digits};
use super::{Date, money};

/// `CZ-…-<region>,…,票据代码,票据号码,校验码,开票日期,金额`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fiscal {
    /// 财政区划, 6 digits.
    pub region: String,
    /// 票据代码, 8 digits.
    pub code: String,
    /// 票据号码, 10 digits.
    pub number: String,
    /// 校验码, 6 letters or digits, as printed.
    pub check_code: String,
    /// 开票日期.
    pub date: Option<Date>,
    /// 金额 in fen.
    pub fen: Option<i64>,
}

impl Fiscal {
    pub(super) fn read(code: &Comma<'_>) -> Option<Self> {
        let mut head = code.field(0).split('-');
        let region = head
            .next()
            .filter(|first| *first == "CZ")
            .and_then(|_| head.nth(1))?;
        let check_code = code.field(4);
        let fits = (5..=7).contains(&code.count())
            && is_digits(region, &[6])
            && is_digits(code.field(2), &[8])
            && is_digits(code.field(3), &[10])
            && check_code.len() == 6
            && check_code.bytes().all(|b| b.is_ascii_alphanumeric());
        if !fits {
            return None;
        }
        Some(Self {
            region: region.to_owned(),
            code: code.field(2).to_owned(),
            number: code.field(3).to_owned(),
            check_code: check_code.to_owned(),
            date: code.optional(5, Date::parse)?,
            fen: code.optional(6, money::parse_yuan)?,
        })
    }

    /// Writes the form that the public parser reads; its second part and second field have no known
    /// meaning.
    pub fn write(&self) -> String {
        let date = self.date.map(Date::compact).unwrap_or_default();
        let yuan = self.fen.map(money::plain_yuan).unwrap_or_default();
        let Self {
            region,
            code,
            number,
            check_code,
            ..
        } = self;
        format!("CZ-EI-{region},01,{code},{number},{check_code},{date},{yuan}")
    }
}
