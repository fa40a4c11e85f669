//! The two printed forms of blockchain invoices (区块链电子发票) of Shenzhen and Yunnan.
//!
//! The comma form puts the seller's id where others have the amount, and carries the amount before
//! tax; the form as an address of the tax bureau's portal carries number and total only. Both end
//! in a hash whose meaning is the portal's own: here it is a value to compare, nothing more.

use super::comma::{Comma, invoice_type, is_digits};
use super::{Date, money, uscc};

/// A printed code of a blockchain invoice, in one of its two forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Blockchain {
    /// The comma form.
    Comma(BlockchainComma),
    /// The address of the portal.
    Portal(BlockchainPortal),
}

/// `01,票种,发票代码,发票号码,销售方识别号,金额,开票日期,hash`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockchainComma {
    /// 票种, `10` in all samples.
    pub invoice_type: String,
    /// 发票代码, 10 or 12 digits, the first of 12 a `1`.
    pub code: String,
    /// 发票号码, 8 digits.
    pub number: String,
    /// 销售方识别号, 18 characters, upper case.
    pub seller: String,
    /// 金额 before tax, in fen.
    pub fen: i64,
    /// 开票日期.
    pub date: Date,
    /// 64 to 128 hex digits, lower case; 66 in all samples.
    pub hash: String,
}

/// `https://bcfp…/verify/scan?hash=…&bill_num=…&total_amount=…`. The host is not kept, and nothing
/// is ever asked of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockchainPortal {
    /// 发票号码, 8 digits. There is no invoice code in this form.
    pub number: String,
    /// Total with tax, in fen.
    pub total_fen: i64,
    /// 64 to 128 hex digits, lower case.
    pub hash: String,
}

impl Blockchain {
    /// The hash, lower case.
    pub fn hash(&self) -> &str {
        match self {
            Self::Comma(code) => &code.hash,
            Self::Portal(code) => &code.hash,
        }
    }

    /// The 校验码 printed on the invoice: the last five characters of the hash.
    pub fn short_check_code(&self) -> &str {
        let hash = self.hash();
        hash.get(hash.len().saturating_sub(5)..).unwrap_or(hash)
    }
}

impl BlockchainComma {
    pub(super) fn read(code: &Comma<'_>) -> Option<Self> {
        let seller = code.field(4).to_ascii_uppercase();
        if code.count() != 8
            || !is_digits(code.field(2), &[10, 12])
            || !is_digits(code.field(3), &[8])
            || !uscc::has_shape(&seller)
        {
            return None;
        }
        Some(Self {
            invoice_type: invoice_type(code)?,
            code: code.field(2).to_owned(),
            number: code.field(3).to_owned(),
            seller,
            fen: money::parse_yuan(code.field(5))?,
            date: Date::parse(code.field(6))?,
            hash: read_hash(code.field(7))?,
        })
    }

    /// Writes the printed form.
    pub fn write(&self) -> String {
        let (yuan, date) = (money::plain_yuan(self.fen), self.date.compact());
        let Self {
            invoice_type,
            code,
            number,
            seller,
            hash,
            ..
        } = self;
        format!("01,{invoice_type},{code},{number},{seller},{yuan},{date},{hash}")
    }
}

impl BlockchainPortal {
    pub(super) fn read(text: &str) -> Option<Self> {
        let address = text
            .strip_prefix("https://")
            .or_else(|| text.strip_prefix("http://"))?;
        let (place, query) = address.split_once('?')?;
        let (host, path) = place.split_once('/')?;
        if !host.starts_with("bcfp.") || path != "verify/scan" {
            return None;
        }
        let number = parameter(query, "bill_num")?;
        Some(Self {
            number: is_digits(number, &[8]).then(|| number.to_owned())?,
            total_fen: money::parse_fen(parameter(query, "total_amount")?)?,
            hash: read_hash(parameter(query, "hash")?)?,
        })
    }

    /// Writes the printed form under `host`, which begins with `bcfp.`.
    pub fn write(&self, host: &str) -> String {
        let Self {
            number,
            total_fen,
            hash,
        } = self;
        format!("https://{host}/verify/scan?hash={hash}&bill_num={number}&total_amount={total_fen}")
    }
}

/// The value of `name`; `None` where it is missing or there twice.
fn parameter<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut values = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter_map(|(key, value)| (key == name).then_some(value));
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

fn read_hash(text: &str) -> Option<String> {
    let is_hash = (64..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_hexdigit());
    is_hash.then(|| text.to_ascii_lowercase())
}
