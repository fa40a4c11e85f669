//! What a printed code declares, in one shape for all forms.

use super::{Blockchain, Classic, Crc, Date, Digital, Fiscal, Scanned, amount_meaning};

/// What a printed code declares. Its printer's word, to be compared with a proven record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// 票种, where the form names it.
    pub invoice_type: Option<String>,
    /// 发票代码 or 票据代码.
    pub code: Option<String>,
    /// 发票号码 or 票据号码.
    pub number: String,
    /// The amount.
    pub amount: Option<Amount>,
    /// 开票日期.
    pub date: Option<Date>,
    /// 销售方识别号.
    pub seller: Option<String>,
    /// 校验码, or the hash of a blockchain invoice.
    pub check: Option<String>,
    /// What the CRC field says about the copy.
    pub crc: Crc,
}

crate::shape!(Declared {
    invoice_type,
    code,
    number,
    amount,
    date,
    seller,
    check,
    crc
});

/// A declared amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// In fen; below 2⁵³.
    pub fen: i64,
    /// Which of the invoice's amounts it is.
    pub meaning: AmountMeaning,
}

crate::shape!(Amount { fen, meaning });

/// Which of an invoice's amounts a printed code carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmountMeaning {
    /// 金额, without tax.
    BeforeTax,
    /// 价税合计.
    TaxInclusive,
    /// Sources disagree: it may equal either.
    Unknown,
}

crate::names!(AmountMeaning { BeforeTax "before_tax", TaxInclusive "tax_inclusive", Unknown "unknown" });

impl Scanned {
    /// What the code declares; `None` for links and other text.
    pub fn declared(&self) -> Option<Declared> {
        match self {
            Self::Classic(code) => Some(classic(code)),
            Self::Digital(code) => Some(digital(code)),
            Self::Blockchain(code) => Some(blockchain(code)),
            Self::Fiscal(code) => Some(fiscal(code)),
            Self::Link(_) | Self::Text(_) => None,
        }
    }
}

impl Declared {
    fn of_number(number: &str) -> Self {
        Self {
            invoice_type: None,
            code: None,
            number: number.to_owned(),
            amount: None,
            date: None,
            seller: None,
            check: None,
            crc: Crc::Absent,
        }
    }
}

fn classic(code: &Classic) -> Declared {
    let meaning = amount_meaning(&code.invoice_type);
    Declared {
        invoice_type: Some(code.invoice_type.clone()),
        code: Some(code.code.clone()),
        amount: code.fen.map(|fen| Amount { fen, meaning }),
        date: code.date,
        check: code.check_code.clone(),
        crc: code.crc,
        ..Declared::of_number(&code.number)
    }
}

/// All fully digital invoices carry the total with tax, whatever their type.
fn digital(code: &Digital) -> Declared {
    let meaning = AmountMeaning::TaxInclusive;
    Declared {
        invoice_type: Some(code.invoice_type.clone()),
        amount: code.fen.map(|fen| Amount { fen, meaning }),
        date: code.date,
        crc: code.crc,
        ..Declared::of_number(&code.number)
    }
}

fn blockchain(code: &Blockchain) -> Declared {
    match code {
        Blockchain::Comma(code) => Declared {
            invoice_type: Some(code.invoice_type.clone()),
            code: Some(code.code.clone()),
            amount: Some(Amount {
                fen: code.fen,
                meaning: AmountMeaning::BeforeTax,
            }),
            date: Some(code.date),
            seller: Some(code.seller.clone()),
            check: Some(code.hash.clone()),
            ..Declared::of_number(&code.number)
        },
        Blockchain::Portal(code) => Declared {
            amount: Some(Amount {
                fen: code.total_fen,
                meaning: AmountMeaning::TaxInclusive,
            }),
            check: Some(code.hash.clone()),
            ..Declared::of_number(&code.number)
        },
    }
}

fn fiscal(code: &Fiscal) -> Declared {
    let meaning = AmountMeaning::Unknown;
    Declared {
        code: Some(code.code.clone()),
        amount: code.fen.map(|fen| Amount { fen, meaning }),
        date: code.date,
        check: Some(code.check_code.clone()),
        ..Declared::of_number(&code.number)
    }
}
