//! The address of a tax bureau's portal that is printed on a blockchain invoice. It names no invoice code, hence no record: this one says
//! which invoice it is of.
//!
//! `portal/<hex of the address's print digest>`; an address that cannot be guessed gives nothing away.

use super::invoice;
use crate::{
    Digest,
    canonical::Value,
    refusal::{Refusal, Stop},
    registry::{Case, Kind, Touch, join, updated},
};

/// Kind name.
pub const NAME: &str = "portal";
/// The address's record in an issue, and in a red-flushing.
const ROLE: &str = "portal";

/// The kind. No event has it as its subject: it comes with its invoice.
pub static KIND: Kind = Kind {
    name: NAME,
    events: &[],
    apply,
};

/// State of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Portal {
    /// The invoice's id.
    pub invoice: String,
}

crate::shape!(Portal { invoice });

/// Record id of an address by its print digest.
pub fn id(digest: &Digest) -> String {
    digest.to_string()
}

/// The record of an invoice's address, where it has one.
pub(super) fn joined(address: Option<Digest>) -> Result<Option<Touch>, Refusal> {
    let touch = |digest| join(NAME, &id(&digest), ROLE);
    address.map(touch).transpose()
}

/// An address is one invoice's. Who issued that, the invoice's own record judges as well.
fn apply(case: &Case<'_>) -> Result<Value, Stop> {
    case.require_new()?;
    let (issuer, invoice) = match case.what() {
        ("invoice.issue", ROLE) => {
            let subject = case.event.payload().subject.id();
            (case.body::<invoice::Issue>()?.issuer, subject.to_owned())
        }
        ("invoice.red", ROLE) => {
            let body: invoice::Red = case.body()?;
            (body.issuer, body.id)
        }
        _ => return Err(case.unexpected()),
    };
    case.context
        .require_signed(case.event, &issuer, invoice::ISSUER)?;
    updated(&Portal { invoice })
}
