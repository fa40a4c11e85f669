//! The codes printed on invoices and bills, and our own links: text in, what it declares out.
//!
//! [`read`] takes whatever a scanner, a hand or the clipboard brings. A code says what its printer
//! wanted it to say: nothing in here calls a document genuine or forged.

mod anatomy;
mod blockchain;
mod capital;
mod classic;
mod comma;
mod crc;
mod date;
mod declared;
mod digest;
mod digital;
mod fiscal;
mod link;
pub mod money;
#[cfg(test)]
mod tests;
pub mod uscc;

pub use anatomy::{Form, InvoiceCode};
pub use blockchain::{Blockchain, BlockchainComma, BlockchainPortal};
pub use capital::capital;
pub use classic::{Classic, amount_meaning};
pub use crc::Crc;
pub use date::Date;
pub use declared::{Amount, AmountMeaning, Declared};
pub use digest::print_digest;
pub use digital::{Digital, NumberAnatomy, Travel};
pub use fiscal::Fiscal;
pub use link::Link;

use comma::Comma;

/// Longest text that is looked at, in characters; a QR code holds fewer.
pub const MAX_CHARS: usize = 4096;

/// What a text turned out to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// A VAT invoice with code and number.
    Classic(Classic),
    /// A fully digital invoice (数电票).
    Digital(Digital),
    /// A blockchain invoice of Shenzhen or Yunnan.
    Blockchain(Blockchain),
    /// A fiscal e-bill; its format is unconfirmed.
    Fiscal(Fiscal),
    /// A link to a record.
    Link(Link),
    /// Anything else, as it came, cut at [`MAX_CHARS`].
    Text(String),
}

/// Reads a scanned, pasted or typed text. Full-width characters (`，`) are taken as their plain
/// ones.
pub fn read(text: &str) -> Scanned {
    if text.chars().nth(MAX_CHARS).is_some() {
        return Scanned::Text(text.chars().take(MAX_CHARS).collect());
    }
    let compact = compact(text);
    read_address(&compact)
        .or_else(|| read_fields(&Comma::split(&compact)))
        .unwrap_or_else(|| Scanned::Text(text.to_owned()))
}

/// Whether a text begins like a code or link that is known here: all that [`read`] knows do. The cheap question, for choosing among the texts of one
/// picture.
pub fn is_ours(text: &str) -> bool {
    let text = compact(text);
    text.starts_with("01,")
        || text.starts_with("CZ-")
        || text.contains("#/r/")
        || text.contains("://bcfp.")
}

/// Of the texts read from one picture those that are ours, or all of them where none is: an advert's code may stand beside an invoice's.
pub fn ours_first(mut texts: Vec<String>) -> Vec<String> {
    if texts.iter().any(|text| is_ours(text)) {
        texts.retain(|text| is_ours(text));
    }
    texts
}

fn read_address(text: &str) -> Option<Scanned> {
    let portal = || BlockchainPortal::read(text).map(Blockchain::Portal);
    Link::read(text)
        .map(Scanned::Link)
        .or_else(|| portal().map(Scanned::Blockchain))
}

fn read_fields(code: &Comma<'_>) -> Option<Scanned> {
    let blockchain = || BlockchainComma::read(code).map(Blockchain::Comma);
    Digital::read(code)
        .map(Scanned::Digital)
        .or_else(|| blockchain().map(Scanned::Blockchain))
        .or_else(|| Classic::read(code).map(Scanned::Classic))
        .or_else(|| Fiscal::read(code).map(Scanned::Fiscal))
}

/// Full-width ASCII as ASCII, without white space, control characters, byte-order marks and
/// zero-width spaces.
fn compact(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !"\u{feff}\u{200b}".contains(*c))
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

impl Scanned {
    /// The id of the record to look for: `<code>-<number>`, the number alone for fully digital
    /// invoices, or the id that a link names. A portal address has no invoice code and so no id: it has a record of its own, by its
    /// [`print_digest`].
    pub fn record_id(&self) -> Option<String> {
        match self {
            Self::Link(link) => Some(link.id().to_owned()),
            Self::Digital(invoice) => Some(invoice.number.clone()),
            _ => {
                let declared = self.declared()?;
                Some(format!("{}-{}", declared.code?, declared.number))
            }
        }
    }

    /// False where the format itself rests on guesswork (fiscal e-bills: 格式未确认).
    pub fn format_is_confirmed(&self) -> bool {
        !matches!(self, Self::Fiscal(_))
    }
}
