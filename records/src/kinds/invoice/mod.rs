//! An invoice from issue to reimbursement: 开票, 交付, 流转, 锁定, 入账·报销·报税, and the exits 红冲 and 作废.
//!
//! `invoice/<id>`: id is `<code>-<number>`, for fully digital invoices the number alone. Parties,
//! amounts and lines are committed to under [`SCHEMA`], never in the clear.

pub mod amounts;
mod events;
pub mod facts;
mod month;
mod rules;
mod state;
#[cfg(test)]
mod tests;

pub use events::{Close, Deliver, Issue, Lock, Pass, Red, Unlock, Void};
pub use state::{Claim, Invoice, Outcome, RedNote, Status, Tax};

use super::{portal, quota};
use crate::{
    event::Payload,
    fields::Schema,
    refusal::Refusal,
    registry::{EventType, Kind, Touch, join},
};

/// Kind name.
pub const NAME: &str = "invoice";
/// Role of members that issue invoices.
pub const ISSUER: &str = "issuer";
/// Role of members that claim invoices.
pub const COMPANY: &str = "company";
/// The issuer's quota record in an issue, and in a red-flushing.
pub(super) const QUOTA_ROLE: &str = "issuer";
/// The red invoice's record in a red-flushing.
const RED_ROLE: &str = "red";

/// The committed fields. Money in fen as decimal text, date `yyyyMMdd`, lines as in
/// [`amounts::Line`].
pub const SCHEMA: Schema = Schema {
    name: "invoice/1",
    fields: &[
        "kind",
        "amount",
        "tax",
        "total",
        "date",
        "seller_name",
        "seller_id",
        "buyer_name",
        "buyer_id",
        "lines",
        "check_code",
        "payment_ref",
        "remarks",
    ],
};

/// The kind.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[
        EventType {
            name: "invoice.issue",
            since: 1,
            joins: issue_joins,
        },
        EventType::alone("invoice.deliver"),
        EventType::alone("invoice.pass"),
        EventType::alone("invoice.lock"),
        EventType::alone("invoice.unlock"),
        EventType::alone("invoice.close"),
        EventType {
            name: "invoice.red",
            since: 1,
            joins: red_joins,
        },
        EventType::alone("invoice.void"),
    ],
    apply: rules::apply,
};

/// The issuer's quota, and the invoice's portal address where it has one.
fn issue_joins(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    let issue: Issue = payload.body()?;
    let quota = quota::of(payload.subject.id());
    let quota = join(quota, &issue.issuer, QUOTA_ROLE)?;
    let portal = portal::joined(issue.portal)?;
    Ok([quota].into_iter().chain(portal).collect())
}

/// A red invoice is an invoice: it has a record of its own, and uses one of the issuer's quota.
fn red_joins(payload: &Payload) -> Result<Vec<Touch>, Refusal> {
    let red: Red = payload.body()?;
    let own = [
        join(NAME, &red.id, RED_ROLE)?,
        join(quota::of(&red.id), &red.issuer, QUOTA_ROLE)?,
    ];
    let portal = portal::joined(red.portal)?;
    Ok(own.into_iter().chain(portal).collect())
}

/// Whether this can be an invoice's id: code of 10 or 12 digits and number of 8, a fiscal bill's
/// code of 8 and number of 10, or 20 digits. One invoice has one id.
pub fn is_invoice_id(id: &str) -> bool {
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    match id.split_once('-') {
        None => is_fully_digital(id),
        Some((code, number)) => {
            is_digits(code)
                && is_digits(number)
                && matches!((code.len(), number.len()), (10 | 12, 8) | (8, 10))
        }
    }
}

/// Whether the id is that of a fiscal e-bill (财政电子票据): the finance department's, not the tax bureau's.
pub(super) fn is_fiscal(id: &str) -> bool {
    is_invoice_id(id) && id.find('-') == Some(8)
}

/// Whether the id is that of a fully digital invoice (数电票).
fn is_fully_digital(id: &str) -> bool {
    id.len() == 20 && id.bytes().all(|b| b.is_ascii_digit())
}
