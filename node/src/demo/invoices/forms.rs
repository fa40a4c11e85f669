//! The forms of invoices: their codes and numbers, and what is printed on them.

use super::super::random::Random;
use records::{
    Digest,
    codes::{self, BlockchainComma, BlockchainPortal, Classic, Crc, Date, Digital},
    kinds::invoice::facts::Facts,
};

/// The portal that a blockchain invoice's address names. It is printed only; nothing is ever asked of it.
const PORTAL: &str = "bcfp.jiangbin.example";
/// First four digits of the region in codes.
const REGION: &str = "4403";

/// A form of invoice or bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// 区块链电子发票.
    Blockchain,
    /// 增值税电子普通发票.
    Electronic,
    /// 增值税普通发票, on paper.
    PaperOrdinary,
    /// 增值税专用发票, on paper.
    PaperSpecial,
    /// 数电票(普通发票).
    DigitalOrdinary,
    /// 数电票(增值税专用发票).
    DigitalSpecial,
    /// 医疗收费电子票据.
    Fiscal,
}

/// An invoice's code and number; the code is empty where the form has none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number {
    pub code: String,
    pub number: String,
}

impl Number {
    /// The record's id.
    pub fn id(&self) -> String {
        if self.code.is_empty() {
            self.number.clone()
        } else {
            format!("{}-{}", self.code, self.number)
        }
    }
}

impl Form {
    /// 票种, as printed codes name it; bills have none.
    pub fn invoice_type(self) -> &'static str {
        match self {
            Self::Blockchain | Self::Electronic => "10",
            Self::PaperOrdinary => "04",
            Self::PaperSpecial => "01",
            Self::DigitalOrdinary => "32",
            Self::DigitalSpecial => "31",
            Self::Fiscal => "",
        }
    }

    /// Whether an invoice of this form can be voided in its month; others are red-flushed.
    pub fn can_be_voided(self) -> bool {
        matches!(
            self,
            Self::Blockchain | Self::PaperOrdinary | Self::PaperSpecial
        )
    }

    /// The issuer's `serial`-th number on this form, issued on this day.
    pub fn number(self, issuer: usize, serial: u64, date: Date) -> Number {
        let year = &date.compact()[2..4];
        let eight = || format!("{:08}", 10_204_117 + issuer as u64 * 4_100_000 + serial * 3);
        let (code, number) = match self {
            Self::Blockchain => (format!("1{REGION}{year}09110"), eight()),
            Self::Electronic => (format!("0{REGION}{year}00111"), eight()),
            Self::PaperOrdinary => (format!("0{REGION}{year}00104"), eight()),
            Self::PaperSpecial => (format!("{REGION}{year}1130"), eight()),
            Self::DigitalOrdinary | Self::DigitalSpecial => {
                let sequence = 4_359_000_000 + issuer as u64 * 100_000_000 + serial * 167;
                (String::new(), format!("{year}442{sequence:015}"))
            }
            Self::Fiscal => (
                format!("440601{year}"),
                format!("{:010}", 48_000_000 + issuer as u64 * 100_000 + serial),
            ),
        };
        Number { code, number }
    }

    /// A check code or hash such as this form carries; empty where it has none.
    pub fn check_code(self, random: &mut Random) -> String {
        match self {
            Self::Blockchain => {
                format!("0{}{}", random.below(2), hex::encode(random.bytes::<32>()))
            }
            Self::Electronic | Self::PaperOrdinary => random.digits(20),
            Self::Fiscal => hex::encode(random.bytes::<3>()),
            Self::PaperSpecial | Self::DigitalOrdinary | Self::DigitalSpecial => String::new(),
        }
    }

    /// The text of the printed code.
    pub fn print(self, number: &Number, facts: &Facts) -> String {
        let invoice_type = facts.invoice_type.clone();
        let Number { code, number } = number.clone();
        match self {
            Self::Blockchain => BlockchainComma {
                invoice_type,
                code,
                number,
                seller: facts.seller_id.clone(),
                fen: facts.amount,
                date: facts.date,
                hash: facts.check_code.clone(),
            }
            .write(),
            Self::Electronic | Self::PaperOrdinary | Self::PaperSpecial => Classic {
                invoice_type,
                code,
                number,
                fen: Some(facts.amount),
                date: Some(facts.date),
                check_code: Some(facts.check_code.clone()).filter(|code| !code.is_empty()),
                crc: Crc::Matches,
            }
            .write(),
            Self::DigitalOrdinary | Self::DigitalSpecial => Digital {
                invoice_type,
                number,
                fen: Some(facts.total),
                date: Some(facts.date),
                crc: Crc::Matches,
            }
            .write(),
            Self::Fiscal => codes::Fiscal {
                region: "440399".into(),
                code,
                number,
                check_code: facts.check_code.clone(),
                date: Some(facts.date),
                fen: Some(facts.total),
            }
            .write(),
        }
    }

    /// Digests of every printed form that has one, and which of them is an address of the portal.
    pub fn digests(self, number: &Number, facts: &Facts) -> (Vec<Digest>, Option<Digest>) {
        let digest = |text: String| codes::print_digest(&codes::read(&text)).map(Digest);
        let address = (self == Self::Blockchain).then(|| portal_address(number, facts));
        let portal = address.and_then(digest);
        let printed = digest(self.print(number, facts));
        (printed.into_iter().chain(portal).collect(), portal)
    }
}

/// The other printed form of a blockchain invoice: an address of the portal.
pub fn portal_address(number: &Number, facts: &Facts) -> String {
    BlockchainPortal {
        number: number.number.clone(),
        total_fen: facts.total,
        hash: facts.check_code.clone(),
    }
    .write(PORTAL)
}
